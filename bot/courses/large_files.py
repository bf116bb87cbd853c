"""Files that Telegram does not hand out: a lesson has them, the storage does not."""

from collections.abc import Iterable

from aiogram_dialog import DialogManager

from domain.courses.model import Media

MIB = 1024 * 1024


def largest_download(manager: DialogManager) -> int:
    """Bytes of a file of which a copy can be kept."""
    return manager.middleware_data["largest_download"]


def unkept_megabytes(manager: DialogManager, files: Iterable[Media]) -> int | None:
    """The limit, when one of the files is beyond it: to be told at once, and not only by the job that keeps them."""
    limit = largest_download(manager)
    return limit // MIB if any(file.size > limit for file in files) else None

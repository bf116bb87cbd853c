"""A file that Telegram holds becomes somebody's media."""

from datetime import datetime

from domain.courses.errors import QuotaExceeded
from domain.courses.materials import Upload
from domain.courses.model import Media, MediaId
from domain.courses.quotas import Usage
from domain.courses.uploads import KEEP_MEDIA_JOB, UPLOAD_PROGRESS_JOB
from domain.courses.wording import clean_file_name
from domain.unit_of_work import UnitOfWork
from domain.users.model import Role, UserId


async def take_upload(uow: UnitOfWork, media: Media, owner_id: UserId, now: datetime) -> MediaId:
    """Make a file that Telegram holds the owner's media, and ask for its original to be kept. Whoever lets somebody
    send a file calls this, and not the repository.

    It counts at once: the counter's row is this transaction's until it ends, so that of two uploads at the same moment
    the second one sees the first. Raises QuotaExceeded.
    """
    media_id = await uow.courses.add_media(media, owner_id, now)
    await require_room(uow, owner_id, Usage(files=1, bytes=media.size))
    batch_id = await uow.upload_board.join(owner_id, media_id, now)
    await uow.jobs.enqueue(KEEP_MEDIA_JOB, {"media_id": media_id}, key=f"{KEEP_MEDIA_JOB}:{media_id}")
    await uow.jobs.enqueue(UPLOAD_PROGRESS_JOB, {"batch_id": batch_id}, key=f"{UPLOAD_PROGRESS_JOB}:{batch_id}")
    return media_id


async def require_room(uow: UnitOfWork, owner_id: UserId, added: Usage) -> None:
    """After `added` was inserted in this transaction: raises QuotaExceeded when it does not fit."""
    owner = await uow.users.get(owner_id)
    quota = uow.quotas.of(owner.role if owner is not None else Role.STUDENT)
    usage = await uow.media_shelf.usage(owner_id)
    if quota is not None and not usage.fits(quota):
        before = Usage(files=max(usage.files - added.files, 0), bytes=max(usage.bytes - added.bytes, 0))
        raise QuotaExceeded(before, quota)


def media_of(upload: Upload) -> Media:
    """The file as it is kept; its id is given by who keeps it."""
    return Media(
        id=MediaId(0),
        kind=upload.kind,
        name=clean_file_name(upload.name),
        mime=upload.mime,
        size=upload.size,
        sha256=None,
        telegram_file_id=upload.telegram_file_id,
        bot_id=upload.bot_id,
        duration_seconds=upload.duration_seconds,
    )

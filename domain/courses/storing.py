"""A file that Telegram holds becomes somebody's media."""

from datetime import datetime

from domain.courses.errors import QuotaExceeded
from domain.courses.model import Media, MediaId
from domain.courses.quotas import Usage
from domain.courses.uploads import KEEP_MEDIA_JOB, UPLOAD_PROGRESS_JOB
from domain.unit_of_work import UnitOfWork
from domain.users.model import Role, UserId


async def take_upload(uow: UnitOfWork, media: Media, owner_id: UserId, now: datetime) -> MediaId:
    """Make a file that Telegram holds the owner's media, and ask for its original to be kept. Whoever lets somebody
    send a file calls this, and not the repository.

    It counts at once: the counter's row is this transaction's until it ends, so that of two uploads at the same moment
    the second one sees the first. Raises QuotaExceeded.
    """
    media_id = await uow.courses.add_media(media, owner_id, now)
    owner = await uow.users.get(owner_id)
    quota = uow.quotas.of(owner.role if owner is not None else Role.STUDENT)
    usage = await uow.media_shelf.usage(owner_id)
    if quota is not None and not usage.fits(quota):
        before = Usage(files=max(usage.files - 1, 0), bytes=max(usage.bytes - media.size, 0))
        raise QuotaExceeded(before, quota)
    batch_id = await uow.upload_board.join(owner_id, media_id, now)
    await uow.jobs.enqueue(KEEP_MEDIA_JOB, {"media_id": media_id}, key=f"{KEEP_MEDIA_JOB}:{media_id}")
    await uow.jobs.enqueue(UPLOAD_PROGRESS_JOB, {"batch_id": batch_id}, key=f"{UPLOAD_PROGRESS_JOB}:{batch_id}")
    return media_id

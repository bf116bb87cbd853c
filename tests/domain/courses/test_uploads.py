"""Quotas, and when a sender is told about their files."""

from datetime import datetime, timedelta

import pytest

from domain.courses.errors import QuotaExceeded
from domain.courses.inspection import FileFault
from domain.courses.model import Media, MediaId, PartKind
from domain.courses.originals import BETWEEN_EDITS, FIRST_MESSAGE, OriginalService
from domain.courses.quotas import Quota, Quotas
from domain.courses.storing import take_upload
from domain.courses.uploads import KEEP_MEDIA_JOB, QUIET, UPLOAD_PROGRESS_JOB, BatchId, UploadState
from domain.users.model import UserId
from tests.domain.courses.fakes import ADMIN, ALI, NOON, TEACHER, FakeDatabase

FIRST = BatchId(1)
SECOND = timedelta(seconds=1)
SMALL = Quotas(teacher=Quota(files=2, bytes=100), student=Quota(files=1, bytes=10))


class Watch:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def originals(database: FakeDatabase, watch: Watch) -> OriginalService:
    return OriginalService(begin=database.begin, read=database.read, now=watch)


async def send(
    database: FakeDatabase, *, owner: UserId = TEACHER, size: int = 5, quotas: Quotas | None = None, name: str = "a.pdf"
) -> MediaId:
    media = Media(
        id=MediaId(0),
        kind=PartKind.PDF,
        name=name,
        mime="application/pdf",
        size=size,
        sha256=None,
        telegram_file_id="F",
        bot_id=7,
    )
    database.kept.files.quotas = quotas or Quotas()
    async with database.begin() as uow:
        media_id = await take_upload(uow, media, owner, NOON)
        await uow.commit()
    return media_id


async def end(
    database: FakeDatabase, media_id: MediaId, state: UploadState, at: datetime, fault: FileFault | None = None
) -> None:
    async with database.begin() as uow:
        await uow.upload_board.end(media_id, state, at, fault)
        await uow.commit()


async def test_an_upload_asks_for_its_original_and_for_a_word_about_it(database: FakeDatabase) -> None:
    media_id = await send(database)

    assert database.kept.jobs == [(KEEP_MEDIA_JOB, {"media_id": media_id}), (UPLOAD_PROGRESS_JOB, {"batch_id": 1})]


async def test_over_the_number_of_files_nothing_is_kept(database: FakeDatabase) -> None:
    await send(database, quotas=SMALL)
    await send(database, quotas=SMALL)

    with pytest.raises(QuotaExceeded) as refused:
        await send(database, quotas=SMALL)

    assert (refused.value.used.files, refused.value.used.bytes) == (2, 10)
    assert refused.value.limit == SMALL.teacher
    assert len(database.kept.media) == 2
    assert len(database.kept.jobs) == 4


async def test_over_the_bytes_nothing_is_kept_and_up_to_them_all_is(database: FakeDatabase) -> None:
    await send(database, size=100, quotas=SMALL)

    with pytest.raises(QuotaExceeded):
        await send(database, size=1, quotas=SMALL)


async def test_each_role_has_its_own_quota_and_admins_have_none(database: FakeDatabase) -> None:
    with pytest.raises(QuotaExceeded):
        await send(database, owner=ALI, size=11, quotas=SMALL)
    for _file in range(3):
        await send(database, owner=ADMIN, size=1000, quotas=SMALL)


async def test_a_single_file_that_is_kept_at_once_is_not_talked_about(
    database: FakeDatabase, originals: OriginalService, watch: Watch
) -> None:
    media_id = await send(database)
    await end(database, media_id, UploadState.KEPT, NOON + SECOND)

    early = await originals.take_turn(FIRST)
    watch.now = NOON + QUIET
    late = await originals.take_turn(FIRST)

    assert early.wait is not None
    assert late.batch is None
    assert database.kept.files.closed == {FIRST}


async def test_a_file_that_takes_longer_is_told_and_told_again_when_it_is_kept(
    database: FakeDatabase, originals: OriginalService, watch: Watch
) -> None:
    media_id = await send(database)
    watch.now = NOON + QUIET

    first = await originals.take_turn(FIRST)
    assert first.batch is not None
    await originals.note_shown(first.batch, 77)
    assert await originals.take_turn(FIRST) != first
    await end(database, media_id, UploadState.KEPT, watch.now)
    too_early = await originals.take_turn(FIRST)
    watch.now += BETWEEN_EDITS
    second = await originals.take_turn(FIRST)

    assert too_early.wait == BETWEEN_EDITS
    assert second.batch is not None
    assert second.batch.message_id == 77
    assert second.batch.is_done


async def test_a_refused_file_is_told_however_fast_it_was(
    database: FakeDatabase, originals: OriginalService, watch: Watch
) -> None:
    await end(database, await send(database), UploadState.REFUSED, NOON, FileFault.ENCRYPTED)
    watch.now = NOON + QUIET

    assert (await originals.take_turn(FIRST)).batch is not None


async def test_several_files_are_told_however_fast_they_were(
    database: FakeDatabase, originals: OriginalService, watch: Watch
) -> None:
    for media_id in [await send(database), await send(database)]:
        await end(database, media_id, UploadState.KEPT, NOON)
    watch.now = NOON + QUIET

    turn = await originals.take_turn(FIRST)

    assert turn.batch is not None
    assert len(turn.batch.in_state(UploadState.KEPT)) == 2


async def test_whoever_dies_while_writing_is_followed_by_another(
    database: FakeDatabase, originals: OriginalService, watch: Watch
) -> None:
    await send(database)
    watch.now = NOON + QUIET
    assert (await originals.take_turn(FIRST)).batch is not None

    meanwhile = await originals.take_turn(FIRST)
    watch.now += FIRST_MESSAGE
    afterwards = await originals.take_turn(FIRST)

    assert meanwhile.wait is not None
    assert afterwards.batch is not None


async def test_what_an_older_edit_overwrote_is_told_again(
    database: FakeDatabase, originals: OriginalService, watch: Watch
) -> None:
    one, two = await send(database), await send(database)
    watch.now = NOON + QUIET
    slow = (await originals.take_turn(FIRST)).batch
    assert slow is not None
    await end(database, one, UploadState.KEPT, watch.now)
    await end(database, two, UploadState.KEPT, watch.now)
    watch.now += FIRST_MESSAGE
    fast = (await originals.take_turn(FIRST)).batch
    assert fast is not None
    await originals.note_shown(fast, 77)

    await originals.note_shown(slow, 77)
    watch.now += BETWEEN_EDITS
    again = await originals.take_turn(FIRST)

    assert again.batch is not None
    assert again.batch.is_done


async def test_what_is_sent_after_the_end_is_a_new_batch(
    database: FakeDatabase, originals: OriginalService, watch: Watch
) -> None:
    await end(database, await send(database), UploadState.KEPT, NOON)
    watch.now = NOON + QUIET
    await originals.take_turn(FIRST)

    await send(database)

    assert len(database.kept.files.batches) == 2

"""Originals on PostgreSQL: counters and quotas under races, and a sweep that forgets no table."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
import pytest

from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.errors import QuotaExceeded
from domain.courses.inspection import FileFault
from domain.courses.materials import Upload
from domain.courses.model import CategoryId, LessonId, MediaId, PartKind
from domain.courses.originals import ContentGoing, OriginalService
from domain.courses.quotas import Quota, Quotas, Usage
from domain.courses.service import AuthoringService
from domain.courses.sweep import LOOSE_FOR, StorageSweeper
from domain.courses.uploads import KEEP_MEDIA_JOB, UploadState
from domain.files import sha256_of
from domain.language import Language, Text
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.bot.files.storages import MemoryStorage
from tests.db.quiz_world import NOON, add_people

_numbers = itertools.count(1)
CONTENT = b"the content of a file"
HASH = sha256_of(CONTENT)
LATER = LOOSE_FOR + timedelta(minutes=1)


@dataclass
class Watch:
    """The database's own clock writes when something was let go, so this one goes with it."""

    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(NOON.tzinfo) + self.ahead


@pytest.fixture(scope="module")
async def maths(pool: Pool) -> CategoryId:
    await add_people(pool)
    return await pool.fetchval(
        """insert into categories (slug, emoji, title, position) values ('maths', '➗', '{"uz": "Matematika"}', 1)
        on conflict (slug) do update set position = 1 returning id"""
    )


@pytest.fixture
async def teacher(pool: Pool) -> UserId:
    """Somebody whose files nobody else counts."""
    return await pool.fetchval(
        "insert into users (id, full_name, language, role, timezone, created_at)"
        " values ($1, 'T', 'uz', 'teacher', 'Asia/Tashkent', $2) returning id",
        90_000 + next(_numbers),
        NOON,
    )


@pytest.fixture(autouse=True)
async def others_keep_nothing(pool: Pool) -> None:
    """Tests share the database, and one content."""
    await pool.execute("update media set sha256 = null")


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def storage() -> MemoryStorage:
    return MemoryStorage()


@pytest.fixture
def originals(begin: Begin, read: Begin, watch: Watch) -> OriginalService:
    return OriginalService(begin=begin, read=read, now=watch)


@pytest.fixture
def sweeper(begin: Begin, read: Begin, watch: Watch, storage: MemoryStorage) -> StorageSweeper:
    return StorageSweeper(begin=begin, read=read, now=watch, storage=storage)


@pytest.fixture
def authoring(begin: Begin, read: Begin, maths: CategoryId, watch: Watch) -> AuthoringService:
    return AuthoringService(begin=begin, read=read, now=watch)


@pytest.fixture
async def lesson_id(authoring: AuthoringService, maths: CategoryId, teacher: UserId) -> LessonId:
    course = await authoring.new_course(teacher, maths, f"Kurs {next(_numbers)}")
    return (await authoring.add_lesson(teacher, course.id, "Dars")).id


def upload(size: int = 5) -> Upload:
    number = next(_numbers)
    return Upload(
        kind=PartKind.PDF,
        name=f"{number}.pdf",
        mime="application/pdf",
        size=size,
        telegram_file_id=f"F{number}",
        bot_id=7,
        duration_seconds=61,
    )


@dataclass
class Sent:
    media_id: MediaId
    part_id: int


@pytest.fixture
def send(authoring: AuthoringService, teacher: UserId, lesson_id: LessonId) -> Callable[..., Awaitable[Sent]]:
    async def run(size: int = 5) -> Sent:
        part = await authoring.add_part(teacher, lesson_id, upload(size))
        return Sent(next(iter(part.media.values())).id, part.id)

    return run


Send = Callable[..., Awaitable[Sent]]


async def row_of(pool: Pool, statement: str, *values: object) -> tuple[object, ...]:
    row = await pool.fetchrow(statement, *values)
    assert row is not None
    return tuple(row)


async def usage(pool: Pool, user_id: UserId) -> Usage:
    row = await pool.fetchrow("select files, bytes from storage_usage where user_id = $1", user_id)
    return Usage(files=row["files"], bytes=row["bytes"]) if row else Usage()


async def test_counters_follow_files_however_they_come_and_go(
    pool: Pool, send: Send, originals: OriginalService, teacher: UserId
) -> None:
    one, two = await send(5), await send(0)
    assert await usage(pool, teacher) == Usage(files=2, bytes=5)

    await originals.note_kept(two.media_id, sha256=HASH, size=100, mime="application/pdf")
    assert await usage(pool, teacher) == Usage(files=2, bytes=105)

    for sent in (one, two):
        await pool.execute("delete from part_media where media_id = $1", sent.media_id)
        await pool.execute("delete from media where id = $1", sent.media_id)
    assert await usage(pool, teacher) == Usage()


async def test_the_length_of_a_recording_is_kept(pool: Pool, send: Send) -> None:
    sent = await send()

    assert await pool.fetchval("select duration_seconds from media where id = $1", sent.media_id) == 61


async def at_once(work: list[Awaitable[object]]) -> list[object]:
    return await asyncio.gather(*work, return_exceptions=True)


async def test_uploads_at_one_moment_do_not_pass_the_quota(
    pool: Pool, watch: Watch, maths: CategoryId, teacher: UserId
) -> None:
    database = Database(pool, Quotas(teacher=Quota(files=3, bytes=1000)))
    authoring = AuthoringService(begin=database.begin, read=database.read, now=watch)
    lessons: list[LessonId] = []
    for number in range(8):
        course = await authoring.new_course(teacher, maths, f"Kurs {number} {next(_numbers)}")
        lessons.append((await authoring.add_lesson(teacher, course.id, "Dars")).id)

    ends = await at_once([authoring.add_part(teacher, lesson, upload()) for lesson in lessons])

    assert sum(isinstance(end, QuotaExceeded) for end in ends) == 5
    assert sum(isinstance(end, BaseException) for end in ends) == 5
    assert await usage(pool, teacher) == Usage(files=3, bytes=15)


async def test_without_the_counter_s_row_the_quota_is_passed(pool: Pool, teacher: UserId) -> None:
    """The control: who counts before adding, as one would without the schema, sees too few."""
    everybody = asyncio.Barrier(8)

    async def add() -> None:
        async with pool.acquire() as connection, connection.transaction():
            count = await connection.fetchval("select count(*) from media where owner_id = $1", teacher)
            await everybody.wait()
            if count < 3:
                await connection.execute(
                    "insert into media (owner_id, kind, name, mime, size, telegram_file_id, bot_id, created_at)"
                    " values ($1, 'pdf', 'a', 'b', 5, 'F', 7, now())",
                    teacher,
                )

    await asyncio.gather(*(add() for _upload in range(8)))

    assert (await usage(pool, teacher)).files == 8


async def test_an_original_is_noted_once_whoever_notes_it(
    pool: Pool, send: Send, originals: OriginalService, teacher: UserId
) -> None:
    sent = await send()

    await asyncio.gather(
        *(originals.note_kept(sent.media_id, sha256=HASH, size=50, mime="application/pdf") for _run in range(4))
    )

    row = await row_of(pool, "select sha256, size, mime, unkept from media where id = $1", sent.media_id)
    assert row == (HASH, 50, "application/pdf", None)
    batch = await row_of(
        pool,
        "select b.revision, u.state from uploads u join upload_batches b on b.id = u.batch_id where media_id = $1",
        sent.media_id,
    )
    assert batch == (2, "kept")
    assert await usage(pool, teacher) == Usage(files=1, bytes=50)


async def test_files_of_one_moment_are_one_batch(pool: Pool, send: Send, teacher: UserId) -> None:
    for _file in range(3):
        await send()

    assert await pool.fetch("select count(*) from uploads u join upload_batches b on b.id = u.batch_id"
                            " where b.user_id = $1 group by b.id", teacher) == [(3,)]  # fmt: skip


async def test_a_refused_file_leaves_its_lesson_and_the_batch_says_why(
    pool: Pool, send: Send, originals: OriginalService
) -> None:
    sent, other = await send(), await send()

    await originals.refuse(sent.media_id, FileFault.ENCRYPTED)
    await originals.refuse(sent.media_id, FileFault.ENCRYPTED)

    left = await pool.fetch("select id from parts where id = any($1)", [sent.part_id, other.part_id])
    assert [row["id"] for row in left] == [other.part_id]
    row = await row_of(pool, "select state, fault from uploads where media_id = $1", sent.media_id)
    assert row == (UploadState.REFUSED, FileFault.ENCRYPTED)


async def test_a_refused_file_of_one_language_leaves_the_others(
    pool: Pool, begin: Begin, send: Send, originals: OriginalService
) -> None:
    sent, other = await send(), await send()
    await pool.execute("update part_media set part_id = $1, language = 'ru' where media_id = $2",
                       sent.part_id, other.media_id)  # fmt: skip

    await originals.refuse(other.media_id, FileFault.BROKEN)

    media = await pool.fetch("select media_id from part_media where part_id = $1", sent.part_id)
    assert [row["media_id"] for row in media] == [sent.media_id]


async def test_a_refused_file_beside_a_lesson_goes_too(
    pool: Pool, send: Send, originals: OriginalService, lesson_id: LessonId
) -> None:
    sent = await send()
    is_there = await pool.fetchval("select to_regclass('lesson_resources') is not null")
    await pool.execute(
        "create table if not exists lesson_resources (id bigint generated by default as identity,"
        " lesson_id bigint, position smallint, media_id bigint references media (id))"
    )
    await pool.execute("insert into lesson_resources (lesson_id, position, media_id) values ($1, 1, $2)",
                       lesson_id, sent.media_id)  # fmt: skip

    await originals.refuse(sent.media_id, FileFault.UNSAFE)

    assert await pool.fetchval("select count(*) from lesson_resources where media_id = $1", sent.media_id) == 0
    if not is_there:
        await pool.execute("drop table lesson_resources")


async def test_what_nothing_refers_to_goes_with_its_object_within_minutes(
    pool: Pool,
    send: Send,
    originals: OriginalService,
    authoring: AuthoringService,
    sweeper: StorageSweeper,
    storage: MemoryStorage,
    watch: Watch,
    teacher: UserId,
) -> None:
    kept, deleted = await send(), await send()
    storage.files = {HASH: CONTENT, sha256_of(b"other"): b"other"}
    await originals.note_kept(deleted.media_id, sha256=HASH, size=21, mime="a/b")
    await originals.note_kept(kept.media_id, sha256=sha256_of(b"other"), size=5, mime="a/b")
    await authoring.remove_part(teacher, deleted.part_id)  # pyright: ignore[reportArgumentType]

    await sweeper.sweep()
    assert HASH in storage.files, "a slip can be undone for a while"
    watch.ahead = LATER
    await sweeper.sweep()

    assert list(storage.files) == [sha256_of(b"other")]
    assert await pool.fetchval("select count(*) from media where id = $1", deleted.media_id) == 0
    assert await pool.fetchval("select count(*) from media where id = $1", kept.media_id) == 1
    assert await usage(pool, teacher) == Usage(files=1, bytes=5)


async def test_an_object_stays_while_another_row_has_its_content(
    pool: Pool,
    send: Send,
    originals: OriginalService,
    authoring: AuthoringService,
    sweeper: StorageSweeper,
    storage: MemoryStorage,
    watch: Watch,
    teacher: UserId,
) -> None:
    one, two = await send(), await send()
    storage.files = {HASH: CONTENT}
    for sent in (one, two):
        await originals.note_kept(sent.media_id, sha256=HASH, size=21, mime="a/b")
    watch.ahead = LATER

    await authoring.remove_part(teacher, one.part_id)  # pyright: ignore[reportArgumentType]
    await sweeper.sweep()
    assert HASH in storage.files
    await authoring.remove_part(teacher, two.part_id)  # pyright: ignore[reportArgumentType]
    await sweeper.sweep()

    assert not storage.files


async def test_a_receipt_keeps_the_object_too(
    pool: Pool,
    send: Send,
    originals: OriginalService,
    authoring: AuthoringService,
    sweeper: StorageSweeper,
    storage: MemoryStorage,
    watch: Watch,
    teacher: UserId,
) -> None:
    """Any column of any table that is called a hash counts."""
    sent = await send()
    storage.files = {HASH: CONTENT}
    await originals.note_kept(sent.media_id, sha256=HASH, size=21, mime="a/b")
    await pool.execute("create table receipts (pdf_sha256 varchar)")
    await pool.execute("insert into receipts values ($1)", HASH)
    watch.ahead = LATER

    await authoring.remove_part(teacher, sent.part_id)  # pyright: ignore[reportArgumentType]
    await sweeper.sweep()
    assert HASH in storage.files

    await pool.execute("drop table receipts")


async def test_a_table_that_nobody_told_the_sweep_of_keeps_its_files(
    pool: Pool,
    send: Send,
    authoring: AuthoringService,
    sweeper: StorageSweeper,
    watch: Watch,
    teacher: UserId,
) -> None:
    sent = await send()
    await pool.execute('create table "home Work" ("the media" bigint references media (id))')
    await pool.execute('insert into "home Work" values ($1)', sent.media_id)
    watch.ahead = LATER

    await authoring.remove_part(teacher, sent.part_id)  # pyright: ignore[reportArgumentType]
    await sweeper.sweep()
    assert await pool.fetchval("select count(*) from media where id = $1", sent.media_id) == 1

    await pool.execute('delete from "home Work"')
    await sweeper.sweep()
    assert await pool.fetchval("select count(*) from media where id = $1", sent.media_id) == 1
    await sweeper.look_over()
    watch.ahead = 2 * LATER
    await sweeper.sweep()
    assert await pool.fetchval("select count(*) from media where id = $1", sent.media_id) == 0
    await pool.execute('drop table "home Work"')


async def test_every_table_that_holds_media_says_when_it_lets_go(pool: Pool) -> None:
    """A migration that adds such a column adds the trigger `loosen_media` (see 0013_files.py)."""
    silent = await pool.fetch(
        """
        select c.conrelid::regclass::text as referrer, a.attname
        from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
        where c.contype = 'f' and c.confrelid = 'media'::regclass and c.confdeltype in ('a', 'r') and not exists (
            select from pg_trigger t join pg_proc p on p.oid = t.tgfoid
            where t.tgrelid = c.conrelid and p.proname = 'loosen_media')
        """
    )

    assert [tuple(row) for row in silent] == []


async def test_a_cover_is_held_and_let_go(
    pool: Pool, begin: Begin, send: Send, sweeper: StorageSweeper, watch: Watch, lesson_id: LessonId
) -> None:
    sent = await send()
    course_id = await pool.fetchval("select course_id from lessons where id = $1", lesson_id)
    await pool.execute("update courses set cover_id = $2 where id = $1", course_id, sent.media_id)
    await pool.execute("delete from parts where id = $1", sent.part_id)
    watch.ahead = LATER

    await sweeper.sweep()
    assert await pool.fetchval("select count(*) from media where id = $1", sent.media_id) == 1
    await pool.execute("update courses set cover_id = null where id = $1", course_id)
    await sweeper.sweep()

    assert await pool.fetchval("select count(*) from media where id = $1", sent.media_id) == 0


async def test_a_content_that_is_going_is_not_counted_on(
    pool: Pool, begin: Begin, send: Send, originals: OriginalService
) -> None:
    sent = await send()
    await pool.execute("insert into doomed_files values ($1, now(), true)", HASH)

    with pytest.raises(ContentGoing):
        await originals.note_kept(sent.media_id, sha256=HASH, size=21, mime="a/b")

    await pool.execute("delete from doomed_files")
    await originals.note_kept(sent.media_id, sha256=HASH, size=21, mime="a/b")


async def test_a_content_that_came_back_is_not_deleted(
    pool: Pool, begin: Begin, send: Send, originals: OriginalService, sweeper: StorageSweeper, storage: MemoryStorage
) -> None:
    sent = await send()
    storage.files = {HASH: CONTENT}
    await pool.execute("insert into doomed_files values ($1, now())", HASH)
    await originals.note_kept(sent.media_id, sha256=HASH, size=21, mime="a/b")

    swept = await sweeper.sweep()

    assert swept.deleted == 0
    assert HASH in storage.files
    assert await pool.fetchval("select count(*) from doomed_files") == 0


async def test_a_sweep_that_dies_in_the_middle_is_finished_by_the_next(
    pool: Pool, sweeper: StorageSweeper, storage: MemoryStorage
) -> None:
    gone = sha256_of(b"gone")
    storage.files = {gone: b"gone"}
    await pool.execute("insert into doomed_files values ($1, now(), true)", gone)

    await sweeper.sweep()

    assert not storage.files
    assert await pool.fetchval("select count(*) from doomed_files") == 0


async def test_originals_that_were_given_up_are_asked_for_again(
    pool: Pool, send: Send, sweeper: StorageSweeper, watch: Watch
) -> None:
    sent = await send()
    await pool.execute("delete from pgqueuer where entrypoint = $1", KEEP_MEDIA_JOB)
    watch.ahead = timedelta(hours=2)

    await sweeper.look_over()

    payloads = await pool.fetch("select payload from pgqueuer where entrypoint = $1", KEEP_MEDIA_JOB)
    assert any(f'"media_id":{sent.media_id}}}'.encode() in row["payload"] for row in payloads)


async def test_an_undo_holds_the_file_or_learns_that_it_is_gone(
    pool: Pool, begin: Begin, send: Send, sweeper: StorageSweeper, watch: Watch
) -> None:
    sent, other = await send(), await send()
    await pool.execute("delete from parts where id = $1", sent.part_id)
    watch.ahead = LATER

    async with begin() as uow:
        assert await uow.media_shelf.hold([sent.media_id, other.media_id, other.media_id])
        deleting = asyncio.create_task(sweeper.sweep())
        await asyncio.sleep(0.2)
        assert not deleting.done()
    await deleting

    async with begin() as uow:
        assert not await uow.media_shelf.hold([sent.media_id])
        assert await uow.media_shelf.hold([other.media_id])


async def test_an_upload_that_is_attached_during_a_sweep_stays(
    pool: Pool, teacher: UserId, lesson_id: LessonId
) -> None:
    """The foreign key decides between the two: the part's transaction holds the media row."""
    media_id = await pool.fetchval(
        "insert into media (owner_id, kind, name, mime, size, telegram_file_id, bot_id, created_at)"
        " values ($1, 'pdf', 'a', 'b', 5, 'F', 7, now()) returning id",
        teacher,
    )
    part_id = await pool.fetchval(
        "insert into parts (lesson_id, position, kind) values ($1, 99, 'pdf') returning id", lesson_id
    )
    async with pool.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("insert into part_media values ($1, 'uz', $2)", part_id, media_id)
        deleting = asyncio.create_task(pool.execute("delete from media where id = $1", media_id))
        await asyncio.sleep(0.2)
        assert not deleting.done()
        await transaction.commit()
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await deleting


async def test_the_text_of_a_lesson_is_no_file(begin: Begin, teacher: UserId, lesson_id: LessonId, pool: Pool) -> None:
    async with begin() as uow:
        await uow.courses.add_part(lesson_id, PartKind.TEXT, Text({Language.UZ: "matn"}), {})
        await uow.commit()

    assert await usage(pool, teacher) == Usage()

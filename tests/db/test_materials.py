"""Materials on PostgreSQL: one message once, one content once, shares, deletions, and jobs that are killed."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from bot.clients.memory_chunks import MemoryChunkIndex
from db.engine import Pool
from domain.courses.errors import QuotaExceeded
from domain.courses.model import CourseId, CourseStatus, Sale
from domain.courses.sweep import StorageSweeper
from domain.errors import InvalidInput
from domain.files import ParseRefused, sha256_of
from domain.materials.errors import MaterialGone, MaterialThere, NothingToRead, PageGone
from domain.materials.model import (
    MAX_BYTES,
    MAX_SEEN_PAGES,
    MAX_SHARES,
    PAGE,
    Heading,
    Material,
    MaterialId,
    MaterialState,
    Page,
    ReadFile,
    Sent,
    Unreadable,
)
from domain.materials.ports import Unseen
from domain.materials.processing import ContentBusy, MaterialProcessing, Progress
from domain.materials.service import MaterialService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.bot.files.storages import MemoryStorage
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, VALI, World, add_people

BOT = 7
STRANGER = UserId(99)
_messages = itertools.count(1)
TWO_PAGES = ReadFile(
    pages=[
        Page(number=1, text="Kuch\n\nF = ma", headings=(Heading(level=1, title="Kuch", start=0),)),
        Page(number=2, text="Birinchi \n qonun"),
    ]
)


class Killed(BaseException):
    """The process died here."""


@dataclass
class Outside:
    """Telegram, the reader, the model and the index; each may be killed once, after it has done its work."""

    found: ReadFile | ParseRefused = TWO_PAGES
    contents: dict[MaterialId, bytes | Unreadable] = field(default_factory=dict[MaterialId, "bytes | Unreadable"])
    seen: dict[int, str] = field(default_factory=dict[int, str])
    kills: list[str] = field(default_factory=list[str])
    calls: list[str] = field(default_factory=list[str])
    told: list[Progress] = field(default_factory=list[Progress])
    before_index: Callable[[], Awaitable[None]] | None = None
    chunks: MemoryChunkIndex = field(default_factory=MemoryChunkIndex)

    def note(self, name: str) -> None:
        self.calls.append(name)
        if name in self.kills:
            self.kills.remove(name)
            raise Killed(name)

    async def fetch(self, material: Material, to: Path) -> Unreadable | None:
        content = self.contents.get(material.id, f"content {material.id}".encode())
        if isinstance(content, Unreadable):
            return content
        await asyncio.to_thread(to.write_bytes, content)
        self.note("fetch")
        return None

    async def read(self, file: Path, name: str) -> ReadFile:
        self.note("read")
        if isinstance(self.found, ParseRefused):
            raise self.found
        return self.found

    async def picture(self, file: Path, name: str, page: int, passage: str = "") -> bytes:
        return f"page {page}".encode()

    async def text_of(self, picture: bytes, mime: str) -> str:
        number = int(picture.decode().split()[1]) if picture.startswith(b"page") else 1
        self.note(f"look {number}")
        if number not in self.seen:
            raise Unseen("away")
        return self.seen[number]

    async def put(self, material_id: MaterialId, pages: Sequence[Page]) -> None:
        if self.before_index is not None:
            await self.before_index()
        await self.chunks.put(material_id, pages)
        self.note("put")

    async def drop(self, material_id: MaterialId) -> None:
        await self.chunks.drop(material_id)
        self.note("drop")

    async def tell(self, progress: Progress) -> None:
        self.told.append(progress)


class Desk:
    """The service, and the jobs as the queue runs them: again until they end."""

    def __init__(self, pool: Pool, begin: Begin, read: Begin, folder: Path) -> None:
        self.now: datetime = NOON
        self.pool = pool
        self.begin = begin
        self.storage = MemoryStorage()
        self.outside = Outside()
        self.folder = folder
        self.service = MaterialService(begin=begin, read=read, now=lambda: self.now)
        self._read = read
        self.sweeper = StorageSweeper(begin=begin, read=read, now=lambda: self.now, storage=self.storage)

    def processing(self, *, sees: bool = False) -> MaterialProcessing:
        return MaterialProcessing(
            begin=self.begin,
            read=self._read,
            now=lambda: self.now,
            storage=self.storage,
            reader=self.outside,
            sight=self.outside if sees else None,
            index=self.outside,
        )

    async def run(self, material: Material, *, sees: bool = False, revision: int = 1) -> None:
        """Both jobs, each begun anew after it was killed."""
        processing, outside = self.processing(sees=sees), self.outside
        for job in (
            lambda: processing.read(material.id, revision, outside.fetch, outside.tell, self.folder),
            lambda: processing.index(material.id, revision, outside.tell),
        ):
            while True:
                try:
                    await job()
                except Killed:
                    continue
                break

    async def received(self, owner: UserId = ALI, name: str = "kitob.pdf", **more: int) -> Material:
        return await self.service.receive(owner, sent(name, **more))

    async def ready(self, owner: UserId = ALI, name: str = "kitob.pdf") -> Material:
        material = await self.received(owner, name)
        await self.run(material)
        return material

    async def state(self, material: Material) -> str:
        return await self.pool.fetchval("select state from materials where id = $1", material.id)


def sent(name: str = "kitob.pdf", *, size: int = 10, message_id: int | None = None) -> Sent:
    number = next(_messages) if message_id is None else message_id
    return Sent(bot_id=BOT, message_id=number, name=name, mime="", size=size, telegram_file_id=f"F{number}")


@pytest.fixture(scope="module")
async def world(pool: Pool, begin: Begin) -> World:
    await add_people(pool)
    return World(pool, begin)


@pytest.fixture
async def desk(pool: Pool, begin: Begin, read: Begin, world: World, tmp_path: Path) -> Desk:
    await pool.execute("delete from materials")
    await pool.execute("delete from doomed_files")
    return Desk(pool, begin, read, tmp_path)


async def enrol(pool: Pool, user_id: UserId, course_id: CourseId) -> None:
    await pool.execute(
        "insert into enrolments (user_id, course_id, status, enrolled_at) values ($1, $2, 'active', $3)",
        user_id,
        course_id,
        NOON,
    )


async def test_a_file_goes_through_its_stages_and_its_pages_are_there(desk: Desk) -> None:
    material = await desk.ready()

    assert [progress.material.state for progress in desk.outside.told] == [
        MaterialState.WAITING,
        MaterialState.STORED,
        MaterialState.READ,
        MaterialState.INDEXED,
    ]
    assert (await desk.service.page(ALI, material.id, 1)).page == TWO_PAGES.pages[0]
    assert desk.storage.files == {sha256_of(f"content {material.id}".encode()): f"content {material.id}".encode()}
    assert [chunk.headings for chunk in desk.outside.chunks.chunks[material.id]] == [("Kuch",)]


@pytest.mark.parametrize("kill", ["fetch", "read", "put"])
async def test_a_job_that_is_killed_at_any_stage_resumes_and_indexes_once(desk: Desk, kill: str) -> None:
    material = await desk.received()
    desk.outside.kills = [kill]

    await desk.run(material)

    assert await desk.state(material) == "indexed"
    assert list(desk.outside.chunks.chunks) == [material.id]
    # What was stored is not fetched again, and what was read is not read again.
    assert desk.outside.calls.count("fetch") == (2 if kill == "fetch" else 1)
    assert desk.outside.calls.count("read") == (2 if kill == "read" else 1)
    assert desk.outside.calls.count("put") == (2 if kill == "put" else 1)


async def test_jobs_that_run_again_change_nothing(desk: Desk) -> None:
    material = await desk.ready()
    calls, told = len(desk.outside.calls), len(desk.outside.told)

    await desk.run(material)

    assert len(desk.outside.calls) == calls
    assert len(desk.outside.told) == told


async def test_the_same_message_is_one_material_also_when_it_comes_twice_at_once(desk: Desk) -> None:
    twice = sent(message_id=10**6)

    made = await asyncio.gather(*(desk.service.receive(ALI, twice) for _ in range(6)))

    assert len({material.id for material in made}) == 1
    assert await desk.pool.fetchval("select files from storage_usage where user_id = $1", ALI) == 1


async def test_the_same_content_is_one_material_of_its_owner(desk: Desk) -> None:
    first, second = await desk.ready(), await desk.received()
    desk.outside.contents[second.id] = f"content {first.id}".encode()

    await desk.run(second)

    assert await desk.state(second) == "duplicate"
    assert desk.outside.told[-1].twin is not None
    assert desk.outside.told[-1].twin.id == first.id
    assert [material.id for material in (await desk.service.mine(ALI)).materials] == [first.id]


async def test_another_person_may_have_the_same_content(desk: Desk) -> None:
    first, second = await desk.ready(), await desk.received(VALI)
    desk.outside.contents[second.id] = f"content {first.id}".encode()

    await desk.run(second)

    assert await desk.state(second) == "indexed"
    assert len(desk.storage.files) == 1


async def two_of_one_content(desk: Desk) -> list[Material]:
    materials = [await desk.received() for _ in range(2)]
    for material in materials:
        desk.outside.contents[material.id] = b"the same"
    return materials


async def test_of_two_jobs_with_the_same_content_at_once_one_becomes_the_duplicate(desk: Desk) -> None:
    materials = await two_of_one_content(desk)
    folders = [desk.folder / str(number) for number in range(2)]
    for folder in folders:
        folder.mkdir()

    await asyncio.gather(
        *(
            desk.processing().read(material.id, 1, desk.outside.fetch, desk.outside.tell, folder)
            for material, folder in zip(materials, folders, strict=True)
        )
    )

    assert sorted([await desk.state(material) for material in materials]) == ["duplicate", "read"]


async def test_without_the_lock_on_the_content_two_at_once_would_meet_in_the_index(desk: Desk, pool: Pool) -> None:
    """The control of the test above: both look for a twin before either is there."""
    one, other = await two_of_one_content(desk)
    sha256 = sha256_of(b"the same")
    async with desk.begin() as first, desk.begin() as second:
        assert await first.materials.note_stored(one.id, sha256, 8) is None
        waiting = asyncio.ensure_future(second.materials.note_stored(other.id, sha256, 8))
        await first.commit()
        with pytest.raises(asyncpg.UniqueViolationError):
            await waiting


async def test_an_object_that_is_being_deleted_is_stored_by_a_later_run(desk: Desk) -> None:
    material = await desk.received()
    sha256 = sha256_of(f"content {material.id}".encode())
    await desk.pool.execute("insert into doomed_files values ($1, now(), true)", sha256)

    with pytest.raises(ContentBusy):
        await desk.run(material)
    await desk.pool.execute("delete from doomed_files")
    await desk.run(material)

    assert await desk.state(material) == "indexed"


async def test_a_deleted_material_is_found_by_nobody_and_its_content_goes_within_five_minutes(desk: Desk) -> None:
    material = await desk.ready()

    await desk.service.delete(ALI, material.id)
    await desk.service.delete(ALI, material.id)
    await desk.processing().drop(material.id)

    assert desk.outside.chunks.chunks == {}
    with pytest.raises(MaterialGone):
        await desk.service.open(ALI, material.id)
    desk.now = NOON + timedelta(minutes=4)
    assert await desk.processing().sweep() == 1
    await desk.sweeper.sweep()
    assert desk.storage.files == {}
    assert await desk.pool.fetchval("select count(*) from material_pages") == 0
    assert await desk.pool.fetchval("select files from storage_usage where user_id = $1", ALI) == 0


async def test_an_object_that_somebody_else_has_too_stays(desk: Desk) -> None:
    first, second = await desk.ready(), await desk.received(VALI)
    desk.outside.contents[second.id] = f"content {first.id}".encode()
    await desk.run(second)

    await desk.service.delete(ALI, first.id)
    desk.now = NOON + timedelta(minutes=4)
    await desk.processing().sweep()
    await desk.sweeper.sweep()

    assert len(desk.storage.files) == 1


async def test_a_deletion_is_undone_and_the_material_is_indexed_again(desk: Desk) -> None:
    material = await desk.ready()
    await desk.service.delete(ALI, material.id)
    await desk.processing().drop(material.id)

    await desk.service.restore(ALI, material.id)
    await desk.service.restore(ALI, material.id)
    await desk.processing().drop(material.id)
    await desk.run(material)

    assert await desk.state(material) == "indexed"
    assert list(desk.outside.chunks.chunks) == [material.id]


async def test_what_was_swept_or_sent_again_does_not_come_back(desk: Desk) -> None:
    material, again = await desk.ready(), await desk.received()
    desk.outside.contents[again.id] = f"content {material.id}".encode()
    await desk.service.delete(ALI, material.id)
    await desk.run(again)

    with pytest.raises(MaterialThere):
        await desk.service.restore(ALI, material.id)
    desk.now = NOON + timedelta(minutes=4)
    await desk.processing().sweep()
    with pytest.raises(MaterialGone):
        await desk.service.restore(ALI, material.id)
    assert await desk.state(again) == "indexed"


async def test_a_file_that_is_deleted_while_it_is_indexed_is_not_in_the_index_afterwards(desk: Desk) -> None:
    material = await desk.received()

    async def delete() -> None:
        await desk.service.delete(ALI, material.id)

    desk.outside.before_index = delete
    await desk.run(material)

    assert desk.outside.chunks.chunks == {}


async def test_a_file_that_is_deleted_before_it_was_stored_leaves_nothing_behind(desk: Desk) -> None:
    material = await desk.received()
    await desk.service.delete(ALI, material.id)

    await desk.run(material)

    assert desk.outside.calls == []
    assert desk.storage.files == {}


async def test_reading_again_begins_a_revision_and_jobs_of_the_old_one_do_nothing(desk: Desk) -> None:
    material = await desk.ready()
    desk.outside.found = ReadFile(pages=[Page(number=1, text="Yangi")])

    await desk.service.read_again(ALI, material.id)
    await desk.service.read_again(ALI, material.id)
    await desk.run(material, revision=1)
    assert await desk.state(material) == "stored"
    await desk.run(material, revision=2)

    assert await desk.state(material) == "indexed"
    assert (await desk.service.page(ALI, material.id, 1)).page.text == "Yangi"
    with pytest.raises(PageGone):
        await desk.service.page(ALI, material.id, 2)


@pytest.mark.parametrize("why", [Unreadable.LOST, Unreadable.EMPTY])
async def test_a_file_that_telegram_does_not_give_says_so_and_cannot_be_read_again(desk: Desk, why: Unreadable) -> None:
    material = await desk.received()
    desk.outside.contents[material.id] = why

    await desk.run(material)

    assert (await desk.service.open(ALI, material.id)).material.fault is why
    with pytest.raises(NothingToRead):
        await desk.service.read_again(ALI, material.id)


@pytest.mark.parametrize(
    ("reason", "why"),
    [("encrypted", Unreadable.ENCRYPTED), ("program", Unreadable.UNSAFE), ("nonsense", Unreadable.BROKEN)],
)
async def test_a_refused_file_says_why(desk: Desk, reason: str, why: Unreadable) -> None:
    material = await desk.received()
    desk.outside.found = ParseRefused(reason)

    await desk.run(material)

    assert (await desk.service.open(ALI, material.id)).material.fault is why
    assert desk.outside.told[-1].material.fault is why


def scan(count: int) -> ReadFile:
    return ReadFile(pages=[Page(number=number, text="") for number in range(1, count + 1)])


async def test_a_scan_is_not_readable_until_a_model_looks_at_it(desk: Desk) -> None:
    material = await desk.received()
    desk.outside.found = scan(2)
    desk.outside.seen = {1: "Bir", 2: "Ikki"}

    await desk.run(material)
    assert (await desk.service.open(ALI, material.id)).material.fault is Unreadable.NO_TEXT
    await desk.service.read_again(ALI, material.id)
    await desk.run(material, sees=True, revision=2)

    assert [(await desk.service.page(ALI, material.id, number)).page.text for number in (1, 2)] == ["Bir", "Ikki"]
    assert [(told.seen, told.to_see) for told in desk.outside.told if told.to_see] == [(0, 2), (1, 2)]


async def test_pages_that_were_looked_at_are_not_paid_for_twice(desk: Desk) -> None:
    material = await desk.received()
    desk.outside.found = scan(3)
    desk.outside.seen = {1: "Bir", 2: "Ikki", 3: "Uch"}
    desk.outside.kills = ["look 3"]

    await desk.run(material, sees=True)

    assert await desk.state(material) == "indexed"
    assert [call for call in desk.outside.calls if call.startswith("look")] == ["look 1", "look 2", "look 3", "look 3"]


async def test_of_a_long_scan_the_first_pages_are_read_and_the_rest_is_told(desk: Desk) -> None:
    material = await desk.received()
    desk.outside.found = scan(MAX_SEEN_PAGES + 5)
    desk.outside.seen = dict.fromkeys(range(1, MAX_SEEN_PAGES + 6), "Matn")

    await desk.run(material, sees=True)

    opened = (await desk.service.open(ALI, material.id)).material
    assert (opened.page_count, opened.unseen_count) == (MAX_SEEN_PAGES + 5, 5)


async def test_a_model_that_is_away_or_sees_nothing_is_said(desk: Desk) -> None:
    material = await desk.received(name="rasm.jpg")
    desk.outside.found = ReadFile(pages=[Page(number=1, text="")], is_picture=True)

    await desk.run(material, sees=True)
    assert (await desk.service.open(ALI, material.id)).material.fault is Unreadable.MODEL_FAILED
    desk.outside.seen = {1: "  "}
    await desk.service.read_again(ALI, material.id)
    await desk.run(material, sees=True, revision=2)

    assert (await desk.service.open(ALI, material.id)).material.fault is Unreadable.NOTHING_SEEN


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (sent("a.mp3"), "format"),
        (sent("a"), "format"),
        (sent("a.doc"), "old_office"),
        (sent("a.pdf", size=MAX_BYTES + 1), "too_large"),
    ],
)
async def test_what_cannot_be_taken_is_refused_at_once(desk: Desk, file: Sent, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await desk.service.receive(ALI, file)

    assert (refused.value.field, refused.value.reason) == ("file", reason)
    assert await desk.pool.fetchval("select count(*) from materials") == 0


async def test_the_place_of_a_student_is_never_overdrawn_by_many_files_at_once(desk: Desk) -> None:
    await desk.pool.execute(
        "insert into storage_usage values ($1, 198, 0) on conflict (user_id) do update set files = 198, bytes = 0", ALI
    )

    ended = await asyncio.gather(*(desk.received() for _ in range(6)), return_exceptions=True)

    assert sum(isinstance(each, QuotaExceeded) for each in ended) == 4
    assert await desk.pool.fetchval("select files from storage_usage where user_id = $1", ALI) == 200
    await desk.pool.execute("delete from materials")
    await desk.pool.execute("update storage_usage set files = 0, bytes = 0 where user_id = $1", ALI)


async def test_a_material_is_its_owners_alone_until_it_is_shared(desk: Desk, world: World, pool: Pool) -> None:
    material = await desk.ready(TEACHER)
    course_id = await world.course()
    await enrol(pool, ALI, course_id)
    for person in (ALI, VALI, ADMIN, STRANGER):
        with pytest.raises(MaterialGone):
            await desk.service.page(person, material.id, 1)

    await desk.service.share(TEACHER, material.id, course_id)
    await desk.service.share(TEACHER, material.id, course_id)

    assert (await desk.service.page(ALI, material.id, 1)).page.number == 1
    assert [each.id for each in (await desk.service.shared_with_me(ALI)).materials] == [material.id]
    for person in (VALI, STRANGER):
        assert list((await desk.service.shared_with_me(person)).materials) == []
        with pytest.raises(MaterialGone):
            await desk.service.find(person, material.id, "F")
    await desk.service.unshare(TEACHER, material.id, course_id)
    with pytest.raises(MaterialGone):
        await desk.service.open(ALI, material.id)


async def test_what_is_shared_with_a_paid_course_is_for_those_who_have_paid(
    desk: Desk, world: World, pool: Pool
) -> None:
    material = await desk.ready(TEACHER)
    course_id = await world.course(Sale.COURSE)
    await desk.service.share(TEACHER, material.id, course_id)
    await enrol(pool, ALI, course_id)

    assert list((await desk.service.shared_with_me(ALI)).materials) == []


async def test_a_share_ends_when_its_owner_teaches_the_course_no_more(desk: Desk, world: World, pool: Pool) -> None:
    material = await desk.ready(TEACHER)
    course_id = await world.course()
    await enrol(pool, ALI, course_id)
    await desk.service.share(TEACHER, material.id, course_id)

    await pool.execute("update users set role = 'student' where id = $1", TEACHER)
    try:
        assert list((await desk.service.shared_with_me(ALI)).materials) == []
        with pytest.raises(MaterialGone):
            await desk.service.open(ALI, material.id)
        with pytest.raises(MaterialGone):
            await desk.service.share(TEACHER, material.id, course_id)
    finally:
        await pool.execute("update users set role = 'teacher' where id = $1", TEACHER)


async def test_nobody_shares_with_a_course_that_they_do_not_teach(desk: Desk, world: World) -> None:
    for owner, status in ((ALI, CourseStatus.PUBLISHED), (TEACHER, CourseStatus.ARCHIVED)):
        material = await desk.ready(owner)
        with pytest.raises(MaterialGone):
            await desk.service.share(owner, material.id, await world.course(status=status))


async def test_a_material_is_shared_with_twenty_courses_at_most(desk: Desk, world: World) -> None:
    material = await desk.ready(TEACHER)
    courses = [await world.course() for _ in range(MAX_SHARES + 1)]
    for course_id in courses[:-1]:
        await desk.service.share(TEACHER, material.id, course_id)

    with pytest.raises(InvalidInput):
        await desk.service.share(TEACHER, material.id, courses[-1])
    shares = (await desk.service.open(TEACHER, material.id)).shares
    assert sum(share.is_shared for share in shares) == MAX_SHARES


async def test_words_are_found_over_breaks_of_lines_and_however_they_are_written(desk: Desk) -> None:
    material = await desk.ready()

    found = await desk.service.find(ALI, material.id, "birinchi  QONUN")

    assert found is not None
    assert found.page.number == 2
    assert await desk.service.find(ALI, material.id, "birinchi qonun", after=2) is None
    assert await desk.service.find(ALI, material.id, "  ") is None
    assert await desk.service.find(ALI, material.id, "%") is None


async def test_a_long_list_is_leafed_through_without_a_line_lost_or_shown_twice(desk: Desk) -> None:
    made = [(await desk.received()).id for _ in range(2 * PAGE + 3)]

    shown: list[MaterialId] = []
    before: MaterialId | None = None
    while True:
        page = await desk.service.mine(ALI, before)
        shown += [material.id for material in page.materials]
        if not page.has_more:
            break
        before = shown[-1]

    assert shown == sorted(made, reverse=True)


async def test_whoever_is_not_known_here_brings_no_file(desk: Desk) -> None:
    with suppress(MaterialGone):
        await desk.service.receive(STRANGER, sent())

    assert await desk.pool.fetchval("select count(*) from materials") == 0

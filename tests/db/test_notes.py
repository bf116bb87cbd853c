"""Notebooks on PostgreSQL: whose they are, one message once, the limit under races, searches that read no others'."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from db.engine import Pool
from db.notes import SqlNotes
from domain.courses.model import CourseId, LessonId, Sale
from domain.learning.model import SentPart
from domain.learning.service import LearningService
from domain.notes.errors import NoteGone, TooManyNotes
from domain.notes.model import MAX_NOTES, Note, NoteDraft, NoteFilter, NoteId, Voice
from domain.notes.service import NoteService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, VALI, World, add_people

BOT = 7
_messages = itertools.count(1)


@pytest.fixture(scope="module")
async def world(pool: Pool, begin: Begin) -> World:
    await add_people(pool)
    return World(pool, begin)


@pytest.fixture
async def notes(pool: Pool, begin: Begin, read: Begin, world: World) -> NoteService:
    await pool.execute("delete from notes")
    learning = LearningService(begin=begin, read=read, now=lambda: NOON)
    return NoteService(begin=begin, read=read, now=lambda: NOON, reading=learning)


@pytest.fixture
async def lesson_id(world: World) -> LessonId:
    return await world.lesson(questions=0)


def draft(text: str = "Foiz", *, message_id: int | None = None, voice: Voice | None = None) -> NoteDraft:
    number = next(_messages) if message_id is None else message_id
    return NoteDraft(text=text, markdown=text, voice=voice, bot_id=BOT, message_id=number)


async def shown(begin: Begin, user_id: UserId, lesson_id: LessonId) -> int:
    """A message that showed the lesson to the user."""
    message_id = next(_messages)
    async with begin() as uow:
        await uow.sent_parts.remember(user_id, {message_id: SentPart(lesson_id=lesson_id, part_id=None)})
        await uow.commit()
    return message_id


async def test_a_note_knows_its_lesson_and_course(notes: NoteService, begin: Begin, lesson_id: LessonId) -> None:
    note = await notes.add(ALI, draft(), await shown(begin, ALI, lesson_id))

    assert note.place is not None
    assert note.place.lesson_id == lesson_id
    assert (await notes.open(ALI, note.id)).may_open_lesson
    assert [course.id for course in await notes.courses(ALI)] == [note.place.course_id]


async def test_the_same_message_is_one_note_also_when_it_comes_twice_at_once(notes: NoteService) -> None:
    twice = draft(message_id=10**6)

    made = await asyncio.gather(*(notes.add(ALI, twice) for _ in range(8)))

    assert len({note.id for note in made}) == 1
    assert (await notes.page(ALI)).total == 1


async def test_a_deleted_note_does_not_rise_when_its_update_comes_again(notes: NoteService) -> None:
    note = await notes.add(ALI, draft(message_id=10**6))
    await notes.delete(ALI, note.id)

    assert (await notes.add(ALI, draft(message_id=10**6))).id == note.id
    assert list((await notes.page(ALI)).notes) == []


async def test_another_bots_message_with_the_same_number_is_another_note(notes: NoteService, pool: Pool) -> None:
    note = await notes.add(ALI, draft(message_id=10**6))
    await pool.execute("update notes set bot_id = $2 where id = $1", note.id, BOT + 1)

    assert (await notes.add(ALI, draft(message_id=10**6))).id != note.id


async def test_a_message_of_somebody_elses_chat_says_nothing_about_a_lesson(
    notes: NoteService, begin: Begin, lesson_id: LessonId
) -> None:
    message_id = await shown(begin, VALI, lesson_id)

    assert (await notes.add(ALI, draft(), message_id)).place is None


async def test_a_lesson_that_has_closed_is_not_noted_about(notes: NoteService, begin: Begin, world: World) -> None:
    paid = await world.lesson(await world.course(Sale.COURSE), questions=0)

    assert (await notes.add(ALI, draft(), await shown(begin, ALI, paid))).place is None


async def test_a_note_stays_readable_when_its_lesson_closes_or_is_deleted(
    notes: NoteService, begin: Begin, pool: Pool, lesson_id: LessonId
) -> None:
    note = await notes.add(ALI, draft("Mine"), await shown(begin, ALI, lesson_id))
    await pool.execute("update courses set status = 'archived' where id = $1", note.place and note.place.course_id)
    closed = await notes.open(ALI, note.id)
    await pool.execute("delete from lessons where id = $1", lesson_id)
    orphan = await notes.open(ALI, note.id)

    assert (closed.note.markdown, closed.may_open_lesson) == ("Mine", False)
    assert (orphan.note.markdown, orphan.may_open_lesson) == ("Mine", False)
    assert orphan.note.place is not None
    assert orphan.note.place.lesson_title is None


UseCase = Callable[[NoteService, UserId, NoteId], Awaitable[object]]
USE_CASES: dict[str, UseCase] = {
    "open": lambda notes, user_id, note_id: notes.open(user_id, note_id),
    "note": lambda notes, user_id, note_id: notes.note(user_id, note_id),
    "rewrite": lambda notes, user_id, note_id: notes.rewrite(user_id, note_id, "New", "New"),
    "delete": lambda notes, user_id, note_id: notes.delete(user_id, note_id),
    "restore": lambda notes, user_id, note_id: notes.restore(user_id, note_id),
}


@pytest.mark.parametrize("name", USE_CASES)
async def test_the_owner_may_whatever_their_role(notes: NoteService, name: str) -> None:
    for owner in (ALI, TEACHER, ADMIN):
        note = await notes.add(owner, draft())

        await USE_CASES[name](notes, owner, note.id)


@pytest.mark.parametrize("actor", [VALI, TEACHER, ADMIN, UserId(404)])
@pytest.mark.parametrize("name", USE_CASES)
async def test_nobody_else_may_whatever_their_role(notes: NoteService, name: str, actor: UserId) -> None:
    note = await notes.add(ALI, draft("Secret"))

    for note_id in (note.id, NoteId(note.id + 10**9)):
        with pytest.raises(NoteGone) as refusal:
            await USE_CASES[name](notes, actor, note_id)
        assert str(refusal.value) == str(note_id)

    assert (await notes.note(ALI, note.id)).markdown == "Secret"
    assert list((await notes.page(actor, words="secret")).notes) == []
    assert await notes.courses(actor) == []
    assert [batch async for batch in notes.export(actor)] == []


async def full_notebook(pool: Pool, user_id: UserId, free: int) -> None:
    """All but `free` notes of the limit."""
    await pool.execute(
        """
        insert into notes (user_id, bot_id, message_id, body, beginning, folded, created_at)
        select $1, 99, n, 'x', 'x', 'x', now() from generate_series(1, $2::int) n
        """,
        user_id,
        MAX_NOTES - free,
    )


async def add_many(notes: NoteService, count: int) -> int:
    """How many of so many additions at once were taken."""
    made = await asyncio.gather(*(notes.add(ALI, draft()) for _ in range(count)), return_exceptions=True)
    assert all(isinstance(one, Note | TooManyNotes) for one in made)
    return sum(isinstance(one, Note) for one in made)


async def test_a_full_notebook_takes_no_more_however_many_come_at_once(notes: NoteService, pool: Pool) -> None:
    await full_notebook(pool, ALI, free=3)

    assert await add_many(notes, 10) == 3
    deleted = (await notes.page(ALI)).notes[0].id
    await notes.delete(ALI, deleted)
    assert await add_many(notes, 2) == 1
    with pytest.raises(TooManyNotes):
        await notes.restore(ALI, deleted)


async def test_without_the_check_the_race_is_there(notes: NoteService, pool: Pool) -> None:
    """The control of the test above."""
    await full_notebook(pool, ALI, free=3)
    await pool.execute("alter table notebooks drop constraint ck_notebooks_note_count")
    try:
        assert await add_many(notes, 10) == 10
    finally:
        await pool.execute("delete from notes")
        await pool.execute(
            "alter table notebooks add constraint ck_notebooks_note_count check (note_count between 0 and 5000)"
        )


async def test_the_count_is_that_of_the_living_notes_whatever_happens_at_once(notes: NoteService, pool: Pool) -> None:
    made = [await notes.add(ALI, draft()) for _ in range(5)]

    await asyncio.gather(
        *(notes.delete(ALI, note.id) for note in made[:3] for _ in range(3)),
        *(notes.restore(ALI, made[0].id) for _ in range(3)),
        *(notes.add(ALI, draft()) for _ in range(4)),
    )

    living = await pool.fetchval("select count(*) from notes where user_id = $1 and deleted_at is null", ALI)
    assert (await notes.page(ALI)).total == living


async def test_pages_are_newest_first_and_hold_each_note_once(notes: NoteService) -> None:
    made = [(await notes.add(ALI, draft(f"Note {number}"))).id for number in range(20)]

    seen: list[NoteId] = []
    before: NoteId | None = None
    while True:
        page = await notes.page(ALI, before=before)
        seen += [note.id for note in page.notes]
        if not page.has_more:
            break
        before = seen[-1]

    assert seen == made[::-1]


@pytest.mark.parametrize(
    ("typed", "is_near"),
    [("kvadrat", False), ("КВАДРАТ", False), ("drat teng", False), ("kvodrat", True), ("tenglma kvadrat", True)],
)
async def test_a_search_finds_either_alphabet_parts_and_typos(notes: NoteService, typed: str, is_near: bool) -> None:
    note = await notes.add(ALI, draft("Квадрат тенглама: D = b² - 4ac"))
    await notes.add(ALI, draft("Foizlar"))
    await notes.add(VALI, draft("Kvadrat tenglama"))

    page = await notes.page(ALI, words=typed)

    assert [found.id for found in page.notes] == [note.id]
    assert page.is_near is is_near


@pytest.mark.parametrize("typed", ["%", "_", "' or 1=1 --", "zzz", "<b>", "\u202e", "x" * 5000])
async def test_a_search_for_nothing_finds_nothing(notes: NoteService, typed: str) -> None:
    await notes.add(ALI, draft("Foizlar"))

    assert list((await notes.page(ALI, words=typed)).notes) == []


async def test_an_export_brings_all_notes_oldest_first(notes: NoteService, begin: Begin, lesson_id: LessonId) -> None:
    about = await notes.add(ALI, draft("About"), await shown(begin, ALI, lesson_id))
    free = await notes.add(ALI, draft("Free"))
    assert about.place is not None

    assert [note.id async for batch in notes.export(ALI) for note in batch] == [about.id, free.id]
    of_course = notes.export(ALI, about.place.course_id)
    assert [note.id async for batch in of_course for note in batch] == [about.id]


async def test_a_recording_asks_once_for_its_original(notes: NoteService, pool: Pool) -> None:
    voice = Voice(file_id="V1", bot_id=BOT, duration_seconds=32)
    said = draft("", message_id=10**6, voice=voice)

    note = await notes.add(ALI, said)
    await notes.add(ALI, said)

    jobs = await pool.fetchval("select count(*) from pgqueuer where entrypoint = 'keep_note_voice'")
    assert jobs == 1
    assert await notes.unkept_voice(note.id) == voice
    await notes.note_kept(note.id, "0" * 64)
    assert await notes.unkept_voice(note.id) is None


READS: dict[str, Callable[[SqlNotes, CourseId], Awaitable[object]]] = {
    "newest": lambda notes, _course: notes.newest(SOMEBODY, NoteFilter(), before=None, limit=9),
    "older": lambda notes, _course: notes.newest(SOMEBODY, NoteFilter(), before=NoteId(10**9), limit=9),
    "of a course": lambda notes, course: notes.newest(SOMEBODY, NoteFilter(course_id=course), before=None, limit=9),
    "words": lambda notes, _course: notes.newest(
        SOMEBODY, NoteFilter(words=(("kvadrat",), ("tenglama", "tenglik"))), before=None, limit=9
    ),
    "words like": lambda notes, _course: notes.words_like(SOMEBODY, ["kvodrat", "tengloma"]),
    "export": lambda notes, _course: notes.oldest(SOMEBODY, NoteFilter(), after=None, limit=9),
    "export of a course": lambda notes, course: notes.oldest(
        SOMEBODY, NoteFilter(course_id=course), after=None, limit=9
    ),
    "courses": lambda notes, _course: notes.courses(SOMEBODY),
}
SOMEBODY = UserId(1007)


@pytest.fixture
async def crowd(pool: Pool, world: World) -> AsyncIterator[CourseId]:
    """Two hundred people with a hundred notes each, all about one course."""
    course_id = await world.course()
    await pool.execute("delete from notes")
    await pool.execute(
        """
        insert into users (id, full_name, language, timezone, created_at)
        select 1000 + u, 'Somebody', 'uz', 'Asia/Tashkent', now() from generate_series(1, 200) u on conflict do nothing
        """
    )
    await pool.execute(
        """
        insert into notes (user_id, bot_id, message_id, course_id, body, beginning, folded, created_at)
        select 1000 + u, 9, n, $1, 'x', 'x', 'kvadrat tenglama ' || md5(u::text || n::text), now()
        from generate_series(1, 200) u, generate_series(1, 100) n
        """,
        course_id,
    )
    await pool.execute("analyze notes")
    yield course_id
    await pool.execute("delete from notes")


@pytest.mark.parametrize("name", READS)
async def test_no_list_and_no_search_reads_what_others_wrote(pool: Pool, crowd: CourseId, name: str) -> None:
    """The statements are explained as they were run: each comes to notes by an index that begins with the owner."""
    run: list[tuple[str, tuple[object, ...]]] = []
    async with pool.acquire() as connection:
        with connection.query_logger(lambda record: run.append((record.query, record.args))):
            await READS[name](SqlNotes(connection), crowd)
            # The driver tells its loggers in the loop's next round.
            await asyncio.sleep(0)
        (query, arguments), *others = run
        plan = [row[0].strip() for row in await connection.fetch(f"explain {query}", *arguments)]

    assert others == []
    scans = [number for number, line in enumerate(plan) if "Scan" in line and " notes " in f"{line} "]
    assert scans
    for number in scans:
        assert "user_id = '1007'" in plan[number + 1], "\n".join(plan)

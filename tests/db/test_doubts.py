"""Modes, exams, deletion with undo, search, and questions passed on to teachers, on PostgreSQL."""

import asyncio
from datetime import timedelta

import orjson
import pytest

from db.engine import Pool
from domain.courses.errors import TeachersOnly, WorkGone
from domain.courses.model import CourseId, LessonId
from domain.errors import InvalidInput
from domain.tutor.errors import (
    AlreadyForwarded,
    NoTeacher,
    NothingToAnswer,
    RequestAnswered,
    RequestGone,
    SessionGone,
)
from domain.tutor.model import Citation, Details, NewReply, ReplyKind, SessionId, TutorMode
from domain.tutor.modes import TutorModeService
from domain.tutor.service import UNDO_TIME, TutorService
from domain.tutor.teacher_help import TeacherHelp
from domain.tutor.teacher_ports import RequestId
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.tutor_world import NOON, TEACHER, World

CO_TEACHER, STRANGER, ADMIN = UserId(900_002), UserId(900_003), UserId(900_004)


class School:
    """A course, those who teach it, and the services."""

    def __init__(self, world: World, pool: Pool, begin: Begin, read: Begin) -> None:
        self.world, self.pool, self.begin, self.read = world, pool, begin, read
        self.modes = TutorModeService(begin=begin, read=read)
        self.help = TeacherHelp(begin=begin, read=read, now=lambda: NOON)
        self.tutor = TutorService(begin=begin, read=read, now=lambda: NOON, model=None)
        self.course = CourseId(0)
        self.lesson = LessonId(0)

    async def open(self) -> None:
        self.course = CourseId(await self.world.course())
        self.lesson = await self.world.lesson(self.course, {"en": "Percents"}, {"en": "A percent is a hundredth."})
        await self.world.user(user_id=CO_TEACHER, role="teacher")
        await self.world.user(user_id=STRANGER, role="teacher")
        await self.world.user(user_id=ADMIN, role="admin")
        await self.pool.execute(
            "insert into course_teachers (course_id, user_id, joined_at) values ($1, $2, $3)",
            self.course,
            CO_TEACHER,
            NOON,
        )

    async def doubt(
        self, text: str = "What is a percent?", *, lesson: LessonId | None = None
    ) -> tuple[UserId, SessionId]:
        student = await self.world.user()
        found = await self.tutor.passages(student, text, lesson_id=lesson or self.lesson)
        return student, found.session.id

    async def passed_on(self, text: str = "What is a percent?") -> tuple[UserId, SessionId, RequestId]:
        student, session = await self.doubt(text)
        return student, session, await self.help.ask_teacher(student, session)

    async def notices(self, user: UserId) -> list[str]:
        rows = await self.pool.fetch("select kind from notifications where user_id = $1", user)
        return [row["kind"] for row in rows]


@pytest.fixture
async def school(pool: Pool, begin: Begin, read: Begin) -> School:
    school = School(World(pool), pool, begin, read)
    school.world._last_user = await pool.fetchval("select coalesce(max(id), 0) from users where id < 900000") or 1000
    school.world._last_position = await pool.fetchval("select coalesce(max(id), 0) + 10 from courses") + 1000 * (
        await pool.fetchval("select count(*) from lessons")
    )
    await school.open()
    return school


async def test_hints_come_first_until_a_teacher_chooses(school: School) -> None:
    assert (await school.modes.page(TEACHER, school.course)).mode is TutorMode.HINTS

    await school.modes.choose(CO_TEACHER, school.course, TutorMode.DIRECT)
    await school.modes.choose(TEACHER, school.course, TutorMode.OFF)

    assert (await school.modes.page(ADMIN, school.course)).mode is TutorMode.OFF
    async with school.read() as uow:
        rules = await uow.tutor_modes.rules(UserId(1), school.course)
        elsewhere = await uow.tutor_modes.rules(UserId(1), None)
    assert (rules.mode, elsewhere.mode) == (TutorMode.OFF, TutorMode.HINTS)


async def test_a_mode_is_chosen_only_by_those_who_teach_the_course(school: School) -> None:
    student = await school.world.user()

    for person, error in ((student, TeachersOnly), (STRANGER, WorkGone)):
        with pytest.raises(error):
            await school.modes.choose(person, school.course, TutorMode.OFF)
        with pytest.raises(error):
            await school.modes.page(person, school.course)

    assert (await school.modes.page(TEACHER, school.course)).mode is TutorMode.HINTS


@pytest.mark.parametrize(
    ("stage", "began", "is_finished", "is_silent"),
    [
        ("begun", 1, False, True),
        ("settled", 1, False, True),
        ("begun", 1, True, False),
        ("closed", 1, False, False),
        ("begun", -1, False, False),
    ],
)
async def test_an_open_attempt_at_an_exam_silences_the_tutor(
    school: School, stage: str, began: int, is_finished: bool, is_silent: bool
) -> None:
    student = await school.world.user()
    settings = {
        "is_exam": True,
        "opens_at": NOON.isoformat(),
        "closes_at": (NOON + timedelta(hours=1)).isoformat(),
    }
    quiz = await school.pool.fetchval(
        "insert into quizzes (lesson_id, created_at, settings) values ($1, $2, $3::jsonb) returning id",
        school.lesson,
        NOON,
        orjson.dumps(settings).decode(),
    )
    await school.pool.execute(
        "update exams set stage = $2, ended_at = case when $2 = 'closed' then opens_at end where quiz_id = $1",
        quiz,
        stage,
    )
    await school.pool.execute(
        """
        insert into attempts (user_id, quiz_id, number, question_ids, max_points, started_at, finished_at, closed_by)
        values ($1, $2, 1, '{1}', 100, $3, $4, $5)
        """,
        student,
        quiz,
        NOON + began * timedelta(minutes=1),
        NOON + timedelta(minutes=2) if is_finished else None,
        "student" if is_finished else None,
    )

    async with school.read() as uow:
        rules = await uow.tutor_modes.rules(student, None)

    assert rules.sits_exam is is_silent


async def test_what_is_known_of_a_reply_is_read_back(school: School) -> None:
    _, session = await school.doubt()
    details = Details(
        steps=("Subtract 2.", "So x = 3."),
        final_answer="x = 3",
        confidence=0.75,
        citations=(Citation(number=1, lesson_id=school.lesson, title="Percents"),),
        unsupported=("The Romans knew it.",),
        is_unchecked=True,
    )
    async with school.begin() as uow:
        await uow.tutor.add_reply(session, NewReply(text="x", kind=ReplyKind.SOLUTION, details=details), NOON)
        await uow.commit()

    async with school.read() as uow:
        messages = await uow.tutor.messages(session, limit=1)

    assert messages[0].details == details


async def test_a_deleted_conversation_comes_back_whole_and_only_to_its_student(school: School) -> None:
    student, session = await school.doubt()
    stranger = await school.world.user()

    assert not await school.tutor.delete(stranger, session)
    assert await school.tutor.delete(student, session)
    assert not await school.tutor.delete(student, session)
    with pytest.raises(SessionGone):
        await school.tutor.conversation(student, session)
    assert (await school.tutor.history(student, 0)).sessions == ()
    assert not await school.tutor.restore(stranger, session)
    assert await school.tutor.restore(student, session)

    assert len((await school.tutor.conversation(student, session)).messages) == 2


async def test_what_was_deleted_is_erased_when_the_time_to_undo_is_over(school: School) -> None:
    student, session = await school.doubt()
    await school.tutor.delete(student, session)

    async with school.begin() as uow:
        assert await uow.tutor.purge_sessions(NOON - timedelta(seconds=1)) == 0
        assert await uow.tutor.purge_sessions(NOON + UNDO_TIME) == 1
        await uow.commit()

    assert not await school.tutor.restore(student, session)
    assert await school.pool.fetchval("select count(*) from doubt_messages where session_id = $1", session) == 0


async def test_questions_are_found_by_a_word_of_either_side(school: School) -> None:
    student, session = await school.doubt("What is a PERCENT?")
    await school.tutor.passages(student, "Kasr nima?")
    other, _ = await school.doubt("What is a percent?")

    found = await school.tutor.history(student, 0, "percent")

    assert [each.id for each in found.sessions] == [session]
    assert (await school.tutor.history(student, 0, "100%_")).sessions == ()
    assert len((await school.tutor.history(student, 0, "  ")).sessions) == 2
    assert len((await school.tutor.history(other, 0, "percent")).sessions) == 1


async def test_a_conversation_goes_to_everybody_who_teaches_and_the_answer_comes_back(school: School) -> None:
    student, session, request = await school.passed_on()

    assert await school.notices(TEACHER) == ["doubt_asked"] * len(await school.notices(TEACHER))
    assert "doubt_asked" in await school.notices(CO_TEACHER)
    assert await school.notices(STRANGER) == []
    [waiting] = [each for each in (await school.help.waiting(CO_TEACHER)).requests if each.id == request]
    thread = await school.help.thread(CO_TEACHER, request)
    await school.help.answer(CO_TEACHER, request, " A hundredth. ")

    assert waiting.title == "What is a percent?"
    assert thread.messages[0].text == "What is a percent?"
    latest = (await school.tutor.conversation(student, session)).messages[-1]
    assert (latest.kind, latest.text) == (ReplyKind.TEACHER, "A hundredth.")
    assert await school.notices(student) == ["doubt_answered"]
    assert not await school.help.waits(TEACHER, request)


async def test_a_teacher_reads_nothing_that_was_asked_later(school: School) -> None:
    student, session, request = await school.passed_on()
    await school.tutor.passages(student, "And my secret?", session_id=session)

    thread = await school.help.thread(TEACHER, request)

    assert "secret" not in str(thread)


async def test_others_see_no_request(school: School) -> None:
    student, _, request = await school.passed_on()

    for person in (STRANGER, student, await school.world.user()):
        with pytest.raises(RequestGone):
            await school.help.thread(person, request)
        with pytest.raises(RequestGone):
            await school.help.answer(person, request, "Mine")
        assert not await school.help.waits(person, request)
    with pytest.raises(TeachersOnly):
        await school.help.waiting(student)
    assert (await school.help.waiting(STRANGER)).requests == ()
    assert await school.help.waits(ADMIN, request)


async def test_somebody_who_teaches_no_more_reads_no_more(school: School) -> None:
    _, _, request = await school.passed_on()
    await school.pool.execute("update users set role = 'student' where id = $1", CO_TEACHER)

    with pytest.raises(RequestGone):
        await school.help.answer(CO_TEACHER, request, "Late")
    await school.pool.execute("update users set role = 'teacher' where id = $1", CO_TEACHER)


async def test_a_conversation_waits_once_and_can_be_passed_on_again_after_the_answer(school: School) -> None:
    student, session, request = await school.passed_on()

    with pytest.raises(AlreadyForwarded):
        await school.help.ask_teacher(student, session)
    await school.help.answer(TEACHER, request, "A hundredth.")

    assert await school.help.ask_teacher(student, session) != request


async def test_only_ones_own_conversation_about_an_open_lesson_is_passed_on(school: School) -> None:
    _, session = await school.doubt()
    stranger = await school.world.user()
    plain = (await school.tutor.passages(stranger, "What is it?")).session.id
    async with school.begin() as uow:
        empty = await uow.tutor.add_session(stranger, school.lesson, "Empty", NOON)
        await uow.commit()

    with pytest.raises(SessionGone):
        await school.help.ask_teacher(stranger, session)
    with pytest.raises(NoTeacher):
        await school.help.ask_teacher(stranger, plain)
    with pytest.raises(NothingToAnswer):
        await school.help.ask_teacher(stranger, empty.id)


async def test_a_request_of_a_deleted_conversation_is_gone(school: School) -> None:
    student, session, request = await school.passed_on()
    await school.tutor.delete(student, session)

    with pytest.raises(RequestGone):
        await school.help.answer(TEACHER, request, "Late")
    assert request not in [each.id for each in (await school.help.waiting(TEACHER)).requests]


@pytest.mark.parametrize("text", ["", " \x00 ", "a" * 4001])
async def test_an_answer_is_a_text(school: School, text: str) -> None:
    _, _, request = await school.passed_on()

    with pytest.raises(InvalidInput):
        await school.help.answer(TEACHER, request, text)


async def test_of_two_teachers_at_once_one_answers(school: School) -> None:
    student, session, request = await school.passed_on()

    results = await asyncio.gather(
        *(school.help.answer(person, request, f"From {person}") for person in (TEACHER, CO_TEACHER) * 5),
        return_exceptions=True,
    )

    assert results.count(None) == 1
    assert all(isinstance(each, RequestAnswered) for each in results if each is not None)
    messages = (await school.tutor.conversation(student, session)).messages
    assert len([each for each in messages if each.kind is ReplyKind.TEACHER]) == 1
    assert await school.notices(student) == ["doubt_answered"]


async def test_without_the_condition_both_teachers_would_answer(school: School) -> None:
    """The control: reading first and writing then lets both through."""
    _, _, request = await school.passed_on()
    have_read = asyncio.Barrier(2)

    async def answer(person: UserId) -> bool:
        async with school.pool.acquire() as connection, connection.transaction():
            waits = await connection.fetchval("select answered_at is null from doubt_requests where id = $1", request)
            await have_read.wait()
            if waits:
                await connection.execute(
                    "update doubt_requests set answered_at = now(), answered_by = $2 where id = $1", request, person
                )
            return waits

    assert await asyncio.gather(answer(TEACHER), answer(CO_TEACHER)) == [True, True]


async def test_a_conversation_tapped_ten_times_waits_once(school: School) -> None:
    student, session = await school.doubt()

    results = await asyncio.gather(
        *(school.help.ask_teacher(student, session) for _ in range(10)), return_exceptions=True
    )

    assert len([each for each in results if isinstance(each, AlreadyForwarded)]) == 9
    told = await school.pool.fetchval(
        "select count(*) from notifications where user_id = $1 and key like 'doubt_asked:%' and data ->> 'request_id' ="
        " (select id::text from doubt_requests where session_id = $2)",
        TEACHER,
        session,
    )
    assert told == 1


async def test_long_lists_are_leafed_through_by_their_last_row(school: School) -> None:
    mine = [(await school.passed_on(f"Question {number}?"))[2] for number in range(8)]

    seen: list[RequestId] = []
    page = await school.help.waiting(TEACHER)
    seen += [each.id for each in page.requests]
    while page.next_after is not None:
        page = await school.help.waiting(TEACHER, page.next_after)
        seen += [each.id for each in page.requests]

    assert seen == sorted(set(seen))
    assert set(mine) <= set(seen)

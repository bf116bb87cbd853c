"""Asking, answering, stopping, failing, and what is left of it."""

import asyncio
from datetime import date, timedelta

import pytest

from domain.courses.model import CourseId, LessonId
from domain.errors import Gone, InvalidInput
from domain.language import Language, Text
from domain.tutor.errors import (
    AnswerLost,
    AnswerRunning,
    DailyQuotaSpent,
    ModelBusy,
    ModelUnavailable,
    NoModel,
    NothingToAnswer,
    SessionGone,
)
from domain.tutor.model import (
    MAX_QUESTION,
    Answer,
    Chunk,
    Ending,
    MessageId,
    Passage,
    ReplyKind,
    RunningAnswer,
    SessionId,
    TutorLimits,
    Usage,
)
from domain.tutor.service import TutorService
from domain.users.model import UserId
from tests.domain.tutor.fakes import ALI, LOCKED, OPEN, VALI, Centre, Clock, FakeModel, user

LIMITS = TutorLimits(questions_a_day=3, heartbeat_seconds=0.01, answer_seconds=5, lease=timedelta(seconds=20))


class Room:
    """A tutor with a model in memory."""

    def __init__(self, *pieces: str | Chunk | Exception | asyncio.Event, limits: TutorLimits = LIMITS) -> None:
        self.centre = Centre()
        self.clock = Clock()
        self.model = FakeModel(self.centre, *pieces)
        self.tutor = TutorService(
            begin=self.centre.begin, read=self.centre.begin, now=self.clock, model=self.model, limits=limits
        )
        self.shown: list[str] = []

    async def ask(self, question: str = "2 + 2?", *, session_id: SessionId | None = None) -> Answer:
        """The whole way: asked, answered, delivered."""
        return await self.go_on(await self.tutor.ask(ALI, question, session_id=session_id))

    async def go_on(self, running: RunningAnswer) -> Answer:
        answer = await self.tutor.answer(running, self.shown.append)
        await self.tutor.delivered(running)
        return answer


async def test_an_answer_is_shown_as_it_grows_and_stored_with_its_cost() -> None:
    room = Room("[answer]\n", "Four", ", always.", Chunk(usage=Usage(tokens_in=30, tokens_out=4)))

    answer = await room.ask("What is 2 + 2?")

    assert room.shown == ["Four", "Four, always."]
    assert answer.message is not None
    assert (answer.message.text, answer.message.kind, answer.message.ending) == (
        "Four, always.",
        ReplyKind.ANSWER,
        Ending.FINISHED,
    )
    assert (answer.message.usage, answer.message.model) == (Usage(tokens_in=30, tokens_out=4), "fake")
    assert answer.remaining == 2
    assert room.centre.texts() == ["What is 2 + 2?", "Four, always."]
    assert room.centre.state.runs == {}


async def test_no_transaction_is_open_while_the_model_writes() -> None:
    room = Room("a", "b", "c", limits=TutorLimits(heartbeat_seconds=60))

    await room.ask()

    assert room.model.units_while_streaming == [0, 0, 0]


async def test_a_conversation_goes_on_with_what_was_said_before() -> None:
    room = Room("[answer] Four.")
    first = await room.ask("2 + 2?")

    second = await room.ask("And 3 + 3?", session_id=first.session.id)

    assert second.session.id == first.session.id
    contents = [message["content"] for message in room.model.prompts[1][1:]]
    assert contents == ["2 + 2?", "Four.", "And 3 + 3?"]


async def test_the_lesson_that_is_open_is_the_context_in_the_students_language() -> None:
    room = Room("[answer] Yes.")

    running = await room.tutor.ask(ALI, "Nima?", lesson_id=OPEN)

    assert running.session.lesson_id == OPEN
    assert "10-dars siri" in running.messages[1]["content"]


async def test_a_locked_lesson_never_reaches_the_prompt() -> None:
    room = Room("[answer] Yes.")

    running = await room.tutor.ask(ALI, "Nima?", lesson_id=LOCKED)

    assert running.session.lesson_id is None
    assert "siri" not in str(running.messages)


async def test_a_lesson_that_was_closed_later_leaves_the_conversation() -> None:
    room = Room("[answer] Yes.")
    running = await room.tutor.ask(ALI, "Nima?", lesson_id=OPEN)
    await room.go_on(running)
    room.centre.lessons[OPEN] = room.centre.lessons.pop(LOCKED)

    later = await room.tutor.ask(ALI, "Yana?", session_id=running.session.id)

    assert "siri" not in str(later.messages)


async def test_an_unknown_lesson_is_no_context_and_no_error() -> None:
    room = Room("[answer] Yes.")

    running = await room.tutor.ask(ALI, "Nima?", lesson_id=LessonId(404))

    assert running.session.lesson_id is None


@pytest.mark.parametrize(("question", "reason"), [("  \n ", "empty"), ("\x00", "empty"), ("x" * 4001, "too_long")])
async def test_a_question_that_is_none_is_refused_and_not_counted(question: str, reason: str) -> None:
    room = Room("[answer] Yes.")

    with pytest.raises(InvalidInput) as refusal:
        await room.tutor.ask(ALI, question)

    assert refusal.value.reason == reason
    assert room.centre.asked() == 0


async def test_the_longest_question_is_taken_whole() -> None:
    room = Room("[answer] Yes.")

    running = await room.tutor.ask(ALI, "x" * MAX_QUESTION)

    assert running.messages[-1]["content"] == "x" * MAX_QUESTION
    assert len(running.session.title) == 60


async def test_the_day_ends_with_its_last_question_and_begins_at_the_students_midnight() -> None:
    room = Room("[answer] Yes.")
    for _ in range(3):
        await room.ask()

    with pytest.raises(DailyQuotaSpent) as refusal:
        await room.tutor.ask(ALI, "One more?")

    assert refusal.value.questions_a_day == 3
    assert "One more?" not in room.centre.texts()
    room.clock.advance(hours=11, minutes=59)
    with pytest.raises(DailyQuotaSpent):
        await room.tutor.ask(ALI, "Just before midnight?")
    room.clock.advance(minutes=2)
    assert (await room.ask("After midnight?")).remaining == 2


async def test_an_unknown_time_zone_counts_in_utc() -> None:
    room = Room("[answer] Yes.")
    room.centre.state.users[ALI] = user(ALI, timezone="Mars/Olympus")

    await room.ask()

    assert list(room.centre.state.days) == [(ALI, date(2026, 11, 20))]


async def test_a_second_question_waits_for_the_first_and_is_not_counted() -> None:
    room = Room("[answer] Yes.")
    await room.tutor.ask(ALI, "First?")

    with pytest.raises(AnswerRunning):
        await room.tutor.ask(ALI, "Second?")

    assert room.centre.asked() == 1
    assert room.centre.texts() == ["First?"]


async def test_students_do_not_wait_for_each_other() -> None:
    room = Room("[answer] Yes.")
    await room.tutor.ask(ALI, "First?")

    assert await room.tutor.ask(VALI, "Second?")


async def test_a_stop_keeps_what_came_and_counts() -> None:
    never = asyncio.Event()
    room = Room("[hint] Think ", "of pairs", never)
    running = await room.tutor.ask(ALI, "2 * 3?")

    answering = asyncio.ensure_future(room.tutor.answer(running, room.shown.append))
    while "Think of pairs" not in room.shown:
        await asyncio.sleep(0)
    assert await room.tutor.stop(ALI)
    answer = await answering

    assert answer.message is not None
    assert (answer.message.text, answer.message.ending) == ("Think of pairs", Ending.STOPPED)
    assert room.centre.asked() == 1
    assert room.model.closed == 1


async def test_a_stop_before_anything_came_leaves_the_question() -> None:
    room = Room(asyncio.Event())
    running = await room.tutor.ask(ALI, "2 * 3?")
    await room.tutor.stop(ALI)

    answer = await room.tutor.answer(running, room.shown.append)

    assert answer.message is None
    assert room.centre.texts() == ["2 * 3?"]
    assert room.centre.state.runs == {}
    assert room.centre.asked() == 1


async def test_there_is_nothing_to_stop_after_the_end() -> None:
    room = Room("[answer] Yes.")
    await room.ask()

    assert not await room.tutor.stop(ALI)


@pytest.mark.parametrize("error", [ModelUnavailable(), ModelBusy()])
async def test_a_failure_gives_the_question_back_and_keeps_its_text(error: Exception) -> None:
    room = Room(error)

    with pytest.raises(type(error)):
        await room.ask("2 * 3?")

    assert room.centre.asked() == 0
    assert room.centre.texts() == ["2 * 3?"]
    assert room.centre.state.runs == {}


async def test_a_failure_half_way_keeps_what_came_and_is_not_counted() -> None:
    room = Room("[answer] It is ", "si", ModelUnavailable())

    answer = await room.ask("2 * 3?")

    assert answer.message is not None
    assert (answer.message.text, answer.message.ending) == ("It is si", Ending.CUT)
    assert (room.centre.asked(), answer.remaining) == (0, 3)


async def test_the_models_own_limit_cuts_and_counts() -> None:
    room = Room("[answer] Very lo", Chunk(is_cut=True))

    answer = await room.ask()

    assert answer.message is not None
    assert answer.message.ending is Ending.CUT
    assert room.centre.asked() == 1


@pytest.mark.parametrize("pieces", [(), ("[hint]\n",), ("  \n",), ("<think>hm",)])
async def test_an_empty_reply_is_a_failure(pieces: tuple[str, ...]) -> None:
    room = Room(*pieces)

    with pytest.raises(ModelUnavailable):
        await room.ask()

    assert room.centre.asked() == 0


async def test_a_model_that_takes_too_long_is_cut() -> None:
    limits = TutorLimits(heartbeat_seconds=60, answer_seconds=0.05)
    room = Room("[answer] Well", asyncio.Event(), limits=limits)

    answer = await room.ask()

    assert answer.message is not None
    assert (answer.message.text, answer.message.ending) == ("Well", Ending.CUT)


async def test_an_endless_reply_is_cut_at_what_is_kept() -> None:
    room = Room("[answer] ", *["x" * 10_000] * 10)

    answer = await room.ask()

    assert answer.message is not None
    assert len(answer.message.text) == 30_000
    assert room.model.closed == 1


async def test_a_failed_question_may_be_asked_again_without_typing_it() -> None:
    room = Room(ModelBusy())
    with pytest.raises(ModelBusy):
        await room.ask("2 * 3?")
    [session_id] = room.centre.state.sessions
    room.model.pieces = ["[answer] Six."]

    answer = await room.go_on(await room.tutor.ask_again(ALI, session_id))

    assert answer.message is not None
    assert room.centre.texts() == ["2 * 3?", "Six."]
    assert room.centre.asked() == 1


async def test_an_answered_question_is_not_answered_again() -> None:
    room = Room("[answer] Six.")
    answer = await room.ask()

    with pytest.raises(NothingToAnswer):
        await room.tutor.ask_again(ALI, answer.session.id)


async def test_an_interrupted_answer_is_given_back_and_told_once() -> None:
    room = Room("[answer] Six.")
    running = await room.tutor.ask(ALI, "2 * 3?")
    room.clock.advance(seconds=21)

    assert await room.tutor.sweep() == 1
    assert await room.tutor.sweep() == 0

    assert room.centre.asked() == 0
    [(name, payload, key)] = room.centre.state.jobs
    assert (name, payload) == ("tutor_interrupted", {"user_id": ALI, "session_id": running.session.id})
    assert key is not None


async def test_an_answer_that_is_alive_is_not_swept() -> None:
    room = Room(asyncio.Event())
    running = await room.tutor.ask(ALI, "2 * 3?")
    answering = asyncio.ensure_future(room.tutor.answer(running, room.shown.append))
    room.clock.advance(seconds=15)
    before = room.centre.state.until[ALI]
    while room.centre.state.until[ALI] == before:
        await asyncio.sleep(0.001)
    room.clock.advance(seconds=15)

    assert await room.tutor.sweep() == 0

    answering.cancel()
    with pytest.raises(asyncio.CancelledError):
        await answering


async def test_a_dead_process_does_not_keep_the_student_from_asking() -> None:
    room = Room("[answer] Six.")
    await room.tutor.ask(ALI, "Lost?")
    room.clock.advance(seconds=21)

    answer = await room.ask("New?")

    assert answer.message is not None
    assert room.centre.asked() == 1
    assert [name for name, _, _ in room.centre.state.jobs] == ["tutor_interrupted"]


async def test_an_answer_that_was_stored_and_perhaps_not_sent_is_delivered_again() -> None:
    room = Room("[answer] Six.")
    running = await room.tutor.ask(ALI, "2 * 3?")
    answer = await room.tutor.answer(running, room.shown.append)
    room.clock.advance(seconds=59)
    assert await room.tutor.sweep() == 0
    room.clock.advance(seconds=2)

    await room.tutor.sweep()

    assert answer.message is not None
    [(name, payload, _)] = room.centre.state.jobs
    assert (name, payload["message_id"]) == ("tutor_redeliver", answer.message.id)
    assert room.centre.asked() == 1


async def test_an_answer_that_was_taken_for_dead_is_not_told_twice() -> None:
    hold = asyncio.Event()
    room = Room("[answer] Si", hold, "x", limits=TutorLimits(heartbeat_seconds=60))
    running = await room.tutor.ask(ALI, "2 * 3?")
    answering = asyncio.ensure_future(room.tutor.answer(running, room.shown.append))
    while not room.shown:
        await asyncio.sleep(0)
    room.clock.advance(seconds=21)
    await room.tutor.sweep()
    hold.set()

    with pytest.raises(AnswerLost):
        await answering

    assert room.centre.texts() == ["2 * 3?"]


async def test_deleting_the_conversation_ends_its_answer() -> None:
    room = Room("[answer] Si", asyncio.Event())
    running = await room.tutor.ask(ALI, "2 * 3?")
    answering = asyncio.ensure_future(room.tutor.answer(running, room.shown.append))
    while not room.shown:
        await asyncio.sleep(0)

    assert await room.tutor.delete(ALI, running.session.id)

    with pytest.raises(AnswerLost):
        await answering
    assert room.centre.texts() == []


async def test_another_students_conversation_is_gone_for_everything() -> None:
    room = Room("[hint] Think.")
    own = (await room.ask("x + 2 = 5")).session.id

    with pytest.raises(SessionGone):
        await room.tutor.ask(VALI, "And?", session_id=own)
    with pytest.raises(SessionGone):
        await room.tutor.climb(VALI, own, ReplyKind.SECOND_HINT)
    with pytest.raises(SessionGone):
        await room.tutor.ask_again(VALI, own)
    with pytest.raises(SessionGone):
        await room.tutor.conversation(VALI, own)
    assert not await room.tutor.delete(VALI, own)
    assert await room.tutor.message(VALI, MessageId(3)) is None
    assert (await room.tutor.history(VALI, 0)).sessions == ()
    assert (await room.tutor.desk(VALI, session_id=own)).session is None


async def test_an_unknown_person_is_gone() -> None:
    room = Room("[answer] Yes.")

    with pytest.raises(Gone):
        await room.tutor.ask(UserId(404), "Hello?")


async def test_the_desk_tells_what_is_left_and_what_is_talked_about() -> None:
    room = Room("[answer] Yes.")
    running = await room.tutor.ask(ALI, "Nima?", lesson_id=OPEN)
    during = await room.tutor.desk(ALI, session_id=running.session.id)
    await room.go_on(running)

    after = await room.tutor.desk(ALI, session_id=running.session.id)

    assert (during.is_running, during.remaining) == (True, 2)
    assert (after.is_running, after.remaining, after.questions_a_day, after.session_count) == (False, 2, 3, 1)
    assert after.lesson_title == Text({Language.EN: "Lesson 10"})
    assert after.last_message is not None
    assert after.last_message.text == "Yes."
    assert (await room.tutor.desk(ALI, lesson_id=LOCKED)).lesson_title is None


async def test_history_is_paged_and_a_page_beyond_the_end_is_empty() -> None:
    room = Room("[answer] Yes.", limits=TutorLimits(questions_a_day=20, heartbeat_seconds=60))
    for number in range(7):
        room.clock.advance(seconds=1)
        await room.ask(f"Question {number}")

    first, second, beyond = [await room.tutor.history(ALI, page) for page in (0, 1, 9)]

    assert [session.title for session in first.sessions] == [f"Question {number}" for number in range(6, 0, -1)]
    assert [session.title for session in second.sessions] == ["Question 0"]
    assert (first.page_count, beyond.sessions) == (2, ())


async def test_without_a_model_nothing_is_asked_and_passages_are_found() -> None:
    centre = Centre()
    tutor = TutorService(begin=centre.begin, read=centre.begin, now=Clock(), model=None)
    centre.passages = [
        Passage(
            lesson_id=OPEN,
            lesson_title=Text({Language.UZ: "Kasrlar"}),
            course_id=CourseId(5),
            course_title=Text({Language.UZ: "Algebra"}),
            language=Language.UZ,
            heading="Maxraj",
            text="Umumiy maxraj.\nKeyin qo‘shamiz.",
        )
    ]

    with pytest.raises(NoModel):
        await tutor.ask(ALI, "Kasr nima?")
    found = await tutor.passages(ALI, "Kasr nima?", lesson_id=OPEN)

    assert not tutor.has_model
    assert found.quotations == "**Kasrlar** · Maxraj\n\n> Umumiy maxraj.\n> Keyin qo‘shamiz."
    assert centre.state.messages[-1].kind is ReplyKind.PASSAGES
    assert centre.asked() == 0
    [(searcher, query, course)] = centre.searches
    assert (searcher, query.words, course) == (ALI, ("kasr",), CourseId(5))


async def test_nothing_found_is_kept_as_nothing() -> None:
    centre = Centre()
    tutor = TutorService(begin=centre.begin, read=centre.begin, now=Clock(), model=None)

    found = await tutor.passages(ALI, "zzz?")

    assert (found.passages, found.quotations) == ([], "")
    assert not (await tutor.conversation(ALI, found.session.id)).is_waiting

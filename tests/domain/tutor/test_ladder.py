"""One rung after another, the teachers' mode, exams, what broke off, and messages that suggest danger."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tutor.errors import (
    ExamRunning,
    ModelBusy,
    NothingToContinue,
    NothingToSolve,
    PhotoUnreadable,
    SessionGone,
    TutorOff,
)
from domain.tutor.model import (
    MAX_CONTINUATIONS,
    RUNGS,
    Answer,
    Chunk,
    Ending,
    ReplyKind,
    RunningAnswer,
    TutorLimits,
    TutorMode,
    Usage,
)
from domain.tutor.photos import PhotoReader
from domain.tutor.safety import ALERT_JOB
from domain.tutor.service import TutorService
from tests.domain.tutor.fakes import ALI, OPEN, VALI, Centre, Clock, FakeModel

LIMITS = TutorLimits(questions_a_day=3, heartbeat_seconds=0.01, answer_seconds=5)
RECORD = '[record] {"steps": ["Subtract 2."], "final_answer": "x = 3", "confidence": 0.9}'
CLIMB = [ReplyKind.SECOND_HINT, ReplyKind.STEP, ReplyKind.SOLUTION]


class Room:
    """A tutor with a model in memory."""

    def __init__(self, *pieces: "str | Chunk | Exception | asyncio.Event") -> None:
        self.centre = Centre()
        self.model = FakeModel(self.centre, *pieces)
        self.clock = Clock()
        self.shown: list[str] = []
        self.tutor = TutorService(
            begin=self.centre.begin, read=self.centre.begin, now=self.clock, model=self.model, limits=LIMITS
        )
        self.photos = PhotoReader(read=self.centre.begin, now=self.clock, model=self.model, limits=LIMITS)

    async def ask(self, question: str = "x + 2 = 5", *, in_lesson: bool = True) -> Answer:
        return await self.go(await self.tutor.ask(ALI, question, lesson_id=OPEN if in_lesson else None))

    async def go(self, running: RunningAnswer) -> Answer:
        answer = await self.tutor.answer(running, self.shown.append)
        await self.tutor.delivered(running)
        return answer

    async def climb(self, first: Answer, rung: ReplyKind, *pieces: "str | Chunk | Exception") -> Answer:
        self.model.pieces = pieces or ("More help.",)
        return await self.go(await self.tutor.climb(ALI, first.session.id, rung))


def kind_of(answer: Answer) -> ReplyKind | None:
    return answer.message.kind if answer.message else None


async def test_an_exercise_is_climbed_rung_by_rung_and_counts_once() -> None:
    room = Room("[hint] What do both sides share?")
    first = await room.ask()

    second = await room.climb(first, ReplyKind.SECOND_HINT)
    step = await room.climb(first, ReplyKind.STEP)
    solution = await room.climb(first, ReplyKind.SOLUTION, "x = **3**\n", RECORD)

    assert [kind_of(each) for each in (first, second, step, solution)] == list(RUNGS)
    assert room.centre.asked() == 1
    assert len({prompt[0]["content"] for prompt in room.model.prompts}) == 4
    assert solution.message is not None
    assert solution.message.text == "x = **3**"
    assert solution.message.details.final_answer == "x = 3"
    assert solution.message.details.steps == ("Subtract 2.",)
    assert not any("record" in each for each in room.shown)


@given(st.lists(st.sampled_from(list(RUNGS)), max_size=8))
def test_no_order_of_taps_skips_a_rung(taps: list[ReplyKind]) -> None:
    async def play() -> list[ReplyKind | None]:
        room = Room("[hint] Think.")
        first = await room.ask()
        given_kinds = [kind_of(first)]
        for tap in taps:
            try:
                given_kinds.append(kind_of(await room.climb(first, tap, "Help.", RECORD)))
            except NothingToSolve:
                continue
        return given_kinds

    kinds = asyncio.run(play())

    assert kinds == list(RUNGS[: len(kinds)])


async def test_a_plain_answer_has_no_ladder() -> None:
    room = Room("[answer] Paris.")
    first = await room.ask("Capital of France?")

    for rung in CLIMB:
        with pytest.raises(NothingToSolve):
            await room.climb(first, rung)


async def test_another_students_ladder_is_not_there() -> None:
    room = Room("[hint] Think.")
    first = await room.ask()

    with pytest.raises(SessionGone):
        await room.tutor.climb(VALI, first.session.id, ReplyKind.SECOND_HINT)


async def test_a_rung_that_failed_is_asked_for_again() -> None:
    room = Room("[hint] Think.")
    first = await room.ask()
    with pytest.raises(ModelBusy):
        await room.climb(first, ReplyKind.SECOND_HINT, ModelBusy())
    room.model.pieces = ["More."]

    again = await room.go(await room.tutor.ask_again(ALI, first.session.id))

    assert kind_of(again) is ReplyKind.SECOND_HINT


async def climbed_to_the_step(room: Room) -> Answer:
    first = await room.ask()
    await room.climb(first, ReplyKind.SECOND_HINT)
    await room.climb(first, ReplyKind.STEP)
    return first


async def test_a_broken_record_is_repaired_once() -> None:
    room = Room("[hint] Think.")
    first = await climbed_to_the_step(room)
    replies = [["x = **3**\n[record] {oops", Chunk(usage=Usage(tokens_in=5, tokens_out=5))], [RECORD]]
    room.model.next_pieces = replies

    solution = await room.go(await room.tutor.climb(ALI, first.session.id, ReplyKind.SOLUTION))

    assert solution.message is not None
    assert solution.message.text == "x = **3**"
    assert solution.message.details.final_answer == "x = 3"
    assert not solution.message.details.is_unchecked
    assert "no valid record" in room.model.prompts[-1][-1]["content"]


async def test_a_record_that_stays_broken_is_said_plainly() -> None:
    room = Room("[hint] Think.")
    first = await climbed_to_the_step(room)
    calls = len(room.model.prompts)

    solution = await room.climb(first, ReplyKind.SOLUTION, "x = **3**")

    assert solution.message is not None
    assert solution.message.details.is_unchecked
    assert solution.message.text == "x = **3**"
    assert len(room.model.prompts) == calls + 2


async def test_where_the_teacher_wants_it_exercises_are_solved_at_once() -> None:
    room = Room("[solution] x = **3**\n", RECORD)
    room.centre.mode = TutorMode.DIRECT

    answer = await room.ask()

    assert kind_of(answer) is ReplyKind.SOLUTION
    assert answer.message is not None
    assert answer.message.details.final_answer == "x = 3"


async def test_where_the_teacher_has_switched_it_off_nothing_is_asked_or_counted() -> None:
    room = Room("[answer] Yes.")
    room.centre.mode = TutorMode.OFF

    with pytest.raises(TutorOff):
        await room.ask()

    assert room.model.prompts == []
    assert room.centre.asked() == 0
    assert (await room.tutor.desk(ALI, lesson_id=OPEN)).mode is TutorMode.OFF


@pytest.mark.parametrize("in_lesson", [True, False])
async def test_during_an_exam_the_tutor_is_silent_about_everything(in_lesson: bool) -> None:
    room = Room("[hint] Think.")
    first = await room.ask(in_lesson=in_lesson)
    room.centre.exams.add(ALI)

    with pytest.raises(ExamRunning):
        await room.ask(in_lesson=in_lesson)
    with pytest.raises(ExamRunning):
        await room.climb(first, ReplyKind.SECOND_HINT)
    with pytest.raises(ExamRunning):
        await room.tutor.passages(ALI, "x + 2 = 5")
    with pytest.raises(ExamRunning):
        await room.photos.read_task(ALI, b"photo", "image/jpeg")

    assert len(room.model.prompts) == 1
    assert (await room.tutor.desk(ALI)).sits_exam
    assert not (await room.tutor.desk(VALI)).sits_exam


async def test_what_broke_off_is_continued_without_being_counted() -> None:
    room = Room("[answer] Because of", Chunk(is_cut=True))
    first = await room.ask("Why does it fall?")
    room.model.pieces = ["gravity."]

    rest = await room.go(await room.tutor.go_on(ALI, first.session.id))

    assert first.message is not None
    assert first.message.is_open
    assert rest.message is not None
    assert (rest.message.text, rest.message.kind, rest.message.ending) == (
        "gravity.",
        ReplyKind.ANSWER,
        Ending.FINISHED,
    )
    assert room.centre.asked() == 1
    with pytest.raises(NothingToContinue):
        await room.tutor.go_on(ALI, first.session.id)


async def test_a_reply_that_never_ends_is_not_continued_for_ever() -> None:
    room = Room("[answer] and on", Chunk(is_cut=True))
    first = await room.ask("Tell me everything")
    for _ in range(MAX_CONTINUATIONS):
        await room.go(await room.tutor.go_on(ALI, first.session.id))

    with pytest.raises(NothingToContinue):
        await room.tutor.go_on(ALI, first.session.id)


async def test_a_claim_that_names_the_lesson_stands_and_others_are_set_apart() -> None:
    room = Room("[answer] A percent is a hundredth part [1]. The Romans knew it long before us. Nobody [9].")

    answer = await room.ask("What is a percent?")

    assert answer.message is not None
    assert "hundredth part [1]" in answer.message.text
    assert "Romans" not in answer.message.text
    assert answer.message.details.unsupported == ("The Romans knew it long before us.",)
    assert [each.lesson_id for each in answer.message.details.citations] == [OPEN]


async def test_not_in_the_lessons_is_a_normal_answer() -> None:
    room = Room("[nothing]\nYour lessons do not say this.")

    answer = await room.ask("Who won yesterday?")

    assert kind_of(answer) is ReplyKind.NOT_FOUND


async def test_a_cry_for_help_is_answered_by_no_model_and_never_refused() -> None:
    room = Room("[answer] never asked")
    room.centre.exams.add(ALI)

    answer = await room.tutor.care(ALI, "I want to die")

    assert answer is not None
    assert kind_of(answer) is ReplyKind.CARE
    assert room.model.prompts == []
    assert room.centre.asked() == 0
    [(name, payload, _)] = room.centre.state.jobs
    assert (name, set(payload)) == (ALERT_JOB, {"user_id", "message_id"})


async def test_any_other_message_is_no_cry_for_help() -> None:
    room = Room("[answer] Yes.")

    assert await room.tutor.care(ALI, "x + 2 = 5") is None
    assert room.centre.state.sessions == {}


async def test_a_danger_that_only_the_model_hears_alerts_too() -> None:
    room = Room("[care] Please talk to somebody whom you trust.")

    answer = await room.ask("Nobody would miss me")

    assert kind_of(answer) is ReplyKind.CARE
    assert [name for name, _, _ in room.centre.state.jobs] == [ALERT_JOB]


async def test_a_photo_of_a_task_becomes_a_question() -> None:
    room = Room("Solve $x + 2 = 5$")

    question = await room.photos.read_task(ALI, b"photo", "image/jpeg", caption="Help me")

    assert question == "Help me\n\nSolve $x + 2 = 5$"
    assert "data:image/jpeg;base64," in str(room.model.prompts[0][1]["content"])
    assert room.model.units_while_streaming == [0]


async def test_a_photo_without_a_task_is_said_to_be_none() -> None:
    room = Room("[unreadable]")

    with pytest.raises(PhotoUnreadable):
        await room.photos.read_task(ALI, b"cat", "image/jpeg")


async def test_a_deleted_conversation_is_brought_back_or_erased() -> None:
    room = Room("[answer] Four.")
    first = await room.ask("2 + 2?")

    assert await room.tutor.delete(ALI, first.session.id)
    assert (await room.tutor.history(ALI, 0)).sessions == ()
    assert not await room.tutor.restore(VALI, first.session.id)
    assert await room.tutor.restore(ALI, first.session.id)
    assert len((await room.tutor.history(ALI, 0)).sessions) == 1

    await room.tutor.delete(ALI, first.session.id)
    room.clock.advance(minutes=16)
    await room.tutor.sweep()

    assert not await room.tutor.restore(ALI, first.session.id)
    assert room.centre.texts() == []

"""Questions that wait and questions that were spoken, on PostgreSQL: each is asked once."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import timedelta

import orjson
import pytest

from db.engine import Pool
from domain.errors import InvalidInput
from domain.language import Language
from domain.tutor.errors import (
    AnswerRunning,
    LineFull,
    ModelBusy,
    ModelError,
    ModelRefused,
    ModelSpent,
    ModelUnavailable,
    NoModel,
    QuestionTaken,
    SessionGone,
    SpokenGone,
    VoiceTooLong,
)
from domain.tutor.model import ChatMessage, Chunk, SessionId
from domain.tutor.queue import turn_of
from domain.tutor.service import TutorService
from domain.tutor.speech import SpeechService, said
from domain.tutor.turns import (
    HEAR_JOB,
    MAX_VOICE_BYTES,
    MAX_VOICE_SECONDS,
    PLACES,
    TURN_JOB,
    Heard,
    SpeechTrouble,
    SpokenId,
    SpokenState,
    Voice,
    WaitingId,
    WaitingQuestion,
)
from domain.unit_of_work import Begin
from domain.usage.model import Feature, Payer, Period, Whose
from domain.usage.payer import current_payer
from domain.users.model import UserId
from tests.db.tutor_world import NOON, World

VOICE = Voice(message_id=7, file_id="V", seconds=5, size=100)


class Silent:
    name = "silent"

    async def stream(self, messages: Sequence[ChatMessage], max_tokens: int) -> AsyncGenerator[Chunk, None]:
        yield Chunk(text="[answer] Four.")


class Ears:
    """Hears what a test says, or fails as it says."""

    def __init__(self, heard: Heard | ModelError) -> None:
        self.heard = heard
        self.payers: list[Payer] = []

    async def transcribe(self, audio: bytes, *, seconds: int, language: Language) -> Heard:
        self.payers.append(current_payer())
        if isinstance(self.heard, ModelError):
            raise self.heard
        return self.heard


@pytest.fixture(scope="module")
def world(pool: Pool) -> World:
    return World(pool)


@pytest.fixture
def tutor(begin: Begin, read: Begin) -> TutorService:
    return TutorService(begin=begin, read=read, now=lambda: NOON, model=Silent())


def speech_with(begin: Begin, read: Begin, heard: Heard | ModelError) -> tuple[SpeechService, Ears]:
    ears = Ears(heard)
    return SpeechService(begin=begin, read=read, now=lambda: NOON, transcriber=ears), ears


async def test_questions_wait_in_their_order_and_each_is_asked_once(tutor: TutorService, world: World) -> None:
    student = await world.user()
    running = await tutor.ask(student, "One?")
    assert [await tutor.queue.put(student, text, number) for number, text in enumerate(("Two?", "Three?"))] == [1, 2]
    first = await tutor.queue.first(student)
    assert first is not None
    assert first.text == "Two?"
    await tutor.delivered(running)

    following = await tutor.ask(student, first.text, once=turn_of(first), is_next=True)

    await tutor.delivered(following)
    with pytest.raises(QuestionTaken):
        await tutor.ask(student, first.text, once=turn_of(first), is_next=True)
    second = await tutor.queue.first(student)
    assert second is not None
    assert second.text == "Three?"


async def test_nobody_overtakes_the_own_line(tutor: TutorService, world: World) -> None:
    student = await world.user()
    await tutor.queue.put(student, "First?", 1)

    with pytest.raises(AnswerRunning):
        await tutor.ask(student, "Overtaking?")

    first = await tutor.queue.first(student)
    assert first is not None
    await tutor.delivered(await tutor.ask(student, first.text, once=turn_of(first), is_next=True))
    await tutor.delivered(await tutor.ask(student, "Now?"))


async def test_a_line_has_a_few_places(tutor: TutorService, world: World) -> None:
    student, other = await world.user(), await world.user()
    for number in range(PLACES):
        await tutor.queue.put(student, f"{number}?", number)

    with pytest.raises(LineFull):
        await tutor.queue.put(student, "More?", 99)
    assert await tutor.queue.put(other, "Mine?", 99) == 1
    assert await tutor.queue.clear(student) == PLACES
    assert await tutor.queue.put(student, "More?", 99) == 1


@pytest.mark.parametrize("is_guarded", [True, False])
async def test_thirty_questions_at_once_take_only_the_places_there_are(
    tutor: TutorService, world: World, pool: Pool, *, is_guarded: bool
) -> None:
    """The control counts first and inserts then, without the schema's places, and lets too many in."""
    student = await world.user()
    await pool.execute("create table if not exists unguarded (user_id bigint)")

    async def put(number: int) -> None:
        if is_guarded:
            try:
                await tutor.queue.put(student, f"{number}?", number)
            except LineFull:
                return
        else:
            count = await pool.fetchval("select count(*) from unguarded where user_id = $1", student)
            await asyncio.sleep(0)
            if count < PLACES:
                await pool.execute("insert into unguarded values ($1)", student)

    await asyncio.gather(*(put(number) for number in range(30)))

    table = "waiting_questions" if is_guarded else "unguarded"
    count = await pool.fetchval(f"select count(*) from {table} where user_id = $1", student)
    await pool.execute("drop table unguarded")
    assert (count == PLACES) is is_guarded


async def test_a_message_that_comes_twice_waits_once(tutor: TutorService, world: World, pool: Pool) -> None:
    student = await world.user()

    assert [await tutor.queue.put(student, "One?", 5) for _ in range(2)] == [1, 1]
    assert await pool.fetchval("select count(*) from waiting_questions where user_id = $1", student) == 1


async def test_nobody_waits_in_somebody_elses_conversation_or_takes_their_question(
    tutor: TutorService, world: World, begin: Begin
) -> None:
    student, stranger = await world.user(), await world.user()
    running = await tutor.ask(student, "Mine?")
    await tutor.queue.put(student, "And this?", 5)
    question = await tutor.queue.first(student)
    assert question is not None

    for session_id in (running.session.id, SessionId(987_654_321)):
        with pytest.raises(SessionGone):
            await tutor.queue.put(stranger, "Theirs?", 6, session_id=session_id)
    forged = WaitingQuestion(
        id=WaitingId(question.id), user_id=stranger, message_id=1, text="x", session_id=None, lesson_id=None
    )
    with pytest.raises(QuestionTaken):
        await tutor.ask(stranger, "x", once=turn_of(forged), is_next=True)
    assert await tutor.queue.first(student) == question


async def test_what_a_vanished_process_left_waiting_gets_its_turn(
    begin: Begin, read: Begin, world: World, pool: Pool
) -> None:
    busy, left = await world.user(), await world.user()
    tutor = TutorService(begin=begin, read=read, now=lambda: NOON, model=Silent())
    await pool.execute("delete from waiting_questions")
    await tutor.ask(busy, "One?")
    for student in (busy, left):
        await tutor.queue.put(student, "Two?", 5)
    later = TutorService(begin=begin, read=read, now=lambda: NOON + timedelta(hours=1), model=Silent())

    counts = [await tutor.queue.sweep(), await later.queue.sweep()]

    assert counts == [1, 2]
    jobs = await pool.fetch("select payload from pgqueuer where entrypoint = $1", TURN_JOB)
    assert {orjson.loads(job["payload"])["user_id"] for job in jobs} == {busy, left}


async def test_a_recording_is_heard_once_however_often_the_job_runs(begin: Begin, read: Begin, world: World) -> None:
    """AI-11."""
    student = await world.user()
    speech, ears = speech_with(begin, read, Heard(text="  What is\x00 x?  ", confidence=0.9))
    spoken = await speech.take(student, VOICE)
    again = await speech.take(student, VOICE)
    first = await speech.hear(spoken, b"sound", Language.UZ)
    ears.heard = Heard(text="Something else")

    second = await speech.hear(spoken, b"sound", Language.UZ)

    assert again.id == spoken.id
    assert (first.state, first.text, first.is_doubtful) == (SpokenState.HEARD, "What is x?", False)
    assert second.text == "What is x?"
    assert ears.payers[0] == Payer(feature=Feature.SPEECH, user_id=student)


@pytest.mark.parametrize(
    ("heard", "trouble"),
    [
        (Heard(text=""), SpeechTrouble.SILENT),
        (Heard(text=" … ! "), SpeechTrouble.SILENT),
        (ModelBusy(429), SpeechTrouble.BUSY),
        (ModelUnavailable(500), SpeechTrouble.UNAVAILABLE),
        (ModelRefused(400), SpeechTrouble.REFUSED),
        (ModelSpent(Whose.PERSON, Period.DAY, NOON), SpeechTrouble.SPENT),
    ],
)
async def test_what_cannot_be_heard_has_a_name_and_may_be_tried_again_where_that_helps(
    begin: Begin, read: Begin, world: World, heard: Heard | ModelError, trouble: SpeechTrouble
) -> None:
    student = await world.user()
    speech, ears = speech_with(begin, read, heard)
    failed = await speech.hear(await speech.take(student, VOICE), b"sound", Language.UZ)
    assert (failed.state, failed.trouble) == (SpokenState.FAILED, trouble)

    await speech.retry(student, failed.id)
    ears.heard = Heard(text="Now?")
    found = await speech.waiting(failed.id)

    assert found is not None
    assert (await speech.hear(found[0], b"sound", Language.UZ)).text == "Now?"
    with pytest.raises(SpokenGone):
        await speech.retry(student, failed.id)


async def test_a_recording_that_telegram_lost_says_so(begin: Begin, read: Begin, world: World) -> None:
    speech, ears = speech_with(begin, read, Heard(text="x"))
    lost = await speech.hear(await speech.take(await world.user(), VOICE), None, Language.UZ)

    assert lost.trouble is SpeechTrouble.LOST
    assert ears.payers == []


@pytest.mark.parametrize(
    ("voice", "error"),
    [
        (Voice(message_id=1, file_id="V", seconds=MAX_VOICE_SECONDS + 1, size=1), VoiceTooLong),
        (Voice(message_id=1, file_id="V", seconds=3600, size=1), VoiceTooLong),
        (Voice(message_id=1, file_id="V", seconds=5, size=MAX_VOICE_BYTES + 1), VoiceTooLong),
        (Voice(message_id=1, file_id="V", seconds=0, size=1), InvalidInput),
    ],
)
async def test_what_is_too_long_or_empty_is_not_taken(
    begin: Begin, read: Begin, world: World, pool: Pool, voice: Voice, error: type[Exception]
) -> None:
    student = await world.user()
    speech, _ = speech_with(begin, read, Heard(text="x"))

    with pytest.raises(error):
        await speech.take(student, voice)
    assert await pool.fetchval("select count(*) from spoken_questions where user_id = $1", student) == 0


async def test_without_a_server_nothing_is_taken(begin: Begin, read: Begin, world: World) -> None:
    deaf = SpeechService(begin=begin, read=read, now=lambda: NOON, transcriber=None)

    with pytest.raises(NoModel):
        await deaf.take(await world.user(), VOICE)


async def test_a_spoken_question_is_asked_once_by_its_own_student(
    tutor: TutorService, begin: Begin, read: Begin, world: World
) -> None:
    student, stranger = await world.user(), await world.user()
    speech, _ = speech_with(begin, read, Heard(text="What is x?", confidence=0.3))
    spoken = await speech.hear(await speech.take(student, VOICE), b"sound", Language.UZ)
    assert spoken.is_doubtful

    for owner, spoken_id in ((stranger, spoken.id), (student, SpokenId(987_654_321))):
        with pytest.raises(SpokenGone):
            await speech.own(UserId(owner), spoken_id)
        with pytest.raises(SpokenGone):
            await speech.correct(UserId(owner), spoken_id, "Mine")
        assert not await speech.drop(UserId(owner), spoken_id)

    corrected = await speech.correct(student, spoken.id, "What is y?")
    running = await tutor.ask(student, corrected.text or "", once=said(corrected))
    await tutor.delivered(running)

    with pytest.raises(QuestionTaken):
        await tutor.ask(student, corrected.text or "", once=said(corrected))
    with pytest.raises(SpokenGone):
        await speech.correct(student, spoken.id, "Too late")
    assert (await speech.own(student, spoken.id)).state is SpokenState.ASKED
    assert HEAR_JOB != TURN_JOB

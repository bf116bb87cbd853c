"""Many questions at once, and spoken ones, as a student has them."""

import asyncio

import orjson
import pytest

from bot.sandbox import Message, SandboxUser
from domain.tutor.turns import PLACES
from tests.bot.tutor.conftest import Classroom
from tests.bot.tutor.fake_openai import hears, refuses, says, says_slowly, will_not_hear


def ogg(seconds: int, mark: bytes = b"") -> bytes:
    """An Ogg file that lasts so long by its last granule."""
    return b"OggS\x00\x00" + (seconds * 48_000).to_bytes(8, "little") + bytes(50) + mark


async def speak(classroom: Classroom, student: SandboxUser, content: bytes) -> None:
    """Send a voice message, and let the job hear it that it enqueued."""
    await student.upload(content, name="voice.ogg", kind="voice", content_type="audio/ogg", wait=False)
    await student.settle()
    spoken_id = await classroom.pool.fetchval(
        "select max(id) from spoken_questions where user_id = $1 and state = 'waiting'", student.id
    )
    if spoken_id is not None:
        await classroom.voices.hear({"spoken_id": spoken_id})
    await student.settle()


async def answered(student: SandboxUser, text: str) -> Message:
    return await student.wait_for(lambda message: message.kind == "rich_message" and text in message.text, timeout=5)


async def seen(student: SandboxUser) -> int:
    """Messages of the student that carry the sign."""
    return sum("🙏" in str(message.raw.get("reactions", "")) for message in await student.messages())


async def test_thirty_questions_in_a_moment_are_answered_kindly(classroom: Classroom) -> None:
    student = await classroom.student()
    go_on = asyncio.Event()
    classroom.model.will(says_slowly(["[answer] First"], go_on), says("[answer] Later"))
    await student.send("/ask")
    await student.type("Question 0?")
    await student.wait_for_draft("First", timeout=5)
    asked_before = len(classroom.model.asks)

    for number in range(1, 30):
        await student.type(f"Question {number}?")
    async with asyncio.timeout(15):
        while await seen(student) < 29 - PLACES:
            await student.settle()

    texts = [message.text for message in await student.messages() if not message.from_me]
    assert [sum(f"number {place} in line" in text for text in texts) for place in range(1, PLACES + 2)] == [1, 1, 1, 0]
    assert sum("3 questions of yours wait" in text for text in texts) == 1
    assert len(classroom.model.asks) == asked_before

    go_on.set()
    await answered(student, "First")
    async with asyncio.timeout(15):
        while len(classroom.model.asks) < asked_before + PLACES:
            await student.settle()
    await answered(student, "Later")
    await student.settle()
    told = [message.text for message in await student.messages() if "Now this one: Question" in message.text]
    assert len(set(told)) == PLACES
    assert len(classroom.model.asks) == asked_before + PLACES
    assert await classroom.pool.fetchval("select count(*) from waiting_questions where user_id = $1", student.id) == 0


async def test_waiting_questions_can_be_forgotten(classroom: Classroom) -> None:
    student = await classroom.student()
    go_on = asyncio.Event()
    classroom.model.will(says_slowly(["[answer] First"], go_on))
    await student.send("/ask")
    await student.type("One?")
    await student.wait_for_draft("First", timeout=5)
    place = await student.send("Two?")

    pushed = await student.push(place.buttons[0])
    toast = await student.next_event(lambda event: event["type"] == "toast", since=pushed["seq"])
    go_on.set()
    await answered(student, "First")
    await student.settle()

    assert toast["text"] == "Forgotten: 1 question."
    assert not any("Now this one" in message.text for message in await student.messages())


async def test_a_line_that_meets_the_end_of_the_day_is_told_so_once(classroom: Classroom) -> None:
    student = await classroom.student()
    go_on = asyncio.Event()
    classroom.model.will(says_slowly(["[answer] First"], go_on))
    await student.send("/ask")
    await student.type("One?")
    await student.wait_for_draft("First", timeout=5)
    await student.send("Two?")
    await student.send("Three?")
    await classroom.pool.execute("update doubt_days set questions = 5 where user_id = $1", student.id)

    go_on.set()

    told = await student.wait_for("were not asked", timeout=5)
    assert "2 waiting questions were not asked" in told.text


async def test_a_spoken_question_is_shown_and_asked_when_the_student_says_so(classroom: Classroom) -> None:
    student = await classroom.student(language="uz")
    await classroom.pool.execute("update users set language = 'en' where id = $1", student.id)
    classroom.model.will_hear(hears("Why does it fall?"))
    classroom.model.will(says("[answer] Because of gravity."))
    await student.send("/ask")
    asked_before = len(classroom.model.asks)

    await speak(classroom, student, ogg(4, b"canary"))
    shown = await student.wait_for("Why does it fall?")

    assert len(classroom.model.asks) == asked_before
    assert "not sure" not in shown.text
    assert classroom.model.recordings[-1].content.endswith(b"canary")
    assert classroom.model.recordings[-1].options["language"] == "en"
    await student.push(shown.buttons[0])
    await answered(student, "gravity")
    await student.settle()
    row = await classroom.pool.fetchrow(
        "select seconds, outcome, feature from model_calls where user_id = $1 and feature = 'speech'", student.id
    )
    assert row is not None
    assert (row["seconds"], row["outcome"]) == (4, "done")


async def test_what_was_heard_wrong_is_corrected_and_asked_once(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will_hear(hears("Why does it <b>fail</b>?", logprob=-1.5))
    classroom.model.will(says("[answer] Because of gravity."))
    await student.send("/ask")
    await speak(classroom, student, ogg(4))
    shown = await student.wait_for("I am not sure")
    ask = shown.buttons[0]
    assert "<b>fail</b>" in shown.text

    await student.push(shown.buttons[1])
    await student.wait_for("What did you say?")
    await student.type("Why does it fall?")
    await answered(student, "gravity")
    await student.settle()
    count = len(classroom.model.asks)
    # The button is gone by now; the second tap of a double tap was on its way.
    assert ask.data is not None
    pushed = await student.forge(shown.id, ask.data)
    toast = await student.next_event(lambda event: event["type"] == "toast", since=pushed["seq"])

    assert "asked already" in toast["text"]
    assert len(classroom.model.asks) == count
    assert classroom.model.asks[-1].body["messages"][-1]["content"] == "Why does it fall?"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(ogg(181), "three minutes at most"), (ogg(3600), "three minutes at most"), (ogg(0), "recording is empty")],
)
async def test_a_recording_of_a_wrong_length_gets_a_sentence(
    classroom: Classroom, content: bytes, sentence: str
) -> None:
    student = await classroom.student()
    await student.send("/ask")
    heard_before = len(classroom.model.recordings)

    await speak(classroom, student, content)

    assert any(sentence in message.text for message in await student.messages())
    assert len(classroom.model.recordings) == heard_before


async def test_silence_and_a_busy_server_are_named_and_the_second_is_tried_again(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will_hear(hears("Thank you for watching.", no_speech=0.95), hears("x = 2?"))
    await student.send("/ask")
    await speak(classroom, student, ogg(3))
    silent = await student.wait_for("I hear no words in it")
    assert silent.buttons == []

    classroom.model.will_hear(will_not_hear(500), will_not_hear(500), will_not_hear(500), hears("x = 2?"))
    await speak(classroom, student, ogg(3))
    failed = await student.wait_for("I cannot listen right now")
    await student.push(failed.buttons[0])
    await student.settle()
    spoken_id = await classroom.pool.fetchval("select max(id) from spoken_questions where user_id = $1", student.id)
    await classroom.voices.hear({"spoken_id": spoken_id})

    await student.wait_for("x = 2?")


async def test_somebody_elses_recording_is_nobodys(classroom: Classroom) -> None:
    student, stranger = await classroom.student(), await classroom.student()
    classroom.model.will_hear(hears("My secret question?"))
    await student.send("/ask")
    await speak(classroom, student, ogg(3))
    shown = await student.wait_for("My secret question?")
    await stranger.send("/ask")
    theirs = await stranger.last_message()

    for button in shown.buttons:
        assert button.data is not None
        await stranger.forge(theirs.id, button.data)
    for forged in ("voice:ask:99999999", "voice:ask:x", "voice:nothing:1", "tutor:clear:x"):
        await stranger.forge(theirs.id, forged)
    await stranger.settle()

    assert not any("secret" in message.text for message in await stranger.messages())
    state = await classroom.pool.fetchval("select state from spoken_questions where user_id = $1", student.id)
    assert state == "heard"


@pytest.mark.parametrize(
    ("purse", "sentence"),
    [("person_day", "what the centre gives each student"), ("centre_month", "The centre has used up")],
)
async def test_a_spent_budget_says_whose_it_is_and_when_it_begins_anew(
    classroom: Classroom, purse: str, sentence: str
) -> None:
    student = await classroom.student()
    admin = await classroom.world.user(role="admin")
    limits = {name: {"tokens": None, "micros": None} for name in ("person_day", "person_month", "centre_day")}
    budgets = {**limits, "centre_month": {"tokens": None, "micros": None}, purse: {"tokens": 1, "micros": None}}
    await classroom.pool.execute(
        "insert into usage_budgets values (1, $1::jsonb, $2, now())", orjson.dumps(budgets).decode(), admin
    )
    classroom.model.will(says("[answer] Never said"))
    count = len(classroom.model.asks)

    await student.send("/ask")
    await student.type("Why?")
    told = await student.wait_for(sentence, timeout=5)
    await student.settle()
    await classroom.pool.execute("delete from usage_budgets")

    assert "Your question is kept" in told.text
    assert [button.text for button in told.buttons] == ["🔁 Ask again"]
    assert len(classroom.model.asks) == count
    await student.push(told.buttons[0])
    await answered(student, "Never said")


async def test_a_server_that_is_too_busy_says_when_to_come_back(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(refuses(429, retry_after="170"))
    await student.send("/ask")

    await student.type("Why?")

    told = await student.wait_for("Please come back in 3 minutes", timeout=5)
    assert "your question is kept" in told.text
    # The next one is not even sent there.
    count = len(classroom.model.asks)
    await student.settle()
    await student.type("And why?")
    await student.wait_for(lambda message: "Please come back in" in message.text and message.id > told.id)
    assert len(classroom.model.asks) == count

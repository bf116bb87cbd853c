"""Talking with the tutor as a student does."""

import asyncio

import pytest

from bot.sandbox import Message, SandboxUser, Toast
from tests.bot.tutor.conftest import Classroom
from tests.bot.tutor.fake_openai import dies_after, refuses, says, says_slowly, writes_forever

HINT = says("[hint]\n", "What do **both** sides share?")
ANSWER = says("[answer]\n", "Because $F = ma$.")


def labels(message: Message) -> list[str]:
    return [button.text for button in message.buttons]


async def waiting(student: SandboxUser, text: str = "/ask") -> Message:
    """The tutor waits for a question."""
    return await student.send(text)


async def test_a_question_is_answered_in_one_message_with_what_comes_next(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(ANSWER)

    desk = await waiting(student)
    await student.type("Why does it fall?")
    answer = await student.wait_for("Because")

    assert "Type your question" in desk.text
    assert "5 questions are left" in desk.text
    assert answer.kind == "rich_message"
    assert labels(answer) == ["💬 Ask more"]
    assert "[answer]" not in answer.text


async def test_the_answer_is_seen_while_it_is_written_and_can_be_stopped(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(writes_forever())
    await waiting(student)

    await student.type("Tell me everything")
    await student.wait_for_draft("and on", timeout=5)
    await student.stop()
    answer = await student.wait_for("You stopped the answer here", timeout=5)

    assert answer.text.startswith("and on and on")
    assert classroom.model.hang_ups >= 1


async def test_a_second_question_waits_for_the_first(classroom: Classroom) -> None:
    student = await classroom.student()
    go_on = asyncio.Event()
    classroom.model.will(says_slowly(["[answer] First"], go_on))
    await waiting(student)

    await student.type("One?")
    await student.wait_for_draft("First", timeout=5)
    waiting_place = await student.send("Two?")
    classroom.model.will(says("[answer] Second"))
    go_on.set()
    await student.wait_for(lambda message: message.kind == "rich_message" and "First" in message.text, timeout=5)
    await student.wait_for("Now this one: Two?", timeout=5)
    await student.wait_for(lambda message: message.kind == "rich_message" and "Second" in message.text, timeout=5)

    assert "This one is number 1 in line" in waiting_place.text


async def test_an_exercise_gets_a_hint_and_its_solution_on_a_button(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(HINT, says("x = **3**"))
    await waiting(student)

    await student.type("Solve x + 2 = 5")
    hint = await student.wait_for("both sides")
    await student.tap("Full solution")
    solution = await student.wait_for("x = 3")

    assert "💡 Full solution" in labels(hint)
    assert "💡 Full solution" not in labels(solution)
    again = await student.push(hint.buttons[0])
    toast = await student.next_event(lambda event: event["type"] == "toast", since=again["seq"])
    assert "above already" in toast["text"]


async def test_the_next_question_goes_on_in_the_same_conversation(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(says("[answer] Four."), says("[answer] Six."))
    await waiting(student)

    await student.type("2 + 2?")
    await student.wait_for("Four.")
    await student.settle()
    await student.type("And plus two?")
    await student.wait_for("Six.")

    assert [message["content"] for message in classroom.model.asks[-1].body["messages"][1:]] == [
        "2 + 2?",
        "Four.",
        "And plus two?",
    ]


async def test_ask_with_words_is_a_question(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(ANSWER)

    await student.type("/ask Why does it fall?")
    await student.wait_for("Because")
    await student.settle()
    await student.type("And then?")
    await student.wait_for(lambda message: len(classroom.model.asks[-1].body["messages"]) == 4)

    assert [message["content"] for message in classroom.model.asks[-1].body["messages"][1:]] == [
        "Why does it fall?",
        "Because $F = ma$.",
        "And then?",
    ]
    assert not any("Tutor" in message.text for message in await student.messages())


async def test_more_is_asked_from_below_an_old_answer(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(says("[answer] Four."), says("[answer] Six."))
    await student.type("/ask 2 + 2?")
    await student.wait_for("Four.")
    await student.settle()

    await student.tap("Ask more")
    desk = await student.wait_for("Tutor")
    await student.settle()
    await student.type("And plus two?")
    await student.wait_for("Six.")

    assert "2 + 2?" in desk.text
    assert "Four." in classroom.model.asks[-1].prompt


async def test_a_model_that_is_down_is_told_and_asked_again_without_typing(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(refuses(401), ANSWER)
    await waiting(student)

    await student.type("Why does it fall?")
    sorry = await student.wait_for("cannot be reached")
    await student.settle()
    await student.tap("Ask again")
    await student.wait_for("Because")

    assert labels(sorry) == ["🔁 Ask again"]
    assert "was not counted" in sorry.text
    await student.type("/ask")
    assert await student.wait_for("4 questions are left")


async def test_a_model_that_dies_half_way_leaves_what_came(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(dies_after("[answer] Because of", " gravi"))
    await waiting(student)

    await student.type("Why does it fall?")
    answer = await student.wait_for("Because of gravi")

    assert "broke off here" in answer.text


async def test_the_day_ends_with_a_sentence_and_without_a_call(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(ANSWER)
    for _ in range(5):
        await student.type("/ask Why?")
        await student.settle()
        await student.wait_for("Because")
        await classroom.pool.execute("delete from doubt_runs")
    calls = len(classroom.model.asks)

    refusal = await student.send("/ask Why?")

    assert "all your questions for today" in refusal.text
    assert len(classroom.model.asks) == calls
    assert "all your questions for today" in (await student.send("/ask")).text


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
async def test_the_model_is_asked_to_speak_the_students_language(classroom: Classroom, language: str) -> None:
    student = await classroom.student(language=language)
    classroom.model.will(ANSWER)

    await student.type("/ask 2 + 2?")
    await student.wait_for("Because")

    name = {"uz": "Uzbek", "ru": "Russian", "en": "English"}[language]
    assert f"if that is unclear, in {name}" in classroom.model.asks[-1].prompt


async def test_what_the_model_writes_stays_text(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(
        says(
            '[answer] <b>a</b> & <script>x</script> <img src="http://e.uz/a.png"> ![see](http://e.uz/b.png) [c](tg://d)'
        )
    )

    await student.type("/ask Attack me")
    answer = await student.wait_for("script")

    assert '<b>a</b> & <script>x</script> <img src="http://e.uz/a.png"> see c' in answer.text
    assert "photo" not in str(answer.raw)
    assert "b.png" not in str(answer.raw)
    assert "tg://d" not in str(answer.raw)


async def test_a_very_long_answer_arrives(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(says("[answer] ", *["Uzun gap. " * 200] * 40))

    await student.type("/ask Long?")
    answer = await student.wait_for("The answer broke off here")

    assert answer.text.count("Uzun gap.") >= 2900


async def test_pictures_are_answered_with_what_to_do(classroom: Classroom) -> None:
    student = await classroom.student()
    await waiting(student)

    hint = await student.upload(b"\x89PNG\r\n\x1a\n" + b"0" * 64, name="task.png", kind="document")

    assert hint is not None
    assert "Please type your question" in hint.text


async def test_an_old_server_without_drafts_shows_a_message_that_is_edited_and_removed(
    classroom: Classroom, no_drafts: None
) -> None:
    student = await classroom.student()
    go_on = asyncio.Event()
    classroom.model.will(says_slowly(["[answer] Half of", " the answer"], go_on))

    await student.type("/ask Slow?")
    thinking = await student.wait_for("Thinking")
    await student.wait_for("Half of", timeout=5)
    go_on.set()
    await student.next_event(lambda event: event["type"] == "delete" and thinking.id in event["message_ids"], timeout=5)

    assert (await student.last_message()).text == "Half of the answer"
    assert labels(thinking) == ["⏹ Stop"]
    assert not any("Stop" in label for message in await student.messages() for label in labels(message))


async def test_the_button_of_the_message_stops_too(classroom: Classroom, no_drafts: None) -> None:
    student = await classroom.student()
    classroom.model.will(writes_forever())

    await student.type("/ask Endless?")
    await student.wait_for("and on", timeout=5)
    await student.tap("Stop")

    assert await student.wait_for("You stopped the answer here", timeout=5)


async def test_drafts_that_are_limited_do_not_keep_the_answer(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(ANSWER)
    await classroom.client.faults(too_many_requests=1.0, only=["sendRichMessageDraft"])

    await student.type("/ask Why?")
    answer = await student.wait_for("Because")
    await classroom.client.faults(too_many_requests=0.0, only=[])

    assert answer.kind == "rich_message"


async def test_a_student_who_left_meanwhile_stops_nobody(classroom: Classroom) -> None:
    student = await classroom.student()
    go_on = asyncio.Event()
    classroom.model.will(says_slowly(["[answer] Half", " and whole"], go_on))
    await student.type("/ask Why?")
    await student.wait_for_draft("Half", timeout=5)

    await student.block()
    go_on.set()
    while await classroom.pool.fetchval("select count(*) from doubt_runs where user_id = $1", student.id):
        await asyncio.sleep(0.01)

    stored = await classroom.pool.fetchval(
        "select m.text from doubt_messages m join doubt_sessions s on s.id = m.session_id"
        " where s.user_id = $1 and m.role = 'tutor'",
        student.id,
    )
    assert stored == "Half and whole"


async def test_another_students_conversation_cannot_be_tapped_into(classroom: Classroom) -> None:
    ali, vali = await classroom.student(), await classroom.student()
    classroom.model.will(HINT)
    await ali.type("/ask Solve x + 2 = 5")
    hint = await ali.wait_for("both sides")
    forged = await vali.send("/ask")
    calls = len(classroom.model.asks)

    for wish in ("solution", "again", "more"):
        session = (hint.buttons[0].data or "").rpartition(":")[2]
        since = (await vali.forge(forged.id, f"tutor:{wish}:{session}"))["seq"]
        toast = await vali.next_event(lambda event: event["type"] == "toast", since=since)
        assert "no longer there" in toast["text"]

    assert len(classroom.model.asks) == calls


@pytest.mark.parametrize(
    "data", ["tutor:solution:x", "tutor:fly:1", "tutor:again:99999999999999999999999", "tutor:more:-1"]
)
async def test_forged_taps_break_nothing(classroom: Classroom, data: str) -> None:
    student = await classroom.student()
    desk = await waiting(student)

    await student.forge(desk.id, data)

    assert "Type your question" in (await student.send("/ask")).text


async def test_past_questions_are_listed_read_continued_and_deleted(classroom: Classroom) -> None:
    student = await classroom.student()
    classroom.model.will(says("[answer] *Four*."), says("[answer] Six."))
    await student.type("/ask <b>2</b> + 2?")
    await student.wait_for("Four")
    await student.settle()

    await student.send("/doubts")
    await student.tap("<b>2</b> + 2?")
    shown = await student.wait_for("🤖 Four.")
    await student.settle()
    await student.tap("Continue")
    await student.settle()
    await student.type("And plus two?")
    await student.wait_for("Six.")
    assert "Four" in classroom.model.asks[-1].prompt
    assert "👤 <b>2</b> + 2?" in shown.text

    await student.settle()
    await student.send("/doubts")
    await student.tap("<b>2</b> + 2?")
    await student.settle()
    await student.tap("Delete")
    await student.settle()
    await student.tap("Delete")
    empty = await student.wait_for("You have not asked anything yet")

    assert empty
    assert await classroom.pool.fetchval("select count(*) from doubt_sessions where user_id = $1", student.id) == 0


async def test_an_interrupted_answer_is_told_and_taken_up_by_a_button(classroom: Classroom) -> None:
    student = await classroom.student()
    await waiting(student)
    running = await classroom.tutor.ask(student.id, "Why does it fall?")  # pyright: ignore[reportArgumentType]
    await classroom.pool.execute("update doubt_runs set running_until = now() - interval '1 second'")

    await classroom.jobs.sweep({})
    [payload] = await classroom.pool.fetch("select payload from pgqueuer where entrypoint = 'tutor_interrupted'")
    assert payload["payload"] == b'{"user_id":%d,"session_id":%d}' % (student.id, running.session.id)
    await classroom.jobs.tell_interrupted({"user_id": student.id, "session_id": running.session.id})
    notice = await student.wait_for("I was interrupted")
    classroom.model.will(ANSWER)
    await student.tap("Ask again")
    await student.wait_for("Because")
    await student.settle()
    await classroom.jobs.tell_interrupted({"user_id": student.id, "session_id": running.session.id})

    assert labels(notice) == ["🔁 Ask again"]
    told = [message for message in await student.messages() if "I was interrupted" in message.text]
    assert len(told) == 1


async def test_an_answer_that_was_not_sent_is_sent_by_the_job(classroom: Classroom) -> None:
    student = await classroom.student()
    await waiting(student)
    classroom.model.will(HINT)
    running = await classroom.tutor.ask(student.id, "x + 2 = 5")  # pyright: ignore[reportArgumentType]
    answer = await classroom.tutor.answer(running, lambda _: None)
    assert answer.message is not None

    await classroom.jobs.redeliver(
        {"user_id": student.id, "session_id": running.session.id, "message_id": answer.message.id}
    )

    assert "💡 Full solution" in labels(await student.wait_for("both sides"))


async def test_a_toast_says_when_there_is_nothing_to_stop(classroom: Classroom) -> None:
    student = await classroom.student()
    desk = await waiting(student)

    since = (await student.forge(desk.id, "tutor:stop:0"))["seq"]
    event = await student.next_event(lambda event: event["type"] == "toast", since=since)

    assert Toast(event["text"], event["show_alert"], event["url"]).text == "There is nothing to stop."

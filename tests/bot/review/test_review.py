"""A student reviews by tapping and typing, on the sandbox's Telegram."""

from decimal import Decimal

import pytest

from bot.sandbox import SandboxUser
from domain.clock import utc_now
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Essay, Key, Matching, Multiple, Number, Ordering, Short, TrueFalse
from domain.review.reminding import ReviewReminders
from tests.bot.review.conftest import Study
from tests.bot.users.people import buttons, say, tap, texts


def text(words: str) -> Text:
    return Text({Language.EN: words, Language.UZ: words, Language.RU: words})


def asks(words: str, key: Key, *options: str) -> QuestionDraft:
    return QuestionDraft(text=text(words), options=tuple(map(text, options)), key=key, explanation=text("Because."))


async def shown(person: SandboxUser) -> str:
    await person.settle()
    return (await person.last_message()).text


async def press(person: SandboxUser, words: str) -> str:
    """Tap by what the button says: options stand in another order each time."""
    await person.settle()
    await person.tap(words)
    return await shown(person)


async def labels(person: SandboxUser) -> list[str]:
    return [button.text for button in (await buttons(person)).values()]


async def grades(study: Study, person: SandboxUser) -> list[int]:
    rows = await study.pool.fetch(
        "select grade from reviews where user_id = $1 and number > 0 order by reviewed_at", person.id
    )
    return [row["grade"] for row in rows]


async def test_a_set_is_reviewed_from_the_command_to_its_summary(study: Study) -> None:
    person = await study.student_with_mistakes(2)

    first = (await say(person, "/review")).text
    assert "🔁 ▱▱ 1 / 2" in first
    assert "Question 1" in first
    assert "Because" not in first
    right = await press(person, ") b-en")
    assert "✅ Right!" in right
    assert "💡 Because of 1" in right
    assert "📅 It comes back in" in right
    second = await press(person, "Next")
    assert "🔁 ▰▱ 2 / 2" in second
    wrong = await press(person, ") a-en")
    assert "❌ Not yet." in wrong
    assert "It comes back tomorrow." in wrong
    over = await press(person, "Next")

    assert "Today’s set is done!" in over
    assert "2 cards, 1 remembered" in over
    assert "Next: tomorrow" in over
    assert await grades(study, person) == [3, 1]


async def test_whoever_has_no_card_is_told_how_cards_come(study: Study) -> None:
    person = await study.centre.student()

    said = (await say(person, "/review")).text

    assert "Nothing to review yet." in said
    report = (await tap(person, "report")).text
    assert "Take a quiz" in report
    assert "0 cards" not in report


async def test_a_set_in_which_most_was_forgotten_ends_with_a_kind_word(study: Study) -> None:
    person = await study.student_with_mistakes(1)
    await say(person, "/review")
    await tap(person, "unknown")

    assert "That is how it stays." in (await tap(person, "next")).text


async def test_the_text_of_an_option_that_is_typed_is_an_answer(study: Study) -> None:
    person = await study.student_with_mistakes(1)
    await say(person, "/review")

    assert "✅ Right!" in (await say(person, "B-en")).text


async def test_twenty_reviews_are_enough_to_say_how_much_is_remembered(study: Study) -> None:
    person = await study.student_with_mistakes(1)
    await say(person, "/review")
    await press(person, ") b-en")
    await study.pool.execute(
        "insert into reviews select r.* from reviews f cross join generate_series(2, 20) n"
        " cross join lateral jsonb_populate_record(f, jsonb_build_object('number', n)) r"
        " where f.user_id = $1 and f.number = 1",
        person.id,
    )
    await press(person, "Next")

    report = (await tap(person, "report")).text
    assert "Remembered in the last 90 days: 100% of 20 reviews" in report
    assert "expected →" in report


@pytest.mark.parametrize(
    ("draft", "typed"),
    [
        (asks("Capital?", Short(("Toshkent",))), "ТОШКЕНТ"),
        (asks("Half?", Number(Decimal("0.5"))), "1/2"),
    ],
)
async def test_what_has_to_be_typed_is_typed(study: Study, draft: QuestionDraft, typed: str) -> None:
    person = await study.student([draft])
    assert "✍️ Type the answer." in (await say(person, "/review")).text
    await person.send_sticker(wait=False)
    await person.settle()
    assert "Please type the answer as a text message." in "\n".join(await texts(person))

    assert "✅ Right!" in (await say(person, typed)).text
    assert await grades(study, person) in ([3], [4])


async def test_several_answers_are_ticked_and_then_sent(study: Study) -> None:
    person = await study.student([asks("Even?", Multiple(frozenset({0, 2})), "2", "3", "4")])
    await say(person, "/review")
    await tap(person, "answer")
    assert await grades(study, person) == []

    await press(person, ") 2")
    await press(person, ") 3")
    assert sum(label.startswith("☑️") for label in await labels(person)) == 2
    await press(person, ") 3")
    await press(person, ") 4")

    assert "✅ Right!" in (await tap(person, "answer")).text


async def test_true_or_false_has_its_two_answers(study: Study) -> None:
    person = await study.student([asks("2 > 1", TrueFalse(is_true=True))])
    await say(person, "/review")

    assert "✅ Right!" in await press(person, "A) True")


async def test_a_letter_that_is_typed_is_an_answer_and_another_word_is_none(study: Study) -> None:
    person = await study.student_with_mistakes(1)
    screen = (await say(person, "/review")).text
    letter = next(line[0] for line in screen.splitlines() if line.endswith("b-en"))

    assert "Question 1" in (await say(person, "what?")).text
    assert await grades(study, person) == []
    assert "✅ Right!" in (await say(person, letter.lower())).text


async def test_who_does_not_know_says_so_and_sees_the_answer(study: Study) -> None:
    person = await study.student([asks("Capital?", Short(("Toshkent",)))])
    await say(person, "/review")

    said = (await tap(person, "unknown")).text

    assert "❌ Not yet." in said
    assert "The answer: Toshkent" in said
    assert await grades(study, person) == [1]


@pytest.mark.parametrize(
    ("draft", "answer"),
    [
        (asks("Match", Matching((text("one"), text("two"))), "1", "2"), "one"),
        (asks("Order", Ordering(), "first", "second", "third"), "→"),
        (asks("Explain", Essay(text("The guide"))), "The guide"),
    ],
)
async def test_what_takes_long_to_lay_out_is_looked_at_and_graded_by_oneself(
    study: Study, draft: QuestionDraft, answer: str
) -> None:
    person = await study.student([draft])
    covered = (await say(person, "/review")).text
    assert "The guide" not in covered
    assert "→" not in covered

    uncovered = (await tap(person, "uncover")).text
    assert answer in uncovered
    assert any(label.startswith("👍 Good · ") for label in await labels(person))
    assert "It comes back in" in await press(person, "⚡ Easy")
    assert await grades(study, person) == [4]


async def test_a_note_is_asked_by_its_first_words_and_hostile_words_stay_text(study: Study) -> None:
    person = await study.student(notes=["<b>x</b> *y* [z](http://e.uz) $"])

    assert "Do you remember this note?" in (await say(person, "/review")).text
    await tap(person, "uncover")
    assert "It comes back" in await press(person, "👍 Good")


async def test_the_last_grade_is_taken_back_and_the_card_is_asked_again(study: Study) -> None:
    person = await study.student_with_mistakes(1)
    await say(person, "/review")
    await press(person, ") a-en")

    again = (await tap(person, "undo")).text

    assert "🔁 ▱ 1 / 1" in again
    assert await grades(study, person) == []


async def test_a_card_that_nobody_wants_is_removed_and_brought_back(study: Study) -> None:
    person = await study.student_with_mistakes(1)
    await say(person, "/review")
    await press(person, ") b-en")

    assert "🗑 It is not asked any more." in (await tap(person, "remove")).text
    assert "📅 It comes back" in (await tap(person, "restore")).text


async def test_buttons_of_another_card_of_another_time_and_forged_ones_grade_nothing(study: Study) -> None:
    person = await study.student_with_mistakes(2)
    await say(person, "/review")
    screen = await person.last_message()
    button = next(button for button in screen.buttons if button.text.endswith("b-en"))
    assert button.data is not None
    assert button.message_id is not None
    prefix = button.data.rpartition(":")[0]

    for forged in ("1-0-0", "999999999999999-0-0", "x", "1-0-99", "", "-", "9" * 30):
        await person.forge(button.message_id, f"{prefix}:{forged}"[:64])
        await person.settle()
    assert await grades(study, person) == []
    for _ in range(2):
        await person.forge(button.message_id, button.data)
    await person.settle()

    assert await grades(study, person) == [3]


async def test_the_report_tells_what_is_due_and_draws_the_next_days(study: Study) -> None:
    person = await study.student_with_mistakes(2)
    await say(person, "/review")
    await press(person, ") b-en")
    await press(person, "Next")
    await press(person, ") b-en")
    await press(person, "Next")

    report = (await tap(person, "report")).text
    assert "2 cards in all" in report
    assert "After 18 more reviews you see here how much you remember." in report
    assert "Remembered in the last 90 days" not in report
    await tap(person, "forecast")

    assert any("2 cards in the next 30 days" in message.text for message in await person.messages())


async def test_the_pace_is_set_by_tapping(study: Study) -> None:
    person = await study.student_with_mistakes(1)
    await say(person, "/review")
    await press(person, ") b-en")
    await press(person, "Next")
    await tap(person, "settings")
    await tap(person, "reviews")
    await press(person, "50")
    await tap(person, "quiet")
    await press(person, "Sunday")
    await tap(person, "main")
    await tap(person, "hour")
    card = await press(person, "07:00")

    for words in ("Reviews a day: 50", "Quiet days: Sunday", "Reminder: 07:00"):
        assert words in card
    await tap(person, "hour")
    assert "Reminder: off" in await press(person, "🔕 Off")


async def test_a_note_is_pinned_from_the_notebook(study: Study) -> None:
    person = await study.centre.student()
    await say(person, "/note Kvadrat tenglama")
    await say(person, "/notes")
    await tap(person, next(widget for widget in await buttons(person) if widget.startswith("note:")))

    await tap(person, "pin")

    assert await study.pool.fetchval("select count(*) from review_cards where user_id = $1", person.id) == 1


async def test_mistakes_of_a_quiz_become_cards_by_themselves_and_any_question_is_pinned(study: Study) -> None:
    person = await study.centre.student()
    lesson_id = await study.reviewers.world.lesson(questions=2)
    await person.start(f"l_{lesson_id}")
    for button in ("Take the quiz", "Start", "A) ", "Next", "B) ", "See the result", "Review all questions"):
        await press(person, button)
    cards = "select count(*) from review_cards where user_id = $1"
    for _ in range(200):
        if await study.pool.fetchval(cards, person.id):
            break
        await person.settle()
    assert await study.pool.fetchval(cards, person.id) == 1

    await tap(person, "pin")
    assert await study.pool.fetchval(cards, person.id) == 1
    await tap(person, "next")
    await tap(person, "pin")
    await tap(person, "pin")

    assert await study.pool.fetchval(cards, person.id) == 2
    assert "📅 Next: tomorrow" in (await say(person, "/review")).text


async def test_the_menu_says_how_many_cards_wait_and_leads_there(study: Study) -> None:
    person = await study.student_with_mistakes(2)
    await say(person, "/menu")

    assert "🔁 2 to review" in await labels(person)
    assert "🔁 ▱▱ 1 / 2" in (await tap(person, "review")).text
    for button in (") b-en", "Next", ") b-en"):
        await press(person, button)
    await say(person, "/menu")
    assert "review" not in await buttons(person)


async def test_a_reminder_leads_to_the_set_and_says_nothing_when_it_is_done(study: Study) -> None:
    person = await study.student_with_mistakes(1)
    reminders = ReviewReminders(begin=study.reviewers.begin, read=study.reviewers.begin, now=utc_now)
    await study.pool.execute("update review_plans set next_reminder_at = now() + interval '1 day'")
    await study.pool.execute("update review_plans set next_reminder_at = now() where user_id = $1", person.id)
    # Late at night in Tashkent nobody is reminded, whenever this test runs.
    await study.pool.execute("update users set timezone = $2 where id = $1", person.id, zone_of_the_morning())
    await reminders.remind_due()
    status = "select status from notifications where user_id = $1 and kind = 'review_due'"
    for _ in range(500):
        if await study.pool.fetchval(status, person.id) != "queued":
            break
        await person.settle()

    assert await study.pool.fetchval(status, person.id) == "sent"
    assert "🔁 1 card is ready to be reviewed." in await shown(person)
    assert "Question 1" in await press(person, "🔁 Review now")


def zone_of_the_morning() -> str:
    """Where it is between 10:00 and 11:00 now; the sign of these names is the other way round."""
    ahead = (10 - utc_now().hour + 12) % 24 - 12
    return f"Etc/GMT{-ahead:+d}"


async def test_the_link_of_the_reminder_opens_the_set(study: Study) -> None:
    person = await study.student_with_mistakes(1)

    await person.start("review")
    assert "🔁 ▱ 1 / 1" in await shown(person)

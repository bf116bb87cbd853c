"""One screen at a time: what becomes of the earlier ones, and of taps that come too late."""

from bot.sandbox import Button, SandboxUser
from tests.bot.conftest import Centre


async def screens(person: SandboxUser) -> list[str]:
    """The first lines of the bot's messages that have buttons."""
    return [message.text.splitlines()[0] for message in await person.messages() if message.buttons]


async def times_sent(person: SandboxUser) -> int:
    return sum("A percent is one hundredth" in message.text for message in await person.messages())


async def tap_together(centre: Centre, person: SandboxUser, button: Button, times: int) -> None:
    for _number in range(times):
        await person.push(button)
    await centre.settle(person)


async def test_tapping_a_button_many_times_opens_its_screen_once(centre: Centre) -> None:
    ali = await centre.student()

    await tap_together(centre, ali, await ali.button("Catalogue"), times=4)

    assert await screens(ali) == ["📚 Catalogue"]


async def test_tapping_a_lesson_twice_sends_it_once(centre: Centre) -> None:
    ali = await centre.student()
    await ali.start("c_MATH-1")
    await centre.settle(ali)

    await tap_together(centre, ali, await ali.button("What is a percent?"), times=2)

    assert await times_sent(ali) == 1
    assert "1 / 4" in (await ali.last_message()).text


async def test_a_command_replaces_the_screen_that_was_open(centre: Centre) -> None:
    ali = await centre.student()

    await ali.send("/learn")
    await ali.send("/me")
    await centre.settle(ali)

    assert not any("Catalogue" in message.text for message in await ali.messages() if not message.buttons)
    assert await screens(ali) == ["👤 Ali Karimov"]


async def test_a_stray_text_gets_a_sentence_and_the_screen_moves_below_it(centre: Centre) -> None:
    ali = await centre.student()

    await ali.send("and now?")
    await centre.settle(ali)

    said = [message.text for message in await ali.messages()]
    assert said[-2] == "Please use the buttons below 👇"
    assert [text for text in said if "Hello, Ali" in text] == said[-1:]


async def test_leaving_the_phone_question_by_a_command_takes_its_keyboard_away(centre: Centre) -> None:
    ali = await centre.student()
    await ali.send("/me")
    await ali.press("Phone")
    await centre.settle(ali)
    assert (await ali.chat())["reply_keyboard"]

    await ali.send("/menu")
    await centre.settle(ali)

    assert not (await ali.chat())["reply_keyboard"]
    assert len(await screens(ali)) == 1


async def test_passages_keep_their_buttons_when_one_of_them_is_tapped(centre: Centre) -> None:
    await centre.lessons_are_indexed()
    ali = await centre.student()
    await ali.send("/ask")
    found = await ali.send("How do I calculate percents?")
    await centre.settle(ali)
    found = next(message for message in await ali.messages() if message.id == found.id)
    assert len(found.buttons) > 1

    await ali.push(found.buttons[0])
    await centre.settle(ali)

    kept = next(message for message in await ali.messages() if message.id == found.id)
    assert kept.buttons == found.buttons
    assert not any("Type your question" in message.text for message in await ali.messages())


async def test_coming_back_from_the_quiz_does_not_send_the_lesson_once_more(centre: Centre) -> None:
    ali = await centre.student()
    await ali.start("c_MATH-1")
    for button in ("What is a percent?", "Take the quiz", "Back to the lesson"):
        await centre.settle(ali)
        await ali.press(button)
        await centre.settle(ali)

    assert await times_sent(ali) == 1
    assert await screens(ali) == ["📚 Percentages and proportions › Percent basics"]

    await ali.press("Send the lesson again")
    await centre.settle(ali)

    assert await times_sent(ali) == 2
    assert (await ali.last_message()).buttons


async def test_a_locked_lesson_takes_the_place_of_the_course_card(centre: Centre) -> None:
    ali = await centre.student()
    await ali.start("c_MATH-2")
    await centre.settle(ali)
    card = await ali.last_message()

    await ali.press("🔒 2.")
    await centre.settle(ali)

    lesson = await ali.last_message()
    assert card.id not in [message.id for message in await ali.messages()]
    assert "🔒 This lesson is part of the paid course" in lesson.text


async def test_a_tap_on_a_keyboard_that_outlived_its_question_takes_it_away_and_opens_the_menu(centre: Centre) -> None:
    ali = await centre.student()
    await ali.send("/me")
    await ali.press("Phone")
    await centre.settle(ali)
    left_behind = next(button for button in await ali.buttons() if "Back" in button.text)
    await ali.send("/menu")
    await centre.settle(ali)

    await ali.push(left_behind)
    await centre.settle(ali)

    said = [message.text for message in await ali.messages()]
    assert said[-2] == "That screen is out of date. Here is the menu."
    assert "Hello, Ali" in said[-1]
    assert not (await ali.chat())["reply_keyboard"]

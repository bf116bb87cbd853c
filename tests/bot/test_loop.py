"""The core loop, as people live it: register, learn, pay, take the quiz, ask the tutor; in three languages."""

import asyncio

import pytest
from babel.messages.pofile import read_po

from bot.i18n import LOCALES, i18n
from bot.sandbox.client import Message, SandboxUser
from bot.sentences import PLACEHOLDER, TAG
from domain.language import Language
from tests.bot.conftest import Centre
from tests.bot.users.people import said

in_every_language = pytest.mark.parametrize("language", list(Language))
NAMES = {Language.EN: "English", Language.UZ: "O‘zbekcha", Language.RU: "Русский"}
WORD_OF_A_LESSON = {Language.EN: "percent", Language.UZ: "foiz", Language.RU: "процент"}


def foreign_to(language: Language) -> set[str]:
    """English sentences that nobody may meet in this language; those with values in them are not looked for."""
    with (LOCALES / "messages.pot").open("rb") as file:
        sentences = [entry.id for entry in read_po(file) if isinstance(entry.id, str) and entry.id]
    return {
        TAG.sub("", sentence).strip()
        for sentence in sentences
        if not PLACEHOLDER.search(sentence) and i18n().gettext(sentence, locale=language) != sentence
    }


def lines(message: Message) -> set[str]:
    return {line.strip() for line in message.text.splitlines()} | {button.text for button in message.buttons}


async def assert_nothing_was_said_in_english(person: SandboxUser, language: Language) -> None:
    """Neither in the messages that stand nor in the answers to taps."""
    seen = set[str]().union(*(lines(message) for message in await person.messages() if not message.from_me))
    seen |= {toast.text for toast in await person.toasts()}

    assert not seen & foreign_to(language)


async def press(centre: Centre, person: SandboxUser, sentence: str, language: Language, **values: object) -> Message:
    """Press the button with this sentence, in the language; the screen that follows."""
    await person.tap(said(sentence, language, **values).strip())
    await centre.settle(person)
    return await person.last_message()


async def lesson_id(centre: Centre, sale: str, *, is_preview: bool) -> int:
    """One of the demo's."""
    return await centre.pool.fetchval(
        "select l.id from lessons l join courses c on c.id = l.course_id"
        " where c.sale = $1 and c.status = 'published' and l.is_preview = $2 order by l.id limit 1",
        sale,
        is_preview,
    )


@in_every_language
async def test_a_newcomer_reaches_the_first_lesson_in_five_taps(centre: Centre, language: Language) -> None:
    ali = await centre.person(language)

    await ali.send("/start")
    await centre.settle(ali)
    await ali.press(NAMES[language])
    await centre.settle(ali)
    await press(centre, ali, "Use “{suggestion}”", language, suggestion="Ali Karimov")
    await press(centre, ali, "Skip", language)
    lesson = await press(centre, ali, "🚀 Start learning now", language)

    assert "1 / 4" in lesson.text
    assert said("📝 Take the quiz", language) in lines(lesson)
    await assert_nothing_was_said_in_english(ali, language)


@in_every_language
async def test_a_locked_lesson_is_bought_at_the_cashier_and_opens(centre: Centre, language: Language) -> None:
    student = await centre.student(language)
    await student.start(f"l_{await lesson_id(centre, 'lessons', is_preview=False)}")
    await centre.settle(student)

    assert "🔒" in (await student.last_message()).text
    await press(centre, student, "🛒 Buy for {price}", language, price="")
    await press(centre, student, "🔄 Check the payment", language)
    link = (await student.button(said("💳 Pay with Payme: {price}", language, price=""))).url
    assert link is not None
    await centre.client.pay(link)
    open_it = said("▶️ Open the lesson", language)
    await student.wait_for(lambda message: open_it in lines(message))
    lesson = await press(centre, student, "▶️ Open the lesson", language)

    assert "🔒" not in lesson.text
    assert said("📝 Take the quiz", language) in lines(lesson)
    await assert_nothing_was_said_in_english(student, language)


@in_every_language
async def test_a_quiz_is_taken_to_its_result(centre: Centre, language: Language) -> None:
    student = await centre.student(language)
    await student.start(f"l_{await lesson_id(centre, 'free', is_preview=True)}")
    await centre.settle(student)

    await press(centre, student, "📝 Take the quiz", language)
    screen = await press(centre, student, "▶️ Start", language)
    see_result = said("📊 See the result", language)
    for _question in range(20):
        await student.push(screen.buttons[0])
        await centre.settle(student)
        screen = await student.last_message()
        if see_result in lines(screen):
            break
        screen = await press(centre, student, "Next ➡️", language)
    result = await press(centre, student, "📊 See the result", language)

    assert "🏁" in result.text
    assert said("Attempt {attempt}", language, attempt=1) in lines(result)
    assert said("🔁 Try again", language) in lines(result)
    history = await student.send("/results")
    assert "%" in history.buttons[0].text
    await assert_nothing_was_said_in_english(student, language)


@in_every_language
async def test_the_tutor_without_a_model_says_so_and_shows_the_lessons(centre: Centre, language: Language) -> None:
    student = await centre.student(language)
    await _indexed(centre)

    await press(centre, student, "🤖 Ask the tutor", language)
    await student.type(WORD_OF_A_LESSON[language])
    opening = said(
        "🔎 No model is connected to the tutor. These passages of our lessons were found by words:", language
    )
    found = await student.wait_for(opening)
    await student.push(found.buttons[0])
    await centre.settle(student)

    assert said("📖 Course", language) in lines(await student.last_message())
    await assert_nothing_was_said_in_english(student, language)


async def _indexed(centre: Centre) -> None:
    """The demo's lessons are made findable by jobs."""
    missing = (
        "select exists (select from lessons l join courses c on c.id = l.course_id where l.is_published"
        " and c.status = 'published' and not exists (select from passages p where p.lesson_id = l.id))"
    )
    async with asyncio.timeout(60):
        while await centre.pool.fetchval(missing):
            await asyncio.sleep(0.05)

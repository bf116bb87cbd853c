"""Bad input: a short sentence in the person's language that says what to do, the dialog where it was, nothing lost."""

import re
from collections.abc import Awaitable, Callable, Sequence

import pytest

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.payments.test_paying import order_course

LONG = "ж" * 4096
CYRILLIC = re.compile("[а-яё]{3}", re.IGNORECASE)
UZBEK = re.compile(r"\b(bu|siz|tugma|menyu|yoki|mumkin|emas|kerak|quyidagi|iltimos|yo‘q|uchun)", re.IGNORECASE)

Say = Callable[[SandboxUser], Awaitable[object]]
MATERIAL: dict[str, Say] = {
    "a sticker": lambda person: person.send_sticker(wait=False),
    "a location": lambda person: person.send_location(41.3, 69.2, wait=False),
    "a document": lambda person: person.upload(b"%PDF-1.4 x", name="uy ishi.pdf", wait=False),
    "somebody's contact": lambda person: person.send_contact(phone_number="+998901112233", user_id=7, wait=False),
    "a poll": lambda person: person.quiz_poll("?", ["a", "b"], 0, wait=False),
}
TEXTS: dict[str, Say] = {
    "a word": lambda person: person.type("salom"),
    "a number": lambda person: person.type("12345"),
    "markup": lambda person: person.type("<b>x</b> & </i> {title} $x$"),
    "ten thousand characters": lambda person: _say_all(person, LONG, LONG, LONG[:1808]),
    "invisible signs": lambda person: person.type("\u200b\u2063\u202e"),
}
SCREENS_OF_BUTTONS = ["/menu", "/me", "/settings", "/results", "/payments", "lesson", "locked", "course", "order"]
SCREENS_WITH_INPUT = ["/learn", "/ask"]


async def _say_all(person: SandboxUser, *texts: str) -> None:
    for text in texts:
        await person.type(text)


async def open_screen(centre: Centre, person: SandboxUser, screen: str) -> None:
    if screen == "order":
        await order_course(centre, person)
    elif screen.startswith("/"):
        await person.type(screen)
    else:
        question = {
            "lesson": "select 'l_' || min(l.id) from lessons l join courses c on c.id = l.course_id"
            " where c.sale = 'free' and c.status = 'published'",
            "locked": "select 'l_' || min(l.id) from lessons l join courses c on c.id = l.course_id"
            " where c.sale = 'course' and c.status = 'published' and not l.is_preview",
            "course": "select 'c_' || min(code) from courses where sale = 'lessons' and status = 'published'",
        }[screen]
        await person.start(await centre.pool.fetchval(question))
    await person.settle()


async def buttons(person: SandboxUser) -> list[str]:
    return [button.text for button in (await person.last_message()).buttons]


async def sentences_since(person: SandboxUser, seq: int) -> list[str]:
    """What the bot has said since then, with the screens; and the toasts."""
    said = [event["message"] for event in person.events if event["seq"] > seq and event["type"] in ("message", "edit")]
    toasts = [event["text"] for event in person.events if event["seq"] > seq and event["type"] == "toast"]
    return [raw.get("text", "") for raw in said if not raw["from_me"]] + toasts


def seq_of(person: SandboxUser) -> int:
    return person.events[-1]["seq"]


async def no_dead_letters(centre: Centre, person: SandboxUser) -> None:
    assert await centre.pool.fetch("select error from inbox where status = 2 and user_id = $1", person.id) == []


@pytest.mark.parametrize("screen", SCREENS_OF_BUTTONS)
async def test_where_buttons_are_expected_anything_else_gets_a_sentence_and_the_screen_again(
    centre: Centre, screen: str
) -> None:
    student = await centre.student("en" if screen == "order" else "ru")
    await open_screen(centre, student, screen)
    await student.settle()
    shown, before = await student.last_message(), await buttons(student)

    for name, say in {**TEXTS, **MATERIAL}.items():
        seq = seq_of(student)
        await say(student)
        await student.settle(20)
        said = await sentences_since(student, seq)
        assert any(text and text != shown.text for text in said), name
        if screen != "order":
            assert any(CYRILLIC.search(text) for text in said), name
        assert await buttons(student) == before, name
    await no_dead_letters(centre, student)


@pytest.mark.parametrize("screen", SCREENS_WITH_INPUT)
async def test_where_a_text_is_expected_other_material_gets_a_sentence(centre: Centre, screen: str) -> None:
    student = await centre.student("uz")
    await open_screen(centre, student, screen)

    for name, say in MATERIAL.items():
        seq, before = seq_of(student), await buttons(student)
        await say(student)
        await student.settle(20)
        said = await sentences_since(student, seq)
        assert any(UZBEK.search(text) for text in said), (name, said)
        assert await buttons(student) == before, name
    await no_dead_letters(centre, student)


@pytest.mark.parametrize("language", ["uz", "ru", "en"])
@pytest.mark.parametrize(
    "payload",
    ["nowhere", "l_", "l_0", "l_999999999", "l_1e3", "l_-1", "l_99999999999999999999999", "c_", "c_NO-SUCH", "o_",
     "o_x", "t_", "t_" + "x" * 60, "_", "__", "l", "L_1", "go_l_1", "A" * 64],
)  # fmt: skip
async def test_an_unknown_deep_link_leads_kindly_to_the_menu(centre: Centre, payload: str, language: str) -> None:
    student = await centre.student(language)
    seq = seq_of(student)

    await student.start(payload)
    await student.settle()

    assert len([text for text in await sentences_since(student, seq) if text]) >= 1
    assert await buttons(student)
    await no_dead_letters(centre, student)


STALE = ["", " ", "x", "\x1d", "\x1dmenu", "aaaaaa\x1dmenu", "go:", "go:x", "go:l_", "go:l_999999999", "go:o_x",
         "go:c_x", "go:t_x", "{}", "0", "-1", "ё" * 32, "a" * 64, "unlock:7", "tutor:1", "null"]  # fmt: skip


async def test_forged_and_stale_taps_get_an_answer_and_leave_a_screen_that_works(centre: Centre) -> None:
    student = await centre.student("ru")
    shown = await student.last_message()
    old = [button.data or "" for button in shown.buttons]
    await student.type("/me")
    await student.settle()

    for data in [*STALE, *old]:
        if not data:
            continue
        seq = seq_of(student)
        await student.forge((await student.last_message()).id, data)
        await student.settle()
        news = [event["type"] for event in student.events if event["seq"] > seq]
        assert set(news) & {"toast", "message", "edit", "answered"}, data
        assert await buttons(student), data
    await no_dead_letters(centre, student)


async def test_somebody_elses_order_looks_like_none_at_all(centre: Centre) -> None:
    owner, stranger = await centre.student(), await centre.student()
    await order_course(centre, owner)
    code = await centre.pool.fetchval("select code from orders where user_id = $1", owner.id)

    answers: list[Sequence[str]] = []
    for order in (code, code[::-1]):
        seq = seq_of(stranger)
        await stranger.start(f"o_{order}")
        await stranger.settle()
        answers.append([text for text in await sentences_since(stranger, seq) if text])

    assert answers[0] == answers[1]
    assert not any("Payme" in button for button in await buttons(stranger))


async def test_a_locked_lesson_shows_its_price_and_nothing_of_itself(centre: Centre) -> None:
    student = await centre.student()
    await open_screen(centre, student, "locked")

    assert any("Buy" in label for label in await buttons(student))
    assert not any(message.kind in ("document", "video", "photo") for message in await student.messages())


async def test_a_registration_in_which_everything_goes_wrong_goes_on_where_it_was(centre: Centre) -> None:
    """Wrong things at each of its questions; the step in the database is what it was."""
    person = await centre.person("ru")
    await person.send("/start")
    await person.settle()
    for step in ("language", "phone", "subjects", "goal", "minutes"):
        await centre.pool.execute("update users set step = $2, language = 'ru' where id = $1", person.id, step)
        await person.type("/start")
        await person.settle()
        for name, say in {**TEXTS, **MATERIAL}.items():
            seq = seq_of(person)
            await say(person)
            await person.settle(20)
            assert any(CYRILLIC.search(text) for text in await sentences_since(person, seq)), (step, name)
            assert await centre.pool.fetchval("select step from users where id = $1", person.id) == step, name
    await no_dead_letters(centre, person)

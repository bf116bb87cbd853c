"""A kept dialog state that cannot be read heals itself: any update leads to the menu, in the person's language."""

from collections.abc import Awaitable, Callable

import pytest

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.intake.test_worker import UNREADABLE, context, stack

GONE = b"".join([context(state="Gone:gone")[:-1], b",", stack()[1:]])
"""The screen that was open is not known any more; everything else is as it should be."""
STATES = {**UNREADABLE, "a stack whose screen is no more": GONE}
MENU = {"en": "My courses", "ru": "Мои курсы", "uz": "Kurslarim"}

SAYS: dict[str, Callable[[SandboxUser], Awaitable[object]]] = {
    "a word": lambda person: person.type("salom"),
    "a command": lambda person: person.type("/menu"),
    "a start": lambda person: person.type("/start"),
}


async def somebody(centre: Centre, language: str, state: bytes) -> SandboxUser:
    """Registered, with a state from before; this process has not heard of them."""
    person = await centre.person(language)
    await centre.pool.execute(
        "insert into users (id, full_name, language, step, timezone, created_at)"
        " values ($1, 'Ali Karimov', $2, 'done', 'Asia/Tashkent', now())",
        person.id,
        language,
    )
    await centre.pool.execute("insert into dialog_states (user_id, data) values ($1, $2)", person.id, state)
    return person


async def take_from_the_process(centre: Centre, person: SandboxUser, state: bytes) -> None:
    """Cut the inbox's connection, so that the claim and the state that came with it are gone; then change the state."""
    holder = "select pid from pg_locks where locktype = 'advisory' and (classid::bigint << 32) + objid::bigint = $1"
    await centre.pool.execute(f"select pg_terminate_backend(pid, 5000) from ({holder}) l", person.id + (1 << 60))
    await centre.pool.execute("update dialog_states set data = $2 where user_id = $1", person.id, state)


async def is_healed(centre: Centre, person: SandboxUser, state: bytes) -> bool:
    assert await centre.pool.fetchval("select count(*) from inbox where user_id = $1 and status = 2", person.id) == 0
    return await centre.pool.fetchval("select data from dialog_states where user_id = $1", person.id) != state


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
async def test_a_word_leads_to_the_menu(centre: Centre, state: bytes) -> None:
    person = await somebody(centre, "ru", state)

    await person.type("салом")
    await centre.settle(person)

    assert any(MENU["ru"] in button.text for button in (await person.last_message()).buttons)
    assert await is_healed(centre, person, state)


@pytest.mark.parametrize("language", MENU)
@pytest.mark.parametrize("say", SAYS.values(), ids=SAYS)
async def test_whatever_is_said_leads_to_the_menu_in_ones_language(
    centre: Centre, language: str, say: Callable[[SandboxUser], Awaitable[object]]
) -> None:
    person = await somebody(centre, language, b"not json")

    await say(person)
    await centre.settle(person)

    assert any(MENU[language] in button.text for button in (await person.last_message()).buttons)
    assert await is_healed(centre, person, b"not json")


@pytest.mark.parametrize("state", [b"not json", GONE], ids=["words", "a screen that is no more"])
async def test_a_tap_on_an_old_screen_is_answered_and_leads_to_the_menu(centre: Centre, state: bytes) -> None:
    person = await centre.student()
    [button, *_] = await person.buttons()
    await take_from_the_process(centre, person, state)

    await person.push(button)
    await centre.settle(person)

    assert (await person.toasts())[-1].text
    assert any(MENU["en"] in button.text for button in (await person.last_message()).buttons)
    assert await is_healed(centre, person, state)

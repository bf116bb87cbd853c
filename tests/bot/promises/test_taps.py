"""DEL-3, DEL-5, DEL-6, DEL-7, DEL-10, SEC-12: bursts, strange updates, a broken user, an outage; real processes."""

import asyncio
import itertools
from typing import Any

import aiohttp
import orjson

from bot.sandbox import SandboxUser
from bot.web.telegram import HEADER
from tests.bot.promises.conftest import Stage
from tests.bot.promises.rig import PAYME_KEY, SECRET
from tests.bot.promises.test_delivery import answers_of, say_everything

_strange_ids = itertools.count(2**40)


async def burst(person: SandboxUser, label: str, taps: int) -> None:
    await person.wait_for(lambda message: any(label in button.text for button in message.buttons), timeout=30)
    button = await person.button(label)
    await asyncio.gather(*(person.push(button) for _ in range(taps)))
    await person.settle(30)


async def test_a_burst_of_taps_has_one_effect_with_two_replicas(stage: Stage) -> None:
    """DEL-3, DEL-5, DEL-12: 2 to 10 taps on Join, Done and Buy, of twelve people at once; every tap is acknowledged."""
    people = await stage.crowd(12)
    await asyncio.gather(stage.program(webhook=True).start(), stage.program(webhook=True).start())
    course = "select {} from courses where sale = $1 and status = 'published'"
    free_id = await stage.pool.fetchval(course.format("id"), "free")
    free_code, paid_code = [await stage.pool.fetchval(course.format("code"), sale) for sale in ("free", "course")]
    lesson = await stage.pool.fetchval("select min(id) from lessons where course_id = $1", free_id)

    async def tap_everything(person: SandboxUser, taps: int) -> None:
        for link, label in ((f"c_{free_code}", "Join"), (f"l_{lesson}", "Done"), (f"c_{paid_code}", "Buy")):
            await person.start(link)
            await person.settle(30)
            await burst(person, label, taps)

    await asyncio.gather(*(tap_everything(person, 2 + number % 9) for number, person in enumerate(people)))
    await stage.quiet(*people)

    for question in (
        f"select count(*) from enrolments where course_id = {free_id} and user_id = $1",
        f"select count(*) from lesson_progress where lesson_id = {lesson} and user_id = $1",
        "select count(*) from orders where user_id = $1",
    ):
        assert [await stage.pool.fetchval(question, person.id) for person in people] == [1] * len(people)
    taps = [tap for tap in stage.sandbox.taps.values() if tap.user_id in {person.id for person in people}]
    waits = sorted((tap.answered_at or float("inf")) - tap.pressed_at for tap in taps)
    assert len(waits) >= 12 * 2 * 3
    assert waits[int(len(waits) * 0.99) - 1] <= 3.0
    assert await stage.pool.fetchval("select count(*) from inbox where status = 2") == 0


def drift(person: SandboxUser) -> list[dict[str, Any]]:
    """What a newer or a broken Telegram might send for this person; none of it is a message that can be read."""
    who = {"id": person.id, "is_bot": False, "first_name": "Ali"}
    chat = {"id": person.id, "type": "private"}
    base = {"message_id": 1, "date": 1, "from": who, "chat": chat}
    return [
        {"message": {**base, "message_id": "one"}},
        {"message": {**base, "date": "yesterday"}},
        {"message": {**base, "from": {**who, "is_bot": "perhaps"}}},
        {"message": {**base, "entities": {"not": "a list"}}},
        {"message": {**base, "photo": "none"}},
        {"callback_query": {"id": "1", "from": who, "message": base, "chat_instance": 5, "data": ["x"]}},
        {"callback_query": {"id": "1", "from": {"id": person.id}, "message": base, "chat_instance": "x", "data": "x"}},
    ]


async def test_strange_updates_stop_nobody_and_become_dead_letters(stage: Stage) -> None:
    """DEL-6: between what others write; whoever can be told is told, and then answered as ever."""
    people = await stage.crowd(6)
    victim, others = people[0], people[1:]
    program = await stage.program(webhook=True).start()
    await victim.type("/help")
    bodies = [orjson.dumps({"update_id": next(_strange_ids), **update}) for update in drift(victim)]
    harmless = [
        {"a_kind_of_the_future": {"from": {"id": victim.id}, "contact": {"phone_number": "+998907654321"}}},
        {"message": {"message_id": 9, "date": 1, "chat": {"id": -5, "type": "group"}, "text": "/start"}},
        {"channel_post": {"message_id": 9, "date": 1, "chat": {"id": -7, "type": "channel"}, "text": "/start"}},
        {"edited_message": {"message_id": 9, "date": 1, "edit_date": 2, "chat": {"id": -5, "type": "group"}}},
        {},
    ]
    bodies += [orjson.dumps({"update_id": next(_strange_ids), **update}) for update in harmless]

    async def post() -> None:
        async with aiohttp.ClientSession(headers={HEADER: SECRET}) as session:
            for body in bodies:
                async with session.post(f"{program.url}/telegram", data=body) as answer:
                    assert answer.status == 200
                await asyncio.sleep(0.05)

    await asyncio.gather(post(), say_everything(others, 15, 0.05))
    await victim.type(f"/n0x{victim.id}")
    await stage.quiet(*people)

    assert await answers_of(others) == {person.id: list(range(15)) for person in others}
    assert (await answers_of([victim]))[victim.id] == [0]
    letters = await stage.pool.fetch("select raw, error from inbox where status = 2")
    assert len(letters) == len(drift(victim))
    assert all(letter["raw"] for letter in letters)
    apologies = [message.text for message in await victim.messages() if "Something went wrong" in message.text]
    assert len(apologies) == len(letters)
    assert "907654321" not in "\n".join(program.log)


async def test_whoever_breaks_a_handler_is_apologised_to_in_their_language_and_harms_nobody(stage: Stage) -> None:
    """DEL-7, DEL-5: three tries, one apology with the number that the log has; the others do not notice."""
    [victim, *others] = await stage.crowd(5)
    # No zone has this name, so their card cannot say since when they have been here.
    await stage.pool.execute("update users set language = 'ru', timezone = 'Nowhere' where id = $1", victim.id)
    program = await stage.program(webhook=True).start()

    await victim.type("/me")
    await say_everything(others, 10, 0.05)
    await stage.quiet(victim, *others)

    assert await answers_of(others) == {person.id: list(range(10)) for person in others}
    [letter] = await stage.pool.fetch("select user_id, error from inbox where status = 2")
    number = letter["error"].split()[0]
    said = [message.text for message in await victim.messages() if not message.from_me]
    assert [(number in text and "Что-то" in text) or "шибк" in text for text in said] == [True]
    tries = [line for line in program.log if f'"user_id": {victim.id}' in line and "failed_once" in line]
    assert len(tries) == 2
    assert number in "\n".join(program.log)


async def test_no_secret_and_no_phone_number_is_in_the_logs_or_in_what_is_sent(stage: Stage) -> None:
    """SEC-12: with a Telegram that breaks every third call, so that errors with addresses are logged too."""
    people = await stage.crowd(4)
    await stage.pool.execute("update users set step = 'phone' where id = any($1)", [person.id for person in people])
    stage.sandbox.change_faults(reset_before=0.2, bad_gateway=0.15, seed=9)
    program = await stage.program(webhook=True, LOG_LEVEL="DEBUG").start()

    for person in people:
        await person.type("/start")
        await person.settle(30)
        await person.send_contact(phone_number="+998907654321", user_id=person.id, wait=False)
        await person.settle(30)
        await person.type("/me")
        await person.settle(30)
    await stage.quiet(*people)
    await program.terminate()

    log = "\n".join(program.log)
    sent = orjson.dumps([dict(call.params) for call in stage.sandbox.calls if call.method != "setWebhook"]).decode()
    assert await stage.pool.fetchval("select count(*) from users where phone = '+998907654321'") == len(people)
    for canary in (stage.sandbox.token, PAYME_KEY, SECRET, stage.database_url):
        assert canary not in log
        assert canary not in sent
    assert "907654321" not in log
    assert "907654321" not in sent


async def test_after_an_outage_any_message_shows_a_screen_whose_buttons_work(stage: Stage) -> None:
    """DEL-10: the taps of the outage have expired, the dialog's messages are old; "salom" is enough to go on."""
    people = await stage.crowd(6)
    program = await stage.program(webhook=True).start()
    for person in people:
        await person.send("/menu")
        await person.settle(30)
    await program.kill()
    stage.sandbox.change_faults(callback_expiry=0.2)
    for person in people:
        await person.push(next(button for button in await person.buttons() if button.data))
    await asyncio.sleep(0.3)
    stage.sandbox.change_faults(callback_expiry=150.0)
    await stage.pool.execute("delete from dialog_states where user_id = $1", people[0].id)

    await program.start()
    for person in people:
        seen = (await person.type("salom"))["seq"]
        screen = await person.wait_for(lambda message: bool(message.buttons), since=seen, timeout=30)
        since = (await person.push(screen.buttons[0]))["seq"]
        await person.next_event(lambda event: event["type"] in ("edit", "message"), since=since, timeout=30)

    assert await stage.pool.fetchval("select count(*) from inbox where status = 2") == 0

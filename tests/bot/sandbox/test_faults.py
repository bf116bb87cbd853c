import pytest
from aiogram.exceptions import TelegramNetworkError, TelegramRetryAfter, TelegramServerError

from bot.sandbox import SandboxError
from tests.bot.sandbox.conftest import ALI, MALIKA, Rig


async def test_more_than_one_message_a_second_to_a_chat_is_429(rig: Rig) -> None:
    rig.sandbox.change_faults(rate_limits=True)
    await rig.bot.send_message(ALI, "1")
    with pytest.raises(TelegramRetryAfter) as refused:
        await rig.bot.send_message(ALI, "2")
    assert refused.value.retry_after == 1
    with pytest.raises(TelegramRetryAfter):
        await rig.bot.send_message(ALI, "too early")
    rig.clock.advance(1.1)
    await rig.bot.send_message(ALI, "3")
    sends = [call for call in rig.sandbox.calls if call.method == "sendMessage"]
    assert [(call.ok, call.too_early) for call in sends] == [
        (True, False),
        (False, False),
        (False, True),
        (True, False),
    ]
    assert sends[1].description == "Too Many Requests: retry after 1"


async def test_more_than_thirty_messages_a_second_in_all_are_429(rig: Rig) -> None:
    rig.sandbox.change_faults(rate_limits=True, per_chat_second=1000)
    await rig.people.user(MALIKA).type("hi")
    for number in range(30):
        await rig.bot.send_message(ALI, str(number))
    with pytest.raises(TelegramRetryAfter):
        await rig.bot.send_message(MALIKA, "one too many")


async def test_a_reset_before_acting_sends_nothing_and_one_after_acting_does(rig: Rig) -> None:
    rig.sandbox.change_faults(reset_before=1.0)
    with pytest.raises(TelegramNetworkError):
        await rig.bot.send_message(ALI, "never")
    rig.sandbox.change_faults(reset_before=0.0, reset_after=1.0)
    with pytest.raises(TelegramNetworkError):
        await rig.bot.send_message(ALI, "there")
    assert [m.text for m in await rig.ali.messages()] == ["/start", "there"]


async def test_a_bad_gateway_is_a_server_error(rig: Rig) -> None:
    rig.sandbox.change_faults(bad_gateway=1.0)
    with pytest.raises(TelegramServerError):
        await rig.bot.send_message(ALI, "x")
    assert (await rig.bot.get_me()).is_bot


async def test_accidents_can_be_limited_to_some_methods_and_repeat_with_the_seed(rig: Rig) -> None:
    async def fates() -> list[bool]:
        rig.sandbox.change_faults(seed=7)
        before = len(rig.sandbox.calls)
        for number in range(20):
            try:
                await rig.bot.send_message(ALI, str(number))
            except TelegramServerError:
                continue
        return [call.ok for call in list(rig.sandbox.calls)[before:]]

    rig.sandbox.change_faults(bad_gateway=0.5, only=frozenset({"sendMessage"}))
    first = await fates()
    assert set(first) == {True, False}
    assert await fates() == first
    await rig.bot.send_chat_action(ALI, "typing")


async def test_an_update_can_come_twice(rig: Rig) -> None:
    rig.sandbox.change_faults(duplicate_updates=1.0)
    await rig.ali.type("hello")
    first = await rig.updates()
    second = await rig.updates()
    assert [u.update_id for u in first] == [u.update_id for u in second]
    assert await rig.updates() == []


async def test_held_updates_come_when_they_are_let_go(rig: Rig) -> None:
    rig.sandbox.change_faults(hold_delivery=True)
    await rig.ali.type("hello")
    assert await rig.updates() == []
    rig.sandbox.change_faults(hold_delivery=False)
    assert len(await rig.updates()) == 1


async def test_faults_can_be_set_over_http_and_a_misspelt_one_is_refused(rig: Rig) -> None:
    assert (await rig.people.faults(latency=0.001, seed=1))["latency"] == 0.001
    with pytest.raises(SandboxError, match="unknown fault: lattency"):
        await rig.people.faults(lattency=1)
    with pytest.raises(SandboxError, match="must be of type bool"):
        await rig.people.faults(hold_delivery=1)

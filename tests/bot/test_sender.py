"""OUT-1, OUT-2, OUT-4, OUT-6: what each of Telegram's refusals leads to, and the pace of what nobody asked for."""

import asyncio
import itertools
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramNetworkError, TelegramServerError
from aiogram.methods import Response, SendMessage, TelegramMethod
from aiogram.methods.base import TelegramType
from aiogram.types import Chat, Message, ResponseParameters
from pydantic import SecretStr

from bot.outgoing import Outgoing
from bot.sandbox import Sandbox, SandboxClient, served
from bot.sender import MAX_HOLD, PER_CHAT_SECONDS, PER_SECOND, Fate, Pace, Sender
from bot.telegram import make_bot

HELLO = Outgoing(text="Hello")


class Clock:
    """Time that passes only while somebody sleeps; sleepers wake in the order of their moments."""

    def __init__(self) -> None:
        self.now = 100.0
        self._numbers = itertools.count()
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.get_running_loop().create_future()
        self._sleepers.append((self.now + seconds, next(self._numbers), woken))
        await woken

    async def run(self, *works: asyncio.Task[None]) -> None:
        while not all(work.done() for work in works):
            for _ in range(20):
                await asyncio.sleep(0)
            if self._sleepers:
                self._sleepers.sort()
                moment, _number, woken = self._sleepers.pop(0)
                self.now = max(self.now, moment)
                woken.set_result(None)
        for work in works:
            work.result()


class Telegram(BaseSession):
    """Answers with what it was told to, in turn, and then with success."""

    def __init__(self, clock: Clock, *answers: tuple[int, str, ResponseParameters | None] | Exception) -> None:
        super().__init__()
        self.clock = clock
        self.answers = list(answers)
        self.sent: list[tuple[float, SendMessage]] = []

    async def make_request(
        self, bot: Bot, method: TelegramMethod[TelegramType], timeout: int | None = None
    ) -> TelegramType:
        assert isinstance(method, SendMessage)
        self.sent.append((self.clock.now, method))
        answer = self.answers.pop(0) if self.answers else None
        if isinstance(answer, Exception):
            raise answer
        message = Message(message_id=1, date=1, chat=Chat(id=1, type="private"))  # pyright: ignore[reportArgumentType]
        body = Response[Message](ok=True, result=message)
        if answer is not None:
            code, description, parameters = answer
            body = Response[Message](ok=False, error_code=code, description=description, parameters=parameters)
        return self.check_response(  # pyright: ignore[reportReturnType]
            bot, method, answer[0] if answer else 200, body.model_dump_json()
        ).result

    async def close(self) -> None:
        pass

    async def stream_content(self, *_: object, **__: object) -> AsyncIterator[bytes]:  # pyright: ignore[reportIncompatibleMethodOverride]
        yield b""


def refused(code: int, description: str, **parameters: int) -> tuple[int, str, ResponseParameters | None]:
    return code, description, ResponseParameters(**parameters) if parameters else None


def sender_to(telegram: Telegram) -> Sender:
    bot = Bot("42:sandbox-token", session=telegram)
    return Sender(bot, Pace(clock=telegram.clock, sleep=telegram.clock.sleep))


async def fate_of(sender: Sender, clock: Clock, chat_id: int = 1) -> Fate:
    sending = asyncio.create_task(sender.send(chat_id, HELLO))

    async def ends() -> None:
        await asyncio.wait({sending})

    await clock.run(asyncio.create_task(ends()))
    return sending.result()


@pytest.mark.parametrize(
    ("answer", "fate", "calls"),
    [
        (refused(403, "Forbidden: bot was blocked by the user"), Fate.BLOCKED, 1),
        (refused(403, "Forbidden: user is deactivated"), Fate.BLOCKED, 1),
        (refused(403, "Forbidden: bot can't initiate conversation with a user"), Fate.BLOCKED, 1),
        (refused(400, "Bad Request: chat not found"), Fate.BLOCKED, 1),
        (refused(400, "Bad Request: PEER_ID_INVALID"), Fate.BLOCKED, 1),
        (refused(400, "Bad Request: message is too long"), Fate.REFUSED, 1),
        (refused(400, "Bad Request: BUTTON_DATA_INVALID"), Fate.REFUSED, 1),
        (refused(400, "Bad Request: can't parse entities: Unsupported start tag"), Fate.SENT, 2),
        (refused(429, "Too Many Requests: retry after 3", retry_after=3), Fate.SENT, 2),
        (refused(400, "group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100), Fate.SENT, 2),
    ],
)
async def test_each_refusal_is_met_by_its_action(
    answer: tuple[int, str, ResponseParameters | None], fate: Fate, calls: int
) -> None:
    """OUT-1, OUT-4, OUT-6."""
    clock = Clock()
    telegram = Telegram(clock, answer)

    assert await fate_of(sender_to(telegram), clock) is fate
    assert len(telegram.sent) == calls


async def test_a_text_that_cannot_be_parsed_is_sent_plain() -> None:
    """OUT-6: the very same text, without a parse mode; a second refusal of it is final."""
    clock = Clock()
    telegram = Telegram(clock, *[refused(400, "Bad Request: can't parse entities: x")] * 2)

    assert await fate_of(sender_to(telegram), clock) is Fate.REFUSED
    assert [(method.text, method.parse_mode) for _at, method in telegram.sent] == [("Hello", "HTML"), ("Hello", None)]


async def test_a_chat_that_moved_gets_the_message_once_at_its_new_id() -> None:
    """OUT-4: and a chat that claims to move for ever is given up."""
    clock = Clock()
    telegram = Telegram(clock, *[refused(400, "upgraded to a supergroup", migrate_to_chat_id=-100)] * 3)

    assert await fate_of(sender_to(telegram), clock, -5) is Fate.REFUSED
    assert [method.chat_id for _at, method in telegram.sent] == [-5, -100]


@pytest.mark.parametrize("kind", [TelegramNetworkError, TelegramServerError])
async def test_what_may_pass_is_raised_for_another_try(kind: type[TelegramNetworkError | TelegramServerError]) -> None:
    clock = Clock()
    method = SendMessage(chat_id=1, text="Hello")

    with pytest.raises(kind):
        await fate_of(sender_to(Telegram(clock, kind(method=method, message="away"))), clock)


async def test_retry_after_is_obeyed_to_the_second() -> None:
    """OUT-2: no call comes before its time, neither to this chat nor to another."""
    clock = Clock()
    telegram = Telegram(clock, refused(429, "Too Many Requests: retry after 7", retry_after=7))
    sender = sender_to(telegram)

    async def send(chat_id: int) -> None:
        assert await sender.send(chat_id, HELLO) is Fate.SENT

    await clock.run(*(asyncio.create_task(send(chat_id)) for chat_id in range(1, 6)))

    first, *others = [at for at, _method in telegram.sent]
    early = [at for at in others if at < first + 7]
    assert early == []
    assert len(telegram.sent) == 6


async def test_a_long_ban_of_one_chat_does_not_starve_the_others() -> None:
    """OUT-2."""
    clock = Clock()
    telegram = Telegram(clock, refused(429, "Too Many Requests: retry after 3600", retry_after=3600))
    sender = sender_to(telegram)

    async def send(chat_id: int) -> None:
        assert await sender.send(chat_id, HELLO) is Fate.SENT

    await clock.run(*(asyncio.create_task(send(chat_id)) for chat_id in (1, 2, 3)))

    moments = {method.chat_id: at - 100.0 for at, method in telegram.sent}
    assert moments[1] >= 3600
    assert max(moments[2], moments[3]) <= MAX_HOLD + 1


@pytest.mark.parametrize("chats", [1, 3, 40, 200])
async def test_no_window_of_a_second_holds_more_than_telegram_takes(chats: int) -> None:
    """OUT-2: 30 a second in all, one a second for each chat; also right after a ban, when everybody waits."""
    clock = Clock()
    pace = Pace(clock=clock, sleep=clock.sleep)
    gone: list[tuple[float, int]] = []

    async def go(chat_id: int) -> None:
        await pace.wait(chat_id)
        gone.append((clock.now, chat_id))
        if len(gone) == 10:
            pace.hold(chat_id, 4)

    await clock.run(*(asyncio.create_task(go(number % chats)) for number in range(200)))

    moments = [at for at, _chat in gone]
    assert all(sum(at <= other < at + 1 for other in moments) <= 30 for at in moments)
    for chat_id in range(chats):
        own = [at for at, chat in gone if chat == chat_id]
        assert all(later - earlier >= PER_CHAT_SECONDS - 1e-6 for earlier, later in itertools.pairwise(own))
    assert len(gone) == 200


async def test_without_the_pace_the_limit_is_broken() -> None:
    """OUT-2, the control: the same crowd, let through by a pace of ten thousand a second."""
    clock = Clock()
    pace = Pace(per_second=10_000, clock=clock, sleep=clock.sleep)
    gone: list[float] = []

    async def go(chat_id: int) -> None:
        await pace.wait(chat_id)
        gone.append(clock.now)

    await clock.run(*(asyncio.create_task(go(number)) for number in range(100)))

    assert sum(at < gone[0] + 1 for at in gone) > PER_SECOND


async def test_a_fifth_of_the_calls_refused_with_429_loses_nothing_and_none_comes_early() -> None:
    """OUT-2: over HTTP, with the bot's own session."""
    sandbox = Sandbox()
    sandbox.change_faults(too_many_requests=0.2, retry_after=1, seed=2)
    async with served(sandbox) as url, SandboxClient(url) as people:
        ids = range(91_000, 91_020)
        for number in ids:
            person = await people.add_person(number, "P")
            await person.type("/start")
        bot = make_bot(SecretStr(sandbox.token), url)
        sender = Sender(bot, Pace())

        fates = await asyncio.gather(*(sender.send(number, HELLO) for number in ids))

        await bot.session.close()
    assert set(fates) == {Fate.SENT}
    assert not [call for call in sandbox.calls if call.too_early]
    assert sum(call.error_code == 429 for call in sandbox.calls) > 0

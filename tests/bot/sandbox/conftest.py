"""A sandbox on a real port, a real aiogram `Bot` that talks to it, and the people on the other side."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Update

from bot.sandbox import DEFAULT_TOKEN, Sandbox, SandboxClient, SandboxUser, served

ALI, MALIKA, TEACHER = 1001, 1002, 2001


@dataclass
class Clock:
    """A clock that the test moves."""

    moment: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


@dataclass
class Rig:
    """Everything a test needs, with `ali` having started the bot already."""

    sandbox: Sandbox
    url: str
    bot: Bot
    people: SandboxClient
    clock: Clock

    @property
    def ali(self) -> SandboxUser:
        return self.people.user(ALI)

    async def updates(self) -> list[Update]:
        """Take all waiting updates and acknowledge them."""
        rows = await self.bot.get_updates(timeout=0)
        if rows:
            await self.bot.get_updates(offset=rows[-1].update_id + 1, timeout=0)
        return rows

    def problems(self) -> list[str]:
        return [call.description for call in self.sandbox.calls if not call.ok]


class Session(AiohttpSession):
    """aiogram's session without its quarter of a second for TLS connections at the end."""

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def make_bot(url: str, token: str = DEFAULT_TOKEN) -> Bot:
    return Bot(token, session=Session(api=TelegramAPIServer.from_base(url)))


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[Rig]:
    clock = settings.pop("now", None) or Clock()
    sandbox = Sandbox(now=clock, **settings)
    async with served(sandbox) as url, SandboxClient(url, timeout=5) as people:
        bot = make_bot(url)
        try:
            yield Rig(sandbox, url, bot, people, clock)
        finally:
            await bot.session.close()


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    async with running() as made:
        await made.ali.type("/start")
        await made.updates()
        yield made

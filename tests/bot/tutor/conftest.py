"""The tutor's screens on the sandbox's Telegram, PostgreSQL and a local model server."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiogram import Bot, Dispatcher, Router
from aiogram.dispatcher.middlewares.user_context import UserContextMiddleware
from aiogram.fsm.storage.memory import MemoryStorage, SimpleEventIsolation
from aiogram_dialog import setup_dialogs
from aiogram_dialog.widgets.text import Const
from pydantic import SecretStr

from bot import errors, links
from bot.background import Background
from bot.clients.openai import OpenAIModel
from bot.clients.speech import OpenAITranscriber
from bot.dialogs import Dialog, Window
from bot.learning.commands import LINKS as LEARNING_LINKS
from bot.learning.states import Lessons
from bot.messages import Messages
from bot.middlewares import Acquaintance, Throttle
from bot.sandbox import DEFAULT_TOKEN, Sandbox, SandboxClient, SandboxUser, served
from bot.sender import Pace, Sender
from bot.services import Services
from bot.telegram import make_bot
from bot.tutor import commands
from bot.tutor.dialog import dialog
from bot.tutor.errors import SENTENCES
from bot.tutor.jobs import TutorJobs
from bot.tutor.voices import VoiceJobs, voice_dialog
from bot.users.states import MainMenu
from db.engine import Pool
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.learning.service import LearningService
from domain.tutor.metered import Fuse, MeteredModel
from domain.tutor.model import TutorLimits
from domain.tutor.service import TutorService
from domain.tutor.speech import SpeechService
from domain.usage.meter import Meter
from domain.usage.model import Budgets
from domain.users.service import UserService
from tests.bot.tutor.fake_openai import FakeOpenAI, fake_openai
from tests.db.tutor_world import World

LIMITS = TutorLimits(questions_a_day=5, heartbeat_seconds=0.05)


@dataclass
class Classroom:
    """Everything that a test of the tutor's chat touches."""

    client: SandboxClient
    world: World
    model: FakeOpenAI
    tutor: TutorService
    jobs: TutorJobs
    voices: VoiceJobs
    pool: Pool
    bot: Bot

    async def student(self, *, language: str = "en") -> SandboxUser:
        user_id = await self.world.user(language=language)
        return await self.client.add_person(user_id, "Ali", language_code=language)


@pytest.fixture(scope="module")
def world(pool: Pool) -> World:
    return World(pool)


@pytest.fixture(scope="module")
async def model() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture(scope="module")
async def classroom(pool: Pool, world: World, model: FakeOpenAI) -> AsyncIterator[Classroom]:
    connected = OpenAIModel(model="small", base_url=model.url, first_pause=0.01)
    async with _running(pool, world, model, connected) as running:
        yield running
    await connected.close()


@pytest.fixture(scope="module")
async def classroom_without_model(pool: Pool, world: World, model: FakeOpenAI) -> AsyncIterator[Classroom]:
    async with _running(pool, world, model, None) as running:
        yield running


@pytest.fixture
def no_drafts() -> Iterator[None]:
    """A Bot API server that is too old for drafts."""
    from bot.rich import _Capability

    _Capability.drafts = False
    yield
    _Capability.drafts = True


@asynccontextmanager
async def _running(
    pool: Pool, world: World, model: FakeOpenAI, connected: OpenAIModel | None
) -> AsyncIterator[Classroom]:
    database = Database(pool)
    meter = Meter(begin=database.begin, now=utc_now, budgets=Budgets(), prices={}, timezone="Asia/Tashkent")
    fuse = Fuse(meter, utc_now)
    tutor = TutorService(
        begin=database.begin,
        read=database.read,
        now=utc_now,
        model=MeteredModel(connected, fuse) if connected else None,
        limits=LIMITS,
    )
    unused: dict[str, Any] = dict.fromkeys(Services.__dataclass_fields__)
    used = {
        "users": UserService(begin=database.begin, read=database.read, now=utc_now),
        "learning": LearningService(begin=database.begin, read=database.read, now=utc_now),
        "tutor": tutor,
        "speech": SpeechService(
            begin=database.begin,
            read=database.read,
            now=utc_now,
            transcriber=OpenAITranscriber(model="ears", fuse=fuse, base_url=model.url, first_pause=0.01)
            if connected
            else None,
        ),
    }
    services = Services(**{**unused, **used})
    background = Background()
    # Polling holds an update back until the earlier ones of its chat are done, as the product's intake does.
    dispatcher = Dispatcher(storage=MemoryStorage(), events_isolation=SimpleEventIsolation())
    dispatcher.workflow_data.update(
        services=services,
        background=background,
        links=LEARNING_LINKS,
        sentences={**errors.BASIC_SENTENCES, **SENTENCES},
    )
    outer = dispatcher.update.outer_middleware._middlewares
    # Who it is and in which language has to be known before errors are put into words.
    knows_chat = next(index for index, each in enumerate(outer) if isinstance(each, UserContextMiddleware))
    outer.insert(0, outer.pop(knows_chat))
    outer.insert(1, Acquaintance(services, Throttle()))
    routers: list[Router] = [
        errors.router,
        commands.router,
        links.router,
        Dialog(Window(Const("LESSON"), state=Lessons.reading)),
        Dialog(Window(Const("MENU"), state=MainMenu.main)),
        dialog,
        voice_dialog,
    ]
    with _detached(routers):
        dispatcher.include_routers(*routers)
        setup_dialogs(dispatcher, message_manager=Messages())
        async with served(Sandbox()) as url, SandboxClient(url) as client:
            bot = make_bot(SecretStr(DEFAULT_TOKEN), url)
            polling = Background()
            polling.spawn(dispatcher.start_polling(bot, handle_signals=False), name="polling")
            sender = Sender(bot, Pace())
            jobs, voices = TutorJobs(services, bot, sender), VoiceJobs(services, bot, sender)
            yield Classroom(client, world, model, tutor, jobs, voices, pool, bot)
            await dispatcher.stop_polling()
            await polling.close(5)
            await background.close(1)
            await bot.session.close()


class _detached:  # noqa: N801
    """Routers are made once in a process and belong to one dispatcher; here they are lent to another."""

    def __init__(self, routers: list[Router]) -> None:
        self._routers = routers
        self._parents = [router.parent_router for router in routers]

    def __enter__(self) -> None:
        for router in self._routers:
            router._parent_router = None

    def __exit__(self, *_: object) -> None:
        for router, parent in zip(self._routers, self._parents, strict=True):
            router._parent_router = parent

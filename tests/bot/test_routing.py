"""Routers that cannot take an update are passed over; who takes it in the end is as with aiogram."""

from typing import Any

import pytest
from aiogram import Bot, Dispatcher, Router
from aiogram.filters import Command
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message, TelegramObject, Update
from aiogram_dialog import Dialog, DialogManager, Window, setup_dialogs
from aiogram_dialog.test_tools import MockMessageManager
from aiogram_dialog.widgets.kbd import Button
from aiogram_dialog.widgets.text import Const

from bot.routing import Routes

SENDER = {"id": 5, "is_bot": False, "first_name": "Ali"}
CHAT = {"id": 5, "type": "private", "first_name": "Ali"}


class First(StatesGroup):
    only = State()


class Second(StatesGroup):
    only = State()


class Program:
    """Two commands' routers, two dialogs, and what takes the rest."""

    def __init__(self, kind: type[Dispatcher]) -> None:
        self.calls: list[str] = []
        self.offered: list[str] = []
        self.bot = Bot("42:abcdefgh")
        self.screens = MockMessageManager()
        self.dispatcher = kind()
        self.dispatcher.include_routers(self._commands("one"), self._commands("two"), *self._dialogs(), self._rest())
        for router in self.dispatcher.sub_routers:
            router.callback_query.outer_middleware(self._note(router))
        setup_dialogs(self.dispatcher, message_manager=self.screens)

    async def say(self, text: str) -> None:
        message = {"message_id": 1, "date": 1, "from": SENDER, "chat": CHAT, "text": text}
        await self._feed({"message": message})

    async def tap(self, data: str | None = None) -> None:
        """The button of the newest screen, or this data."""
        if data is None:
            markup = self.screens.last_message().reply_markup
            assert markup is not None
            data = markup.inline_keyboard[0][0].callback_data
        message = {"message_id": 1, "date": 1, "chat": CHAT, "text": "x"}
        query = {"id": "1", "from": SENDER, "chat_instance": "1", "data": data, "message": message}
        await self._feed({"callback_query": query})

    async def _feed(self, update: dict[str, Any]) -> None:
        self.offered.clear()
        await self.dispatcher.feed_update(self.bot, Update.model_validate({"update_id": 1, **update}))

    def _commands(self, name: str) -> Router:
        router = Router(name=name)
        states = {"one": First.only, "two": Second.only}

        @router.message(Command(name))
        async def open_dialog(_message: Message, dialog_manager: DialogManager) -> None:
            self.calls.append(f"/{name}")
            await dialog_manager.start(states[name])

        return router

    def _dialogs(self) -> list[Dialog]:
        async def clicked(_query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
            self.calls.append(manager.current_context().state.group.__name__)

        return [
            Dialog(Window(Const("x"), Button(Const("y"), id="y", on_click=clicked), state=group.only))
            for group in (First, Second)
        ]

    def _rest(self) -> Router:
        router = Router(name="rest")

        @router.callback_query()
        async def take_query(query: CallbackQuery) -> None:
            self.calls.append(f"rest: {query.data}")

        @router.message()
        async def take_message(message: Message) -> None:
            self.calls.append(f"rest: {message.text}")

        return router

    def _note(self, router: Router):
        async def note(handler: Any, event: TelegramObject, data: dict[str, Any]) -> Any:
            self.offered.append(router.name)
            return await handler(event, data)

        return note


async def play(program: Program) -> None:
    await program.say("hello")
    await program.tap("stray")
    await program.say("/one")
    await program.tap()
    await program.say("/two")
    await program.tap()
    await program.tap("stray")


@pytest.mark.parametrize("kind", [Dispatcher, Routes])
async def test_every_update_is_taken_by_the_same_handler(kind: type[Dispatcher]) -> None:
    program = Program(kind)

    await play(program)

    # The last tap is on a screen that is open, so its dialog takes it, finds no such button and is drawn again.
    assert program.calls == ["rest: hello", "rest: stray", "/one", "First", "/two", "Second"]


async def test_a_tap_is_offered_to_the_open_dialog_only() -> None:
    program = Program(Routes)

    await program.say("/two")
    await program.tap()

    assert program.offered == ["Second"]


async def test_whoever_comes_first_is_still_asked_first() -> None:
    program = Program(Routes)
    early = Router(name="early")

    @early.callback_query()
    async def take(query: CallbackQuery) -> None:
        program.calls.append("early")

    program.dispatcher.include_router(early)
    program.dispatcher.sub_routers.insert(0, program.dispatcher.sub_routers.pop())

    await program.say("/one")
    await program.tap()

    assert program.calls == ["/one", "early"]

"""What every method of the sandbox works with: chats, messages, updates, and the bot itself."""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from bot.sandbox.errors import blocked, chat_not_found
from bot.sandbox.faults import Call, Faults, RateLimits, Tap
from bot.sandbox.files import Files, Upload
from bot.sandbox.state import Chat, Json, Persona, Record, State
from bot.sandbox.updates import Updates

if TYPE_CHECKING:
    from bot.sandbox.inline import InlineQuery

_CALLS_KEPT = 200_000
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class Request:
    """One call of a Bot API method with checked parameters; `uploads` are the files of a multipart form."""

    method: str
    params: Mapping[str, Any]
    uploads: Mapping[str, Upload] = field(default_factory=dict[str, Upload])

    def get(self, name: str, default: Any = None) -> Any:
        return self.params.get(name, default)

    def __getitem__(self, name: str) -> Any:
        return self.params[name]


Handler = Callable[["Core", Request], Any]
HANDLERS: dict[str, Handler] = {}


def method(*names: str) -> Callable[[Handler], Handler]:
    """Register a function as the behaviour of Bot API methods, by their official names."""

    def register(handler: Handler) -> Handler:
        for name in names:
            HANDLERS[name] = handler
        return handler

    return register


class Core:
    """The shared state and the few things that most methods do with it."""

    def __init__(
        self, *, bot: Json, state: State, files: Files, updates: Updates, faults: Faults, now: Callable[[], datetime]
    ) -> None:
        self.bot = bot
        self.state = state
        self.files = files
        self.updates = updates
        self.faults = faults
        self.limits = RateLimits()
        self.calls: deque[Call] = deque(maxlen=_CALLS_KEPT)
        self.taps: dict[str, Tap] = {}
        self.inline: dict[str, InlineQuery] = {}
        self.timers: dict[str, asyncio.TimerHandle] = {}
        self.pre_checkouts: dict[str, asyncio.Future[Json]] = {}
        self._now = now

    def now(self) -> float:
        """Seconds since 1970."""
        return self._now().timestamp()

    def find_chat(self, chat_id: Any) -> Chat:
        """A chat that the bot may write to, or the Telegram error."""
        chat = self.state.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None or not chat.started or chat_id not in self.state.personas:
            raise chat_not_found()
        return chat

    def writable_chat(self, chat_id: Any) -> Chat:
        chat = self.find_chat(chat_id)
        if chat.blocked:
            raise blocked()
        return chat

    def persona(self, chat: Chat) -> Persona:
        return self.state.personas[chat.id]

    def post(self, chat: Chat, content: Mapping[str, Any], *, fixed: bool = False) -> Json:
        """A new message of the bot in this chat; ends the draft, as Telegram does."""
        message: Json = {
            "message_id": self.state.next_id("message"),
            "from": self.bot,
            "chat": self.persona(chat).as_chat(),
            "date": int(self.now()),
            **content,
        }
        self.end_draft(chat)
        self.state.put_message(chat, Record(message, from_bot=True, fixed=fixed))
        self.state.emit(chat, "message", message=message)
        return message

    def receive(self, chat: Chat, content: Mapping[str, Any]) -> Json:
        """A new message of the person; the bot is told by an update."""
        persona = self.persona(chat)
        message: Json = {
            "message_id": self.state.next_id("message"),
            "from": persona.as_user(),
            "chat": persona.as_chat(),
            "date": int(self.now()),
            **content,
        }
        if not chat.started:
            chat.started = True
            self.state.save_chat(chat)
        self.state.put_message(chat, Record(message, from_bot=False))
        self.state.emit(chat, "message", message=message)
        self.push("message", message, chat, awaited=True)
        return message

    def replace(self, chat: Chat, message_id: int, message: Json) -> None:
        """Put an edited message in the place of the old one and show it."""
        record = chat.messages[message_id]
        record.message = message
        self.state.put_message(chat, record)
        self.state.emit(chat, "edit", message=message)

    def push(self, kind: str, payload: Json, chat: Chat, *, awaited: bool = False) -> bool:
        """Queue an update for the bot; False when it did not ask for this kind.

        Messages of one chat come in order; other kinds have queues of their own.
        """
        in_chat = kind in {"message", "edited_message"}
        lifetime = self._lifetime(kind)
        update_id = self.updates.push(
            kind,
            payload,
            queue=str(chat.id) if in_chat else f"{chat.id}:{kind}",
            chat_id=chat.id,
            expires=self.now() + lifetime,
        )
        if awaited and update_id is not None:
            chat.waiting.add(f"update:{update_id}")
        return update_id is not None

    def _lifetime(self, kind: str) -> float:
        if kind == "inline_query":
            return self.faults.inline_expiry
        return self.faults.callback_expiry if kind in {"callback_query", "pre_checkout_query"} else _DAY

    def reacted(self, chat: Chat) -> None:
        """The bot did something in this chat, so it is no longer owing an answer to the messages delivered so far."""
        for mark in list(chat.waiting):
            kind, _, number = mark.partition(":")
            if kind == "update" and not self.updates.unseen(int(number)):
                chat.waiting.discard(mark)
        self.state.wake(chat)

    def end_draft(self, chat: Chat) -> None:
        draft = chat.draft
        if draft is None:
            return
        if draft.timer:
            draft.timer.cancel()
        chat.draft = None
        self.state.emit(chat, "draft_end", draft_id=draft.draft_id)

    def after(self, key: str, seconds: float, action: Callable[[], None]) -> None:
        """Run `action` once after some time, unless the same key is set again or cancelled before."""
        self.cancel(key)

        def run() -> None:
            self.timers.pop(key, None)
            action()
            self.state.flush()

        self.timers[key] = asyncio.get_running_loop().call_later(max(0.0, seconds), run)

    def cancel(self, key: str) -> None:
        timer = self.timers.pop(key, None)
        if timer:
            timer.cancel()

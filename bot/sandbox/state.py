"""Everything that the sandbox remembers: people, chats, messages, and small tables; each change goes to the journal."""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from bot.sandbox.journal import Journal, Line

Json = dict[str, Any]
EventType = Literal[
    "message", "edit", "delete", "draft", "draft_end", "toast", "answered", "keyboard", "commands", "action",
    "poll", "reaction", "invoice_paid", "blocked", "pinned", "cleared", "persona", "reset", "inline",
]  # fmt: skip

_EVENTS_KEPT = 3000
_FIRST_UPDATE = 700_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A person who chats with the bot. `role` is only a hint for the page; the bot decides by itself."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str = "uz"
    phone_number: str = ""
    role: Literal["student", "teacher", "admin"] = "student"

    def as_user(self) -> Json:
        """The person as Telegram's `User`."""
        user: Json = {"id": self.id, "is_bot": False, "first_name": self.first_name}
        if self.last_name:
            user["last_name"] = self.last_name
        if self.username:
            user["username"] = self.username
        if self.language_code:
            user["language_code"] = self.language_code
        return user

    def as_chat(self) -> Json:
        """The private chat with this person as Telegram's `Chat`."""
        chat: Json = {"id": self.id, "type": "private", "first_name": self.first_name}
        if self.last_name:
            chat["last_name"] = self.last_name
        if self.username:
            chat["username"] = self.username
        return chat


PERSONAS: Sequence[Persona] = (
    Persona(id=1001, first_name="Ali", last_name="Karimov", username="ali_karimov", phone_number="+998901112233"),
    Persona(
        id=1002,
        first_name="Malika",
        last_name="Yusupova",
        username="malika_y",
        language_code="ru",
        phone_number="+998935556677",
    ),
    Persona(
        id=2001,
        first_name="Dilnoza",
        last_name="Rahimova",
        username="dilnoza_ustoz",
        phone_number="+998971234567",
        role="teacher",
    ),
    Persona(
        id=3001,
        first_name="Rustam",
        last_name="Aliyev",
        username="rustam_aliyev",
        language_code="ru",
        phone_number="+998909998877",
        role="admin",
    ),
)


@dataclass(slots=True)
class Record:
    """A stored message. `fixed` marks one sent with a reply keyboard: Telegram refuses to edit it."""

    message: Json
    from_bot: bool
    fixed: bool = False
    reactions: list[Json] = field(default_factory=list[Json])


@dataclass(slots=True)
class Draft:
    """The text that a bot is still writing."""

    draft_id: int
    content: Json
    can_stop: bool
    keep_on_stop: bool
    timer: asyncio.TimerHandle | None = None


@dataclass(slots=True)
class Event:
    """Something that the chat page should show; messages are rendered only when somebody reads."""

    seq: int
    type: EventType
    data: Json


@dataclass(slots=True)
class Chat:
    """A private chat between one person and the bot."""

    id: int
    started: bool = False
    blocked: bool = False
    keyboard: Json | None = None
    menu_button: Json | None = None
    pinned: list[int] = field(default_factory=list)
    messages: dict[int, Record] = field(default_factory=dict)
    draft: Draft | None = None
    stopped_drafts: set[int] = field(default_factory=set)
    events: deque[Event] = field(default_factory=lambda: deque(maxlen=_EVENTS_KEPT))
    seq: int = 0
    waiting: set[str] = field(default_factory=set)
    """What the person did and the bot has not reacted to yet: update ids and callback ids."""
    changed: asyncio.Event = field(default_factory=asyncio.Event)


class State:
    """The present, rebuilt from the journal at the start. Every `put` and `drop` is remembered by `flush`."""

    def __init__(self, store: Path | None, personas: Sequence[Persona], now: datetime) -> None:
        self.personas: dict[int, Persona] = {persona.id: persona for persona in personas}
        self.chats: dict[int, Chat] = {}
        self.tables: dict[str, dict[str, Any]] = {
            name: {} for name in ("file", "poll", "callback", "payment", "profile", "update", "checkout", "sale")
        }
        self._counters = {"message": 0, "update": _FIRST_UPDATE, "other": 0}
        self._first_seq = int(now.timestamp()) * 1000
        self._journal = Journal(store / "journal.jsonl" if store else None)
        for table, key, value in self._journal.replay():
            self._restore(table, key, value)
        self._journal.restart(self._snapshot())

    def _restore(self, table: str, key: str, value: Any) -> None:
        match table:
            case "counter":
                self._counters[key] = max(self._counters[key], value)
            case "persona":
                self.personas[int(key)] = Persona(**value)
            case "chat":
                chat = self.chat(int(key))
                chat.started, chat.blocked = value["started"], value["blocked"]
                chat.keyboard, chat.menu_button, chat.pinned = value["keyboard"], value["menu_button"], value["pinned"]
            case "message":
                chat_id, message_id = (int(part) for part in key.split(":"))
                if value is None:
                    self.chat(chat_id).messages.pop(message_id, None)
                else:
                    self.chat(chat_id).messages[message_id] = Record(*value)
                self._counters["message"] = max(self._counters["message"], message_id)
            case _:
                if table == "update":
                    self._counters["update"] = max(self._counters["update"], int(key))
                if value is None:
                    self.tables[table].pop(key, None)
                else:
                    self.tables[table][key] = value

    def _snapshot(self) -> Iterable[Line]:
        yield from (("counter", key, value) for key, value in self._counters.items())
        yield from (("persona", str(persona.id), asdict(persona)) for persona in self.personas.values())
        for chat in self.chats.values():
            yield self._chat_line(chat)
            yield from (_message_line(chat.id, record) for record in chat.messages.values())
        for table, rows in self.tables.items():
            yield from ((table, key, value) for key, value in rows.items())

    def flush(self) -> None:
        """Remember everything changed so far; must come before the change is told to anyone."""
        self._journal.flush()

    def close(self) -> None:
        self._journal.close()

    def next_id(self, counter: Literal["message", "update", "other"]) -> int:
        self._counters[counter] += 1
        if counter == "other":
            self._journal.add("counter", counter, self._counters[counter])
        return self._counters[counter]

    def chat(self, chat_id: int) -> Chat:
        chat = self.chats.get(chat_id)
        if chat is None:
            chat = self.chats[chat_id] = Chat(chat_id, seq=self._first_seq)
        return chat

    def save_chat(self, chat: Chat) -> None:
        self._journal.add(*self._chat_line(chat))

    def _chat_line(self, chat: Chat) -> Line:
        kept = {name: getattr(chat, name) for name in ("started", "blocked", "keyboard", "menu_button", "pinned")}
        return "chat", str(chat.id), kept

    def save_persona(self, persona: Persona) -> None:
        self.personas[persona.id] = persona
        self._journal.add("persona", str(persona.id), asdict(persona))

    def change_persona(self, persona: Persona, values: Json) -> Persona:
        changed = replace(persona, **values)
        self.save_persona(changed)
        return changed

    def put_message(self, chat: Chat, record: Record) -> None:
        chat.messages[record.message["message_id"]] = record
        self._journal.add(*_message_line(chat.id, record))

    def drop_message(self, chat: Chat, message_id: int) -> None:
        del chat.messages[message_id]
        self._journal.add("message", f"{chat.id}:{message_id}", None)

    def put(self, table: str, key: str, value: Any) -> None:
        self.tables[table][key] = value
        self._journal.add(table, key, value)

    def drop(self, table: str, key: str) -> None:
        if self.tables[table].pop(key, None) is not None:
            self._journal.add(table, key, None)

    def emit(self, chat: Chat, kind: EventType, **data: Any) -> Event:
        """Tell the page, and wake everyone who waits for news of this chat."""
        chat.seq += 1
        event = Event(chat.seq, kind, data)
        chat.events.append(event)
        self.wake(chat)
        return event

    @staticmethod
    def wake(chat: Chat) -> None:
        chat.changed.set()
        chat.changed = asyncio.Event()

    def events_after(self, chat: Chat, seq: int) -> Iterator[Event]:
        """The events since `seq`; a reader who missed some is told to read the chat anew."""
        oldest = chat.events[0].seq if chat.events else chat.seq + 1
        if seq > chat.seq or seq < oldest - 1:
            yield Event(chat.seq, "reset", {})
            return
        missed = chat.seq - seq
        if missed:
            yield from list(chat.events)[-missed:]


def _message_line(chat_id: int, record: Record) -> Line:
    kept = (record.message, record.from_bot, record.fixed, record.reactions)
    return "message", f"{chat_id}:{record.message['message_id']}", kept

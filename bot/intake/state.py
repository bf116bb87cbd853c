"""Dialog state travels with the update: loaded with its inbox row, saved with its end, in the same transaction."""

from collections.abc import Container, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import orjson
from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, StateType, StorageKey
from aiogram_dialog.api.entities import DEFAULT_STACK_ID, Context, Stack


class DialogState:
    """One user's dialog state while one update is worked on; `anew`: what is kept is to be replaced in any case."""

    def __init__(self, kept: bytes | None, *, anew: bool = False) -> None:
        self._kept = None if anew else kept
        self._entries: dict[str, dict[str, Any]] | None = None
        self._is_changed = anew

    @property
    def entries(self) -> dict[str, dict[str, Any]]:
        entries = self._entries
        if entries is None:
            entries = self._entries = orjson.loads(self._kept) if self._kept else {}
        return entries

    def put(self, key: str, part: str, value: Any) -> None:
        entry = self.entries.setdefault(key, {})
        if value:
            entry[part] = value
        elif part in entry:
            del entry[part]
        if not entry:
            del self.entries[key]
        self._is_changed = True

    def changed(self) -> bytes | None:
        """The state to keep, or None when it is what it was."""
        if not self._is_changed:
            return None
        kept = orjson.dumps(self.entries, option=orjson.OPT_NON_STR_KEYS)
        return kept if kept != self._kept else None


def why_unreadable(kept: bytes, screens: Container[str] | None) -> str | None:
    """What keeps a program with these screens (or any) from reading a kept state, without a word of its content.

    None when it can be read. A state breaks when bytes are lost, or when another version of this program or of
    aiogram-dialog wrote it.
    """
    try:
        entries = orjson.loads(kept)
    except orjson.JSONDecodeError:
        return "no JSON"
    if not isinstance(entries, dict):
        return "no table of entries"
    for name, entry in entries.items():
        try:
            if not isinstance(entry, dict) or not _is_entry(name, entry):
                return "an entry that is none"
            if screens is not None and _CONTEXT in name and entry.get("data", {}).get("state", "") not in screens:
                return "a screen that is no more"
        except (TypeError, KeyError) as error:
            return f"an entry of another version: {type(error).__name__}"
    return None


_STACK, _CONTEXT = "aiogd:stack:", "aiogd:context:"


def _is_entry(name: str, entry: dict[str, Any]) -> bool:
    """Whether aiogram, and aiogram-dialog's `StorageProxy`, can read it. Raises TypeError or KeyError when its parts
    have other names than theirs."""
    data = entry.get("data", {})
    if not isinstance(data, dict) or not isinstance(entry.get("state", ""), str):
        return False
    if _STACK in name and data:
        intents = Stack(**data).intents
        return isinstance(intents, list) and all(isinstance(intent, str) for intent in intents)
    if _CONTEXT in name and data:
        context = Context(**data)
        parts = (context.dialog_data, context.widget_data)
        return isinstance(context.state, str) and all(isinstance(part, dict) for part in parts)
    return True


current_state: ContextVar[DialogState] = ContextVar("current_state")


class TravellingStorage(BaseStorage):
    """aiogram's storage over the state of the update at hand; it never waits for anything."""

    async def set_state(self, key: StorageKey, state: StateType = None) -> None:
        current_state.get().put(_name(key), "state", state.state if isinstance(state, State) else state)

    async def get_state(self, key: StorageKey) -> str | None:
        return current_state.get().entries.get(_name(key), {}).get("state")

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        current_state.get().put(_name(key), "data", dict(data))

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        data = current_state.get().entries.get(_name(key), {}).get("data")
        return dict(data) if data else {}

    async def close(self) -> None:
        """There is nothing to close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenScreen:
    """The dialog's message that a user has before them in the private chat, and what it is about."""

    message_id: int
    start_data: Mapping[str, Any]
    dialog_data: Mapping[str, Any]


def open_screen(kept: bytes | None) -> OpenScreen | None:
    """Read out of a user's kept state what aiogram-dialog has written into it; None when no screen is open."""
    if kept is None or why_unreadable(kept, None):
        return None
    entries = DialogState(kept).entries
    stack: dict[str, Any] = entries.get(f"aiogd:stack:{DEFAULT_STACK_ID}", {}).get("data", {})
    if not stack.get("last_message_id") or not stack.get("intents"):
        return None
    context: dict[str, Any] = entries.get(f"aiogd:context:{stack['intents'][-1]}", {}).get("data", {})
    start_data = context.get("start_data")
    return OpenScreen(
        message_id=stack["last_message_id"],
        start_data=start_data if isinstance(start_data, dict) else {},
        dialog_data=context.get("dialog_data") or {},
    )


def _name(key: StorageKey) -> str:
    """Within one user's state; a group's or a topic's is kept apart from the private chat's."""
    if key.chat_id == key.user_id and key.thread_id is None and key.business_connection_id is None:
        return key.destiny
    return f"{key.chat_id}:{key.thread_id}:{key.business_connection_id}:{key.destiny}"

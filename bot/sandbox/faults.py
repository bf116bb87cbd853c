"""What can go wrong between a bot and Telegram, switched on for tests; and the record of every call."""

import math
import random
from collections import deque
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

_SPARED = frozenset({"getUpdates", "getMe", "setWebhook", "deleteWebhook", "getWebhookInfo", "logOut", "close"})


@dataclass(slots=True, kw_only=True)
class Faults:
    """Rates are probabilities from 0 to 1; everything may be changed while the sandbox runs.

    Set-up calls (`spared`) never fail, so that a bot can start. A reset *after* acting is the nasty one:
    the message is there although the bot saw an error.
    """

    too_many_requests: float = 0.0
    retry_after: int = 1
    bad_gateway: float = 0.0
    reset_before: float = 0.0
    reset_after: float = 0.0
    duplicate_updates: float = 0.0
    latency: float = 0.0
    """Seconds added to each call, drawn evenly from half to one and a half of it."""
    hold_delivery: bool = False
    """Updates are kept back until this is switched off; expiry goes on."""
    callback_expiry: float = 150.0
    """Seconds after which a tap can no longer be answered nor delivered."""
    inline_expiry: float = 30.0
    """The same for what was typed behind the bot's name in inline mode."""
    rate_limits: bool = False
    per_second: int = 30
    per_chat_second: int = 1
    webhook_retry: float = 2.0
    """Seconds before the second repetition of a refused webhook delivery; the first comes at once."""
    webhook_timeout: float = 60.0
    seed: int | None = None
    spared: frozenset[str] = _SPARED
    only: frozenset[str] = frozenset()
    """When not empty, only these methods suffer."""
    _random: random.Random = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 — a repeatable accident, not a secret

    def strikes(self, rate: float) -> bool:
        return rate > 0 and self._random.random() < rate

    def concerns(self, method: str) -> bool:
        return method in self.only if self.only else method not in self.spared

    def delay(self) -> float:
        return self.latency * (0.5 + self._random.random()) if self.latency > 0 else 0.0

    def change(self, values: Mapping[str, Any]) -> None:
        """Set fields by name; a new seed restarts the sequence. Raises ValueError for an unknown name or type."""
        known = {each.name: each for each in fields(self) if each.init}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"unknown fault: {name}")
            setattr(self, name, _like(name, getattr(self, name), value))
        if "seed" in values:
            self._random = random.Random(self.seed)  # noqa: S311 — a repeatable accident, not a secret

    def as_json(self) -> dict[str, Any]:
        values = {each.name: getattr(self, each.name) for each in fields(self) if each.init}
        return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in values.items()}


def _like(name: str, present: Any, value: Any) -> Any:
    if isinstance(present, frozenset):
        return frozenset(value)
    if isinstance(present, float) and type(value) is int:
        return float(value)
    if present is not None and type(value) is not type(present):
        raise ValueError(f"{name} must be of type {type(present).__name__}")
    return value


@dataclass(slots=True)
class Call:
    """One request of the bot. `at` and `took` are seconds; `too_early`: it came before a `retry_after` was over."""

    method: str
    params: Mapping[str, Any]
    at: float
    ok: bool = False
    error_code: int | None = None
    description: str = ""
    chat_id: int | None = None
    too_early: bool = False
    took: float = 0.0


@dataclass(slots=True)
class Tap:
    """One press of an inline button and the answer that it got; times in seconds, as `Call.at`."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    data: str
    pressed_at: float
    answered_at: float | None = None
    text: str | None = None


class RateLimits:
    """At most `per_second` messages in all and `per_chat_second` to one chat within any second."""

    def __init__(self) -> None:
        self._all: deque[float] = deque()
        self._chats: dict[int, deque[float]] = {}
        self._closed: dict[Hashable, float] = {}

    def closed(self, at: float, *keys: Hashable) -> bool:
        """Whether a 429 told one of these (a chat, a method in a chat, or None for everyone) to wait longer."""
        return any(self._closed.get(key, 0.0) > at for key in keys)

    def close(self, key: Hashable, until: float) -> None:
        self._closed[key] = until

    def take(self, faults: Faults, chat_id: int, at: float) -> int | None:
        """None when the message may go, else the seconds to wait."""
        chat = self._chats.setdefault(chat_id, deque())
        for window in (self._all, chat):
            while window and window[0] <= at - 1.0:
                window.popleft()
        waits = [
            (window[0] + 1.0 - at, key)
            for window, limit, key in ((self._all, faults.per_second, None), (chat, faults.per_chat_second, chat_id))
            if len(window) >= limit
        ]
        if waits:
            wait, key = max(waits, key=lambda each: each[0])
            seconds = max(1, math.ceil(wait))
            self.close(key, at + seconds)
            return seconds
        self._all.append(at)
        chat.append(at)
        return None

"""The inbox: every update is a row before it is acknowledged, and worked on one user at a time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

SUSPICION = 3
"""An update that was first in line this often without an end may be what its processes died of: from now on it is
worked on while no other suspect is, each try counted before it begins."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as it came; `user_id` is the key of the order (0 when nobody can be read from it)."""

    update_id: int
    user_id: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A kept update to work on; `attempts` counts how often it was first in line, this time included."""

    update_id: int
    raw: bytes
    attempts: int


@dataclass(frozen=True, slots=True)
class Claim:
    """A user whose updates are this process's alone until it releases them or dies."""

    user_id: int
    state: bytes | None
    updates: tuple[Waiting, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """An update that was worked on: with the dialog state that it left, or with why it was given up."""

    update_id: int
    user_id: int
    state: bytes | None
    """None: unchanged."""
    error: str | None = None
    """Set for a dead letter; the raw update is kept then."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of arrivals: the ids that were new, the users that are claimed now, and the users who are held but
    have earlier updates that their holder does not know of, because another process took them in."""

    new: set[int]
    claimed: set[int]
    behind: set[int]


class InboxLost(Exception):
    """The connection to the inbox broke: claims are gone, nothing that was kept is."""


class Inbox(Protocol):
    """Claims hold only while this object's connection lives: a killed process gives them back at once."""

    async def keep(
        self, arrivals: Sequence[Arrival], claim: Collection[int], held: Collection[int], known: Collection[int]
    ) -> Kept:
        """Make the updates durable and try to claim users; `held` ones are claimed already, with `known` updates."""
        ...

    async def try_claim(self, users: Collection[int]) -> set[int]: ...

    async def load(self, users: Collection[int], known: Collection[int]) -> Sequence[Claim]:
        """State and waiting updates, in order, of users that are claimed; without the updates that are known.

        Whatever is first in line for its user is counted, up to the number that makes it a suspect.
        """
        ...

    async def count(self, updates: Collection[int]) -> Mapping[int, int]:
        """Count one more attempt of each; the new numbers."""
        ...

    async def finish(self, done: Sequence[Done]) -> None:
        """Note the work's end and the new dialog states in one transaction.

        What has ended before, in another process that took it up when the claim was lost, changes nothing.
        """
        ...

    async def release(self, users: Collection[int]) -> None: ...

    async def tell_others(self, users: Collection[int]) -> None:
        """Wake the processes that hold these users: there is an update for them."""
        ...

    async def users_waiting(self, older_than: float, limit: int) -> Sequence[int]:
        """Users with an update that has been waiting for more than so many seconds."""
        ...

    async def listen(self, on_user: Callable[[int], None]) -> None:
        """Call back for every user that another process told about."""
        ...

    async def reconnect(self) -> None:
        """Open the connection anew; every claim is gone."""
        ...

    async def close(self) -> None: ...

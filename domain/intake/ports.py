"""The inbox: every update is a row before it is acknowledged, and worked on one user at a time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

SUSPICION = 2
"""An update that a process takes up for this many-th time may be what the process before it died of: from now on each
try is counted before it begins, and few suspects are at work at once."""
LAST_TRY = SUSPICION + 1
"""What has been tried as a suspect, and did not end, is tried once more, while nothing else is at work. An update that
was taken up more often than that is given up: its third process has died of it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An update as it came; `user_id` is the key of the order (0 when nobody can be read from it)."""

    update_id: int
    user_id: int
    raw: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """A kept update to work on; `attempts` counts the processes that took it up, this one included, and from
    SUSPICION on the tries."""

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
        """Make the updates durable and try to claim users; `held` ones are claimed already, with `known` updates.

        What is new for held users, unless they are behind, counts as taken up.
        """
        ...

    async def try_claim(self, users: Collection[int]) -> set[int]: ...

    async def load(self, users: Collection[int], known: Collection[int]) -> Sequence[Claim]:
        """State and waiting updates, in order, of users that are claimed; without the updates that are known.

        All of them count as taken up once more, up to the number that makes them suspects.
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

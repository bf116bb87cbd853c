"""A server that keeps failing is left alone for a while: nobody waits for it, and it can recover."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

FAILURES = 5
"""In a row, before it is left alone."""
FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaker:
    """What one process knows of one server; each change is a new one.

    After the rest one call tries the server while the others go on waiting. Its success forgets everything; its
    failure doubles the rest.
    """

    failures: int = 0
    rests: int = 0
    """Times in a row that the server was left alone."""
    closed_until: datetime | None = None
    is_trying: bool = False

    def rest_until(self, now: datetime) -> datetime | None:
        """Until when nobody may call; None when this call may go."""
        if self.closed_until is None:
            return None
        if now < self.closed_until:
            return self.closed_until
        return now + FIRST_REST if self.is_trying else None

    def begun(self) -> "Breaker":
        return replace(self, is_trying=True) if self.closed_until is not None else self

    def succeeded(self) -> "Breaker":
        return Breaker()

    def left(self) -> "Breaker":
        """The call ended without showing how the server is."""
        return replace(self, is_trying=False)

    def failed(self, now: datetime, asked: timedelta | None = None) -> "Breaker":
        """`asked`: the pause that the server wants; it is kept to at once, up to the longest rest."""
        failures = self.failures + 1
        if asked is None and failures < FAILURES and not self.is_trying:
            return replace(self, failures=failures)
        rest = min(FIRST_REST * 2**self.rests, LONGEST_REST)
        until = now + min(max(asked, rest) if asked else rest, LONGEST_REST)
        # Calls that began before the rest fail into it; they do not make it longer.
        if self.closed_until is not None and now < self.closed_until:
            return replace(self, failures=failures, is_trying=False)
        return Breaker(failures=failures, rests=min(self.rests + 1, 10), closed_until=until)

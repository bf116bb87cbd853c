"""Files that were sent and are on their way into the storage, and what their sender is told of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from domain.courses.inspection import FileFault
from domain.courses.model import PartKind
from domain.identity import UserId

BatchId = NewType("BatchId", int)

KEEP_MEDIA_JOB = "keep_media"
"""Payload: `media_id`. Fetches the original from Telegram and keeps it."""
UPLOAD_PROGRESS_JOB = "upload_progress"
"""Payload: `batch_id`. Tells the sender how far their files are."""

QUIET = timedelta(seconds=2)
"""A single file that is kept within this time is not talked about; nothing is told before it is over."""


class UploadState(StrEnum):
    WAITING = "waiting"
    KEPT = "kept"
    REFUSED = "refused"
    """Not a file that can be shown to students: it is taken out of its lesson."""
    TOO_LARGE = "too_large"
    """Telegram does not hand it out; it is sent to students all the same."""
    LOST = "lost"
    """Telegram does not have it, or not for this bot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadLine:
    """One file of a batch."""

    name: str
    kind: PartKind
    state: UploadState
    fault: FileFault | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadBatch:
    """What one person sent in a row, as their status message tells it."""

    id: BatchId
    user_id: UserId
    opened_at: datetime
    lines: tuple[UploadLine, ...]
    revision: int
    """Rises with everything that there is to tell."""
    shown: int
    """The revision that has been told."""
    turn_at: datetime | None
    message_id: int | None
    is_delayed: bool
    """The storage or Telegram did not answer; it is tried again."""

    @property
    def is_done(self) -> bool:
        return all(line.state is not UploadState.WAITING for line in self.lines)

    @property
    def is_quiet(self) -> bool:
        """Nothing that anybody had to wait for or to know."""
        if self.message_id is not None or len(self.lines) > 1:
            return False
        return all(
            line.state is UploadState.KEPT and line.ended_at is not None and line.ended_at <= self.opened_at + QUIET
            for line in self.lines
        )

    def in_state(self, state: UploadState) -> tuple[UploadLine, ...]:
        return tuple(line for line in self.lines if line.state is state)

"""What the rules about originals need kept."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.courses.inspection import FileFault
from domain.courses.model import LessonId, Media, MediaId, PartId
from domain.courses.quotas import Usage
from domain.courses.uploads import BatchId, UploadBatch, UploadState
from domain.identity import UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class Original:
    """Media whose original is kept or is to be kept."""

    media: Media
    batch_id: BatchId | None
    unkept: UploadState | None
    """Why there will be no original."""

    @property
    def is_waiting(self) -> bool:
        return self.media.sha256 is None and self.unkept is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """A part that shows some media."""

    part_id: PartId
    lesson_id: LessonId
    is_published: bool
    """The lesson."""
    is_only_file: bool
    """Without it the part is empty."""


class MediaShelf(Protocol):
    """Media and their originals. Counters are kept by the schema."""

    async def usage(self, user_id: UserId) -> Usage:
        """Within a transaction that added media, everybody else's that was added before."""
        ...

    async def original(self, media_id: MediaId) -> Original | None: ...

    async def hold(self, media_ids: Sequence[MediaId]) -> bool:
        """Keep these from the sweep until the transaction ends, to refer to them again (an undo); False when some are
        gone already."""
        ...

    async def counts_on(self, contents: Collection[str]) -> bool:
        """Whether rows may refer to these objects of the storage: until the transaction ends no deletion of them
        begins. False while one of them is being deleted."""
        ...

    async def note_kept(self, media_id: MediaId, *, sha256: str, size: int, mime: str) -> bool:
        """False while an object of this content is being deleted: keep it again later."""
        ...

    async def note_unkept(self, media_id: MediaId, why: UploadState) -> None: ...
    async def showing(self, media_id: MediaId) -> Sequence[Showing]: ...

    async def detach(self, part_id: PartId, media_id: MediaId) -> None:
        """Take one language's file out of a part that has others."""
        ...

    async def release(self, media_id: MediaId) -> None:
        """Take it out of whatever else only shows it: a cover, the files beside a lesson."""
        ...

    async def sweep(self, before: datetime, limit: int) -> int:
        """Delete media that were let go of before then and that nothing refers to, whatever tables there are; their
        content is doomed. How many were looked at."""
        ...

    async def doomed(self, limit: int) -> Sequence[str]:
        """SHA-256 of objects that may have to go."""
        ...

    async def doom(self, sha256: str) -> bool:
        """Begin its deletion; False when some row has this content (again), and the object stays."""
        ...

    async def forget(self, sha256: str) -> None:
        """Its object is gone."""
        ...

    async def waiting_since(self, before: datetime, after: MediaId, limit: int) -> Sequence[MediaId]:
        """Media added before then whose originals are not kept yet, behind `after`."""
        ...

    async def loosen(self, after: MediaId, limit: int) -> MediaId | None:
        """Have the next few media looked at by the sweep; the last of them, None at the end."""
        ...


class UploadBoard(Protocol):
    """Batches of uploads and their status messages."""

    async def join(self, user_id: UserId, media_id: MediaId, now: datetime) -> BatchId:
        """Put the upload into the person's open batch, or open one."""
        ...

    async def end(self, media_id: MediaId, state: UploadState, now: datetime, fault: FileFault | None = None) -> None:
        """Twice is once."""
        ...

    async def delay(self, batch_id: BatchId) -> None: ...

    async def lock(self, batch_id: BatchId) -> UploadBatch | None:
        """None when it is closed."""
        ...

    async def take_turn(self, batch_id: BatchId, now: datetime) -> None: ...

    async def note_shown(self, batch_id: BatchId, revision: int, message_id: int) -> None:
        """When something newer was shown meanwhile, there is something to tell again: edits may overtake each other."""
        ...

    async def close(self, batch_id: BatchId, now: datetime) -> None: ...

    async def tidy(self, before: datetime) -> None:
        """Forget batches that were closed before then."""
        ...

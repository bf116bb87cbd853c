"""What the rules about materials need kept, read, looked at and indexed."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from domain.courses.model import CourseId
from domain.materials.model import Material, MaterialId, Page, ReadFile, Sent, Share, Unreadable
from domain.users.model import UserId

READ_MATERIAL_JOB = "read_material"
INDEX_MATERIAL_JOB = "index_material"
"""Payload of both: `material_id`, `revision`."""
DROP_MATERIAL_JOB = "drop_material"
"""Payload: `material_id`."""


class Materials(Protocol):
    """Files of people. What asks for an owner finds nothing of anybody else's; what asks for a reader finds their own
    and what is shared with a course that they take or teach, as long as whoever shared it teaches that course."""

    async def add(self, owner_id: UserId, sent: Sent, name: str, now: datetime) -> tuple[Material, bool]:
        """The material and True; the one that this message made before, whatever became of it, and False."""
        ...

    async def get(self, material_id: MaterialId) -> Material | None:
        """For jobs: also one that is deleted already."""
        ...

    async def readable(self, reader_id: UserId, material_id: MaterialId) -> Material | None: ...
    async def lock_own(self, owner_id: UserId, material_id: MaterialId) -> Material | None:
        """Also while it is deleted: nobody else changes it until this transaction ends."""
        ...

    async def newest(self, owner_id: UserId, *, before: MaterialId | None, limit: int) -> Sequence[Material]: ...
    async def shared(self, reader_id: UserId, *, before: MaterialId | None, limit: int) -> Sequence[Material]:
        """Others' materials that the reader may read through a course, newest first."""
        ...

    async def page(self, material_id: MaterialId, number: int) -> Page | None: ...
    async def find(self, material_id: MaterialId, words: str, after: int) -> Page | None:
        """The first page behind `after` that has these words, small and large letters alike."""
        ...

    async def pages(self, material_id: MaterialId) -> Sequence[Page]: ...

    async def rename(self, material_id: MaterialId, name: str) -> None: ...
    async def begin_again(self, material_id: MaterialId) -> int:
        """It is to be read anew; the new revision."""
        ...

    async def delete(self, material_id: MaterialId, now: datetime) -> None: ...
    async def restore(self, material_id: MaterialId) -> None: ...
    async def has_twin(self, material: Material) -> bool:
        """Whether another of its owner's that is not deleted has the same content."""
        ...

    async def shares(self, owner_id: UserId, material_id: MaterialId) -> Sequence[Share]:
        """The courses that the owner teaches and that are not archived, newest first; and which of them have it."""
        ...

    async def share(self, owner_id: UserId, material_id: MaterialId, course_id: CourseId, now: datetime) -> bool:
        """Only with a course that the owner teaches now: False for every other one. Twice is once."""
        ...

    async def unshare(self, material_id: MaterialId, course_id: CourseId) -> None: ...

    async def note_status(self, material_id: MaterialId, message_id: int) -> None: ...
    async def note_stored(self, material_id: MaterialId, sha256: str, size: int) -> MaterialId | None:
        """It waited, and is in the storage now. The owner's other material of this content makes this one its
        duplicate, and is returned. The caller has seen to it that nobody else notes this content at the moment."""
        ...

    async def keep_page(self, material_id: MaterialId, revision: int, page: Page) -> None:
        """A page of a scan that was looked at; a run that begins again need not pay for it twice."""
        ...

    async def note_read(self, material_id: MaterialId, revision: int, pages: Sequence[Page], unseen: int) -> bool:
        """All pages, in place of those that were there. False when it was deleted or begun again meanwhile."""
        ...

    async def note_indexed(self, material_id: MaterialId, revision: int) -> bool: ...
    async def note_unreadable(self, material_id: MaterialId, revision: int, why: Unreadable) -> bool: ...

    async def due(self, before: datetime, limit: int) -> Sequence[MaterialId]:
        """Those that were deleted before then."""
        ...

    async def forget(self, material_id: MaterialId, before: datetime, now: datetime) -> bool:
        """The row, its pages and shares; its content is doomed unless another row has it. False when it came back."""
        ...


class ChunkIndex(Protocol):
    """Where passages of materials are found. Twice is once; it is never called while a transaction is open."""

    async def put(self, material_id: MaterialId, pages: Sequence[Page]) -> None:
        """Make these pages findable, in place of whatever was there of the material."""
        ...

    async def drop(self, material_id: MaterialId) -> None: ...


class FileReader(Protocol):
    async def read(self, file: Path, name: str) -> ReadFile:
        """Raises ParseRefused with an Unreadable or a FileFault."""
        ...

    async def picture(self, file: Path, name: str, page: int, passage: str = "") -> bytes:
        """The page as a PNG, with the passage marked where it is found. Raises ParseRefused."""
        ...


class Unseen(Exception):
    """Nobody could look at the picture now. The message names the failure's kind only."""


class Sight(Protocol):
    """A model that reads what is on a picture."""

    async def text_of(self, picture: bytes, mime: str) -> str:
        """Everything that is written there, as Markdown; empty when nothing is. Raises Unseen."""
        ...

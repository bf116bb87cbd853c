"""What finding passages needs: the index, and a model that turns texts into vectors."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.courses.model import CourseId
from domain.errors import DomainError
from domain.tutor.retrieval_model import Asked, FoundPassage, MaterialEntry, Scope, Unembedded
from domain.users.model import UserId

EMBED_JOB = "embed_passages"
"""Without a payload: shows the model what it has not seen of the index."""


class EmbedderError(DomainError):
    """The model gave no vectors; words are searched without it. The message names the failure's kind only."""


class Embedder(Protocol):
    """A model that turns texts into vectors of their meaning."""

    @property
    def name(self) -> str:
        """It and its way of cutting vectors: what two vectors must share to be compared."""
        ...

    @property
    def floor(self) -> float:
        """Likeness below which two texts have nothing to do with each other."""
        ...

    async def embed(self, texts: Sequence[str], *, seconds: float) -> Sequence[tuple[float, ...]]:
        """A vector of `EMBEDDING_DIMENSIONS` numbers and length 1 for each text, in order.

        `seconds`: how long the caller waits, repetitions included. Raises EmbedderError.
        """
        ...


class PassageIndex(Protocol):
    """Passages of lessons and materials: one index, with what each reader may open checked at every search."""

    async def find(
        self, reader_id: UserId, asked: Asked, scope: Scope, *, near: CourseId | None, limit: int, now: datetime
    ) -> Sequence[FoundPassage]:
        """The best first; weak ones are left out, so that nothing may be found.

        `near`: that course's lessons come first among near equals.
        """
        ...

    async def replace_material(
        self, material_id: int, owner_id: UserId, entries: Sequence[MaterialEntry], courses: Sequence[CourseId]
    ) -> None:
        """Put these entries and shares in the place of all earlier ones of the material. Twice is once.

        What has not changed keeps the vector that a model gave it.
        """
        ...

    async def share_material(self, material_id: int, owner_id: UserId, courses: Sequence[CourseId]) -> None:
        """Those who take or teach these courses, and nobody else besides the owner, find it from now on."""
        ...

    async def drop_material(self, material_id: int) -> None: ...

    async def unembedded(self, model: str, limit: int) -> Sequence[Unembedded]:
        """Passages whose vector is missing or of another model."""
        ...

    async def note_embeddings(self, model: str, embedded: Sequence[tuple[Unembedded, tuple[float, ...]]]) -> int:
        """Keep the vectors of texts that are still the same; how many."""
        ...

"""Finding what lessons and materials say about a question: by words, by spelling and, with a model, by meaning."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.clock import Clock
from domain.courses.model import CourseId
from domain.folding import fold, ngram_vector, words_in
from domain.tutor.model import checked_question
from domain.tutor.retrieval_model import Asked, Found, MaterialEntry, Meaning, Scope
from domain.tutor.retrieval_ports import Embedder, EmbedderError
from domain.tutor.search import search_query, without_fillers
from domain.unit_of_work import Begin
from domain.users.model import UserId

LIMIT = 8
"""Passages for one answer: about 2,500 tokens."""
QUESTION_SECONDS = 3.0
"""How long a question waits for its vector; then words have to do."""
BATCH = 64
"""Passages that the model is shown at once: about 20,000 tokens."""
BATCH_SECONDS = 60.0
BATCHES = 20
"""In one run of the job; the next run goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialPiece:
    """A piece of a material as it was cut, with its pages, counting from 1."""

    page_from: int
    page_to: int
    headings: tuple[str, ...]
    text: str


class Retrieval:
    """Asks the model for the question's vector before any connection is taken, then searches in one go."""

    def __init__(self, *, read: Begin, now: Clock, embedder: Embedder | None = None) -> None:
        self._read = read
        self._now = now
        self._embedder = embedder

    async def find(
        self,
        reader_id: UserId,
        question: str,
        *,
        scope: Scope | None = None,
        near: CourseId | None = None,
        limit: int = LIMIT,
    ) -> Found:
        """What this reader may open now and what says something about the question. Raises InvalidInput."""
        text = checked_question(question)
        query = search_query(text)
        # Without a word nothing is asked: a model would find a meaning in an emoji, too.
        meaning = await self._meaning(text) if query.words else None
        async with self._read() as uow:
            passages = await uow.passage_index.find(
                reader_id,
                Asked(query=query, meaning=meaning),
                scope or Scope(),
                near=near,
                limit=limit,
                now=self._now(),
            )
        return Found(passages=passages, is_by_meaning=meaning is not None)

    async def _meaning(self, question: str) -> Meaning | None:
        if self._embedder is None:
            return None
        try:
            (vector,) = await self._embedder.embed([question], seconds=QUESTION_SECONDS)
        except EmbedderError:
            return None
        return Meaning(vector=vector, model=self._embedder.name, floor=self._embedder.floor)


class Embedding:
    """The job that shows the model what it has not seen. No transaction is open while the model works."""

    def __init__(self, *, begin: Begin, read: Begin, embedder: Embedder | None) -> None:
        self._begin = begin
        self._read = read
        self._embedder = embedder

    async def embed_waiting(self) -> int:
        """How many passages got a vector. A model that fails is asked again by the next run.

        Two runs at once cost money twice and spoil nothing.
        """
        if self._embedder is None:
            return 0
        done = 0
        for _ in range(BATCHES):
            async with self._read() as uow:
                waiting = await uow.passage_index.unembedded(self._embedder.name, BATCH)
            if not waiting:
                break
            try:
                vectors = await self._embedder.embed([passage.text for passage in waiting], seconds=BATCH_SECONDS)
            except EmbedderError:
                break
            async with self._begin() as uow:
                done += await uow.passage_index.note_embeddings(
                    self._embedder.name, list(zip(waiting, vectors, strict=True))
                )
                await uow.commit()
        return done


def material_entries(pieces: Sequence[MaterialPiece]) -> list[MaterialEntry]:
    """The pieces of a material with the forms that they are searched in, in order."""
    return [_entry(position, piece) for position, piece in enumerate(pieces)]


def _entry(position: int, piece: MaterialPiece) -> MaterialEntry:
    # Headings are searched with every piece: pieces seldom repeat what they are about.
    folded = fold("\n".join((*piece.headings, piece.text)))
    return MaterialEntry(
        position=position,
        page_from=piece.page_from,
        page_to=piece.page_to,
        # PostgreSQL stores no NUL.
        heading=" › ".join(piece.headings).replace("\x00", ""),
        text=piece.text.replace("\x00", ""),
        folded=folded,
        vector=tuple(ngram_vector(without_fillers(words_in(folded)))),
    )

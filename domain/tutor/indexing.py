"""Making lessons findable: their texts become passages in folded and hashed form."""

import asyncio

from domain.courses.model import LessonId
from domain.courses.ports import INDEX_JOB
from domain.folding import fold, ngram_vector, words_in
from domain.tutor.chunks import Piece, pieces
from domain.tutor.model import IndexEntry, LessonSource
from domain.tutor.search import without_fillers
from domain.unit_of_work import Begin

MISSING_AT_ONCE = 500


class LessonIndexer:
    """Runs as a job: after a lesson is published, hidden or changed."""

    def __init__(self, *, begin: Begin) -> None:
        self._begin = begin

    async def index_lesson(self, lesson_id: LessonId) -> int:
        """Replace the lesson's passages by those of its present texts; how many there are now.

        A hidden or missing lesson has none. Two runs for one lesson wait for each other, so the later texts win.
        """
        async with self._begin() as uow:
            source = await uow.tutor.passages.lock_source(lesson_id)
            if source is None:
                return 0
            # In a thread: a long lesson takes a tenth of a second, which nobody else shall wait for.
            entries = await asyncio.to_thread(_entries, source) if source.is_published else []
            await uow.tutor.passages.replace(lesson_id, entries)
            await uow.commit()
        return len(entries)

    async def index_missing(self) -> int:
        """Enqueue every published lesson that has no passages yet: after a restore, or a first start."""
        async with self._begin() as uow:
            missing = await uow.tutor.passages.unindexed(MISSING_AT_ONCE)
            for lesson_id in missing:
                await uow.jobs.enqueue(INDEX_JOB, {"lesson_id": lesson_id}, key=f"{INDEX_JOB}:{lesson_id}")
            await uow.commit()
        return len(missing)


def _entries(source: LessonSource) -> list[IndexEntry]:
    entries: list[IndexEntry] = []
    languages = {language: None for text in (*source.texts, source.title) for language in text.variants}
    for language in languages:
        title = source.title.read_in(language)
        written = [text.variants[language] for text in source.texts if language in text.variants]
        # A lesson of one video has no text, but a title that people search for.
        found = [piece for text in written for piece in pieces(text, title)] or [Piece(title, title)]
        for position, piece in enumerate(found):
            # Title and heading are searched with every piece: pieces seldom repeat what they are about.
            searched = "\n".join(dict.fromkeys((title, piece.heading, piece.text)))
            folded = fold(searched)
            entries.append(
                IndexEntry(
                    language=language,
                    position=position,
                    heading=piece.heading,
                    text=piece.text,
                    folded=folded,
                    vector=tuple(ngram_vector(without_fillers(words_in(folded)))),
                )
            )
    return entries

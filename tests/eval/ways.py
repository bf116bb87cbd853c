"""Finding alone: full text, vectors and both together, over the index that the program uses."""

import asyncio
import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence

from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.model import LessonId
from domain.tutor.search import search_query
from tests.eval.items import Item, Kind, Place
from tests.eval.metrics import mean, ndcg_at, recall_at
from tests.eval.world import NOON, STUDENTS, World

Way = Callable[[Item], Awaitable[Sequence[Place]]]
"""The best passages for a question, the best of each lesson or page only."""
Embed = Callable[[Sequence[str]], Awaitable[Sequence[Sequence[float]]]]
"""Vectors for texts, by a model."""

DEPTH = 10
_LEAST_LIKENESS = 0.2
_RANK_OFFSET = 60
"""Of reciprocal rank fusion, as the program has it."""

_BY_WORDS = """
    select lesson_id, heading from (
        select distinct on (p.lesson_id) p.lesson_id, p.heading, p.id, ts_rank(p.tsv, asked.words, 1) as score
        from (select $1::text::tsquery as words) asked join passages p on p.tsv @@ asked.words
        order by p.lesson_id, score desc, p.id
    ) best order by score desc, id limit $2
"""
_BY_SPELLING = """
    select lesson_id, heading from (
        select distinct on (p.lesson_id) p.lesson_id, p.heading, p.id, p.vector <#> $1::text::halfvec as distance
        from passages p where p.vector <#> $1::text::halfvec <= -$3::float8
        order by p.lesson_id, distance, p.id
    ) best order by distance, id limit $2
"""


def by_words(pool: Pool, world: World) -> Way:
    async def find(item: Item) -> Sequence[Place]:
        query = search_query(item.question)
        words = " | ".join(f"'{stem}':*" for stem in query.stems)
        rows = await pool.fetch(_BY_WORDS, words, DEPTH)
        return [world.place(LessonId(row["lesson_id"]), row["heading"]) for row in rows]

    return find


def by_spelling(pool: Pool, world: World) -> Way:
    async def find(item: Item) -> Sequence[Place]:
        vector = "[" + ",".join(f"{number:.6g}" for number in search_query(item.question).vector) + "]"
        rows = await pool.fetch(_BY_SPELLING, vector, DEPTH, _LEAST_LIKENESS)
        return [world.place(LessonId(row["lesson_id"]), row["heading"]) for row in rows]

    return find


def by_both(pool: Pool, world: World) -> Way:
    """As the program searches, with its typos and its floors."""
    database = Database(pool)

    async def find(item: Item) -> Sequence[Place]:
        async with database.read() as uow:
            found = await uow.tutor.passages.search(
                STUDENTS[item.tongue], search_query(item.question), course_id=None, limit=DEPTH, now=NOON
            )
        return [world.place(passage.lesson_id, passage.heading) for passage in found]

    return find


async def by_meaning(pool: Pool, world: World, embed: Embed) -> Way:
    """Exact search by a model's vectors, kept in memory: what an index can reach at best."""
    rows = await pool.fetch("select lesson_id, heading, text from passages order by id")
    places = [world.place(LessonId(row["lesson_id"]), row["heading"]) for row in rows]
    vectors = [_unit(vector) for vector in await embed([f"{row['heading']}\n{row['text']}" for row in rows])]

    async def find(item: Item) -> Sequence[Place]:
        asked = _unit((await embed([item.question]))[0])
        likeness = [sum(a * b for a, b in zip(asked, vector, strict=True)) for vector in vectors]
        ranked = sorted(range(len(places)), key=lambda number: -likeness[number])
        best: dict[object, Place] = {}
        for number in ranked:
            best.setdefault(rows[number]["lesson_id"], places[number])
        return list(best.values())[:DEPTH]

    return find


def fused(*ways: Way) -> Way:
    """Several rankings as one: reciprocal rank fusion of places."""

    async def find(item: Item) -> Sequence[Place]:
        scores: defaultdict[Place, float] = defaultdict(float)
        for ranked in await asyncio.gather(*(way(item) for way in ways)):
            for place, found in enumerate(ranked, start=1):
                scores[found] += 1 / (_RANK_OFFSET + place)
        return sorted(scores, key=lambda place: -scores[place])[:DEPTH]

    return find


def _unit(vector: Sequence[float]) -> Sequence[float]:
    length = math.sqrt(sum(value * value for value in vector))
    return [value / length for value in vector] if length else vector


async def score(way: Way, items: Sequence[Item]) -> dict[str, float | None]:
    """Recall of the lesson at 1 and 5, nDCG at 10, recall of the very page or heading at 5, and silence where due.

    The right page or heading gains 2, another one of the right lesson 1.
    """
    first, lesson, page = list[float](), list[float](), list[float]()
    gain, silent = list[float](), list[float]()
    for item in items:
        found = await way(item)
        if item.kind is Kind.UNANSWERABLE:
            silent.append(float(not found))
        elif item.places:
            works = {place.work for place in item.places}
            first.append(recall_at([place.work for place in found], works, 1))
            lesson.append(recall_at([place.work for place in found], works, 5))
            page.append(recall_at(found, item.places, 5))
            gain.append(_gain(found, item))
    return {
        "recall@1": mean(first),
        "recall@5": mean(lesson),
        "page recall@5": mean(page),
        "nDCG@10": mean(gain),
        "silent": mean(silent),
    }


def _gain(found: Sequence[Place], item: Item) -> float:
    """A lesson counts once, at its first place in the ranking: a second page of it tells nothing new."""
    best = {place.work: 2.0 for place in item.places}
    reached: dict[Place, float] = {}
    for place in found:
        if place.work in best and all(place.work != earlier.work for earlier in reached):
            reached[place] = 2.0 if place in item.places else 1.0
    return ndcg_at([reached.get(place, 0.0) for place in found], list(best.values()), DEPTH)

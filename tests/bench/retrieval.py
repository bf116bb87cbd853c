"""Does a search in lessons and materials find what is nearest, and how long does that take?

`make bench-retrieval` fills an index with 1,000,000 passages of 384 dimensions, of 10,000 owners and 1,000 courses, and
searches it through the program's own repository: in the materials of one owner, in one course, and in everything that
a reader may open, which is half of the index. What is found is compared with what a plain ordered scan finds.
`ARGS="--passages 200000"` makes a smaller one of the same density; `ARGS="--small"` shows in seconds that the benchmark
itself works.
"""

import argparse
import asyncio
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg
import uvloop

from bot.logs import set_up_logs
from db.embedded import start_embedded
from db.engine import Connection, connect
from db.migrate import migrate
from db.passage_index import EXACT_MOST, SqlPassageIndex, vector_text
from domain.clock import utc_now
from domain.courses.model import CourseId
from domain.tutor.model import SearchQuery
from domain.tutor.retrieval_model import Asked, Meaning, Scope, Shelf
from domain.tutor.search import search_query
from domain.users.model import UserId
from tests.bench.aims import Aim, aims_table, table
from tests.bench.catalogue_world import FIRST_STUDENT, HEAVY
from tests.bench.retrieval_world import LARGE, MODEL, Size, Topics, fill, finish

if TYPE_CHECKING:
    from tests.bench.retrieval_world import Vectors

QUESTIONS = 100
"""Of each kind."""
TRUTHS = 40
"""Of these, those that are compared with a scan of everything."""
WARM_UP = 10
TOP = 10
SMALL = 8_000
P95_MS = 30.0
UNHEARD = SearchQuery(words=("zqxj",), stems=("zqxj",), vector=(1.0, *(511 * [0.0])))
"""Words that no passage has: what is found is found by meaning alone, and can be compared with an exact scan."""

OWNER, COURSE, OPEN, OPEN_USUAL = "one owner", "one course", "unfiltered", "unfiltered, a usual student"


@dataclass(frozen=True)
class Question:
    reader: UserId
    scope: Scope
    text: str
    """Of the passage that it is about."""
    vector: "Vectors"
    within: str
    """A condition on passages `p` that says what the reader may open there, written without the repository's help."""


@dataclass
class Measured:
    times: list[float]
    hybrid: list[float]
    """Milliseconds: by meaning alone, and with the words of a question besides."""
    recall: float
    reach: float
    """Passages that a scan had to compare."""


@dataclass
class Results:
    size: Size
    of: dict[str, Measured]
    build_seconds: float
    index_mb: float
    table_mb: float


def p95(times: Sequence[float]) -> float:
    ordered = sorted(times)
    return ordered[min(int(0.95 * len(ordered)), len(ordered) - 1)]


async def _questions(connection: Connection, size: Size, topics: Topics, kind: str, count: int) -> list[Question]:
    """Each is close to a passage that its reader may open there."""
    import numpy as np

    chance = random.Random(kind)
    found: list[Question] = []
    for _ in range(count):
        course = chance.randint(1, size.courses)
        owner = FIRST_STUDENT + chance.randrange(size.courses + 1, size.owners)
        shared = "p.material_id in (select s.material_id from passage_shares s)"
        match kind:
            case "one owner":
                reader, scope, within = owner, Scope(shelf=Shelf.OWN), f"p.owner_id = {owner}"
            case "one course":
                reader, scope = HEAVY, Scope(shelf=Shelf.COURSE, course_id=CourseId(course))
                within = (
                    f"(p.lesson_id in (select l.id from lessons l where l.course_id = {course})"
                    f" or p.material_id = {-course})"
                )
            case "unfiltered":
                reader, scope = HEAVY, Scope()
                within = f"(p.lesson_id is not null or p.owner_id = {HEAVY} or {shared})"
            case _:
                reader, scope = owner, Scope()
                taken = f"(select e.course_id from enrolments e where e.user_id = {owner})"
                within = f"""
                    (p.lesson_id in (select l.id from lessons l join courses c on c.id = l.course_id
                        where c.sale <> 'course' or l.is_preview or c.id in (select g.product_id from access_grants g
                            where g.user_id = {owner} and g.product_kind = 'course'))
                    or p.owner_id = {owner} or p.material_id in (
                        select s.material_id from passage_shares s where s.course_id in {taken}))
                """
        place = await connection.fetchval(
            f"select p.id from passages p where p.id >= $1 and {within} order by p.id limit 1",
            chance.randint(1, size.passages // 3) if "unfiltered" in kind else 1,
        )
        seen = await connection.fetchrow("select embedding::real[] as v, text from passages where id = $1", place)
        if seen is None:
            raise RuntimeError("there is nothing to ask about")
        vector = topics.near(np.array(seen["v"], dtype=np.float32))
        found.append(Question(UserId(reader), scope, seen["text"], vector, within))
    return found


async def _found(connection: Connection, question: Question, query: SearchQuery, exact_most: int) -> list[int]:
    passages = await SqlPassageIndex(connection, exact_most=exact_most).find(
        question.reader,
        Asked(query=query, meaning=Meaning(vector=tuple(question.vector.tolist()), model=MODEL, floor=0.0)),
        question.scope,
        near=None,
        limit=TOP,
        now=utc_now(),
        per_source=TOP,
    )
    return [passage.id for passage in passages]


async def _nearest(connection: Connection, question: Question) -> list[int]:
    rows = await connection.fetch(
        f"""
        select p.id from passages p where {question.within}
        order by (p.embedding <#> $1::text::halfvec) + 0, p.id limit {TOP}
        """,
        vector_text(question.vector.tolist()),
    )
    return [row["id"] for row in rows]


async def _timed(ask: Callable[[], Awaitable[list[int]]]) -> tuple[float, list[int]]:
    started = time.perf_counter()
    found = await ask()
    return 1000 * (time.perf_counter() - started), found


async def measure(
    connection: Connection, size: Size, topics: Topics, kind: str, count: int, truths: int, exact_most: int
) -> Measured:
    questions = await _questions(connection, size, topics, kind, count + WARM_UP)
    chance = random.Random(1)
    alone: list[float] = []
    hybrid: list[float] = []
    hits: list[float] = []
    for number, question in enumerate(questions):
        words = search_query(" ".join(chance.sample(sorted({*question.text.split()}), 4)))
        took, found = await _timed(lambda question=question: _found(connection, question, UNHEARD, exact_most))
        both, _ = await _timed(lambda question=question, words=words: _found(connection, question, words, exact_most))
        if number < WARM_UP:
            continue
        alone.append(took)
        hybrid.append(both)
        if number - WARM_UP < truths:
            nearest = await _nearest(connection, question)
            hits.append(len({*nearest} & {*found}) / len(nearest))
    reach = await connection.fetchval(f"select count(*) from passages p where {questions[0].within}")
    return Measured(alone, hybrid, statistics.mean(hits), reach)


def aims_of(results: Results) -> list[Aim]:
    aims: list[Aim] = []
    for kind in (OWNER, COURSE, OPEN):
        measured = results.of[kind]
        aims += [
            Aim("", f"{kind}: recall@{TOP} beside an exact scan", measured.recall, 0.95, 0.99, "", is_floor=True),
            Aim("", f"{kind}: p95", p95(measured.times), P95_MS, P95_MS / 2, "ms"),
        ]
    course = results.of[COURSE]
    return [
        *aims,
        Aim("P14", f"in one course: recall@{TOP}", course.recall, 0.95, 0.99, "", is_floor=True),
        Aim("P14", "in one course: p95", p95(course.times), 50, 10, "ms"),
    ]


def report(results: Results) -> str:
    rows = [
        (
            kind,
            f"{measured.reach:,.0f}",
            f"{measured.recall:.3f}",
            f"{statistics.median(measured.times):.1f}",
            f"{p95(measured.times):.1f}",
            f"{statistics.median(measured.hybrid):.1f}",
            f"{p95(measured.hybrid):.1f}",
        )
        for kind, measured in results.of.items()
    ]
    head = ("within", "passages", f"recall@{TOP}", "p50 ms", "p95 ms", "with words p50", "with words p95")
    size = results.size
    return f"""{table(head, rows)}

{size.passages:,} passages of 384 dimensions (halfvec), {size.owners:,} owners, {size.courses:,} courses; one search \
at a time. The table takes {results.table_mb:,.0f} MB, the graph {results.index_mb:,.0f} MB and \
{results.build_seconds:,.0f} s to build.

{aims_table(aims_of(results))}"""


def note(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


async def run(size: Size, questions: int, truths: int, exact_most: int) -> Results:
    with tempfile.TemporaryDirectory(prefix="ustoz-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        # The embedded servers run under an account of their own when this one is root.
        folder.chmod(0o755)
        embedded = await start_embedded(folder / "servers_of_bench", postgres=True, valkey=False)
        if embedded.database_url is None:
            raise RuntimeError("there is no database")
        try:
            await migrate(embedded.database_url)
            # As many topics as courses, twice: each is spoken of in several places.
            topics = Topics(max(2 * size.courses, 40))
            filling = await asyncpg.connect(embedded.database_url, timeout=60, command_timeout=600)
            try:
                note(f"filling: {size.passages:,} passages")
                await fill(filling, size, topics)
                note("building the indexes")
                started = time.perf_counter()
                await finish(filling)
                build_seconds = time.perf_counter() - started
                sizes = await filling.fetchrow(
                    "select pg_relation_size('ix_passages_embedding') / 1e6 as index_mb,"
                    " pg_table_size('passages') / 1e6 as table_mb"
                )
            finally:
                await filling.close()
            if sizes is None:
                raise RuntimeError("a select of constants has one row")
            connection = await connect(embedded.database_url)
            of: dict[str, Measured] = {}
            try:
                for kind in (OWNER, COURSE, OPEN, OPEN_USUAL):
                    note(f"asking: {kind}")
                    of[kind] = await measure(connection, size, topics, kind, questions, truths, exact_most)
            finally:
                await connection.close()
            return Results(size, of, build_seconds, sizes["index_mb"], sizes["table_mb"])
        finally:
            await embedded.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench-retrieval", description=__doc__)
    parser.add_argument("--passages", type=int, default=LARGE.passages, help="how many, at the same density")
    parser.add_argument("--questions", type=int, default=QUESTIONS, help="of each kind")
    parser.add_argument("--small", action="store_true", help="a few thousand, to show that the benchmark works")
    options = parser.parse_args()
    set_up_logs("WARNING", "console", ())
    size = LARGE.smaller(SMALL if options.small else options.passages)
    questions = 10 if options.small else options.questions
    # In a small index everything would be compared: the graph is what shall be tried.
    exact_most = SMALL // 4 if options.small else EXACT_MOST
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        results = runner.run(run(size, questions, min(TRUTHS, questions), exact_most))
    print(report(results))
    if not options.small:
        sys.exit(0 if all(aim.holds for aim in aims_of(results)) else 1)


if __name__ == "__main__":
    main()

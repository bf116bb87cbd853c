"""Statistics of quizzes over ten million answers, and a Rasch calibration: `make bench-quiz-statistics`.

`ARGS="--answers 1000000"` builds a smaller database. The answers are copied into an embedded PostgreSQL of its own.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from db.engine import Pool, create_pool
from db.unit_of_work import Database
from domain.courses.model import LessonId
from domain.quizzes.rasch import calibrate
from domain.quizzes.statistics import QuizStatisticsService
from tests.db.quiz_world import NOON, TEACHER, World, add_people

QUIZZES = 40
QUESTIONS = 50
SCREEN_AIM = 1.0
"""Seconds, for the teacher's screens."""

_ATTEMPT = (
    *("id", "user_id", "quiz_id", "number", "question_ids", "answered_count", "correct_count", "points", "max_points"),
    *("started_at", "finished_at", "closed_by"),
)
_OPTIONS = ('{"options": [0]}', '{"options": [1]}', '{"options": [2]}')


async def measure(database_url: str, answers: int, tell: Callable[[str], None] = print) -> bool:
    """Build, fold, and read; whether the aims are met. The database is migrated and empty."""
    pool = await create_pool(database_url, size=8)
    try:
        database = Database(pool)
        service = QuizStatisticsService(begin=database.begin, read=database.read, now=lambda: datetime.now(UTC))
        began = time.perf_counter()
        lesson_ids = await _build(pool, database, answers)
        tell(f"built {answers:,} answers in {time.perf_counter() - began:.0f} s")
        began, folded = time.perf_counter(), 0
        while count := await service.fold():
            folded += count
        took = time.perf_counter() - began
        tell(f"folded {folded:,} attempts in {took:.0f} s: {answers / took:,.0f} answers a second")
        quiz_ids = await pool.fetch("select id from quizzes order by id")
        began = time.perf_counter()
        await service.calibrate(quiz_ids[0]["id"])
        tell(f"calibrated a quiz from its latest answers in {time.perf_counter() - began:.1f} s")
        slowest = 0.0
        for name, read in (("questions", service.items), ("results", service.results)):
            times: list[float] = []
            for lesson_id in lesson_ids:
                began = time.perf_counter()
                await read(TEACHER, lesson_id)
                times.append(time.perf_counter() - began)
            slowest = max(slowest, *times)
            tell(f"screen of {name}: median {np.median(times) * 1000:.0f} ms, slowest {max(times) * 1000:.0f} ms")
        raw = time.perf_counter()
        await pool.fetch("select question_id, count(*), avg(is_correct::int) from answers group by 1")
        raw = time.perf_counter() - raw
        tell(f"counted from the raw answers: {raw:.1f} s, {raw / max(slowest, 1e-9):,.0f} times the slowest screen")
        tell(f"aim: every screen under {SCREEN_AIM:.0f} s: {'met' if slowest < SCREEN_AIM else 'MISSED'}")
        return slowest < SCREEN_AIM
    finally:
        await pool.close()


def measure_rasch(tell: Callable[[str], None] = print) -> None:
    rng = np.random.default_rng(1)
    chances = 1 / (1 + np.exp(rng.normal(0, 1, QUESTIONS)[None, :] - rng.normal(0, 1, 1_000)[:, None]))
    marks = [{int(place): bool(each) for place, each in enumerate(row)} for row in rng.random(chances.shape) < chances]
    began = time.perf_counter()
    calibrate(marks)
    tell(f"Rasch calibration, 1,000 students x {QUESTIONS} questions: {time.perf_counter() - began:.2f} s")


async def _build(pool: Pool, database: Database, answers: int) -> list[LessonId]:
    await add_people(pool)
    world = World(pool, database.begin)
    lesson_ids = [await world.lesson(questions=QUESTIONS) for _quiz in range(QUIZZES)]
    students = answers // (QUIZZES * QUESTIONS)
    await pool.execute(
        "insert into users (id, full_name, language, role, timezone, created_at)"
        " select 1000 + n, 'Student ' || n, 'uz', 'student', 'Asia/Tashkent', $2 from generate_series(1, $1::int) n",
        students,
        NOON,
    )
    rng = np.random.default_rng(2)
    attempt_id = 1_000_000
    for lesson_id in lesson_ids:
        quiz_id = await pool.fetchval("select id from quizzes where lesson_id = $1", lesson_id)
        questions = [question.id for question in await world.questions(lesson_id)]
        chances = 1 / (1 + np.exp(rng.normal(0, 1, QUESTIONS)[None, :] - rng.normal(0, 1, students)[:, None]))
        right = rng.random(chances.shape) < chances
        chosen = np.where(right, 1, rng.choice([0, 2], right.shape))
        seconds = rng.integers(3, 120, right.shape)
        scores = right.sum(1)
        attempts = [
            (
                attempt_id + place,
                1001 + place,
                quiz_id,
                1,
                questions,
                QUESTIONS,
                int(scores[place]),
                100 * int(scores[place]),
                100 * QUESTIONS,
                NOON,
                NOON,
                "student",
            )
            for place in range(students)
        ]
        rows = (
            (
                attempt_id + place,
                question_id,
                _OPTIONS[chosen[place, number]],
                bool(right[place, number]),
                100 * int(right[place, number]),
                int(seconds[place, number]),
                NOON,
            )
            for place in range(students)
            for number, question_id in enumerate(questions)
        )
        async with pool.acquire() as connection:
            await connection.copy_records_to_table(
                "attempts",
                records=attempts,
                columns=[
                    "id",
                    "user_id",
                    "quiz_id",
                    "number",
                    "question_ids",
                    "answered_count",
                    "correct_count",
                    "points",
                    "max_points",
                    "started_at",
                    "finished_at",
                    "closed_by",
                ],
            )
            await connection.copy_records_to_table(
                "answers",
                records=rows,
                columns=["attempt_id", "question_id", "response", "is_correct", "points", "seconds", "answered_at"],
            )
        attempt_id += students
    await pool.execute("analyze")
    return lesson_ids


async def main(answers: int) -> int:
    from db.embedded import start_embedded
    from db.migrate import migrate

    with TemporaryDirectory(prefix="ustoz-bench-", dir="/tmp") as name:
        folder = Path(name)
        # The embedded servers run under an account of their own when this one is root.
        folder.chmod(0o755)
        embedded = await start_embedded(folder / "servers_of_bench", postgres=True, valkey=False)
        if embedded.database_url is None:
            raise RuntimeError("no embedded PostgreSQL")
        try:
            await migrate(embedded.database_url)
            is_met = await measure(embedded.database_url, answers)
        finally:
            await embedded.stop()
    measure_rasch()
    return 0 if is_met else 1


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=10_000_000)
    sys.exit(asyncio.run(main(parser.parse_args().answers)))

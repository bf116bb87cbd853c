"""The table: results and statistics of quizzes, for those who teach the course."""

from typing import Any

from tests.db.authorisation_table import case, staff


async def _all(batches: Any) -> list[Any]:
    return [batch async for batch in batches]


STATISTICS = (
    case("quiz_statistics.results", staff, lambda d, w, t: d.quiz_statistics.results(w, t.lesson_id)),
    case("quiz_statistics.items", staff, lambda d, w, t: d.quiz_statistics.items(w, t.lesson_id)),
    case("quiz_statistics.item", staff, lambda d, w, t: d.quiz_statistics.item(w, t.lesson_id, t.kit.question)),
    case("quiz_statistics.export", staff, lambda d, w, t: _all(d.quiz_statistics.export(w, t.lesson_id))),
)
STATISTICS_CLOCK = {
    "quiz_statistics.fold": "the job's that counts finished attempts",
    "quiz_statistics.calibrate": "the job's that works the scale out",
}

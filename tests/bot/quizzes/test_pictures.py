"""Pictures of results: drawn from any text, once, and shown on their screens."""

import threading

import pytest

from bot.charts import Chart, ChartFailed, ChartKind, Mark
from bot.clients.charts import TypstCharts
from domain.quizzes.keys import Single
from tests.bot.quizzes.conftest import Classroom
from tests.bot.quizzes.test_chat import press
from tests.bot.quizzes.test_kinds import asked, question

HOSTILE = ('#panic("x") $x^2$ `raw` @ref <label>', "]] }} // comment /*", "W" * 200, "😀", "", "Проценты", "Foizlar")


def bars(*labels: str) -> Chart:
    return Chart(kind=ChartKind.BARS, title="T", language="uz", marks=tuple(Mark(label, 50) for label in labels))


async def test_any_text_stays_text_and_the_same_content_is_drawn_once() -> None:
    charts = TypstCharts()
    first = await charts.draw(bars(*HOSTILE))
    assert first.startswith(b"\x89PNG")

    assert await charts.draw(bars(*HOSTILE)) is first
    assert await charts.draw(bars("other")) is not first


async def test_a_line_is_drawn_from_one_result_to_many() -> None:
    charts = TypstCharts()
    for count in (1, 2, 20):
        points = tuple(Mark("1-dekabr", 100 * n // count) for n in range(count))
        picture = await charts.draw(Chart(kind=ChartKind.LINE, title="Natijalarim", language="uz", marks=points))
        assert picture.startswith(b"\x89PNG")


@pytest.mark.parametrize("counts", [[0] * 30, [1], [20, 0, 3] * 10, [10_000] * 30])
async def test_days_are_drawn_whatever_their_counts(counts: list[int]) -> None:
    days = tuple(Mark("01.12" if number % 5 == 0 else "", count) for number, count in enumerate(counts))
    picture = await TypstCharts().draw(Chart(kind=ChartKind.DAYS, title="30 kun", language="uz", marks=days))
    assert picture.startswith(b"\x89PNG")


async def test_a_picture_that_takes_too_long_fails_and_the_next_one_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    charts = TypstCharts(patience=0.05)
    is_over = threading.Event()

    def stuck(_charts: TypstCharts, _values: bytes) -> bytes:
        is_over.wait()
        return b""

    with monkeypatch.context() as patch:
        patch.setattr(TypstCharts, "_draw", stuck)
        with pytest.raises(ChartFailed):
            await charts.draw(bars("a"))
    is_over.set()

    monkeypatch.setattr(charts, "_patience", 10.0)
    assert (await charts.draw(bars("a"))).startswith(b"\x89PNG")


async def test_a_result_with_topics_and_the_list_of_results_have_their_pictures(classroom: Classroom) -> None:
    drafts = [question(Single(1), "a", "b", text=text) for text in ("One", "Two")]
    person, lesson_id = await asked(classroom, *drafts)
    await classroom.pool.execute(
        "update questions q set topic = case when q.position % 2 = 0 then 'Foizlar' else 'Kasrlar' end from quizzes z"
        " where z.id = q.quiz_id and z.lesson_id = $1",
        lesson_id,
    )
    for button in ("B) ", "Next", "A) ", "See the result"):
        await press(person, button)
    result = await person.last_message()
    assert result.kind == "photo"
    assert "Foizlar" in result.text

    for _again in range(2):
        for button in ("Try again", "B) ", "Next", "B) ", "See the result"):
            await press(person, button)
    result = await person.last_message()
    assert "100%" in result.text
    await person.send("/results")
    await person.settle()

    history = await person.last_message()
    assert history.kind == "photo"
    assert "My quiz results" in history.text

"""A mistake in the demo's files is reported with the file and the place, never loaded."""

import shutil
from pathlib import Path

import pytest

from bot.sandbox.demo.content import DEMO_DIR, DemoContentError, load_demo


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DEMO_DIR, tmp_path / "demo", ignore=shutil.ignore_patterns("__pycache__")))


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("subjects.toml", 'ru = "Математика", ', "", r"subject\.0\.title\.ru: Field required"),
        ("subjects.toml", "[[subject]]", "[[subject", "not valid TOML"),
        ("courses/percentages/course.toml", 'subject = "mathematics"', 'subject = "physics"', "physics is not in"),
        ("courses/percentages/course.toml", 'sale = "free"', 'sale = "free"\nprice = 100', "exactly when it is sold"),
        ("courses/quadratics/course.toml", "price = 14_900_000", "price = -5", "greater than 0"),
        (
            "courses/quadratics/course.toml",
            "price = 14_900_000",
            "price = 149000.5",
            "price: .*valid integer",
        ),
        ("courses/quadratics/course.toml", 'cover = "cover.jpg"', 'cover = "none.jpg"', "does not exist"),
        ("courses/quadratics/course.toml", 'slug = "vieta"', 'slug = "parabola"', "used twice: parabola"),
        ("courses/english-tenses/course.toml", "price = 1_500_000\n", "", "sold alone"),
        ("courses/english-tenses/course.toml", 'code = "ENG-1"', 'code = "MATH-1"', "two courses have the same code"),
        ("courses/english-tenses/course.toml", "level =", "levle =", "level"),
        ("courses/percentages/proportion/quiz.toml", "correct = 1", "correct = 4", "past the last option"),
        ("courses/percentages/proportion/quiz.toml", '"9,6", "15"', '"15", "15"', "two options are the same"),
        ("courses/percentages/proportion/quiz.toml", '"9,6", "15", "20"', '"9,6", "20"', "differs between languages"),
        ("courses/percentages/proportion/quiz.toml", "x : 12", "x" * 300, "at most 300"),
    ],
)
def test_a_broken_file_is_named_with_its_mistake(copy: Path, file: str, old: str, new: str, complaint: str) -> None:
    change(copy / file, old, new)

    with pytest.raises(DemoContentError, match=complaint):
        load_demo(copy)


def test_a_missing_translation_is_named(copy: Path) -> None:
    missing = copy / "courses/percentages/proportion/text.ru.md"
    missing.unlink()

    with pytest.raises(DemoContentError, match="does not exist") as caught:
        load_demo(copy)

    assert caught.value.path == missing


def test_an_empty_text_is_refused(copy: Path) -> None:
    (copy / "courses/percentages/proportion/text.en.md").write_text(" \n", encoding="utf-8")

    with pytest.raises(DemoContentError, match="the text is empty"):
        load_demo(copy)


def test_a_demo_without_courses_is_refused(copy: Path) -> None:
    shutil.rmtree(copy / "courses")

    with pytest.raises(DemoContentError, match="there is no course"):
        load_demo(copy)

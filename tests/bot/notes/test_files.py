"""A notebook as a file: order, headings, formatting, and texts that would break one."""

from pathlib import Path

import pytest
from docx import Document
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.notes.pages import Entry, Page, markdown_file
from bot.notes.word import word_file


def entry(markdown: str, course: str = "Foizlar", lesson: str = "Foiz nima?", number: int | None = 1) -> Entry:
    return Entry(
        course=course,
        course_id=number,
        lesson=lesson,
        lesson_id=number,
        when="2026-yil 2-mart",
        voice="",
        markdown=markdown,
    )


def page(*entries: Entry) -> Page:
    return Page(title="Qaydlarim", entries=entries, nothing="Bo‘sh")


def paragraphs(path: Path) -> list[tuple[str, str]]:
    return [((one.style.name or "") if one.style else "", one.text) for one in Document(str(path)).paragraphs]


def test_courses_stand_in_the_order_of_their_first_notes_and_free_notes_last() -> None:
    text = markdown_file(
        page(
            entry("free", "Boshqa", "", None),
            entry("one", "B", "b1", 2),
            entry("two", "A", "a1", 1),
            entry("three", "B", "b1", 2),
        )
    )

    assert [line for line in text.splitlines() if line.startswith("#")] == [
        "# Qaydlarim",
        "## B",
        "### b1",
        "## A",
        "### a1",
        "## Boshqa",
    ]
    assert text.index("one") < text.index("three") < text.index("two") < text.index("free")


def test_a_title_is_no_markup_and_an_open_fence_swallows_nothing() -> None:
    text = markdown_file(page(entry("```\nx = 1", "# <b>*", "1. _"), entry("after", number=2)))

    assert "## \\# \\<b\\>\\*" in text
    assert "```\nx = 1\n```" in text


def test_formatting_becomes_words_own_and_formulas_stay_text(tmp_path: Path) -> None:
    markdown = (
        "**a** *b* ~~c~~ `d` $x_1*y*z$\n\n1. one\n2. two\n   - deep\n\n> quoted\n\n# big\n\n[site](<https://a.uz>)"
    )
    word_file(page(entry(markdown)), tmp_path / "notes.docx")

    texts = [text for _style, text in paragraphs(tmp_path / "notes.docx")]
    assert "a b c d $x_1*y*z$" in texts
    assert texts[-6:] == ["1. one", "2. two", "• deep", "quoted", "big", "site (https://a.uz)"]
    runs = next(one for one in Document(str(tmp_path / "notes.docx")).paragraphs if one.text.startswith("a b")).runs
    assert [run.text for run in runs if run.bold] == ["a"]
    assert [run.text for run in runs if run.italic] == ["b"]
    assert [run.text for run in runs if run.font.strike] == ["c"]


def test_headings_are_words_own(tmp_path: Path) -> None:
    word_file(page(entry("x", "<b>Kurs</b> & \u202eevil", "Dars")), tmp_path / "notes.docx")

    assert ("Heading 1", "<b>Kurs</b> & \u202eevil") in paragraphs(tmp_path / "notes.docx")
    assert ("Heading 2", "Dars") in paragraphs(tmp_path / "notes.docx")


def test_a_notebook_without_notes_says_so(tmp_path: Path) -> None:
    word_file(page(), tmp_path / "notes.docx")

    assert ("Normal", "Bo‘sh") in paragraphs(tmp_path / "notes.docx")
    assert "Bo‘sh" in markdown_file(page())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(st.text(st.characters(codec="utf-8")))
def test_any_text_makes_a_document_that_opens(tmp_path: Path, text: str) -> None:
    word_file(page(entry(text, text, text)), tmp_path / "notes.docx")

    assert paragraphs(tmp_path / "notes.docx")
    markdown_file(page(entry(text, text, text))).encode()


@pytest.mark.parametrize("markdown", ["| a | b |\n|---|---|\n| 1 | 2 |", "---", "![x](y)", "<script>", "\ue0001\ue001"])
def test_rare_markup_loses_no_words(tmp_path: Path, markdown: str) -> None:
    word_file(page(entry(markdown)), tmp_path / "notes.docx")

    assert len(paragraphs(tmp_path / "notes.docx")) >= 4

"""Outlines as teachers paste them, and the titles that are made of messages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.model import MAX_TITLE
from domain.courses.pasted import MAX_PASTED, PastedSection, copy_title, first_title, is_outline, parse_outline
from domain.courses.wording import clean_title
from domain.errors import InvalidInput


def test_headings_begin_sections_and_numbers_and_bullets_are_left_out() -> None:
    pasted = parse_outline(
        "Kirish\n\n# 1. Asoslar\n1) Foiz nima?\n- Chegirmalar\n———\nAmaliyot:\n 1.2. Masalalar\n•  2*2"
    )

    assert pasted == (
        PastedSection(None, ("Kirish",)),
        PastedSection("Asoslar", ("Foiz nima?", "Chegirmalar")),
        PastedSection("Amaliyot", ("Masalalar", "2*2")),
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("# Only\nSections:", "empty"),
        ("— ! —\n...", "empty"),
        ("\n".join(map(str, range(MAX_PASTED + 1))), "too_many"),
        (f"One\n{'x' * 121}", "too_long"),
    ],
)
def test_what_is_no_outline_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_outline(text)
    assert (refused.value.field, refused.value.reason) == ("outline", reason)


@given(st.text(max_size=300))
def test_every_outline_has_titles_that_may_be_titles(text: str) -> None:
    try:
        pasted = parse_outline(text)
    except InvalidInput:
        return
    for section in pasted:
        for title in (*section.lessons, *([section.title] if section.title else [])):
            assert clean_title(title) == title


def test_one_line_is_a_title_and_more_are_an_outline() -> None:
    assert not is_outline("\n  Foiz nima? \n\n")
    assert is_outline("Foiz nima?\nChegirmalar")


@pytest.mark.parametrize(
    ("words", "file_name", "title"),
    [
        ("Foiz nima?\nYuzdan bir ulush", "", "Foiz nima?"),
        ("## **Foiz nima?**", "", "Foiz nima?"),
        ("🔥🔥🔥\nFoizlar", "", "Foizlar"),
        ("", "1_hafta_reja.v2.pptx", "1 hafta reja.v2"),
        ("Taqdimot", "reja.pptx", "Taqdimot"),
        ("", "README", "README"),
        ("", ".bashrc", ".bashrc"),
        ("", "", None),
        ("!!!", "", None),
        ("<b>Foiz</b>", "", "<b>Foiz</b>"),
    ],
)
def test_a_message_names_its_lesson(words: str, file_name: str, title: str | None) -> None:
    assert first_title(words, file_name) == title


@given(st.text(max_size=600), st.text(max_size=200))
def test_a_made_title_is_never_too_long(words: str, file_name: str) -> None:
    title = first_title(words, file_name)
    assert title is None or len(title) <= MAX_TITLE


@given(st.text(min_size=1, max_size=MAX_TITLE))
def test_a_copys_title_fits(title: str) -> None:
    assert len(copy_title(title)) <= MAX_TITLE


def test_copies_are_counted() -> None:
    assert copy_title("Foizlar") == "Foizlar (2)"
    assert copy_title("Foizlar (2)") == "Foizlar (3)"
    assert copy_title("x" * MAX_TITLE).endswith("x (2)")

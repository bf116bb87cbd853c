"""Readable names in links, and the signs of categories."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.categories import checked_emoji
from domain.courses.settings import parse_percent
from domain.courses.slugs import MAX_SLUG, checked_slug, numbered, slug_of
from domain.errors import InvalidInput

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Oson algebra", "oson-algebra"),
        ("O‘zbek tili: 5-sinf", "ozbek-tili-5-sinf"),
        ("Логарифмы и степени", "logarifmi-i-stepeni"),
        ("  <b>C++</b>  ", "b-c-b"),
        ("数学", None),
        ("🎓", None),
        ("x" * 60, "x" * 48),
        ("word " * 20, "word-word-word-word-word-word-word-word-word"),
    ],
)
def test_a_title_proposes_a_slug(title: str, slug: str | None) -> None:
    assert slug_of(title) == slug


@given(st.text(max_size=130), st.integers(2, 250))
def test_whatever_the_title_its_slug_and_its_numbers_are_slugs(title: str, number: int) -> None:
    slug = slug_of(title)

    for each in (slug, numbered(slug, number) if slug else None):
        assert each is None or (SLUG.fullmatch(each) and len(each) <= MAX_SLUG and checked_slug(each) == each)


@pytest.mark.parametrize("text", ["", "-a", "a-", "a--b", "a b", "ö", "a_b", "a/b", "<b>", "a\nb", "٣"])
def test_what_is_no_slug_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checked_slug(text)

    assert refused.value.reason == "format"


def test_a_slug_is_tidied_and_not_too_long() -> None:
    assert checked_slug("  Algebra-7\n") == "algebra-7"
    assert checked_slug("a" * MAX_SLUG) == "a" * MAX_SLUG
    with pytest.raises(InvalidInput) as refused:
        checked_slug("a" * (MAX_SLUG + 1))
    assert refused.value.reason == "too_long"


@pytest.mark.parametrize("text", ["📐", "🇬🇧", "👩‍🏫", "➗", "1️⃣", "#⃣", "⚗️", "🧑🏽‍🔬", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_one_emoji_is_a_sign(text: str) -> None:
    assert checked_emoji(f" {text} ") == text


@pytest.mark.parametrize(
    "text", ["", "a", "📐a", "1", "12", "📐📐📐📐📐📐📐📐📐", "<b>", "\u200d", "\u202e", "📐\u202e", "📐\n📐 x"]
)
def test_anything_else_is_no_sign(text: str) -> None:
    with pytest.raises(InvalidInput):
        checked_emoji(text)


@pytest.mark.parametrize(("text", "percent"), [("80", 80), (" 80 % ", 80), ("1", 1), ("100%", 100), ("007", 7)])
def test_a_percentage_is_read(text: str, percent: int) -> None:
    assert parse_percent(text) == percent


@pytest.mark.parametrize("text", ["", "0", "101", "-5", "80.5", "eighty", "٨٠", "9" * 5000])
def test_what_is_no_percentage_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_percent(text)

"""OUT-5, SEC-13: Markdown becomes HTML that Telegram takes, in pages that are short enough, and loses no word."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.markdown import MAX_MESSAGE, html_pages, length, plain_pages, split_html, to_html
from bot.sandbox.entities import parse_html

ALLOWED = {"b", "i", "s", "u", "code", "pre", "a", "blockquote"}

words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Co")), min_size=1, max_size=12)
uzbek = st.sampled_from(
    ["o‘qituvchi", "g‘oya", "ma’no", "урок", "цифра", "🎉", "👩‍🏫", "<b>", "&amp;", "a<b", "x>y & z"]
)
marked = st.one_of(
    words, uzbek,
    words.map(lambda word: f"**{word}**"), words.map(lambda word: f"*{word}*"), words.map(lambda word: f"`{word}`"),
    words.map(lambda word: f"~~{word}~~"), words.map(lambda word: f"${word}$"),
    words.map(lambda word: f"[{word}](https://example.org/?a=1&b=2)"),
)  # fmt: skip
lines = st.lists(marked, min_size=1, max_size=30).map(" ".join)
blocks = st.one_of(
    lines, lines.map(lambda line: f"# {line}"), lines.map(lambda line: f"- {line}\n- {line}"),
    lines.map(lambda line: f"1. {line}\n2. {line}"), lines.map(lambda line: f"> {line}"),
    lines.map(lambda line: f"```python\n{line}\n```"), lines.map(lambda line: f"| a | b |\n|---|---|\n| {line} | 2 |"),
)  # fmt: skip
documents = st.one_of(st.text(max_size=400), st.lists(blocks, max_size=12).map("\n\n".join))


class Balance(HTMLParser):
    """Fails on a tag that is not Telegram's, is closed in the wrong order, or is left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def text_of(html: str) -> str:
    """What is read, after checking that the markup is balanced."""
    parser = Balance()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.text


@given(documents)
@settings(max_examples=200, deadline=None)
def test_every_page_is_balanced_short_enough_and_takes_telegrams_parser(markdown: str) -> None:
    """OUT-5: the limit counts UTF-16 units after parsing."""
    for page in html_pages(markdown, 300):
        assert length(text_of(page)) <= 300
        parse_html(page)


@given(documents)
@settings(max_examples=200, deadline=None)
def test_pages_hold_every_visible_character_of_the_whole(markdown: str) -> None:
    whole = text_of(to_html(markdown))

    pages = "".join(text_of(page) for page in html_pages(markdown, 300))

    if whole.strip():
        assert re.sub(r"\s", "", pages) == re.sub(r"\s", "", whole)
    else:
        assert pages == "…"


@given(st.text(max_size=3000))
@settings(max_examples=100, deadline=None)
def test_plain_pages_are_the_text_itself(markdown: str) -> None:
    pages = plain_pages(markdown, 400)

    assert "".join(pages) == (markdown or "…")
    assert all(length(page) <= 400 for page in pages)


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("# Kvadrat tenglama", "<b>Kvadrat tenglama</b>"),
        ("**qalin** va *qiya* va ~~o‘chirilgan~~", "<b>qalin</b> va <i>qiya</i> va <s>o‘chirilgan</s>"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<b>emas</b>", "&lt;b&gt;emas&lt;/b&gt;"),
        ("$x^2 < 4$", "<code>x^2 &lt; 4</code>"),
        ("- bir\n- ikki", "• bir\n• ikki"),
        ("3. uch\n4. to‘rt", "3. uch\n4. to‘rt"),
        ("`a<b`", "<code>a&lt;b</code>"),
        ("```\nif a < b:\n```", "<pre>if a &lt; b:</pre>"),
        ("> iqtibos", "<blockquote>iqtibos</blockquote>"),
        ("[bu](https://example.org/?a=1&b=2)", '<a href="https://example.org/?a=1&amp;b=2">bu</a>'),
        ("[yomon](javascript:alert(1))", "[yomon](javascript:alert(1))"),
        ("---", "— — —"),
    ],
)
def test_each_kind_of_markup_has_its_html(markdown: str, html: str) -> None:
    assert to_html(markdown) == html


@pytest.mark.parametrize("unit", ["a", "ў", "🎉", "👩‍🏫", "so‘z ", "a<b ", "&", "**q** ", "$x$ "])
@pytest.mark.parametrize("size", [MAX_MESSAGE - 1, MAX_MESSAGE, MAX_MESSAGE + 1, 10_000])
def test_at_the_border_of_a_message_nothing_is_too_long(unit: str, size: int) -> None:
    """OUT-5: 4,096 UTF-16 units, in Uzbek, Cyrillic and emoji; also one endless word."""
    pages = html_pages(unit * (size // max(1, length(unit))))

    assert all(0 < length(text_of(page)) <= MAX_MESSAGE for page in pages)


def test_an_open_tag_is_closed_before_a_cut_and_opened_again_after_it() -> None:
    pages = split_html("<b>" + "so‘z " * 100 + "</b>", 120)

    assert len(pages) > 1
    assert all(page.startswith("<b>") and page.endswith("</b>") for page in pages)


def test_a_cut_never_halves_an_entity_or_a_pair_of_surrogates() -> None:
    for page in html_pages("&" * 5000, 100) + html_pages("🎉" * 5000, 100):
        text_of(page).encode()
        assert not re.search(r"&[a-z]*$|^[a-z]*;", page)


@pytest.mark.parametrize("markdown", ["", " ", ">", "#", "- ", "```\n```", "> > >", "**\n**"])
def test_a_text_without_anything_to_see_is_never_an_empty_message(markdown: str) -> None:
    """Telegram refuses a message of tags alone."""
    assert all(text_of(page).strip() for page in html_pages(markdown))


def test_the_signs_that_stand_for_formulas_inside_are_harmless_in_a_text() -> None:
    assert to_html("\ue0005\ue001 $x$") == "5 <code>x</code>"

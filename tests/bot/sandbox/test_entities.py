import re
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import Formatted, parse_html, trimmed, utf16_length, with_detected
from bot.sandbox.errors import ApiError
from bot.sandbox.render import text_html

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\0"), min_size=1, max_size=40)
TAGS = st.sampled_from(["b", "i", "u", "s", "code", "pre", "blockquote", "tg-spoiler"])
PIECES = st.recursive(
    TEXTS.map(escape),
    lambda inner: st.tuples(TAGS, st.lists(inner, max_size=3)).map(lambda p: f"<{p[0]}>{''.join(p[1])}</{p[0]}>"),
    max_leaves=8,
)


@given(TEXTS)
def test_an_escaped_text_comes_back_as_it_was(text: str) -> None:
    assert parse_html(escape(text)).text == trimmed(Formatted(text)).text


@given(st.lists(PIECES, max_size=4).map("".join))
def test_every_entity_lies_within_the_text(source: str) -> None:
    parsed = parse_html(source)
    size = utf16_length(parsed.text)
    assert all(0 <= e["offset"] < e["offset"] + e["length"] <= size for e in parsed.entities)


@given(st.text(max_size=60))
def test_any_input_is_parsed_or_refused_in_telegrams_words(source: str) -> None:
    refusal = ""
    try:
        parse_html(source)
    except ApiError as error:
        refusal = error.description
    assert not refusal or refusal.startswith("Bad Request: can't parse entities: ")


@given(st.lists(PIECES, max_size=4).map("".join))
def test_the_rendered_html_says_the_same_words(source: str) -> None:
    parsed = parse_html(source)
    rendered = text_html(parsed.text, list(parsed.entities))
    words = re.sub(r"<[^>]*>", "", rendered)
    assert words == escape(parsed.text)


def test_offsets_count_utf16_units() -> None:
    assert parse_html("😀<b>жирный</b>").entities == ({"type": "bold", "offset": 2, "length": 6},)


def test_nested_code_in_pre_gives_the_language() -> None:
    parsed = parse_html('<pre><code class="language-python">x</code></pre>')
    assert parsed.entities == ({"type": "pre", "offset": 0, "length": 1, "language": "python"},)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<br>", 'Unsupported start tag "br" at byte offset 0'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ж<b>x</i>", 'Unmatched end tag at byte offset 6, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("<i aba>x</i>", 'Expected equal sign in declaration of an attribute of the tag "i" at byte offset 0'),
        ("<a href=x/>y</a>", "Unexpected end of name token at byte offset 8"),
        ('<a href="x', "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_bad_markup_is_refused_with_telegrams_sentence(source: str, reason: str) -> None:
    with pytest.raises(ApiError) as refused:
        parse_html(source)
    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_white_space_around_a_text_is_cut_with_its_entities() -> None:
    assert parse_html("  <b> x </b>\n") == Formatted("x", ({"type": "bold", "offset": 0, "length": 1},))


def test_commands_and_links_are_found_but_not_inside_code() -> None:
    found = with_detected(parse_html("/start <code>/help</code> https://t.me/x @ustoz_bot"))
    assert [e["type"] for e in found.entities] == ["bot_command", "code", "url", "mention"]


def test_a_script_in_a_link_does_not_reach_the_page() -> None:
    rendered = text_html("click", [{"type": "text_link", "offset": 0, "length": 5, "url": "javascript:alert(1)"}])
    assert rendered == "click"

"""What teachers type becomes Markdown that reads as they typed it."""

import html
import re
from datetime import UTC, datetime

import pytest
from aiogram.types import Chat, Message, MessageEntity
from hypothesis import given
from hypothesis import strategies as st

from bot.markdown import to_html
from bot.sandbox.rich_markdown import to_html as to_rich_html
from bot.writing import markdown_of

TAG = re.compile(r"<[^>]+>")


def message(text: str, *entities: MessageEntity) -> Message:
    return Message(
        message_id=1,
        date=datetime(2026, 3, 2, tzinfo=UTC),
        chat=Chat(id=1, type="private"),
        text=text,
        entities=list(entities),
    )


def entity(kind: str, offset: int, length: int, **fields: str) -> MessageEntity:
    return MessageEntity(type=kind, offset=offset, length=length, **fields)  # pyright: ignore[reportArgumentType]


def words(markup: str) -> list[str]:
    """What is read, without the markup."""
    return html.unescape(TAG.sub("", markup)).split()


@pytest.mark.parametrize(
    ("text", "entities", "markdown"),
    [
        ("Salom, dunyo", [], "Salom, dunyo"),
        ("qalin", [entity("bold", 0, 5)], "**qalin**"),
        ("bir ikki ", [entity("italic", 3, 6)], "bir *ikki*"),
        ("o‘chiq", [entity("strikethrough", 0, 6)], "~~o‘chiq~~"),
        ("sir", [entity("spoiler", 0, 3)], "||sir||"),
        ("a_b*c", [entity("code", 0, 5)], "`a_b*c`"),
        ("x = 1\ny_2", [entity("pre", 0, 9, language="python")], "```python\nx = 1\ny_2\n```"),
        ("sayt", [entity("text_link", 0, 4, url="https://a.uz/x_(y)")], "[sayt](<https://a.uz/x_(y)>)"),
        ("gap\nyana", [entity("blockquote", 0, 8)], "> gap  \n> yana"),
        ("ikki qavat", [entity("bold", 0, 10), entity("italic", 5, 5)], "**ikki *qavat***"),
        ("😀 qalin", [entity("bold", 3, 5)], "😀 **qalin**"),
        ("bir\nikki\n\nuch", [], "bir  \nikki\n\nuch"),
        ("qator\nikki", [entity("bold", 0, 10)], "**qator**  \n**ikki**"),
        ("2*3*4 = a_b_c", [], "2\\*3\\*4 = a\\_b\\_c"),
        ("#heshteg", [], "\\#heshteg"),
        ("<b>matn</b> & [x](y)", [], "\\<b\\>matn\\</b\\> \\& \\[x\\](y)"),
        ("- bir\n- ikki\n1. uch", [], "- bir  \n- ikki  \n1. uch"),
    ],
)
def test_formatting_is_kept_and_signs_stay_signs(text: str, entities: list[MessageEntity], markdown: str) -> None:
    assert markdown_of(message(text, *entities)) == markdown


@pytest.mark.parametrize("formula", ["$x_1^2*y*$", "$$\\frac{a_1}{b_2}$$", "$$\na_1\n+ b_1\n$$", "$a$"])
def test_formulas_are_left_alone(formula: str) -> None:
    assert formula in markdown_of(message(f"Mana: {formula} *"))


@pytest.mark.parametrize("prices", ["narxi $5 va $10", "$ 5 $", "5$ va 10$", "10 000 $"])
def test_prices_in_dollars_are_no_formulas(prices: str) -> None:
    markdown = markdown_of(message(prices))

    assert "tg-math" not in to_rich_html(markdown)
    assert words(to_rich_html(markdown)) == prices.split()


@pytest.mark.parametrize(
    "markdown", ["# Mavzu\n\nmatn_1", "**muhim** gap", "| a | b |\n|---|---|\n| 1 | 2 |", "```\ncode_1\n```"]
)
def test_markdown_that_was_meant_stays_as_typed(markdown: str) -> None:
    assert markdown_of(message(markdown)) == markdown


typed = st.text(alphabet=st.sampled_from("ab яʻ1*_~`[]()<>|&\\#=-!\n\n\t "), min_size=1, max_size=60)


@given(typed)
def test_no_sign_of_a_plain_text_is_lost_on_either_road(text: str) -> None:
    plain = message(text)
    markdown = markdown_of(plain)
    if markdown == text:
        return

    assert [word for word in words(to_html(markdown)) if word != "•"] == signs(text)
    assert unnumbered(words(to_rich_html(markdown))) == unnumbered(signs(text))


def unnumbered(words: list[str]) -> list[str]:
    """Without what may be an item's number: of a list in HTML the reader's program writes them."""
    return [word for word in words if not re.fullmatch(r"\d+[.)]", word)]


def signs(text: str) -> list[str]:
    """The words of a text but the dashes that begin the items of a list."""
    return re.sub(r"^\s*(?:-[^\S\n]+(?=\S))+", "", text, flags=re.MULTILINE).split()


kinds = st.sampled_from(["bold", "italic", "code", "strikethrough", "pre", "blockquote"])


@given(
    st.text(alphabet=st.sampled_from("ab 1*_$`\n😀"), min_size=1, max_size=40),
    st.lists(
        st.tuples(kinds, st.integers(0, 39), st.integers(1, 40)),
        max_size=4,
    ),
)
def test_any_formatting_gives_a_text(text: str, marks: list[tuple[str, int, int]]) -> None:
    entities = [
        entity(kind, units(text[:start]), units(text[start : start + length]))
        for kind, start, length in marks
        if start < len(text)
    ]

    markdown = markdown_of(message(text, *entities))

    to_rich_html(markdown)
    assert set(re.sub(r"\W", "", text)) <= set(markdown)


def units(text: str) -> int:
    """As Telegram counts."""
    return len(text.encode("utf-16-le")) // 2

import re
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    BufferedInputFile,
    InputMediaPhoto,
    InputRichBlockDetails,
    InputRichBlockMathematicalExpression,
    InputRichBlockParagraph,
    InputRichMessage,
    InputRichMessageMedia,
    RichTextBold,
)
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.errors import ApiError
from bot.sandbox.render import blocks_html, formula
from bot.sandbox.rich_html import parse
from bot.sandbox.rich_markdown import to_html
from tests.bot.sandbox.conftest import ALI, Rig
from tests.bot.sandbox.test_messages import PNG

KNOWN = re.compile(
    r"</?(?:p|h[1-6]|b|i|u|s|code|pre|mark|sub|sup|span|a|br|hr|ul|ol|li|input|blockquote|aside|cite|details|summary|table|"
    r"caption|tr|th|td|footer|figure|figcaption|div|button|m[a-z]+)(?: [^<>]*)?>"
)


def no_media(tag: str, address: str, fields: dict[str, Any]) -> dict[str, Any]:
    raise AssertionError(f"unexpected {tag} {address} {fields}")


def drawn(markdown: str) -> str:
    return blocks_html(parse(to_html(markdown), no_media, markdown=True))


def test_headings_lists_tasks_and_tables_of_markdown_become_blocks() -> None:
    html = drawn("# Title\n\n1. one\n2. two\n\n- [x] done\n- [ ] open\n\n|a|b|\n|:-|-:|\n|1|**2**|")
    assert html == (
        '<h1>Title</h1><ol><li value="1">one</li><li value="2">two</li></ol>'
        '<ul><li class="task"><input type="checkbox" disabled checked> done</li>'
        '<li class="task"><input type="checkbox" disabled> open</li></ul>'
        '<table><tr><th align="left" valign="top">a</th><th align="right" valign="top">b</th></tr>'
        '<tr><td align="left" valign="top">1</td><td align="right" valign="top"><b>2</b></td></tr></table>'
    )


@pytest.mark.parametrize(
    ("markdown", "expression", "display"),
    [
        ("so $x_1^2$ is", "x_1^2", "inline"),
        ("$$\\frac{a}{b} < 1$$", "\\frac{a}{b} < 1", "block"),
        ("$$\na*b*c\n$$", "a*b*c", "block"),
        ("a <tg-math>a_1 \\cdot b_2</tg-math> b", "a_1 \\cdot b_2", "inline"),
    ],
)
def test_formulas_are_kept_as_latex_and_drawn_as_mathml(markdown: str, expression: str, display: str) -> None:
    blocks = parse(to_html(markdown), no_media, markdown=True)
    assert repr(expression) in repr(blocks)
    assert f'<math xmlns="http://www.w3.org/1998/Math/MathML" display="{display}">' in blocks_html(blocks)


def test_signs_and_decimal_commas_are_spaced_as_tex_spaces_them() -> None:
    number, negative, difference = (formula(each, block=False) for each in ("0{,}5", "a = -10", "a - 10"))

    assert '<mo lspace="0" rspace="0">,</mo>' in number
    assert '<mo form="prefix">−</mo><mn>10</mn>' in negative
    assert "<mo>−</mo><mn>10</mn>" in difference


def test_prices_in_dollars_are_no_formulas() -> None:
    assert drawn("from $5 to $10") == "<p>from $5 to $10</p>"


def test_an_unreadable_formula_is_shown_as_it_was_written() -> None:
    assert drawn("$\\frac$") == '<p><code class="formula-source">\\frac</code></p>'


LATEX_PIECES = [
    "\\frac", "\\sqrt", "\\text", "\\left(", "\\right)", "\\begin{matrix}", "\\end{matrix}", "\\href",
    "\\color", "\\mathbb", "\\sum", "\\limits", "\\over", "\\operatorname", "\\genfrac", "\\hline",
    "\\substack", "\\mathrm", "\\not", "\\style", "{", "}", "^", "_", "&", "\\\\", "x", "1", "+", "<script>",
    "&#60;script>", "javascript:", "onclick", "'", "[", "]",
]  # fmt: skip
LATEX = st.lists(st.sampled_from(LATEX_PIECES), max_size=12).map(" ".join)


@given(LATEX)
def test_any_formula_is_drawn_or_shown_and_never_dangerous(expression: str) -> None:
    html = formula(expression, block=False)
    assert "<script" not in html
    marks = re.sub(r">[^<]*<", "><", html)
    assert not re.search(r"href|javascript|onclick|style=", marks)


def test_marks_spoilers_footnotes_and_folded_parts() -> None:
    html = drawn(
        "==m== ||s|| ~~d~~ n[^1]\n\n[^1]: the **note**\n\n<details><summary>**S**</summary>\n\nin\n\n</details>"
    )
    assert "<mark>m</mark>" in html
    assert '<span class="spoiler">s</span>' in html
    assert "<s>d</s>" in html
    assert '<a href="#anchor-1">1</a>' in html
    assert '<footer><span id="anchor-1">1.</span> the <b>note</b></footer>' in html
    assert "<details><summary><b>S</b></summary><p>in</p></details>" in html


def test_code_is_left_alone() -> None:
    assert drawn("```python\n$x$ ==y== [^1]\n```") == ('<pre data-language="python"><code>$x$ ==y== [^1]</code></pre>')


@given(st.text(max_size=200))
def test_whatever_a_model_writes_only_safe_tags_come_out(markdown: str) -> None:
    try:
        html = drawn(markdown)
    except ApiError:
        return
    except AssertionError as unexpected_media:
        html = str(unexpected_media) and ""
    assert "<" not in KNOWN.sub("", html)


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>x</p>",
        '<a href="javascript:alert(1)">x</a>',
        "<iframe src=x></iframe>",
        "<b><img src=x onerror=alert(1)></b>",
        "&lt;script&gt;",
    ],
)
def test_nothing_dangerous_is_drawn(source: str) -> None:
    try:
        html = blocks_html(parse(source, no_media))
    except ApiError:
        html = ""
    assert "script" not in html.replace("&lt;script&gt;", "")
    assert "onclick" not in html
    assert "onerror" not in html


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p>a < b</p>", 'can\'t parse entities: Unsupported start tag "" at byte offset 5'),
        ("<marquee>x</marquee>", 'can\'t parse entities: Unsupported start tag "marquee" at byte offset 0'),
        ("<p>x", "can't parse entities: Can't find end tag corresponding to start tag \"p\""),
        ("<p><b>x</p></b>", 'can\'t parse entities: Unmatched end tag at byte offset 7, expected "</b>", found "</p>"'),
        ("<ul><p>x</p></ul>", 'can\'t parse entities: Tag "p" is not allowed in the tag "ul"'),
        ("", "rich message must be non-empty"),
        ("<p>" + "x" * 32_769 + "</p>", "message is too long"),
        ("<p>x</p>" * 501, "rich message has too many blocks"),
        ("<tg-thinking>x</tg-thinking>", "thinking blocks are allowed only in drafts"),
    ],
)
async def test_bad_rich_html_is_refused(rig: Rig, html: str, reason: str) -> None:
    with pytest.raises(TelegramBadRequest) as refused:
        await rig.bot.send_rich_message(ALI, InputRichMessage(html=html))
    assert refused.value.message == f"Bad Request: {reason}"


async def test_exactly_one_way_of_writing_must_be_chosen(rig: Rig) -> None:
    with pytest.raises(TelegramBadRequest, match="exactly one of html, markdown and blocks"):
        await rig.bot.send_rich_message(ALI, InputRichMessage(html="<p>x</p>", markdown="x"))


async def test_blocks_come_back_as_telegram_answers_them(rig: Rig) -> None:
    details = InputRichBlockDetails(
        summary="Solution",
        blocks=[
            InputRichBlockParagraph(text=["x is ", RichTextBold(text="2")]),
            InputRichBlockMathematicalExpression(expression="x=2"),
        ],
    )
    sent = await rig.bot.send_rich_message(ALI, InputRichMessage(blocks=[details]))
    assert sent.rich_message is not None
    assert [block.type for block in sent.rich_message.blocks] == ["details"]
    assert (await rig.ali.last_message()).text == "Solution\nx is 2\nx=2"
    page = (await rig.ali.chat())["messages"][-1]
    assert page["rich_html"].startswith('<div class="rich"><details><summary>Solution</summary><p>x is <b>2</b></p>')


async def test_a_picture_in_a_rich_message_comes_from_the_sandboxs_files(rig: Rig) -> None:
    photo = await rig.bot.send_photo(ALI, BufferedInputFile(PNG, "a.png"))
    assert photo.photo is not None
    media = InputRichMessageMedia(id="pic", media=InputMediaPhoto(media=photo.photo[-1].file_id))
    message = InputRichMessage(markdown='![](tg://photo?id=pic "A dot")', media=[media])
    sent = await rig.bot.send_rich_message(ALI, message)
    assert sent.rich_message is not None
    assert sent.rich_message.blocks[0].type == "photo"
    page = (await rig.ali.chat())["messages"][-1]["rich_html"]
    assert f'<img src="/sandbox/files/{photo.photo[-1].file_id}"' in page
    assert "<figcaption>A dot</figcaption>" in page


async def test_a_rich_message_is_edited_in_place_and_into_plain_text(rig: Rig) -> None:
    sent = await rig.bot.send_rich_message(ALI, InputRichMessage(markdown="# One"))
    await sent.edit_text(rich_message=InputRichMessage(markdown="# Two"))
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await sent.edit_text(rich_message=InputRichMessage(html="<h1>Two</h1>"))
    await sent.edit_text("plain")
    last = await rig.ali.last_message()
    assert (last.kind, last.text) == ("text", "plain")

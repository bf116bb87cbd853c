from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import speaking
from bot.markdown import to_html
from bot.question_text import asked, has_formula, marked, option_list, option_meant, progress_bar
from bot.quizzes.wording import duration, praise
from domain.language import Language


@pytest.mark.parametrize("text", ["$x^2$", "Solve $$\\frac{1}{2}$$ now", "if $a=1$, then"])
def test_a_pair_of_dollar_signs_is_a_formula(text: str) -> None:
    assert has_formula(["plain", text])


@pytest.mark.parametrize("text", ["costs $5", "from $5 to $6", "$ 5 $", "a_b*c", ""])
def test_a_price_in_dollars_is_no_formula(text: str) -> None:
    assert not has_formula([text])


def test_what_an_author_wrote_stays_text_in_html() -> None:
    assert marked("a < b & <b>c</b>", is_rich=False) == "a &lt; b &amp; &lt;b&gt;c&lt;/b&gt;"
    assert asked("1 < 2?", is_rich=False) == "<b>1 &lt; 2?</b>"


def test_in_a_rich_message_only_the_formula_means_something() -> None:
    written = marked("*Find* $x_1^2$ in [x](tg://user?id=1)\n# now", is_rich=True)

    assert "$x_1^2$" in written
    assert to_html(written) == ("*Find* <code>x_1^2</code> in [x](tg://user?id=1)\n\n# now")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=60))
def test_plain_text_without_formulas_has_no_live_markdown(text: str) -> None:
    if has_formula([text]) or "$" in text:
        return
    html = to_html(marked(text, is_rich=True))

    assert not any(tag in html for tag in ("<b>", "<i>", "<s>", "<a ", "<pre>", "<code>", "<blockquote>"))


def test_options_are_lettered() -> None:
    assert option_list(["5", "<6>"], is_rich=False) == "A) 5\nB) &lt;6&gt;"
    assert to_html(option_list(["$x$", "6"], is_rich=True)) == "A) <code>x</code>\n\nB) 6"


@pytest.mark.parametrize(
    ("typed", "options", "meant"),
    [
        ("b", ["red", "green"], 1),
        (" B) ", ["red", "green"], 1),
        ("2", ["red", "green"], 1),
        ("2.", ["red", "green"], 1),
        ("GREEN", ["red", "green"], 1),
        ("4", ["3", "4", "5"], 1),
        ("b", ["3", "4", "5"], 1),
        ("2", ["3", "4", "5"], None),
        ("3", ["3", "4", "5"], 0),
        ("a", ["an", "a", "the"], None),
        ("c", ["red", "green"], None),
        ("3", ["red", "green"], None),
        ("0", ["red", "green"], None),
        ("²", ["red", "green"], None),
        ("9" * 5000, ["red", "green"], None),
        ("hello", ["red", "green"], None),
        ("", ["red", "green"], None),
        (")", ["red", "green"], None),
        ("В", ["red", "green", "blue"], None),
    ],
)
def test_a_typed_answer_is_taken_only_when_it_means_one_option(
    typed: str, options: list[str], meant: int | None
) -> None:
    assert option_meant(typed, options) == meant


@pytest.mark.parametrize(
    ("done", "total", "bar"), [(0, 3, "▱▱▱"), (2, 3, "▰▰▱"), (3, 3, "▰▰▰"), (99, 100, "▰▰▰▰▰▰▰▰▰▱")]
)
def test_the_bar_is_full_only_at_the_end(done: int, total: int, bar: str) -> None:
    assert progress_bar(done, total) == bar


def test_times_and_praise_are_words_of_the_language() -> None:
    with speaking(Language.EN):
        assert duration(timedelta(seconds=42)) == "42 s"
        assert duration(timedelta(seconds=125)) == "2 min 5 s"
        assert duration(timedelta(hours=1, minutes=2, seconds=3)) == "1 h 2 min"
        assert len({praise(percent) for percent in (0, 49, 50, 79, 80, 99, 100)}) == 4

"""A model's Markdown is data."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tutor.markdown import clean, half_written


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**bold** and $x<y$", "**bold** and $x<y$"),
        ("a < b, 2 <3", "a < b, 2 <3"),
        ("<b>x</b>", r"\<b>x\</b>"),
        ("<!-- x -->", r"\<!-- x -->"),
        ("![alt](http://e.uz/a.png)", "alt"),
        ("![alt][ref]", "alt"),
        ("[text](tg://user?id=1)", "text"),
        ("[![a](b)](c)", "a"),
        ("`<b>` and ```\n<i>\n```", "`<b>` and ```\n<i>\n```"),
        ("$$a<b$$ <u>", r"$$a<b$$ \<u>"),
        ("[1]: http://e.uz\ntext", "\ntext"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
    ],
)
def test_only_text_and_its_forms_are_left(written: str, shown: str) -> None:
    assert clean(written) == shown


@given(st.text(alphabet="<>ab/![]()`$\\ \n", max_size=60))
def test_no_tag_or_picture_opens_outside_code_and_formulas(written: str) -> None:
    outside = re.sub(r"```.*?(```|\Z)|`[^`\n]+`|\$\$.*?(\$\$|\Z)|\$[^$\n]+\$", " ", clean(written), flags=re.DOTALL)

    assert not re.search(r"(?<!\\)<[A-Za-z/!]", outside)


@given(st.text(max_size=200))
def test_cleaning_is_total(written: str) -> None:
    assert isinstance(clean(written), str)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("```python\nfor x", "```python\nfor x\n```"),
        ("Then $$x = ", "Then"),
        ("$$x", "…"),
        ("$$x$$ done", "$$x$$ done"),
    ],
)
def test_what_is_half_written_is_shown_whole(written: str, shown: str) -> None:
    assert half_written(written) == shown

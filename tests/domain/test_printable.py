"""What people type is kept without what misleads."""

from hypothesis import given
from hypothesis import strategies as st

from domain.courses.wording import clean_text
from domain.printable import printable_line, printable_lines, printable_markdown


@given(st.text())
def test_whatever_is_typed_a_database_and_a_file_take_it(text: str) -> None:
    for clean in (printable_line, printable_lines, printable_markdown):
        kept = clean(text)

        kept.encode()
        assert not set(kept) & {"\x00", "\x1f", "\u202e", "\u200b"}
        assert clean(kept) == kept


def test_breaks_of_lines_stay_in_markdown_only() -> None:
    assert printable_markdown("a  \nb   \n\n   \nc  ") == "a  \nb  \n\n\nc"
    assert printable_lines("a  \nb") == "a\nb"
    assert clean_text("one  \ntwo") == "one  \ntwo"


def test_what_holds_an_emoji_together_stays() -> None:
    assert printable_line("👩‍🏫 \u200bAli") == "👩‍🏫 Ali"

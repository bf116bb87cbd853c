from aiogram_dialog.utils import CB_SEP, REPLY_CALLBACK_SYMBOLS, join_reply_callback, split_reply_callback
from hypothesis import given
from hypothesis import strategies as st

from bot.hidden_data import NOTHING_VISIBLE, without_foreign_data

INVISIBLE = st.text(alphabet=REPLY_CALLBACK_SYMBOLS, min_size=1, max_size=40)


@given(st.text(max_size=20), INVISIBLE)
def test_what_is_left_of_any_text_is_read_without_an_error(visible: str, invisible: str) -> None:
    words, data = split_reply_callback(without_foreign_data(visible + invisible))

    assert words == visible.rstrip(REPLY_CALLBACK_SYMBOLS) or words == NOTHING_VISIBLE
    assert not data or CB_SEP in data


@given(st.text(alphabet="abcXYZ123", min_size=1), st.text(max_size=20))
def test_the_data_of_a_dialogs_own_button_passes(context: str, button: str) -> None:
    text = join_reply_callback("Skip", f"{context}{CB_SEP}{button}")

    assert without_foreign_data(text) == text


def test_data_that_belongs_to_no_dialog_is_cut_off() -> None:
    assert without_foreign_data(join_reply_callback("Salom", "go:l_5")) == "Salom"
    assert without_foreign_data(join_reply_callback("", "go:l_5")) == NOTHING_VISIBLE

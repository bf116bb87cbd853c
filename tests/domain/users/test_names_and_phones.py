import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.users.model import MAX_NAME
from domain.users.names import clean_name, name_at_first_sight
from domain.users.phone import masked, normalise_phone


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("  Ali   Karimov ", "Ali Karimov"),
        ("Ali\r\nKarimov\tjr", "Ali Karimov jr"),
        ("\u202eilA\u202c", "ilA"),
        ("A\u200bl\u200di\ufeff", "Ali"),
        ("Ali\u2028Karimov", "Ali Karimov"),
        ("<b>Ali</b> & Co", "<b>Ali</b> & Co"),
        ("Gʻofur Oʻgʻli", "Gʻofur Oʻgʻli"),
        ("Анна Ким", "Анна Ким"),
        ("Cafe\u0301", "Café"),
        ("Ali\u3164", "Ali"),
    ],
)
def test_a_name_becomes_one_visible_line_and_its_markup_stays_text(written: str, kept: str) -> None:
    assert clean_name(written) == kept


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("", "empty"),
        (" \u200b\u3164\n", "empty"),
        ("12345", "no_letters"),
        ("🌸", "no_letters"),
        ("a" * 101, "too_long"),
        ("a" * 10_000, "too_long"),
    ],
)
def test_what_is_no_name_is_refused_with_its_reason(written: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean_name(written)

    assert (refused.value.field, refused.value.reason) == ("full_name", reason)


@given(st.text(max_size=200))
def test_every_accepted_name_is_short_visible_and_stays_as_it_is_when_cleaned_again(text: str) -> None:
    try:
        name = clean_name(text)
    except InvalidInput:
        return

    assert 1 <= len(name) <= MAX_NAME
    assert all(unicodedata.category(character)[0] != "C" for character in name)
    assert not any(character.isspace() and character != " " for character in name)
    assert clean_name(name) == name


@given(st.text(max_size=200), st.none() | st.from_regex(r"[a-z0-9_]{5,32}", fullmatch=True), st.integers(1, 2**52))
def test_whatever_telegram_calls_somebody_there_is_a_name_to_go_on_with(
    full_name: str, username: str | None, user_id: int
) -> None:
    name = name_at_first_sight(full_name, username, user_id)

    assert clean_name(name) == name


def test_a_name_without_letters_gives_way_to_the_username() -> None:
    assert name_at_first_sight("🌸", "ali_k", 7) == "ali_k"


@pytest.mark.parametrize(
    ("shared", "kept"),
    [
        ("998901234567", "+998901234567"),
        ("+998 (90) 123-45-67", "+998901234567"),
        ("901234567", "+998901234567"),
        ("00998 90 123 45 67", "+998901234567"),
        ("+7 912 345-67-89", "+79123456789"),
        ("79123456789", "+79123456789"),
        ("298123456", "+298123456"),
        ("+888 0123 4567", "+88801234567"),
    ],
)
def test_a_number_is_kept_as_e164(shared: str, kept: str) -> None:
    assert normalise_phone(shared) == kept


@pytest.mark.parametrize(
    "shared",
    [
        "",
        "+",
        "abc",
        "+99890123456",
        "+9989012345678",
        "12345",
        "+0123456789",
        "+1234567890123456",
        "+998٩٠1234567",
        "+998901234567;ext=1",
    ],
)
def test_what_is_no_number_is_refused(shared: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normalise_phone(shared)

    assert (refused.value.field, refused.value.reason) == ("phone", "format")


@given(st.from_regex(r"[0-9]{9}", fullmatch=True), st.text(alphabet=" -().", max_size=3))
def test_every_uzbek_number_is_kept_the_same_however_it_is_spaced(number: str, gap: str) -> None:
    spaced = f"+998{gap}{number[:2]}{gap}{number[2:5]}{gap}{number[5:]}"

    assert normalise_phone(spaced) == f"+998{number}"


@given(st.text(max_size=30))
def test_every_accepted_number_is_e164_and_stays_as_it_is(text: str) -> None:
    try:
        number = normalise_phone(text)
    except InvalidInput:
        return

    assert number.startswith("+")
    assert number[1:].isascii()
    assert number[1:].isdigit()
    assert 7 <= len(number[1:]) <= 15
    assert normalise_phone(number) == number


@given(st.from_regex(r"\+998[0-9]{9}", fullmatch=True))
def test_a_masked_number_hides_all_but_its_country_and_its_last_two_digits(number: str) -> None:
    assert masked(number) == f"+998 ••• {number[-2:]}"

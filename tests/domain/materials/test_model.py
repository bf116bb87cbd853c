"""Names of materials: what they end in, and what cannot be one."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.materials.model import MAX_NAME, Material, MaterialId, MaterialState, material_name, renamed
from domain.users.model import UserId


def material(name: str = "scan0001.PDF") -> Material:
    return Material(
        id=MaterialId(1),
        owner_id=UserId(1),
        name=name,
        mime="",
        size=1,
        telegram_file_id="F",
        bot_id=1,
        sha256=None,
        state=MaterialState.WAITING,
        fault=None,
        page_count=None,
        unseen_count=0,
        revision=1,
        status_id=None,
        created_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Fizika", "Fizika.PDF"),
        ("  Fizika   9-sinf ", "Fizika 9-sinf.PDF"),
        ("Fizika.pdf", "Fizika.PDF"),
        ("Fizika.exe", "Fizika.exe.PDF"),
        ("\u202eFizika", "Fizika.PDF"),
    ],
)
def test_a_new_name_keeps_the_ending_and_loses_what_misleads(typed: str, kept: str) -> None:
    assert renamed(typed, material()) == kept


@pytest.mark.parametrize(
    ("typed", "reason"), [("", "empty"), (" … ", "empty"), (".pdf", "empty"), ("a" * 120, "too_long")]
)
def test_what_is_no_name_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        renamed(typed, material())

    assert (refused.value.field, refused.value.reason) == ("name", reason)


@given(st.text(max_size=300), st.sampled_from(["", "application/pdf", "image/jpeg", "x/y"]))
def test_whatever_a_file_is_called_its_name_is_one_line_that_fits(name: str, mime: str) -> None:
    kept = material_name(name, mime)

    assert 1 <= len(kept) <= MAX_NAME
    assert not {"/", "\\", "\n", "\r", "\0", "\u202e"} & set(kept)


def test_a_file_without_an_ending_gets_that_of_its_kind() -> None:
    assert material_name("konspekt", "application/pdf") == "konspekt.pdf"
    assert material_name("", "image/jpeg") == "file.jpg"

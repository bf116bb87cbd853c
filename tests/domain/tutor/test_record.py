"""The record behind a solution."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tutor.record import MARK, BadRecord, read_record, split_record

GOOD: dict[str, Any] = {"steps": ["Subtract 2."], "final_answer": "x = 3", "confidence": 0.9}


def test_a_whole_record_is_read() -> None:
    details = read_record(json.dumps(GOOD))

    assert (details.steps, details.final_answer, details.confidence) == (("Subtract 2.",), "x = 3", 0.9)
    assert not details.is_doubtful


def test_a_fence_around_it_does_not_matter() -> None:
    assert read_record(f"```json\n{json.dumps(GOOD)}\n```").final_answer == "x = 3"


def test_little_confidence_is_a_doubt() -> None:
    assert read_record(json.dumps({**GOOD, "confidence": 0.2})).is_doubtful


@pytest.mark.parametrize(
    "broken",
    [
        None,
        "",
        "x = 3",
        "[]",
        "{",
        "[" * 100_000,
        *[
            json.dumps({**GOOD, **change})
            for change in (
                {"steps": []},
                {"steps": "Subtract"},
                {"steps": [""]},
                {"steps": ["a" * 501]},
                {"steps": ["a"] * 21},
                {"steps": [{"a": 1}]},
                {"final_answer": ""},
                {"final_answer": 3},
                {"final_answer": "a\x00"},
                {"confidence": 2},
                {"confidence": True},
                {"confidence": "high"},
                {"confidence": float("nan")},
            )
        ],
    ],
)
def test_what_breaks_the_shape_is_refused(broken: str | None) -> None:
    with pytest.raises(BadRecord):
        read_record(broken)


def test_the_record_is_taken_off_the_reply() -> None:
    split = split_record(f"x = **3**\n{MARK} {{}}")

    assert (split.text, split.record) == ("x = **3**", "{}")


@pytest.mark.parametrize("length", range(1, len(MARK)))
def test_a_mark_that_is_being_written_is_not_shown(length: int) -> None:
    assert split_record(f"x = **3**\n{MARK[:length]}").text == "x = **3**"


@given(st.text(max_size=300))
def test_every_record_is_read_or_refused(text: str) -> None:
    try:
        details = read_record(text)
    except BadRecord:
        return
    assert details.final_answer

"""Reading a reply while it is being written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.tutor.model import MAX_REPLY, ReplyKind
from domain.tutor.reply import Reply


def read(*pieces: str, rung: ReplyKind | None = None) -> Reply:
    reply = Reply(rung)
    for piece in pieces:
        reply.add(piece)
    return reply


@pytest.mark.parametrize(
    ("raw", "kind", "text"),
    [
        ("[hint]\nThink of pairs.", ReplyKind.HINT, "Think of pairs."),
        ("[answer] Paris.", ReplyKind.ANSWER, "Paris."),
        ("**[Hint]**\n\nThink.", ReplyKind.HINT, "Think."),
        ("`[ANSWER]`: Paris.", ReplyKind.ANSWER, ": Paris."),
        ("[answer]: Paris.", ReplyKind.ANSWER, "Paris."),
        ("  \n[hint] Think.", ReplyKind.HINT, "Think."),
        ("Think.", ReplyKind.HINT, "Think."),
        ("[1] is a source", ReplyKind.HINT, "[1] is a source"),
        ("<think>secret plan</think>\n[answer] Paris.", ReplyKind.ANSWER, "Paris."),
        ("[solution] Done.", ReplyKind.ANSWER, "Done."),
    ],
)
def test_the_marker_tells_the_kind_and_is_not_shown(raw: str, kind: ReplyKind, text: str) -> None:
    reply = read(raw)

    assert (reply.kind, reply.text) == (kind, text)


@pytest.mark.parametrize("half", ["[", "[hi", "**[an", "\n", "[answer]", "<thi", "<think>why", "`"])
def test_half_a_marker_and_a_thought_are_not_shown(half: str) -> None:
    assert read(half).text == ""


def test_what_only_looked_like_a_marker_is_shown_in_the_end() -> None:
    assert read("[an").final_text == "[an"
    assert read("[hint]").final_text == ""


def test_a_solution_is_one_whatever_the_model_calls_it() -> None:
    reply = read("[hint] x = 3", rung=ReplyKind.SOLUTION)

    assert (reply.kind, reply.text) == (ReplyKind.SOLUTION, "x = 3")


def test_characters_that_lie_or_break_storage_are_left_out() -> None:
    assert read("[answer] a\x00b\u202ec\td").text == "abc\td"


@given(st.lists(st.text(max_size=30), max_size=8), st.sampled_from(["", "[hint]\n", "[answer] ", "**[hint]** "]))
def test_the_pieces_do_not_matter(pieces: list[str], marker: str) -> None:
    whole = marker + "".join(pieces)
    in_pieces, letter_by_letter, at_once = read(marker, *pieces), read(*whole), read(whole)

    assert in_pieces.final_text == letter_by_letter.final_text == at_once.final_text
    assert in_pieces.kind == letter_by_letter.kind == at_once.kind


@given(st.text(max_size=60))
def test_what_is_shown_only_grows_after_a_marker(text: str) -> None:
    reply = read("[answer] ")
    shown = ""
    for letter in text:
        reply.add(letter)
        assert reply.text.startswith(shown)
        shown = reply.text


def test_an_endless_reply_stops_growing() -> None:
    reply = read(*["x" * 1000] * 100)

    assert reply.is_full
    assert len(reply.text) == MAX_REPLY

"""Cutting lessons into passages."""

from hypothesis import given
from hypothesis import strategies as st

from domain.tutor.chunks import MAX_PASSAGE, Piece, pieces


def test_passages_follow_headings() -> None:
    text = "Intro.\n\n# Roots\nOne.\n\nTwo.\n\n## Vieta ##\nThree."

    assert list(pieces(text, "Lesson")) == [
        Piece("Lesson", "Intro."),
        Piece("Roots", "One.\n\nTwo."),
        Piece("Vieta", "Three."),
    ]


def test_a_hash_in_code_is_no_heading() -> None:
    text = "# Loops\n```python\n# not a heading\nfor x in y:\n\n    pass\n```"

    [piece] = pieces(text, "Lesson")

    assert piece == Piece("Loops", "```python\n# not a heading\nfor x in y:\n\n    pass\n```")


def test_a_formula_block_stays_whole() -> None:
    [piece] = pieces("$$\nx\n\ny\n$$", "Lesson")

    assert piece.text == "$$\nx\n\ny\n$$"


def test_paragraphs_share_a_passage_while_they_fit() -> None:
    text = "\n\n".join(["a" * 500, "b" * 500, "c" * 500])

    assert [len(piece.text) for piece in pieces(text, "Lesson")] == [1002, 500]


def test_a_long_paragraph_is_cut_at_sentences() -> None:
    sentence = "Bu gap juda uzun emas. "

    found = [piece.text for piece in pieces(sentence * 200, "Lesson")]

    assert all(text.endswith("emas.") for text in found)


def test_a_heading_without_text_is_no_passage() -> None:
    assert list(pieces("# Only a heading\n\n", "Lesson")) == []


@given(st.text(alphabet=st.sampled_from("ab .!\n#`$~ж"), max_size=4000))
def test_no_passage_is_too_long_or_empty_and_no_word_is_lost(text: str) -> None:
    found = list(pieces(text, "Lesson"))

    assert all(0 < len(piece.text) <= MAX_PASSAGE for piece in found)
    kept = "".join(piece.heading + piece.text for piece in found if piece.heading != "Lesson")
    kept += "".join(piece.text for piece in found if piece.heading == "Lesson")
    assert kept.count("ж") >= _outside_headings(text).count("ж")


def _outside_headings(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


@given(st.text(alphabet="abc ", min_size=1, max_size=6000))
def test_one_endless_line_is_cut_anywhere_without_losing_a_letter(line: str) -> None:
    found = "".join(piece.text for piece in pieces(line, "Lesson"))

    assert found.replace(" ", "") == line.replace(" ", "")

"""What counts as found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.courses.model import CourseId
from domain.tutor.retrieval import MaterialPiece, material_entries
from domain.tutor.retrieval_model import (
    Evidence,
    FoundPassage,
    MaterialPlace,
    PassageId,
    Scope,
    Shelf,
    is_relevant,
    worth_showing,
)

FLOOR = 0.3
shares = st.floats(0, 1)
evidences = st.builds(Evidence, words=shares, spelling=shares, meaning=st.none() | shares)


def found(number: int, evidence: Evidence) -> FoundPassage:
    return FoundPassage(
        id=PassageId(number),
        place=MaterialPlace(material_id=number, page_from=1, page_to=1, is_own=True),
        heading="",
        text="",
        language=None,
        evidence=evidence,
    )


@pytest.mark.parametrize(
    ("evidence", "is_there"),
    [
        (Evidence(words=1, spelling=0), True),
        (Evidence(words=1 / 3, spelling=0), True),
        (Evidence(words=1 / 4, spelling=0.2), False),
        (Evidence(words=0, spelling=0.5), True),
        (Evidence(words=0, spelling=0.2), False),
        (Evidence(words=0, spelling=0, meaning=0.31), True),
        (Evidence(words=0, spelling=0, meaning=0.29), False),
    ],
)
def test_one_stray_word_or_a_faint_likeness_is_not_an_answer(evidence: Evidence, is_there: bool) -> None:
    assert is_relevant(evidence, FLOOR) is is_there


def test_without_a_model_a_meaning_says_nothing() -> None:
    assert not is_relevant(Evidence(words=0, spelling=0, meaning=0.9), None)


def test_a_passage_with_few_of_the_words_is_left_out_beside_one_with_all_of_them() -> None:
    best, weak = found(1, Evidence(words=1, spelling=0)), found(2, Evidence(words=0.4, spelling=0))

    assert worth_showing([weak, best], None) == [best]
    assert worth_showing([weak], None) == [weak]


def test_a_passage_that_means_the_same_stays_beside_one_with_the_words() -> None:
    best, other = found(1, Evidence(words=1, spelling=0)), found(2, Evidence(words=0, spelling=0, meaning=0.6))

    assert worth_showing([best, other], FLOOR) == [best, other]


@given(st.lists(evidences, max_size=12), st.none() | shares)
def test_what_is_shown_is_relevant_in_the_same_order_and_the_best_in_words_is_never_lost(
    evidence: list[Evidence], floor: float | None
) -> None:
    passages = [found(number, item) for number, item in enumerate(evidence)]

    shown = worth_showing(passages, floor)

    assert [passage.id for passage in shown] == sorted(passage.id for passage in shown)
    assert all(is_relevant(passage.evidence, floor) for passage in shown)
    relevant = [passage for passage in passages if is_relevant(passage.evidence, floor)]
    if relevant:
        assert max(relevant, key=lambda passage: passage.evidence.words) in shown


def test_a_course_belongs_to_the_shelf_of_courses_and_to_no_other() -> None:
    with pytest.raises(ValueError, match="shelf"):
        Scope(shelf=Shelf.COURSE)
    with pytest.raises(ValueError, match="shelf"):
        Scope(shelf=Shelf.OWN, course_id=CourseId(1))


def test_pieces_are_searched_with_their_headings_and_keep_their_pages() -> None:
    (entry,) = material_entries(
        [MaterialPiece(page_from=3, page_to=4, headings=("Optika", "Linzalar"), text="Fokus\x00 masofasi")]
    )

    assert (entry.position, entry.page_from, entry.page_to) == (0, 3, 4)
    assert entry.heading == "Optika › Linzalar"
    assert entry.text == "Fokus masofasi"
    assert entry.folded == "optika linzalar fokus masofasi"
    assert any(entry.vector)

"""Which questions of a test are added, and what becomes of the others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.importing.import_encoding import test_of_data as of_data
from domain.quizzes.importing.import_encoding import test_to_data as to_data
from domain.quizzes.importing.imports import SentPoll
from domain.quizzes.importing.model import Mistake, ReadQuestion, ReadTest, TestFormat
from domain.quizzes.importing.photo import BadReply
from domain.quizzes.importing.photo import test_of_reply as of_reply
from domain.quizzes.importing.previewing import (
    checked_poll,
    checked_questions,
    fingerprints,
    sort_out,
    stands_still,
    with_key,
)
from domain.quizzes.importing.reading import read_test
from domain.quizzes.keys import Single

UZ = Language.UZ


def a_draft(text: str, options: tuple[str, ...] = ("a", "b"), correct: int = 0) -> QuestionDraft:
    return QuestionDraft(
        text=Text({UZ: text}), options=tuple(Text({UZ: option}) for option in options), key=Single(correct)
    )


def read(line: int, draft: QuestionDraft | None) -> ReadQuestion:
    mistakes = () if draft is not None else (Mistake(line, "correct", "missing"),)
    return ReadQuestion(line=line, excerpt=f"Line {line}", draft=draft, mistakes=mistakes)


a_question = st.one_of(
    st.none(),
    st.builds(
        a_draft,
        st.sampled_from(["Foiz nima?", "FOIZ  NIMA?", "Фоиз нима?", "2 + 2?", "Poytaxt?"]),
        st.sampled_from([("a", "b"), ("b", "a"), ("a", "c")]),
        st.integers(0, 1),
    ),
)


@given(st.lists(a_question, max_size=12), st.sets(st.integers(0, 11)))
def test_every_question_is_in_one_heap_and_none_is_added_twice(
    drafts: list[QuestionDraft | None], known: set[int]
) -> None:
    questions = [read(line, draft) for line, draft in enumerate(drafts, start=1)]
    present = fingerprints([question for index, question in enumerate(questions) if index in known])

    heaps = sort_out(questions, present)

    assert len(heaps.new) + len(heaps.wrong) + len(heaps.repeated) == len(questions)
    added = [draft.fingerprint for draft in heaps.new]
    assert len(added) == len(set(added))
    assert not present & set(added)
    again = sort_out(questions, present | set(added))
    assert again.new == ()
    assert again.wrong == heaps.wrong


@given(st.lists(a_question, max_size=6))
def test_what_was_read_is_kept_as_it_is(drafts: list[QuestionDraft | None]) -> None:
    questions = [read(line, draft) for line, draft in enumerate(drafts, start=1)]
    keyless = ReadQuestion(line=99, excerpt="", draft=None, keyless=a_draft("Kalitsiz?"))
    test = ReadTest(format=TestFormat.SIGNS, questions=(*questions, keyless))

    assert of_data(to_data(test)) == test


@pytest.mark.parametrize(
    ("places", "is_still"), [([0] * 5, True), ([2] * 30, True), ([0] * 4, False), ([0] * 29 + [1], False), ([], False)]
)
def test_a_key_that_never_moves_is_noticed_from_five_questions_on(places: list[int], is_still: bool) -> None:
    drafts = [a_draft(f"{number}?", ("a", "b", "c"), place) for number, place in enumerate(places)]

    assert stands_still(drafts) is is_still


def test_an_excerpt_that_no_database_takes_is_made_one_that_it_does() -> None:
    wrong = ReadQuestion(line=1, excerpt="a\0b\ud800" + "x" * 500, draft=None)

    (kept,) = to_data(ReadTest(format=TestFormat.SIGNS, questions=(wrong,)))["questions"]

    assert kept["excerpt"].startswith("ab?x")
    assert len(kept["excerpt"]) == 120


def test_a_draft_that_breaks_a_rule_is_a_mistake_whoever_has_read_it() -> None:
    (question,) = checked_questions([read(7, a_draft("Bir xil?", ("a", "A")))])

    assert question.draft is None
    assert question.mistakes == (Mistake(7, "options", "duplicate"),)


def test_a_question_without_a_key_waits_for_it_and_is_no_mistake() -> None:
    question = ReadQuestion(line=1, excerpt="", draft=None, keyless=a_draft("Poytaxt?"))
    heaps = sort_out([question], ())
    assert (heaps.new, heaps.wrong, heaps.repeated) == ((), (), ())

    answered, left = with_key(question, 1), with_key(question, None)

    assert answered.draft is not None
    assert answered.draft.key == Single(1)
    assert left.mistakes == (Mistake(1, "correct", "missing"),)
    with pytest.raises(InvalidInput):
        with_key(question, 2)


def test_a_poll_that_can_never_be_a_question_is_refused_at_once() -> None:
    poll = SentPoll(message_id=1, question="?" * 4_000, options=("a", "b"))

    with pytest.raises(InvalidInput) as refused:
        checked_poll(poll, UZ)

    assert (refused.value.field, refused.value.reason) == ("question", "too_long")


@given(st.text() | st.from_regex(r'\{"questions": ?\[.*\]\}'))
def test_no_reply_of_a_model_does_more_than_be_refused(reply: str) -> None:
    try:
        test = of_reply(reply, UZ)
    except BadReply:
        return
    assert all(draft == draft.checked() for draft in test.drafts)


@given(st.text(alphabet=st.sampled_from("?+-=! \n\tab\ufeff\0")))
def test_no_text_is_more_than_questions_and_mistakes(text: str) -> None:
    for question in read_test(text, UZ).questions:
        assert (question.draft is None) == bool(question.mistakes)


def test_questions_of_signs_are_read_with_their_lines() -> None:
    test = read_test("Test\n\n? Bir?\n+ 1\n- 2\n! Chunki\n\n  ?Ikki?\n- 1\n- 2\n? Uch?\n= 1\n+ 3", UZ)

    assert [question.line for question in test.questions] == [3, 8, 11]
    assert [str(draft.text) for draft in test.drafts] == ["Bir?", "Uch?"]
    assert test.questions[1].mistakes == (Mistake(8, "correct", "missing"),)

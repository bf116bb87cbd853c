"""What an import would add now, and what it would not, with the reasons."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.quizzes.bank_model import MAX_BANK_QUESTIONS
from domain.quizzes.draft import QuestionDraft, draft_of_poll
from domain.quizzes.importing.imports import (
    Destination,
    QuestionImport,
    SentPoll,
    Target,
)
from domain.quizzes.importing.model import Mistake, ReadQuestion
from domain.quizzes.keys import Multiple, Single
from domain.quizzes.model import MAX_QUESTIONS


@dataclass(frozen=True, slots=True)
class Sorted:
    """The questions of a test, each in one of three heaps and in its order."""

    new: tuple[QuestionDraft, ...]
    wrong: tuple[ReadQuestion, ...]
    repeated: tuple[ReadQuestion, ...]
    """There already, or earlier in the same test."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestion:
    """A question whose right answer its sender has to name."""

    place: str
    """`p` and the message of a poll, or `q` and the index in the test that was read."""
    text: str
    options: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPreview:
    imported: QuestionImport
    destination: Destination
    heaps: Sorted
    room: int
    """How many questions the quiz or bank still takes."""

    @property
    def count(self) -> int:
        """Questions that would be added now."""
        return min(len(self.heaps.new), self.room)

    @property
    def left_out(self) -> int:
        """Good questions for which there is no room."""
        return len(self.heaps.new) - self.count

    @property
    def mixes_answers(self) -> bool:
        """Whether adding them to a lesson's quiz makes it show the answers in another order to each student."""
        return self.imported.target.bank_id is None and stands_still(self.heaps.new[: self.count])

    @property
    def open_questions(self) -> tuple[OpenQuestion, ...]:
        """Those whose right answer has to be named first; they are not among the wrong ones."""
        return open_questions(self.imported, self.destination.language)


def stands_still(drafts: Sequence[QuestionDraft]) -> bool:
    """Whether the right answer is always in the same place: where it is marked with a `+`, teachers write it first.

    Below five such questions that may be chance.
    """
    places = [draft.key.correct for draft in drafts if isinstance(draft.key, Single)]
    return len(places) >= _TELLING and len(set(places)) == 1


_TELLING = 5


def most_of(target: Target) -> int:
    """Questions that fit into the target in all."""
    return MAX_QUESTIONS if target.bank_id is None else MAX_BANK_QUESTIONS


def questions_of(imported: QuestionImport, language: Language) -> tuple[ReadQuestion, ...]:
    """What was read, or what the polls are; a poll that waits for its answer or was skipped is left out."""
    if imported.test is not None:
        return imported.test.questions
    return tuple(
        _question_of_poll(number, poll, language)
        for number, poll in enumerate(imported.polls, start=1)
        if poll.correct and not poll.is_skipped
    )


def open_questions(imported: QuestionImport, language: Language) -> tuple[OpenQuestion, ...]:
    polls = tuple(
        OpenQuestion(place=f"p{poll.message_id}", text=poll.question, options=poll.options)
        for poll in imported.polls
        if poll.is_open
    )
    if imported.test is None:
        return polls
    return tuple(
        OpenQuestion(
            place=f"q{index}",
            text=question.keyless.text.read_in(language),
            options=tuple(option.read_in(language) for option in question.keyless.options),
        )
        for index, question in enumerate(imported.test.questions)
        if question.keyless is not None
    )


def with_key(question: ReadQuestion, option: int | None) -> ReadQuestion:
    """A question whose key is named now; None: it stays without one, which is a mistake. Raises InvalidInput."""
    if question.keyless is None or option is None:
        mistake = Mistake(question.line, "correct", "missing")
        return replace(question, keyless=None, mistakes=(mistake,))
    return replace(question, keyless=None, draft=replace(question.keyless, key=Single(option)).checked(), mistakes=())


def fingerprints(questions: Sequence[ReadQuestion]) -> frozenset[str]:
    return frozenset(question.draft.fingerprint for question in questions if question.draft is not None)


def sort_out(questions: Sequence[ReadQuestion], present: Collection[str]) -> Sorted:
    """`present`: fingerprints of what is there already."""
    new: list[QuestionDraft] = []
    wrong: list[ReadQuestion] = []
    repeated: list[ReadQuestion] = []
    seen = set(present)
    for question in questions:
        if question.keyless is not None:
            continue
        if question.draft is None:
            wrong.append(question)
            continue
        fingerprint = question.draft.fingerprint
        if fingerprint in seen:
            repeated.append(question)
        else:
            seen.add(fingerprint)
            new.append(question.draft)
    return Sorted(tuple(new), tuple(wrong), tuple(repeated))


def checked_poll(poll: SentPoll, language: Language) -> SentPoll:
    """The poll, if it can become a question as soon as its key is known. Raises InvalidInput."""
    _draft_of_poll(poll, language, poll.correct or (0,)).checked()
    return poll


def checked_questions(questions: Sequence[ReadQuestion]) -> tuple[ReadQuestion, ...]:
    """Whoever has read a test: a draft that the rules of questions refuse is none, and the reason is a mistake."""
    return tuple(_checked(question) for question in questions)


def _checked(question: ReadQuestion) -> ReadQuestion:
    try:
        return replace(
            question,
            draft=question.draft.checked() if question.draft is not None else None,
            keyless=question.keyless.checked() if question.keyless is not None else None,
        )
    except InvalidInput as error:
        return replace(
            question, draft=None, keyless=None, mistakes=(Mistake(question.line, error.field, error.reason),)
        )


def _question_of_poll(number: int, poll: SentPoll, language: Language) -> ReadQuestion:
    draft = _draft_of_poll(poll, language, poll.correct)
    return _checked(ReadQuestion(line=number, excerpt=poll.question, draft=draft))


def _draft_of_poll(poll: SentPoll, language: Language, correct: Sequence[int]) -> QuestionDraft:
    return draft_of_poll(language, poll.question, poll.options, correct, poll.explanation)


def shown_options(draft: QuestionDraft) -> Sequence[tuple[Text, bool]]:
    """The options of a choice, each with whether it is right; of other kinds whatever options they have, unmarked."""
    match draft.key:
        case Single(correct):
            right = frozenset({correct})
        case Multiple(correct):
            right = correct
        case _:
            right = frozenset[int]()
    return [(option, index in right) for index, option in enumerate(draft.options)]

"""What is worked out of an exam once it is closed: abilities on one scale, and pairs of students to look at."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from domain.quizzes.exams.model import Ability
from domain.quizzes.exams.ports import ExamAnswer
from domain.quizzes.model import AttemptId
from domain.quizzes.rasch import estimate
from domain.quizzes.similarity import Lookalike, Mistakes, lookalikes
from domain.users.model import UserId


@dataclass(frozen=True, slots=True)
class Judgement:
    abilities: Sequence[tuple[AttemptId, Ability]]
    lookalikes: Sequence[Lookalike]


def mistakes_of(answers: Sequence[ExamAnswer]) -> list[Mistakes]:
    """By student; a question without an answer is no mistake that somebody could share."""
    right: dict[UserId, int] = defaultdict(int)
    wrong: dict[UserId, dict[int, str]] = defaultdict(dict)
    for answer in answers:
        right[answer.user_id] += answer.is_correct
        if not answer.is_correct and answer.choice is not None:
            wrong[answer.user_id][answer.question_id] = answer.choice
    return [Mistakes(user_id, count, wrong[user_id]) for user_id, count in right.items()]


def abilities_of(answers: Sequence[ExamAnswer]) -> list[tuple[AttemptId, Ability]]:
    """On the exam's own scale. What was not answered counts as wrong: in an exam the time is a part of the task."""
    marks: dict[AttemptId, dict[int, bool]] = defaultdict(dict)
    for answer in answers:
        marks[answer.attempt_id][answer.question_id] = answer.is_correct
    estimates, _difficulties = estimate(list(marks.values()))
    return [
        (attempt_id, Ability(found.value, *found.interval))
        for attempt_id, found in zip(marks, estimates, strict=True)
        if found is not None
    ]


def judge(answers: Sequence[ExamAnswer]) -> Judgement:
    """Pure, and seconds of work for a thousand students: not for an event loop."""
    return Judgement(abilities=abilities_of(answers), lookalikes=lookalikes(mistakes_of(answers)))

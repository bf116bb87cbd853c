"""Any order of taps, repeats, forged ids and retakes, by two students: the attempts stay what they promise."""

from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from domain.courses.model import LessonId
from domain.quizzes.authoring import QuestionService
from domain.quizzes.errors import AttemptGone, QuestionGone
from domain.quizzes.keys import one, only
from domain.quizzes.model import AttemptId, AttemptView, Feedback, QuestionId
from domain.quizzes.service import QuizService
from domain.users.model import UserId
from tests.domain.quizzes.fakes import ALI, TEACHER, VALI, FakeDatabase, Watch, draft, scored

LESSON = LessonId(1)
Value = TypeVar("Value")

students = st.sampled_from([ALI, VALI])
options = st.integers(-1, 4)
question_ids = st.integers(1, 8).map(QuestionId)


def done(work: Coroutine[Any, Any, Value]) -> Value:
    """Nothing in memory ever waits, so the first step is the last one."""
    try:
        work.send(None)
    except StopIteration as finished:
        return finished.value
    raise AssertionError("a fake waited for something")


class Attempts(RuleBasedStateMachine):
    attempts = Bundle("attempts")

    @initialize(count=st.integers(1, 4))
    def open_the_quiz(self, count: int) -> None:
        self.database = FakeDatabase()
        self.watch = Watch()
        self.database.kept.add_lesson(self.database.kept.add_course())
        self.database.write_questions(LESSON, count)
        self.quizzes = QuizService(begin=self.database.begin, read=self.database.read, now=self.watch)
        self.authoring = QuestionService(begin=self.database.begin, read=self.database.read, now=self.watch)
        self.first_answers: dict[tuple[AttemptId, QuestionId], Feedback] = {}
        self.asked: dict[AttemptId, tuple[QuestionId, ...]] = {}
        self.owners: dict[AttemptId, UserId] = {}

    def _note(self, user_id: UserId, attempt: AttemptView) -> AttemptId:
        assert self.owners.setdefault(attempt.id, user_id) == user_id
        order = tuple(self.database.kept.attempts[attempt.id].question_ids)
        assert self.asked.setdefault(attempt.id, order) == order
        return attempt.id

    @rule(target=attempts, user_id=students)
    def start(self, user_id: UserId) -> AttemptId:
        was_open = [a.id for a in self.database.kept.attempts.values() if a.user_id == user_id and not a.finished_at]

        attempt = done(self.quizzes.start_or_resume(user_id, LESSON))

        assert attempt.question is not None
        if was_open:
            assert attempt.id == was_open[0]
        return self._note(user_id, attempt)

    @rule(target=attempts, user_id=students, attempt_id=attempts)
    def retake(self, user_id: UserId, attempt_id: AttemptId) -> Any:
        if self.owners[attempt_id] != user_id:
            with pytest.raises(AttemptGone):
                done(self.quizzes.retake(user_id, attempt_id))
            return multiple()
        return self._note(user_id, done(self.quizzes.retake(user_id, attempt_id)))

    @rule(user_id=students, attempt_id=attempts, question_id=question_ids, option=options)
    def tap(self, user_id: UserId, attempt_id: AttemptId, question_id: QuestionId, option: int) -> None:
        """Any question, any option, anybody's attempt: old keyboards and forged data."""
        stored = self.database.kept.attempts[attempt_id]
        before = dict(stored.answers)
        is_own = self.owners[attempt_id] == user_id
        is_turn = stored.question_ids[len(before) : len(before) + 1] == [question_id] and 0 <= option <= 2
        first = self.first_answers.get((attempt_id, question_id)) if is_own else None

        try:
            feedback = done(self.quizzes.answer(user_id, attempt_id, question_id, one(option)))
        except (AttemptGone, QuestionGone):
            assert not (is_own and (is_turn or first))
            assert self.database.kept.attempts[attempt_id].answers == before
            return

        after = self.database.kept.attempts[attempt_id].answers
        assert after[question_id].response == feedback.response
        if first:
            assert after == before
            assert (only(feedback.response), only(feedback.solution)) == (only(first.response), only(first.solution))
        else:
            assert is_own
            assert is_turn
            assert only(feedback.response) == option
            self.first_answers[attempt_id, question_id] = feedback

    @rule(attempt_id=attempts, option=st.integers(0, 2))
    def answer_what_is_asked(self, attempt_id: AttemptId, option: int) -> None:
        self.watch.pass_by(seconds=7)
        attempt = done(self.quizzes.current(self.owners[attempt_id], attempt_id))
        if attempt.question:
            assert "Because" not in repr(attempt)
            self.tap(self.owners[attempt_id], attempt_id, attempt.question.id, option)

    @rule(number=st.integers(1, 8), correct=st.integers(0, 2))
    def edit(self, number: int, correct: int) -> None:
        current = done(self.authoring.questions(TEACHER, LESSON))
        question = current[number % len(current)]
        done(self.authoring.change_question(TEACHER, question.id, draft(f"Edit {number}", correct)))

    @invariant()
    def one_open_attempt_at_most_and_numbers_without_gaps(self) -> None:
        for user_id in (ALI, VALI):
            mine = [a for a in self.database.kept.attempts.values() if a.user_id == user_id]
            assert sum(a.finished_at is None for a in mine) <= 1
            assert [a.number for a in mine] == list(range(1, len(mine) + 1))

    @invariant()
    def finished_means_that_everything_is_answered_and_adds_up(self) -> None:
        for attempt in self.database.kept.attempts.values():
            assert (attempt.finished_at is not None) == (len(attempt.answers) == len(attempt.question_ids))
            if attempt.finished_at:
                result = done(self.quizzes.result(attempt.user_id, attempt.id))
                assert scored(result).correct + len(result.mistakes) == scored(result).total
                assert result.spent.total_seconds() >= 0


Attempts.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAttempts = Attempts.TestCase

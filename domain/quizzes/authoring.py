"""A teacher writes the questions of their own lessons."""

from collections.abc import Sequence

from domain.clock import Clock
from domain.courses.model import LessonId
from domain.errors import NotAllowed
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.errors import QuestionGone, QuizFull
from domain.quizzes.model import MAX_QUESTIONS, Authorship, Question, QuestionId
from domain.unit_of_work import Begin
from domain.users.model import UserId


class QuestionService:
    """For the owner of the course and for admins; everybody else gets NotAllowed, whether the thing exists or not."""

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def questions(self, actor_id: UserId, lesson_id: LessonId) -> Sequence[Question]:
        """The questions that a new attempt would have, with their keys. Raises NotAllowed."""
        async with self._read() as uow:
            _allow(await uow.quizzes.authorship(actor_id, lesson_id))
            return await uow.quizzes.questions(lesson_id)

    async def add_question(self, actor_id: UserId, lesson_id: LessonId, draft: QuestionDraft) -> Question:
        """Put a question behind the last one; the first makes the quiz. Raises NotAllowed, InvalidInput, QuizFull."""
        checked = draft.checked()
        async with self._begin() as uow:
            _allow(await uow.quizzes.authorship(actor_id, lesson_id))
            question = await uow.quizzes.add_question(actor_id, lesson_id, checked, self._now(), limit=MAX_QUESTIONS)
            if question is None:
                raise QuizFull(lesson_id)
            await uow.commit()
        return question

    async def change_question(self, actor_id: UserId, question_id: QuestionId, draft: QuestionDraft) -> Question:
        """Put a new version into the question's place; attempts that began before keep the version that they show.

        Raises NotAllowed, InvalidInput, QuestionGone when it was changed or deleted meanwhile.
        """
        checked = draft.checked()
        async with self._begin() as uow:
            _allow(await uow.quizzes.authorship_of(actor_id, question_id))
            question = await uow.quizzes.replace_question(actor_id, question_id, checked, self._now())
            if question is None:
                raise QuestionGone(question_id)
            await uow.commit()
        return question

    async def delete_question(self, actor_id: UserId, question_id: QuestionId) -> None:
        """Leave it out of new attempts; results that hold it stay. Raises NotAllowed, also when it is gone already."""
        async with self._begin() as uow:
            _allow(await uow.quizzes.authorship_of(actor_id, question_id))
            await uow.quizzes.retire_question(question_id, self._now())
            await uow.commit()


def _allow(authorship: Authorship | None) -> None:
    if authorship is None or not authorship.is_author:
        raise NotAllowed

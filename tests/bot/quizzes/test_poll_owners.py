"""LRN-7, the control: what lets a vote in is that the poll is the voter's own."""

from typing import Any

import pytest

from domain.quizzes.keys import Single
from domain.quizzes.service import QuizService
from domain.quizzes.settings import Face, QuizSettings
from domain.users.model import UserId
from tests.bot.quizzes.conftest import Classroom
from tests.bot.quizzes.test_kinds import asked, question, stored
from tests.bot.quizzes.test_polls import polls, push


@pytest.mark.parametrize("is_guarded", [True, False])
async def test_without_the_owner_a_strangers_vote_would_be_the_owners_answer(
    classroom: Classroom, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    owner, _lesson = await asked(classroom, question(Single(1), "a", "b"), settings=QuizSettings(face=Face.POLLS))
    stranger = await classroom.student()
    (poll,) = await polls(owner)
    if not is_guarded:
        by_poll: Any = QuizService.asked_by_poll
        answer: Any = QuizService.answer

        async def of_anybody(self: QuizService, _user_id: object, poll_id: str) -> object:
            return await by_poll(self, UserId(owner.id), poll_id)

        async def for_the_owner(self: QuizService, _user_id: object, *rest: object) -> object:
            return await answer(self, UserId(owner.id), *rest)

        monkeypatch.setattr(QuizService, "asked_by_poll", of_anybody)
        monkeypatch.setattr(QuizService, "answer", for_the_owner)

    user = {"id": stranger.id, "is_bot": False, "first_name": "A"}
    await push(classroom, {"poll_id": (poll.poll or {})["id"], "user": user, "option_ids": [1]})
    await stranger.settle()
    await owner.settle()

    assert len(await stored(classroom, owner)) == (0 if is_guarded else 1)

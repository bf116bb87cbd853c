"""What banks of questions need kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.courses.model import CourseId
from domain.quizzes.bank_model import Bank, Custody, Labels, Sieve
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.model import Question, QuestionId
from domain.quizzes.settings import BankId
from domain.users.model import UserId


class Banks(Protocol):
    async def custody(self, actor_id: UserId, course_id: CourseId) -> Custody | None: ...
    async def custody_of(self, actor_id: UserId, bank_id: BankId) -> Custody | None: ...
    async def bank_of(self, question_id: QuestionId) -> BankId | None:
        """None for a question of a quiz too."""
        ...

    async def banks(self, course_id: CourseId) -> Sequence[Bank]:
        """In use, by title."""
        ...

    async def bank(self, bank_id: BankId) -> Bank | None: ...
    async def add_bank(
        self, actor_id: UserId, course_id: CourseId, title: str, now: datetime, *, limit: int
    ) -> Bank | None:
        """None when the course has `limit` banks. Raises BankTitleTaken."""
        ...

    async def rename_bank(self, bank_id: BankId, title: str) -> bool:
        """Raises BankTitleTaken."""
        ...

    async def archive_bank(self, bank_id: BankId, now: datetime) -> bool: ...
    async def restore_bank(self, bank_id: BankId) -> bool:
        """Raises BankTitleTaken when another bank has got its title meanwhile."""
        ...

    async def topics(self, bank_id: BankId) -> Sequence[tuple[str, int]]: ...
    async def page(self, bank_id: BankId, sieve: Sieve, before: QuestionId | None, limit: int) -> Sequence[Question]:
        """Newest first, from behind `before` on."""
        ...

    async def question(self, question_id: QuestionId) -> Question | None:
        """A question of a bank in the version in use."""
        ...

    async def add_to_bank(
        self, actor_id: UserId, bank_id: BankId, draft: QuestionDraft, now: datetime, *, limit: int
    ) -> Question | None:
        """None when the bank has `limit` questions. Raises QuestionKnown, BankGone when it was put away meanwhile."""
        ...

    async def replace_in_bank(
        self, actor_id: UserId, question_id: QuestionId, draft: QuestionDraft, now: datetime
    ) -> Question | None:
        """Retire it for its next version; None when somebody was faster. Raises QuestionKnown."""
        ...

    async def found(self, bank_id: BankId, sieve: Sieve, limit: int) -> Sequence[QuestionId]:
        """Newest first."""
        ...

    async def relabel(
        self, actor_id: UserId, bank_id: BankId, question_ids: Sequence[QuestionId], labels: Labels, now: datetime
    ) -> Sequence[QuestionId]:
        """The next versions, with these labels, of those that have others now."""
        ...

    async def unlabel(self, actor_id: UserId, bank_id: BankId, versions: Sequence[QuestionId], now: datetime) -> int:
        """Next versions with the labels of the versions that these replaced, of those in use; how many."""
        ...

    async def retire_from_bank(self, question_id: QuestionId, now: datetime) -> bool: ...
    async def put_back(self, question_id: QuestionId, *, limit: int) -> bool:
        """A retired question that no version has replaced. Raises QuestionKnown."""
        ...

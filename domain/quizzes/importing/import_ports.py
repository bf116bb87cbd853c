"""What the imports of tests need kept."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from domain.courses.model import CourseId, PartId
from domain.identity import UserId
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.importing.imports import (
    Destination,
    ImportRefusal,
    QuestionImport,
    QuestionImportId,
    SentPoll,
    SentTest,
    Target,
)
from domain.quizzes.importing.model import ReadQuestion, ReadTest
from domain.quizzes.model import QuestionId
from domain.quizzes.settings import BankId, QuizSettings


class QuestionImports(Protocol):
    async def destination(self, actor_id: UserId, target: Target) -> Destination | None:
        """None when there is no such lesson or bank, or the bank is put away."""
        ...

    async def add(
        self, owner_id: UserId, target: Target, sent: SentTest, now: datetime, *, asks: bool, part_id: PartId | None
    ) -> QuestionImport:
        """One for each message of its owner: the same again is the one that is there."""
        ...

    async def join(
        self, owner_id: UserId, target: Target, sent: SentTest, since: datetime, shortest: int
    ) -> QuestionImport | None:
        """Put the text behind one of the owner's for the target that goes on in this message, to be read anew.

        That is the last one, not older than `since`, not added yet, whose last message had `shortest` characters or
        more. A message that was joined before is its import as it is now. None: it is a text of its own.
        """
        ...

    async def collect(self, owner_id: UserId, target: Target, poll: SentPoll, now: datetime) -> QuestionImport:
        """Put the poll to those that the owner has collected for the target and not confirmed yet.

        The same message again changes nothing, wherever its import is by now.
        """
        ...

    async def get(self, import_id: QuestionImportId) -> QuestionImport | None: ...

    async def note_progress(self, import_id: QuestionImportId, message_id: int | None) -> None: ...

    async def note_read(self, import_id: QuestionImportId, test: ReadTest) -> bool:
        """Only while it waits."""
        ...

    async def refuse(self, import_id: QuestionImportId, refusal: ImportRefusal) -> bool:
        """Only while it waits."""
        ...

    async def answer_poll(self, import_id: QuestionImportId, message_id: int, correct: int | None) -> bool:
        """Name the right option of a poll that waits for it, or skip the poll (None); only while it can be added."""
        ...

    async def settle_question(self, import_id: QuestionImportId, index: int, question: ReadQuestion) -> bool:
        """Put the question into the place of one that waits for its key; only while the test can be added."""
        ...

    async def claim(self, import_id: QuestionImportId) -> bool:
        """From ready to added: true once, for whoever is first; everybody else waits for that transaction's end."""
        ...

    async def lock_place(self, target: Target, now: datetime) -> int | None:
        """The id of the quiz, which is made if there is none, or of the bank; until the commit nobody else adds to it.

        None when the bank is put away.
        """
        ...

    async def present(self, target: Target, fingerprints: Collection[str]) -> tuple[frozenset[str], int]:
        """Which of these are there already, and how many questions are in use there."""
        ...

    async def insert(
        self, actor_id: UserId, target: Target, place_id: int, drafts: Sequence[QuestionDraft], now: datetime
    ) -> Sequence[QuestionId]:
        """Behind the last question of a locked quiz, or into a bank; in one statement."""
        ...

    async def make_bank(self, actor_id: UserId, course_id: CourseId, title: str, now: datetime) -> BankId:
        """An empty bank of the course; a title that is taken gets a number."""
        ...

    async def settings(self, quiz_id: int) -> QuizSettings: ...

    async def set_settings(self, quiz_id: int, settings: QuizSettings) -> None:
        """Of a quiz that `lock_place` has locked."""
        ...

    async def note_added(
        self, import_id: QuestionImportId, question_ids: Sequence[QuestionId], made_bank_id: BankId | None = None
    ) -> None:
        """What it held is not needed any more."""
        ...

    async def take_back(self, import_id: QuestionImportId, now: datetime) -> int | None:
        """Retire what it added and nobody has changed or deleted since, once; how many. None when it was not added.

        A bank that was made for it goes, too, with what quizzes draw from it, unless there is something else in it now.
        """
        ...

    async def file_away(self, import_id: QuestionImportId) -> bool:
        """It becomes a part of the lesson instead; true once, only while it is open."""
        ...

    async def put_away(self, import_id: QuestionImportId) -> bool:
        """With what it held; only while it is open."""
        ...

    async def expire(self, before: datetime) -> int:
        """Put away what was sent before that moment and came to nothing; how many."""
        ...

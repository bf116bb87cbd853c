"""A test on its way into a quiz or a bank: what was sent, where it goes, and how far it is."""

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from domain.courses.materials import Material, Upload, Writing, kind_of_document
from domain.courses.model import CourseId, LessonId, PartId
from domain.identity import UserId
from domain.language import Language, Text
from domain.quizzes.importing.model import ReadTest
from domain.quizzes.settings import BankId
from domain.users.model import Role

QuestionImportId = NewType("QuestionImportId", int)

READ_QUESTIONS_JOB = "read_questions"
"""Payload: `import_id`. Reads the file or photo that was sent, and tells what it found."""
TELL_POLLS_JOB = "tell_polls"
"""Payload: `import_id`, `count`. Tells how many polls were collected."""

DRAWS = (20, 30, 50, 100)
"""How many questions of such a bank an attempt may draw."""
LOOKS_LIKE_A_TEST = 2
"""Questions with a key that have to be found before a file that came as material is taken for a test."""


class ImportSource(StrEnum):
    """What the questions came as."""

    FILE = "file"
    TEXT = "text"
    PHOTO = "photo"
    POLLS = "polls"
    """Quiz polls, forwarded one after another."""


class QuestionImportState(StrEnum):
    WAITING = "waiting"
    """It is still to be read."""
    READY = "ready"
    """It can be looked at and added; polls are still collected."""
    REFUSED = "refused"
    """It cannot be read."""
    ADDED = "added"
    UNDONE = "undone"
    """It was added, and taken back."""
    FILED = "filed"
    """It became a part of the lesson instead."""
    EXPIRED = "expired"
    """Put away by its sender, or forgotten after a week."""


class ImportRefusal(StrEnum):
    """Why a test cannot be read."""

    EMPTY = "empty"
    UNKNOWN = "unknown"
    """Not a kind of file that tests come in."""
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    UNSAFE = "unsafe"
    TOO_LARGE = "too_large"
    TOO_HEAVY = "too_heavy"
    """It holds too much to be read within the limits."""
    NO_TEXT = "no_text"
    """Scanned pages: there are only pictures in it."""
    NO_QUESTIONS = "no_questions"
    GONE = "gone"
    """Telegram does not have it any more."""
    MODEL_FAILED = "model_failed"
    """The model that reads photos did not answer, or nothing that could be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where the questions go: to the quiz of a lesson, or into a bank; one of the two."""

    lesson_id: LessonId | None = None
    bank_id: BankId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """The target as its author and as somebody else finds it."""

    target: Target
    course_id: CourseId
    title: Text
    """Of the lesson or the bank."""
    language: Language
    """Of the course: what is written in one language only is in this one."""
    is_public: bool
    """What is added there students may see at once; a bank is nothing that they see."""
    actor_role: Role
    teaches_course: bool
    """The actor is the course's owner or a co-teacher."""

    @property
    def is_author(self) -> bool:
        """Those who teach the course as long as they are teachers, and every admin."""
        return self.actor_role is Role.ADMIN or (self.actor_role is Role.TEACHER and self.teaches_course)


@dataclass(frozen=True, slots=True, kw_only=True)
class SentTest:
    """What somebody sent. The same message of theirs is the same import."""

    message_id: int
    source: ImportSource
    name: str = ""
    """Of the file."""
    mime: str = ""
    size: int = 0
    """Bytes; 0 when Telegram did not say. Of a text, the characters of its last message."""
    telegram_file_id: str | None = None
    bot_id: int = 0
    """Whose the file id is."""
    text: str | None = None
    """What was typed, as it is read."""
    markdown: str | None = None
    """The same, or the file's caption, as a part of a lesson has it."""

    @property
    def material(self) -> Material | None:
        """What it is if it is no test; None for what no lesson takes."""
        if self.source is ImportSource.TEXT and self.markdown:
            return Writing(text=self.markdown)
        if self.source is ImportSource.FILE and self.telegram_file_id:
            return Upload(
                kind=kind_of_document(self.name, self.mime),
                name=self.name,
                mime=self.mime,
                size=self.size,
                telegram_file_id=self.telegram_file_id,
                bot_id=self.bot_id,
                caption=self.markdown,
            )
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPoll:
    """A quiz poll that was forwarded. Telegram hides the key of somebody else's poll."""

    message_id: int
    question: str
    options: tuple[str, ...]
    explanation: str | None = None
    correct: tuple[int, ...] = ()
    """Indexes of the right options; none when they are hidden and nobody has named them yet."""
    is_skipped: bool = False
    """Its sender does not want it."""

    @property
    def is_open(self) -> bool:
        """It waits to be told its right answer."""
        return not self.correct and not self.is_skipped


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionImport:
    """A test on its way. Nothing of it is part of any quiz before its sender confirms it."""

    id: QuestionImportId
    owner_id: UserId
    target: Target
    sent: SentTest
    asks: bool
    """It came as material: whether it is a test, its sender has yet to say."""
    part_id: PartId | None
    """The part of the lesson that it is already."""
    state: QuestionImportState
    refusal: ImportRefusal | None
    test: ReadTest | None
    """What was read; None for polls."""
    polls: tuple[SentPoll, ...]
    made_bank_id: BankId | None
    """The bank that was made for its questions, because they are more than a quiz takes."""
    added_count: int
    """Questions that came of it."""
    progress_id: int | None
    """The message that says how far it is; None again when its sender was told what came of it."""

    @property
    def is_open(self) -> bool:
        return self.state in (QuestionImportState.WAITING, QuestionImportState.READY, QuestionImportState.REFUSED)

    @property
    def is_untold(self) -> bool:
        """It became a part of the lesson, and whoever waits for that does not know it yet."""
        return self.progress_id is not None and self.state is QuestionImportState.FILED

    @property
    def looks_like_a_test(self) -> bool:
        return self.test is not None and self.found >= LOOKS_LIKE_A_TEST

    @property
    def found(self) -> int:
        """Whole questions that were read, also those whose key has yet to be named."""
        read = self.test.questions if self.test is not None else ()
        return sum(question.draft is not None or question.keyless is not None for question in read)

"""Conversations with the tutor and the rules that bound them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal, NewType, TypedDict
from zoneinfo import ZoneInfo

from domain.courses.model import CourseId, LessonId
from domain.errors import InvalidInput
from domain.language import Language, Text
from domain.users.model import UserId

SessionId = NewType("SessionId", int)
MessageId = NewType("MessageId", int)

MAX_QUESTION = 4000
"""Characters; a Telegram message holds 4,096."""
MAX_REPLY = 30_000
"""Characters kept of one reply; a rich message takes 32,768."""
MAX_SESSION_TITLE = 60
LEAST_CONFIDENCE = 0.6
"""Below it the student is told to check the solution with a teacher."""


class Role(StrEnum):
    STUDENT = "student"
    TUTOR = "tutor"


class ReplyKind(StrEnum):
    """What the tutor's message is."""

    HINT = "hint"
    """The first help with an exercise: it guides and does not tell."""
    SECOND_HINT = "second_hint"
    """A more pointed hint, asked for after the first one."""
    STEP = "step"
    """The next step worked out, and no more than that."""
    SOLUTION = "solution"
    """The whole worked solution, the last rung of the ladder."""
    ANSWER = "answer"
    """A plain answer to a question about facts."""
    NOT_FOUND = "not_found"
    """The lessons do not say it; a normal answer."""
    CARE = "care"
    """To a message that suggests danger: human words and the centre's contact. Its text may be empty."""
    TEACHER = "teacher"
    """What a teacher of the course has answered."""
    PASSAGES = "passages"
    """Passages of lessons, found by words because no model is connected."""


class Ending(StrEnum):
    """How a reply ended."""

    FINISHED = "finished"
    STOPPED = "stopped"
    """The student stopped it; what had come is kept."""
    CUT = "cut"
    """The model broke off or reached its limit; what had come is kept."""


class TutorMode(StrEnum):
    """How the tutor helps with the lessons of one course; its teachers choose."""

    HINTS = "hints"
    """Exercises are climbed: hint, second hint, step, solution."""
    DIRECT = "direct"
    """Exercises are solved at once."""
    OFF = "off"


RUNGS = (ReplyKind.HINT, ReplyKind.SECOND_HINT, ReplyKind.STEP, ReplyKind.SOLUTION)
"""The ladder of help with an exercise. One rung follows another; none is skipped."""
_CLOSED = frozenset({ReplyKind.PASSAGES, ReplyKind.CARE, ReplyKind.TEACHER})
"""Replies that no model wrote, or that nothing is to be added to."""
MAX_CONTINUATIONS = 3
"""A reply that broke off is continued so often; a model that never ends would be free of charge."""


class Picture(TypedDict):
    """A picture within a message, as a `data:` address."""

    url: str


class PicturePart(TypedDict):
    type: Literal["image_url"]
    image_url: Picture


class ChatMessage(TypedDict):
    """One message for a model, in the shape that every chat-completions server takes."""

    role: Literal["system", "user", "assistant"]
    content: str


class PictureMessage(TypedDict):
    """The student's message that is a picture."""

    role: Literal["user"]
    content: list[PicturePart]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What one reply cost, in the model's own tokens."""

    tokens_in: int
    tokens_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A piece of a streamed reply. The last one may carry the usage, and servers may leave that out."""

    text: str = ""
    usage: Usage | None = None
    is_cut: bool = False
    """The model stopped at its token limit, in the middle of what it wanted to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorSession:
    """One conversation of one student."""

    id: SessionId
    user_id: UserId
    lesson_id: LessonId | None
    """The lesson that the student asked about; None for a question about anything."""
    title: str
    created_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What an answer may rest on: the lesson that is open, or a passage of another one. Its number is its name."""

    number: int
    lesson_id: LessonId
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A source that an answer names; `[1]` in its text."""

    number: int
    lesson_id: LessonId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What is known of a reply besides its text."""

    steps: tuple[str, ...] = ()
    final_answer: str | None = None
    confidence: float | None = None
    """The model's own, from 0 to 1; None when it did not say."""
    citations: tuple[Citation, ...] = ()
    unsupported: tuple[str, ...] = ()
    """Claims that named no source: shown apart, as general knowledge."""
    is_unchecked: bool = False
    """The model could not put its solution into steps, not even when asked again: it is shown with a warning."""

    @property
    def is_doubtful(self) -> bool:
        return self.confidence is not None and self.confidence < LEAST_CONFIDENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorMessage:
    id: MessageId
    session_id: SessionId
    role: Role
    text: str
    """What the student wrote, or the tutor's Markdown with `$formulas$`."""
    created_at: datetime
    kind: ReplyKind | None = None
    """None for what the student wrote."""
    ending: Ending = Ending.FINISHED
    usage: Usage | None = None
    model: str | None = None
    latency_ms: int | None = None
    details: Details = Details()

    @property
    def next_rung(self) -> ReplyKind | None:
        """The help that may be asked for after this reply; None when it is no hint, or the ladder's end."""
        if self.kind not in RUNGS[:-1]:
            return None
        return RUNGS[RUNGS.index(self.kind) + 1]

    @property
    def is_open(self) -> bool:
        """It broke off, or was stopped, and can be continued."""
        return self.role is Role.TUTOR and self.ending is not Ending.FINISHED and self.kind not in _CLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReply:
    """A reply of the tutor that is not kept yet."""

    text: str
    kind: ReplyKind
    ending: Ending = Ending.FINISHED
    usage: Usage | None = None
    model: str | None = None
    latency_ms: int | None = None
    details: Details = Details()


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorLimits:
    """What the centre allows."""

    questions_a_day: int = 20
    """Per student and day of the student's own time zone. A full solution belongs to its question."""
    answer_tokens: int = 1200
    answer_seconds: float = 90.0
    """A reply that takes longer is cut."""
    heartbeat_seconds: float = 1.0
    """How often a running answer shows that it is alive and looks whether it shall stop."""
    lease: timedelta = timedelta(seconds=20)
    """A running answer that has not shown itself for so long was interrupted."""
    delivery: timedelta = timedelta(seconds=60)
    """A stored answer that was not confirmed as sent for so long is sent again: longer than one send may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonContext:
    """An open lesson, as the tutor may use it."""

    title: str
    course_title: str
    text: str
    number: int | None = None
    """As a source of the answer; None when it is not to be cited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningAnswer:
    """An answer that is under way. The question's id names it."""

    user_id: UserId
    session: TutorSession
    question_id: MessageId
    messages: tuple[ChatMessage, ...]
    remaining: int
    """Questions left today."""
    mode: TutorMode = TutorMode.HINTS
    rung: ReplyKind | None = None
    """The kind that was asked for; None when the model judges what the question is."""
    sources: tuple[Source, ...] = ()
    """What the reply may cite."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a running answer came to."""

    session: TutorSession
    message: TutorMessage | None
    """None when it was stopped before anything came."""
    remaining: int


class Beat(StrEnum):
    """What a running answer learns when it shows that it is alive."""

    GO_ON = "go_on"
    STOP = "stop"
    LOST = "lost"
    """It is not this student's running answer any more: interrupted, or its conversation was deleted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """The trace that a running answer leaves while it is under way, for when its process vanishes."""

    user_id: UserId
    session_id: SessionId
    question_id: MessageId
    day: date
    """The day that the question was counted on."""
    is_counted: bool
    answer_id: MessageId | None
    """The stored answer that may not have reached the student; None when there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one student stands with the tutor today."""

    asked: int
    is_running: bool
    session_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TutorDesk:
    """What the tutor's window shows before a question."""

    has_model: bool
    remaining: int
    questions_a_day: int
    is_running: bool
    session: TutorSession | None
    last_message: TutorMessage | None
    lesson_title: Text | None
    """The title of the lesson talked about, when it is open to this student."""
    session_count: int
    mode: TutorMode = TutorMode.HINTS
    """Of the course whose lesson is talked about."""
    sits_exam: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    session: TutorSession
    messages: tuple[TutorMessage, ...]
    """The latest ones, oldest first."""

    @property
    def is_waiting(self) -> bool:
        """The last question has no answer."""
        return bool(self.messages) and self.messages[-1].role is Role.STUDENT

    @property
    def offers_more(self) -> bool:
        """There is a next rung, or a reply that broke off."""
        last = self.messages[-1] if self.messages else None
        return last is not None and (last.next_rung is not None or last.is_open)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionList:
    """One page of a student's conversations, the latest first."""

    sessions: tuple[TutorSession, ...]
    page: int
    page_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a published lesson that a question's words were found in."""

    lesson_id: LessonId
    lesson_title: Text
    course_id: CourseId
    course_title: Text
    language: Language
    heading: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchQuery:
    """A question in the forms that passages are searched in; without words it finds nothing."""

    words: tuple[str, ...]
    """Folded."""
    stems: tuple[str, ...]
    """Beginnings that the words share with their inflected forms."""
    vector: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LessonSource:
    """All texts of a lesson that a search may find, in the order of its parts."""

    lesson_id: LessonId
    is_published: bool
    title: Text
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """A piece of a lesson with the forms that it is searched in."""

    language: Language
    position: int
    heading: str
    text: str
    folded: str
    vector: tuple[float, ...]


def checked_question(text: str) -> str:
    """The question without outer space; InvalidInput when it is empty or longer than `MAX_QUESTION`."""
    # PostgreSQL stores no NUL, and no reader misses it.
    question = text.replace("\x00", "").strip()
    if not question:
        raise InvalidInput("question", "empty")
    if len(question) > MAX_QUESTION:
        raise InvalidInput("question", "too_long")
    return question


def session_title(question: str) -> str:
    """The first words of the question on one line."""
    line = " ".join(question.split())
    return line if len(line) <= MAX_SESSION_TITLE else line[: MAX_SESSION_TITLE - 1].rstrip() + "…"


def local_day(now: datetime, timezone: str) -> date:
    """The day by the student's own clock; an unknown time zone counts in UTC."""
    try:
        return now.astimezone(ZoneInfo(timezone)).date()
    except (KeyError, ValueError, OSError):
        return now.date()

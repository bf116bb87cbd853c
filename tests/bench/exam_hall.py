"""An exam with as many students as one likes: they read their screens in the sandbox and tap what is on them.

The sandbox runs in the driver's own process, so a student costs no HTTP of theirs; the program is another process.
"""

import asyncio
import math
import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import orjson

from bot.sandbox import Persona, Sandbox, Tap
from bot.sandbox import user as acts
from bot.sandbox.state import Chat
from db.engine import Pool
from db.jobs import SqlJobs
from db.unit_of_work import Database
from domain.courses.model import CourseId, CourseStatus, LessonId, PartKind, Sale
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.exams.ports import EXAM_JOB
from domain.quizzes.keys import Single
from domain.quizzes.model import MAX_QUESTIONS, QuizId
from domain.quizzes.settings import QuizSettings, settings_to_data
from domain.users.model import UserId

TEACHER = UserId(4_100_000)
FIRST_ID = 4_200_000
LETTERS = "abcd"
_OPTION = re.compile(r"(\d+)-([a-d])$")
_ONWARD = (
    "🙋 I am ready",
    "🙋 To the waiting room",
    "📝 Open the waiting room",
    "▶️ Start",
    "▶️ Continue",
    "▶️ Go on",
    "Next ➡️",
)


@dataclass(slots=True)
class Sitter:
    """A student with a known ability, in logits, and what they tapped: by question, the letter of the option."""

    id: UserId
    ability: float
    chosen: dict[int, str] = field(default_factory=dict[int, str])
    is_double_tapper: bool = False
    started_at: float | None = None


@dataclass(slots=True)
class Exam:
    course_id: CourseId
    lesson_id: LessonId
    quiz_id: QuizId
    right: list[str]
    """The letter of the right option by question, from 0."""
    difficulty: list[float]


class ExamHall:
    def __init__(self, sandbox: Sandbox, pool: Pool, *, students: int, questions: int, seed: int = 1) -> None:
        self._core = sandbox.core
        self._pool = pool
        self._chance = random.Random(seed)
        self.sitters = [
            Sitter(
                UserId(FIRST_ID + number),
                self._chance.gauss(0, 1),
                is_double_tapper=self._chance.random() < 0.05,
            )
            for number in range(students)
        ]
        self._count = questions
        self.exam: Exam | None = None
        self.answer_taps: list[Tap] = []
        self.patience = 60.0
        """Seconds after which somebody taps again; in an exam nobody should have to."""
        self.tapped_again = 0
        self.double_taps = 0

    async def build(self) -> Exam:
        """The course with the questions, and everybody enrolled and reachable."""
        database, now = Database(self._pool), datetime.now(UTC)
        await self._pool.execute(
            "insert into users (id, full_name, language, role, step, timezone, created_at)"
            " values ($1, 'Dilnoza Rahimova', 'en', 'teacher', 'done', 'Asia/Tashkent', $2)",
            TEACHER,
            now,
        )
        await self._pool.execute(
            "insert into users (id, full_name, language, role, step, timezone, created_at)"
            " select n, 'Student ' || n, 'en', 'student', 'done', 'Asia/Tashkent', $2 from unnest($1::bigint[]) n",
            [sitter.id for sitter in self.sitters],
            now,
        )
        right = [LETTERS[self._chance.randrange(len(LETTERS))] for _ in range(self._count)]
        async with database.begin() as uow:
            category_id = await uow.courses.add_category(
                slug="exam-hall", emoji="📐", title=_text("Matematika"), parent_id=None, position=90
            )
            course_id = await uow.courses.add_course(
                code="examhall",
                category_id=category_id,
                owner_id=TEACHER,
                language=Language.UZ,
                title=_text("Imtihon kursi"),
                description=_text("Sinov uchun."),
                level=None,
                sale=Sale.FREE,
                price=None,
                now=now,
            )
            section_id = await uow.courses.add_section(course_id, _text("Bo‘lim"))
            lesson_id = await uow.courses.add_lesson(
                section_id, _text("Yakuniy imtihon"), is_preview=False, price=None, now=now
            )
            await uow.courses.add_part(lesson_id, PartKind.TEXT, _text("Imtihonga tayyorlaning."), {})
            for number in range(self._count):
                draft = QuestionDraft(
                    text=_text(f"Savol {number}"),
                    options=tuple(_text(f"{number}-{letter}") for letter in LETTERS),
                    key=Single(LETTERS.index(right[number])),
                )
                await uow.quizzes.add_question(TEACHER, lesson_id, draft.checked(), now, limit=MAX_QUESTIONS)
            await uow.courses.set_status(course_id, CourseStatus.PUBLISHED, now)
            await uow.courses.publish_lessons(course_id)
            await uow.commit()
        await self._pool.execute(
            "insert into enrolments (user_id, course_id, status, enrolled_at)"
            " select n, $2, 'active', $3 from unnest($1::bigint[]) n",
            [sitter.id for sitter in self.sitters],
            course_id,
            now,
        )
        quiz_id = await self._pool.fetchval("select id from quizzes where lesson_id = $1", lesson_id)
        for who in (TEACHER, *(sitter.id for sitter in self.sitters)):
            self._core.state.save_persona(Persona(id=who, first_name="Ali", language_code="en"))
            self._core.state.chat(who).started = True
        difficulty = [self._chance.uniform(-1.5, 1.5) for _ in range(self._count)]
        self.exam = Exam(course_id, lesson_id, quiz_id, right, difficulty)
        return self.exam

    async def plan(self, opens_at: datetime, closes_at: datetime) -> None:
        """As the settings' card does; the job is asked for at once, as the sweep would within a minute."""
        assert self.exam
        settings = QuizSettings(is_exam=True, opens_at=opens_at, closes_at=closes_at).checked()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(
                "update quizzes set settings = $2::jsonb where id = $1",
                self.exam.quiz_id,
                orjson.dumps(settings_to_data(settings)).decode(),
            )
            await SqlJobs(connection).enqueue(EXAM_JOB, {"quiz_id": self.exam.quiz_id})

    async def sit(self, think: float) -> None:
        """Everybody, from the call to their last answer; `think`: seconds on average before each answer."""
        await asyncio.gather(*(self._sit(sitter, think) for sitter in self.sitters))

    @property
    def given(self) -> int:
        """Answers that were tapped so far."""
        return sum(len(sitter.chosen) for sitter in self.sitters)

    async def _sit(self, sitter: Sitter, think: float) -> None:
        chat, chance = self._core.state.chat(sitter.id), random.Random(sitter.id)
        while True:
            changed = chat.changed
            options, onward = self._look(chat)
            if options:
                sitter.started_at = sitter.started_at or self._core.now()
                await asyncio.sleep(think * chance.uniform(0.3, 1.7))
                await self._answer(sitter, chat, options, chance)
                if len(sitter.chosen) == self._count and not self._look(chat)[0]:
                    return
            elif onward is not None:
                await self._press(chat, onward, partial(self._leads_to, chat, onward))
            else:
                await changed.wait()

    async def _answer(self, sitter: Sitter, chat: Chat, options: "Options", chance: random.Random) -> None:
        assert self.exam
        number = next(iter(options.values()))[0]
        # Whoever taps again, because nothing happened, means the same answer.
        letter = sitter.chosen.setdefault(number, self._choice(sitter, number, chance))
        place = next(place for place, option in options.items() if option == (number, letter))
        if sitter.is_double_tapper:
            self.double_taps += 1
            acts.press(self._core, chat, *place, None)
        tap = await self._press(chat, place, partial(self._asks, chat, options))
        if tap is not None:
            self.answer_taps.append(tap)

    def _choice(self, sitter: Sitter, number: int, chance: random.Random) -> str:
        assert self.exam
        right = self.exam.right[number]
        if chance.random() < 1 / (1 + math.exp(self.exam.difficulty[number] - sitter.ability)):
            return right
        return chance.choice([letter for letter in LETTERS if letter != right])

    def _leads_to(self, chat: Chat, place: "Place") -> bool:
        return self._look(chat)[1] == place

    def _asks(self, chat: Chat, options: "Options") -> bool:
        return self._look(chat)[0] == options

    async def _press(self, chat: Chat, place: "Place", is_unchanged: Callable[[], bool]) -> Tap | None:
        """Tap and wait for the answer and the next screen; None when it took longer than people wait."""
        query_id = acts.press(self._core, chat, *place, None).get("callback_query_id")
        self._core.state.flush()
        tap = self._core.taps[str(query_id)]
        try:
            async with asyncio.timeout(self.patience):
                while True:
                    changed = chat.changed
                    if tap.answered_at is not None and not is_unchanged():
                        return tap
                    await changed.wait()
        except TimeoutError:
            self.tapped_again += 1
            return tap if tap.answered_at is not None else None

    def _look(self, chat: Chat) -> "tuple[Options, Place | None]":
        """The options on the newest screen, and where else to tap."""
        for message_id in sorted(chat.messages, reverse=True)[:4]:
            record = chat.messages[message_id]
            rows = record.message.get("reply_markup", {}).get("inline_keyboard") if record.from_bot else None
            if not rows:
                continue
            options: Options = {}
            onward: Place | None = None
            for row, buttons in enumerate(rows):
                for column, button in enumerate(buttons):
                    found = _OPTION.search(button["text"])
                    if found:
                        options[message_id, row, column] = int(found[1]), found[2]
                    elif button["text"].startswith(_ONWARD) and onward is None:
                        onward = message_id, row, column
            return options, onward
        return {}, None

    async def stored(self) -> dict[tuple[int, int], list[str]]:
        """What the database holds of everybody's answers: by student and question, the options' letters."""
        assert self.exam
        rows = await self._pool.fetch(
            """
            select a.user_id, q.text ->> 'uz' as question, q.options, x.response
            from attempts a join answers x on x.attempt_id = a.id join questions q on q.id = x.question_id
            where a.quiz_id = $1 and x.response is not null
            """,
            self.exam.quiz_id,
        )
        found: dict[tuple[int, int], list[str]] = {}
        for row in rows:
            [place] = orjson.loads(row["response"])["options"]
            option = orjson.loads(row["options"])[place]["uz"]
            key = row["user_id"], int(row["question"].removeprefix("Savol "))
            found.setdefault(key, []).append(option.rpartition("-")[2])
        return found

    async def lost_and_changed(self) -> tuple[int, int]:
        """Answers that were tapped and are not stored, and those that are stored as something else or twice."""
        stored = await self.stored()
        lost = changed = 0
        for sitter in self.sitters:
            for number, letter in sitter.chosen.items():
                there = stored.pop((sitter.id, number), [])
                lost += not there
                changed += bool(there) and there != [letter]
        return lost, changed + len(stored)

    async def coverage(self) -> tuple[int, int]:
        """Of how many students the known ability lies in its interval on the Rasch table, and how many are there.

        The table's 0 is the average question; the simulation's is shifted to it.
        """
        assert self.exam
        rows = await self._pool.fetch(
            "select a.user_id, s.ability, s.low, s.high from attempts a join exam_scores s on s.attempt_id = a.id"
            " where a.quiz_id = $1",
            self.exam.quiz_id,
        )
        shift = sum(self.exam.difficulty) / len(self.exam.difficulty)
        known = {sitter.id: sitter.ability - shift for sitter in self.sitters}
        return sum(row["low"] <= known[row["user_id"]] <= row["high"] for row in rows), len(rows)


Place = tuple[int, int, int]
"""A message, and the row and column of a button below it."""
Options = dict[Place, tuple[int, str]]
"""By place, the question's number and the option's letter."""


def quantile(taps: Sequence[Tap], share: float) -> float:
    """Milliseconds from the tap to its acknowledgement."""
    waits = sorted((tap.answered_at or math.inf) - tap.pressed_at for tap in taps)
    return 1e3 * waits[min(int(share * len(waits)), len(waits) - 1)] if waits else math.nan


def _text(text: str) -> Text:
    return Text({Language.UZ: text, Language.RU: text, Language.EN: text})

"""A teacher, a student who paid, and somebody who wants what is theirs: all that quizzes keep, marked.

Whatever is not the thief's to read has MARK in its text, and whatever is not theirs to change is in `others_rows`.
"""

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

import orjson

from bot.sandbox import SandboxUser
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.courses.model import CourseId, LessonId, Sale
from domain.learning.model import Product, ProductKind
from domain.quizzes.settings import QuizSettings, settings_to_data
from domain.users.model import UserId
from tests.bot.conftest import Centre
from tests.bot.quizzes.conftest import Classroom
from tests.bot.quizzes.test_generation_screens import Desk
from tests.bot.tutor.fake_openai import FakeOpenAI
from tests.db.quiz_world import TEACHER, draft
from tests.db.test_generation import item, reads, written

MARK = "zzsecret"
SEPARATOR = "\x1d"


@dataclass
class Town:
    centre: Centre
    classroom: Classroom
    teacher: SandboxUser
    owner: SandboxUser
    """Paid for the course, sat its quiz, reviews its mistakes, has a practice set."""
    thief: SandboxUser
    open_lesson: LessonId
    paid_lesson: LessonId
    draft_lesson: LessonId
    exam_lesson: LessonId
    """Its exam begins in three hours; the thief is among its candidates."""
    generation_id: int
    practice_id: int
    attempt_id: int
    harvest: list[str]
    """The data of every button that the teacher and the owner were ever shown."""

    @property
    def links(self) -> list[str]:
        lessons = (self.open_lesson, self.paid_lesson, self.draft_lesson, self.exam_lesson, 10**9)
        own = [f"{kind}_{number}" for kind in ("l", "q", "x", "xb") for number in lessons]
        others = [f"qa_{self.attempt_id}", f"gn_{self.generation_id}", f"pr_{self.practice_id}", "review"]
        return own + others


async def build_town(classroom: Classroom, server: FakeOpenAI) -> Town:
    centre, world, pool = classroom.centre, classroom.world, classroom.pool
    teacher, thief = await centre.teacher(), await centre.student()
    owner = await centre.student(name=f"{MARK} Valiyev")

    async def lesson(course_id: CourseId, name: str, settings: QuizSettings | None = None, **rows: bool) -> LessonId:
        lesson_id = await world.lesson(course_id, questions=0, **rows)
        async with Database(pool).begin() as uow:
            for number in range(3):
                await uow.quizzes.add_question(TEACHER, lesson_id, draft(f"{name} {number}"), utc_now(), limit=100)
            await uow.commit()
        await pool.execute(
            "update quizzes set settings = $2::jsonb where lesson_id = $1",
            lesson_id,
            orjson.dumps(settings_to_data((settings or QuizSettings()).checked())).decode(),
        )
        return lesson_id

    free, paid = await world.course(), await world.course(Sale.COURSE)
    for course_id in (free, paid):
        await pool.execute("update courses set owner_id = $2 where id = $1", course_id, teacher.id)
    opens = utc_now() + timedelta(hours=3)
    exam = QuizSettings(is_exam=True, opens_at=opens, closes_at=opens + timedelta(hours=1))
    open_lesson = await lesson(free, "open")
    exam_lesson = await lesson(free, MARK, exam)
    draft_lesson = await lesson(free, MARK, is_published=False)
    paid_lesson = await lesson(paid, MARK)
    await pool.execute(
        "insert into enrolments (user_id, course_id, status, enrolled_at) values ($1, $2, 'active', now())",
        thief.id,
        free,
    )
    await world.sell(Product(ProductKind.COURSE, paid), UserId(owner.id))

    await walk(owner, f"q_{paid_lesson}", ") b-en", "Next", ") a-en", "Next", ") c-en", "See the result", "Review")
    attempt_id = await pool.fetchval("select max(id) from attempts where user_id = $1", owner.id)
    await pool.execute("update review_cards set due_at = now() where user_id = $1", owner.id)
    await say_all(owner, "/results", "/review")
    for words in (") b-en", "Next", "Report", "Settings"):
        await tap_if_there(owner, words)
    generation_id, practice_id = await generated(classroom, server, teacher, owner, open_lesson, paid_lesson)
    await owner.start(f"pr_{practice_id}")
    await say_all(teacher, "/exams", f"/start xb_{exam_lesson}", f"/start gn_{generation_id}", "/menu")
    for words in ("Exams", "Close"):
        await tap_if_there(teacher, words)
    await studio(teacher, paid_lesson)
    harvest = sorted({*shown_to(owner), *shown_to(teacher)})
    assert len(harvest) > 60
    return Town(
        centre, classroom, teacher, owner, thief, open_lesson, paid_lesson, draft_lesson, exam_lesson,
        generation_id, practice_id, attempt_id, harvest,
    )  # fmt: skip


async def generated(
    classroom: Classroom, server: FakeOpenAI, teacher: SandboxUser, owner: SandboxUser,
    lesson_id: LessonId, paid_lesson: LessonId,
) -> tuple[int, int]:  # fmt: skip
    """Proposals that wait for the teacher, and a practice set that waits for its student."""
    desk = Desk(classroom, server)
    server.will(written(*(item(number, explanation=f"{MARK}.") for number in range(5))), reads())
    generation_id = await desk.order(teacher, lesson_id)
    await desk.model.close()
    async with Database(classroom.pool).begin() as uow:
        practice_id = await uow.practices.add(UserId(owner.id), paid_lesson, utc_now().date(), utc_now())
        assert practice_id is not None
        await uow.practices.fill(practice_id, [draft(f"{MARK} {number}") for number in range(3)], utc_now())
        await uow.commit()
    return generation_id, practice_id


async def studio(teacher: SandboxUser, lesson_id: LessonId) -> None:
    """Through the teacher's own courses to the results of a quiz, its questions and its settings."""
    await say_all(teacher, "/mycourses")
    for words in ("Course", "Lesson", "Results", "Questions", "1", "Back", "Settings"):
        await tap_if_there(teacher, words)
    assert lesson_id


async def walk(person: SandboxUser, link: str, *labels: str) -> None:
    await person.start(link)
    for words in ("Start", *labels):
        await person.settle()
        await person.tap(words)
    await person.settle()


async def say_all(person: SandboxUser, *texts: str) -> None:
    for text in texts:
        await person.type(text)
        await person.settle()


async def tap_if_there(person: SandboxUser, words: str) -> None:
    for button in await person.buttons():
        if words in button.text and button.data:
            await person.push(button)
            await person.settle()
            return


def shown_to(person: SandboxUser) -> Iterable[str]:
    for event in person.events:
        rows = event.get("message", {}).get("reply_markup", {}).get("inline_keyboard", [])
        yield from (button["callback_data"] for row in rows for button in row if button.get("callback_data"))


def forged(chance: random.Random, harvest: list[str], own: list[str]) -> str:
    """Data that no button of one's own has: another's, changed a little, or another's on one's own screen."""
    data, mine = chance.choice(harvest), chance.choice(own or harvest)
    match chance.randrange(6):
        case 0:
            pass
        case 1:
            data = re.sub(r"\d+", lambda found: str(int(found[0]) + chance.choice([-1, 1, 2, 10**6])), data)
        case 2:
            data = mine.rpartition(SEPARATOR)[0] + SEPARATOR + data.rpartition(SEPARATOR)[2]
        case 3:
            place = chance.randrange(len(data))
            data = data[:place] + chance.choice("0123456789:-\x1d\x00aZ٣") + data[place + 1 :]
        case 4:
            data = mine.rpartition(SEPARATOR)[0] + SEPARATOR + re.sub(
                r"\d+", lambda found: str(int(found[0]) + chance.choice([-1, 1, 7])), mine.rpartition(SEPARATOR)[2]
            )  # fmt: skip
        case _:
            data = data[: chance.randrange(1, len(data) + 1)]
    while len(data.encode()) > 64:
        data = data[:-1]
    return data or "x"


_ROWS = {
    "attempts": "user_id = $1", "review_plans": "user_id = $1", "review_cards": "user_id = $1",
    "reviews": "user_id = $1", "practice_sets": "user_id = $1", "enrolments": "user_id = $1",
    "answers": "attempt_id in (select id from attempts where user_id = $1)",
    "practice_items": "set_id in (select id from practice_sets where user_id = $1)",
    "questions": "quiz_id in (select id from quizzes where lesson_id = any ($2))",
    "quizzes": "lesson_id = any ($2)",
    "lessons": "id = any ($2)",
    "generations": "lesson_id = any ($2)",
}  # fmt: skip


async def others_rows(town: Town) -> dict[str, str]:
    """A sum over each table of what is not the thief's."""
    lessons = [town.open_lesson, town.paid_lesson, town.draft_lesson, town.exam_lesson]
    sums: dict[str, str] = {}
    for table, condition in _ROWS.items():
        values = [town.owner.id] if "$1" in condition else [lessons]
        sums[table] = await town.centre.pool.fetchval(
            f"select md5(string_agg(t::text, '|' order by t::text)) from {table} t"
            f" where {condition.replace('$2', '$1')}",
            *values,
        )
    exam = "select (opens_at, closes_at, plan)::text from exams e join quizzes z on z.id = e.quiz_id"
    sums["exams"] = await town.centre.pool.fetchval(f"{exam} where z.lesson_id = $1", town.exam_lesson)
    return sums


async def illegal_steps(town: Town) -> dict[str, int]:
    """By rule, how many rows of the thief's break it."""
    rules = {
        "attempts at what is not open": "select count(*) from attempts a join quizzes z on z.id = a.quiz_id"
        " where a.user_id = $1 and z.lesson_id <> $2",
        "answers to what was not asked": "select count(*) from answers x join attempts a on a.id = x.attempt_id"
        " where a.user_id = $1 and coalesce(array_position(a.question_ids, x.question_id) > a.answered_count, true)"
        " and $2::bigint > 0",
        "lessons that were never open": "select count(*) from lesson_progress where user_id = $1 and $2::bigint > 0"
        f" and lesson_id in ({town.paid_lesson}, {town.draft_lesson})",
        "cards that are nobody's mistakes": "select count(*) from review_cards c where c.user_id = $1"
        " and $2::bigint > 0 and c.question_id is not null and not exists (select from attempts a where a.user_id = $1"
        " and a.finished_at is not null and c.question_id = any (a.question_ids))",
        "reviews of others' cards": "select count(*) from reviews r join review_cards c on c.id = r.card_id"
        " where r.user_id = $1 and c.user_id <> $1 and $2::bigint > 0",
        "several open attempts": "select greatest(count(*) - 1, 0) from attempts where user_id = $1"
        " and finished_at is null and $2::bigint > 0",
        "practice of others": "select count(*) from practice_sets where user_id = $1 and lesson_id <> $2",
    }
    counts = {
        rule: await town.centre.pool.fetchval(sql, town.thief.id, town.open_lesson) for rule, sql in rules.items()
    }
    return {rule: count for rule, count in counts.items() if count}

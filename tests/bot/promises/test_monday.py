"""The wrong answers of Monday come back on the days that FSRS says: taps only, and a clock that moves on by days."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from fsrs import Card, Rating, Scheduler

from bot.sandbox import SandboxUser
from db.unit_of_work import Database
from tests.bot.promises.conftest import Stage
from tests.bot.promises.rig import MovedClock, until
from tests.db.quiz_world import World, add_people

TASHKENT = ZoneInfo("Asia/Tashkent")
WRONG, SLOW = "c-en", timedelta(minutes=2)
LIBRARY = Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


@dataclass
class Diary:
    """What the student's own clock says, and what the library says of one card."""

    clock: MovedClock
    card: Card = field(default_factory=Card)

    @property
    def today(self) -> date:
        return self.clock().astimezone(TASHKENT).date()

    @property
    def due(self) -> date:
        return self.card.due.date()

    def grade(self, rating: Rating) -> None:
        """On the day where the student lives, as FSRS counts in days."""
        self.card, _log = LIBRARY.review_card(self.card, rating, datetime.combine(self.today, time(), UTC))


async def press(person: SandboxUser, words: str) -> str:
    await person.settle(20)
    await person.tap(words)
    await person.settle(20)
    return (await person.last_message()).text


async def ask_for_cards(person: SandboxUser) -> str:
    await person.send("/review", timeout=20)
    await person.settle(20)
    return (await person.last_message()).text


async def next_monday(stage: Stage) -> tuple[MovedClock, SandboxUser, int]:
    """19:00 in Tashkent, a student of a free lesson with three questions; the program runs on this clock."""
    clock = stage.clock()
    here = clock().astimezone(TASHKENT)
    monday = here.date() + timedelta(days=7 - here.weekday())
    clock.jump_to(datetime.combine(monday, time(19), TASHKENT))
    await add_people(stage.pool)
    lesson_id = await World(stage.pool, Database(stage.pool).begin).lesson(questions=3)
    [person] = await stage.crowd(1)
    await stage.program(clock).start()
    return clock, person, lesson_id


async def fail_the_second_question(stage: Stage, person: SandboxUser, lesson_id: int) -> None:
    await person.start(f"l_{lesson_id}")
    for words in ("Take the quiz", "Start", ") b-en", "Next", f") {WRONG}", "Next", ") b-en", "See the result"):
        await press(person, words)
    await until(stage.pool, "select count(*) = 1 from review_cards where user_id = $1", person.id)


@pytest.mark.timeout(120)
async def test_mondays_wrong_answer_comes_back_on_each_day_that_fsrs_says_and_on_no_other(stage: Stage) -> None:
    """“Done when” of the quizzes: the day before nothing is asked, on the day the question is; six times, with a slip
    in between."""
    clock, person, lesson_id = await next_monday(stage)
    await fail_the_second_question(stage, person, lesson_id)
    diary = Diary(clock)
    diary.grade(Rating.Again)
    monday, seen = diary.today, list[int]()

    for rating in (Rating.Good, Rating.Good, Rating.Hard, Rating.Again, Rating.Good, Rating.Good):
        if (eve := diary.due - timedelta(days=1)) > diary.today:
            clock.jump_to(datetime.combine(eve, time(23, 30), TASHKENT))
        assert "Question 2" not in await ask_for_cards(person), "it is not asked before its day"
        clock.jump_to(datetime.combine(diary.due, time(0, 30), TASHKENT))
        seen.append((diary.today - monday).days)
        shown = await ask_for_cards(person)
        assert "Question 2" in shown
        assert "1 / 1" in shown, "what was right on Monday does not come back"
        if rating is Rating.Hard:
            clock.jump(SLOW)
        told = await press(person, f") {WRONG}" if rating is Rating.Again else ") b-en")
        diary.grade(rating)
        assert ("Not yet" in told) is (rating is Rating.Again)
        if (diary.due - diary.today).days == 1:
            assert "It comes back tomorrow." in told

    grades = await stage.pool.fetch("select grade from reviews where user_id = $1 order by number", person.id)
    assert [row["grade"] for row in grades] == [1, 3, 3, 2, 1, 3, 3]
    assert seen[0] == 1, "Tuesday"
    assert seen[-1] > 7
    assert await stage.pool.fetchval("select count(*) from inbox where status = 2") == 0


@pytest.mark.timeout(120)
async def test_a_schedule_of_fixed_days_is_noticed(stage: Stage) -> None:
    """The control: cards that come back two days after whatever the answer was are not there on FSRS's day."""
    clock, person, lesson_id = await next_monday(stage)
    await fail_the_second_question(stage, person, lesson_id)
    diary = Diary(clock)
    diary.grade(Rating.Again)
    await stage.pool.execute("update review_cards set due_at = due_at + interval '1 day' where user_id = $1", person.id)

    clock.jump_to(datetime.combine(diary.due, time(20), TASHKENT))

    assert "Question 2" not in await ask_for_cards(person)

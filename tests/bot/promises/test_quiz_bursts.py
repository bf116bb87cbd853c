"""DEL-3: 2 to 10 taps on whatever changes something in quizzes and review have one effect, at two replicas."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.quizzes.place import question_shown
from bot.sandbox import SandboxUser
from db.unit_of_work import Database
from domain.courses.model import LessonId
from tests.bot.conftest import Centre
from tests.bot.promises.conftest import Stage
from tests.bot.promises.rig import until
from tests.bot.promises.test_taps import burst
from tests.db.quiz_world import World, add_people, visiting
from tests.scale import scaled

BURSTS = scaled(2_000, 32)
PEOPLE = scaled(40, 4)
STEPS = ("Start", ") b-en", "Next", ") a-en", "See the result", ") b-en", "Undo", ") b-en")
"""Of one round: two questions, one right and one wrong, then its card with a grade taken back in between."""
ROUNDS = -(-BURSTS // (PEOPLE * len(STEPS)))


async def take(stage: Stage, person: SandboxUser, lesson_id: LessonId, taps: int) -> None:
    await person.start(f"q_{lesson_id}", timeout=60)
    for label in STEPS[:5]:
        await burst(person, label, taps)
    await until(stage.pool, "select count(*) > 0 from review_cards where user_id = $1", person.id, seconds=60)


async def review(person: SandboxUser, taps: int) -> None:
    await person.send("/review", timeout=60)
    await person.settle(60)
    for label in STEPS[5:]:
        await burst(person, label, taps)


async def rounds_of_bursts(stage: Stage, lessons: Sequence[LessonId], people: Sequence[SandboxUser]) -> None:
    for number, lesson_id in enumerate(lessons):
        await asyncio.gather(
            *(take(stage, person, lesson_id, 2 + (place + number) % 9) for place, person in enumerate(people))
        )
        await stage.quiet(*people)
        await stage.pool.execute("update review_cards set due_at = now() where review_count = 0")
        await asyncio.gather(*(review(person, 2 + (place + number) % 9) for place, person in enumerate(people)))
    await stage.quiet(*people)


@pytest.mark.timeout(1_800)
async def test_a_burst_of_taps_on_a_quiz_or_a_card_has_one_effect(stage: Stage) -> None:
    """DEL-3, LRN-1: Start, options, Next, the last answer, a grade, its undo, the grade again."""
    await add_people(stage.pool)
    world = World(stage.pool, Database(stage.pool).begin)
    lessons = [await world.lesson(questions=2) for _ in range(ROUNDS)]
    people = await stage.crowd(PEOPLE)
    await asyncio.gather(stage.program(webhook=True).start(), stage.program(webhook=True).start())

    await rounds_of_bursts(stage, lessons, people)

    ids = [person.id for person in people]
    attempts = await stage.pool.fetch(
        "select user_id, quiz_id, count(*) as attempts, sum(answered_count) as answered, sum(correct_count) as right,"
        " count(finished_at) as finished from attempts where user_id = any ($1) group by 1, 2",
        ids,
    )
    assert [tuple(row)[2:] for row in attempts] == [(1, 2, 1, 1)] * (PEOPLE * ROUNDS)
    count = "select count(*) from {} where user_id = any ($1)"
    assert await stage.pool.fetchval(count.format("review_cards"), ids) == PEOPLE * ROUNDS
    assert await stage.pool.fetchval(count.format("reviews") + " and number > 0", ids) == PEOPLE * ROUNDS
    assert await stage.pool.fetchval("select sum(review_count) from review_plans where user_id = any ($1)", ids) == (
        PEOPLE * ROUNDS
    )
    assert await stage.pool.fetchval("select count(*) from inbox where status = 2") == 0
    taps = [tap for tap in stage.sandbox.taps.values() if tap.user_id in ids]
    assert len(taps) >= 2 * len(STEPS) * PEOPLE * ROUNDS
    assert all(tap.answered_at is not None for tap in taps)


@pytest.mark.parametrize("is_guarded", [True, False])
async def test_a_button_that_does_not_say_its_question_answers_the_next_one_too(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    """The control: where answers are told at the end, the next question stands under the same finger."""
    if not is_guarded:
        monkeypatch.setattr("bot.quizzes.actions._shown_by", lambda manager, _item: question_shown(manager))
    async with visiting(centre.pool, Database(centre.pool).begin) as world:
        await taps_twice(centre, world, is_guarded=is_guarded)


async def taps_twice(centre: Centre, world: World, *, is_guarded: bool) -> None:
    lesson_id = await world.lesson(questions=3)
    await centre.pool.execute(
        """update quizzes set settings = '{"reveal": "at_end"}' where lesson_id = $1""", lesson_id
    )
    person = await centre.student()
    await person.start(f"q_{lesson_id}")
    await burst(person, "Start", 2)

    await burst(person, ") b-en", 10)

    answered = await centre.pool.fetchval("select answered_count from attempts where user_id = $1", person.id)
    assert (answered == 1) is is_guarded

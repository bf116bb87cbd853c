"""LRN-5, SEC-6: no step of a quiz, an exam, a review, a practice or a teacher's desk is skipped or somebody else's.

Thousands of taps: what other people's buttons carry, the same changed a little, the own ones stale and out of order.
"""

import random
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from typing import Any

import orjson
import pytest

import db.quizzes
import domain.quizzes.service
from bot.sandbox import SandboxUser
from bot.sandbox.client import SandboxError
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.quizzes.authoring import QuestionService
from tests.bot.conftest import Centre
from tests.bot.promises.quiz_town import MARK, Town, build_town, forged, illegal_steps, others_rows, shown_to
from tests.bot.quizzes.conftest import Classroom
from tests.bot.tutor.fake_openai import fake_openai
from tests.db.quiz_world import visiting
from tests.scale import scaled

TAPS = scaled(50_000, 300)
BATCH = 60
COMMANDS = ["/menu", "/results", "/review", "/exams", "/marking", "/mycourses"]
WORDS = ["a", "2", "Toshkent", "+ x\n- y", "0"]


@pytest.fixture(scope="module")
async def classroom(centre: Centre) -> AsyncIterator[Classroom]:
    database = Database(centre.pool)
    authoring = QuestionService(begin=database.begin, read=database.read, now=utc_now)
    async with visiting(centre.pool, database.begin) as world:
        yield Classroom(centre, world, authoring)


@pytest.fixture
async def town(classroom: Classroom) -> AsyncIterator[Town]:
    async with fake_openai() as server:
        yield await build_town(classroom, server)


async def take(person: SandboxUser, link: str) -> None:
    await person.start(link)
    await person.settle()
    for button in await person.buttons():
        if "▶️ Start" in button.text or "▶️ Continue" in button.text:
            await person.push(button)
            await person.settle()
            break


class Thief:
    """Taps at random, a batch at a time; after each, what came of it is looked at."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self.chance = random.Random(seed)
        self.person: SandboxUser = town.thief
        self.taps = 0

    async def batch(self) -> None:
        if self.chance.random() < 0.6:
            await self._go_on_with_the_quiz()
        screens = [message for message in await self.person.messages() if message.buttons][-4:]
        own = [button.data for message in screens for button in message.buttons if button.data]
        for _tap in range(BATCH):
            self.taps += 1
            roll = self.chance.random()
            if roll < 0.62 and screens:
                shown = self.chance.choice(screens)
                await self.person.forge(shown.id, forged(self.chance, self.town.harvest, own))
            elif roll < 0.84 and screens:
                await self._tap_own()
            elif roll < 0.92:
                await self.person.start(self.chance.choice(self.town.links), timeout=30)
                screens = [message for message in await self.person.messages() if message.buttons][-4:]
            elif roll < 0.97:
                await self.person.type(self.chance.choice(COMMANDS))
            else:
                await self.person.type(self.chance.choice(WORDS))
        await self.person.settle(30)

    async def _go_on_with_the_quiz(self) -> None:
        """As everybody does: their own taps have to lead somewhere, or the others would be made nowhere."""
        await take(self.person, f"q_{self.town.open_lesson}")
        for button in await self.person.buttons():
            if button.text.startswith(("A) ", "B) ")):
                await self.person.push(button)
                break
        await self.person.settle(30)

    async def _tap_own(self) -> None:
        """A button that is there now, or one of a screen that has long gone on."""
        buttons = [button for button in await self.person.buttons() if button.data and "Pay" not in button.text]
        if not buttons:
            return
        if self.chance.random() < 0.25 and (old := list(shown_to(self.person))):
            await self.person.forge(buttons[0].message_id or 0, self.chance.choice(old))
        else:
            with suppress(SandboxError):  # The screen went on in between.
                await self.person.push(self.chance.choice(buttons[:12]))


async def sent_to(town: Town, before: int) -> str:
    calls = (await town.centre.client.calls(before))["calls"]
    return orjson.dumps([call for call in calls if call["chat_id"] == town.thief.id]).decode()


@pytest.mark.timeout(3_600)
async def test_no_tap_however_made_skips_a_step_or_touches_what_is_somebody_elses(town: Town) -> None:
    """LRN-5, SEC-6: and nothing that is marked is sent; each tap is answered, and the last screen works."""
    thief, before = Thief(town, seed=5), await others_rows(town)

    while thief.taps < TAPS:
        seen = (await town.centre.client.calls())["next"]
        await thief.batch()
        sent = await sent_to(town, seen)
        assert MARK not in sent, sent[max(sent.find(MARK) - 600, 0) :][:900]
        assert await illegal_steps(town) == {}
        assert await others_rows(town) == before

    dead = await town.centre.pool.fetch("select error from inbox where status = 2 and user_id = $1", town.thief.id)
    assert [row["error"] for row in dead] == []
    attempts = "select count(*) from attempts where user_id = $1 and answered_count > 0"
    assert await town.centre.pool.fetchval(attempts, town.thief.id) > 0, "the taps do get somewhere"
    await town.thief.type("/results")
    await town.thief.settle()
    assert (await town.thief.last_message()).buttons


@pytest.mark.parametrize("is_guarded", [True, False])
async def test_without_the_question_for_access_a_link_opens_what_was_not_bought(
    town: Town, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    """The control: the same marks and the same rules see a lesson that opens to whoever knows its number."""
    if not is_guarded:
        monkeypatch.setattr(domain.quizzes.service, "_admit", lambda *_: None)
    seen = (await town.centre.client.calls())["next"]

    await take(town.thief, f"q_{town.paid_lesson}")

    assert (MARK in await sent_to(town, seen)) is not is_guarded
    assert ("attempts at what is not open" in await illegal_steps(town)) is not is_guarded


@pytest.mark.parametrize("is_guarded", [True, False])
async def test_without_the_owner_in_the_statement_anothers_result_is_shown(
    town: Town, monkeypatch: pytest.MonkeyPatch, *, is_guarded: bool
) -> None:
    """The control: a result that is found by its number alone."""
    quizzes: Any = db.quizzes.SqlQuizzes

    def of_anybody(method: Any) -> Any:
        async def found(self: object, _user_id: object, *rest: object) -> object:
            return await method(self, town.owner.id, *rest)

        return found

    await take(town.thief, f"q_{town.open_lesson}")
    for words in (") b-en", "Next", ") a-en", "Next", ") b-en"):
        await town.thief.tap(words)
        await town.thief.settle()
    await town.thief.type("/results")
    await town.thief.settle()
    if not is_guarded:
        for name in ("attempt", "finished"):
            monkeypatch.setattr(quizzes, name, of_anybody(getattr(quizzes, name)))
    screen = await town.thief.last_message()
    data = next(button.data for button in screen.buttons if button.data and "attempt:" in button.data)
    seen = (await town.centre.client.calls())["next"]

    await town.thief.forge(screen.id, f"{data.rpartition(':')[0]}:{town.attempt_id}")
    await town.thief.settle()
    for button in (await town.thief.last_message()).buttons:
        if "Review" in button.text:
            await town.thief.push(button)
            break
    await town.thief.settle()
    for c in (await town.centre.client.calls(seen))["calls"]:
        if c["chat_id"] == town.thief.id:
            print(str(c)[:1500])

    assert (MARK in await sent_to(town, seen)) is not is_guarded


def different(answers: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    return [answer for answer in answers if answer != answers[0]]


@pytest.mark.parametrize("kind", ["q", "x", "xb", "qa", "gn", "pr"])
async def test_what_is_not_yours_and_what_is_not_there_are_answered_alike(town: Town, kind: str) -> None:
    """SEC-6: by a link, word for word."""
    numbers = {
        "q": town.draft_lesson, "x": town.draft_lesson, "xb": town.exam_lesson, "qa": town.attempt_id,
        "gn": town.generation_id, "pr": town.practice_id,
    }  # fmt: skip
    answers: list[Sequence[str]] = []
    for number in (numbers[kind], 987_654_321):
        seen = (await town.centre.client.calls())["next"]
        await town.thief.start(f"{kind}_{number}")
        await town.thief.settle()
        calls = (await town.centre.client.calls(seen))["calls"]
        answers.append([call["params"].get("text", "") for call in calls if call["chat_id"] == town.thief.id])

    assert different(answers) == []
    assert answers[0]

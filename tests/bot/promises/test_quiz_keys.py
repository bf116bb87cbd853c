"""LRN-6: the key of a question is in nothing that the bot calls Telegram with before its answer is stored: a quiz, an
exam, a practice set, a review; texts, buttons and their data, polls, files' captions, toasts."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import orjson
import pytest

import domain.quizzes.marking
import domain.quizzes.practice
import domain.review.service
from bot.sandbox import SandboxUser
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.courses.model import LessonId
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Essay, Key, Matching, Multiple, Number, Ordering, Short, Single, TrueFalse
from domain.quizzes.settings import QuizSettings, Reveal, settings_to_data
from domain.users.model import UserId
from tests.bot.conftest import Centre
from tests.db.quiz_world import TEACHER, World, visiting
from tests.db.review_world import MovableClock, Reviewers

MARK, NUMBER = "zzkey", "791903177"
SIGNS = re.compile(rf"{MARK}|{NUMBER}|[✅❌] \W{{0,4}}[A-H]\W{{0,4}}\)|✅ Right|❌ No|correct_option|is_correct")
"""What only the key, its explanation or a verdict puts into a message; the buttons have ticks of their own."""


def text(words: str) -> Text:
    return Text({Language.EN: words})


def asks(words: str, key: Key, *options: str) -> QuestionDraft:
    return QuestionDraft(text=text(words), options=tuple(map(text, options)), key=key, explanation=text(f"{MARK}."))


DRAFTS = (
    asks("One of three", Single(1), "a", "b", "c"),
    asks("Some of three", Multiple(frozenset({0, 2})), "a", "b", "c"),
    asks("True or not", TrueFalse(is_true=True)),
    asks("In a word", Short((f"{MARK}word",))),
    asks("In a number", Number(Decimal(NUMBER))),
    asks("In pairs", Matching((text("one"), text("two"))), "1", "2"),
    asks("In order", Ordering(), "first", "second"),
    asks("At length", Essay(text(f"{MARK} guide"))),
)


class Listener:
    """Everything that the bot has called Telegram with for one person."""

    def __init__(self, centre: Centre, person: SandboxUser) -> None:
        self.centre = centre
        self.person = person
        self.since = 0
        self.heard = 0

    async def marks(self) -> list[str]:
        """What of the key was in it since the last time."""
        await self.person.settle(30)
        answer = await self.centre.client.calls(self.since)
        self.since = answer["next"]
        calls = [call for call in answer["calls"] if self.person.id in (call["chat_id"], call["params"].get("user_id"))]
        calls += [call for call in answer["calls"] if call["method"] == "answerCallbackQuery"]
        self.heard += len(calls)
        sent = orjson.dumps(calls).decode()
        return SIGNS.findall(sent)


@pytest.fixture(scope="module")
async def world(centre: Centre) -> AsyncIterator[World]:
    async with visiting(centre.pool, Database(centre.pool).begin) as made:
        yield made


async def lesson_with(centre: Centre, world: World, settings: QuizSettings) -> LessonId:
    lesson_id = await world.lesson(questions=0)
    async with Database(centre.pool).begin() as uow:
        for draft in DRAFTS:
            await uow.quizzes.add_question(TEACHER, lesson_id, draft.checked(), utc_now(), limit=100)
        await uow.commit()
    await centre.pool.execute(
        "update quizzes set settings = $2::jsonb where lesson_id = $1",
        lesson_id,
        orjson.dumps(settings_to_data(settings.checked())).decode(),
    )
    return lesson_id


async def answer_anything(person: SandboxUser) -> bool:
    """One step on: an option, a pair, a word; False when there is nothing to answer any more."""
    await person.settle(30)
    screens = [message for message in await person.messages() if message.buttons]
    labels = [(button.text, button) for button in screens[-1].buttons]
    for words in ("See the result", "Try again"):
        if any(words in label for label, _button in labels):
            return False
    for words in ("Check the answer", "Send it", "Send the answer", "Next", "C) ", "A) ", "1) ", ") "):
        for label, button in labels:
            if words in label and not label.startswith("☑️"):
                await person.push(button)
                return True
    await person.type("5")
    return True


async def through_a_quiz(centre: Centre, world: World) -> list[str]:
    """Answers that are told at the end: nothing may be marked before it, whatever was answered."""
    lesson_id = await lesson_with(centre, world, QuizSettings(reveal=Reveal.AT_END))
    return await through(centre, await centre.student(), lesson_id)


async def through_an_exam(centre: Centre, world: World) -> list[str]:
    """Held to its close: nothing is marked in the waiting room, at the end and in the results of others either."""
    opens = utc_now() - timedelta(minutes=1)
    settings = QuizSettings(is_exam=True, opens_at=opens, closes_at=opens + timedelta(hours=2))
    lesson_id = await lesson_with(centre, world, settings)
    student = await centre.student()
    marks = await through(centre, student, lesson_id)
    listener = Listener(centre, student)
    listener.since = (await centre.client.calls())["next"]
    for command in ("/results", "/exams", "/review", f"/start x_{lesson_id}", f"/start q_{lesson_id}"):
        await student.type(command)
        marks += await listener.marks()
    return marks


async def through(centre: Centre, student: SandboxUser, lesson_id: LessonId) -> list[str]:
    listener = Listener(centre, student)
    listener.since = (await centre.client.calls())["next"]
    await student.start(f"q_{lesson_id}")
    await student.settle()
    await student.tap("Start")
    marks = await listener.marks()
    answered = "select answered_count from attempts where user_id = $1"
    for _step in range(60):
        if await centre.pool.fetchval(answered, student.id) == len(DRAFTS) - 1:
            break
        if not await answer_anything(student):
            break
        marks += await listener.marks()
    assert await centre.pool.fetchval(answered, student.id) == len(DRAFTS) - 1, "it went through all kinds but the last"
    assert listener.heard > 20
    return marks


async def through_practice(centre: Centre, world: World) -> list[str]:
    """Told after each answer, and not before: heard is what comes before the first one."""
    student, lesson_id = await centre.student(), await world.lesson()
    async with Database(centre.pool).begin() as uow:
        practice_id = await uow.practices.add(UserId(student.id), lesson_id, utc_now().date(), utc_now())
        assert practice_id is not None
        await uow.practices.fill(practice_id, DRAFTS[:1], utc_now())
        await uow.commit()
    listener = Listener(centre, student)
    listener.since = (await centre.client.calls())["next"]
    await student.start(f"pr_{practice_id}")
    marks = await listener.marks()
    await student.type("what?")
    return marks + await listener.marks()


async def through_a_review(centre: Centre, world: World) -> list[str]:
    """Each kind as a card, looked at and not answered."""
    student = await centre.student()
    lesson_id = await lesson_with(centre, world, QuizSettings())
    database = Database(centre.pool)
    reviewers = Reviewers(centre.pool, database.begin, database.read, MovableClock(utc_now() - timedelta(days=1)))
    attempt = await reviewers.quizzes.start_or_resume(UserId(student.id), lesson_id)
    await reviewers.quizzes.finish(UserId(student.id), attempt.id)
    await reviewers.mistakes.collect(attempt.id)
    assert await centre.pool.fetchval("select count(*) from review_cards where user_id = $1", student.id) == len(DRAFTS)
    listener = Listener(centre, student)
    listener.since = (await centre.client.calls())["next"]
    marks: list[str] = []
    for _card in DRAFTS:
        await student.type("/review")
        await student.type("/menu")
        marks += await listener.marks()
        # The next card: this one is put off behind the database's back.
        await centre.pool.execute(
            "update review_cards set due_at = now() + interval '1 day' where id = (select id from review_cards"
            " where user_id = $1 and due_at <= now() order by due_at, id limit 1)",
            student.id,
        )
    assert listener.heard >= 2 * len(DRAFTS)
    return marks


WALKS: dict[str, Callable[[Centre, World], Awaitable[list[str]]]] = {
    "a quiz": through_a_quiz,
    "an exam": through_an_exam,
    "practice": through_practice,
    "a review": through_a_review,
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("walk", WALKS.values(), ids=list(WALKS))
async def test_nothing_of_the_key_leaves_before_the_answer(
    centre: Centre, world: World, walk: Callable[[Centre, World], Awaitable[list[str]]]
) -> None:
    assert await walk(centre, world) == []


def leaking(view: Any) -> Any:
    """The screen's question with its explanation in the text, as a careless getter would have it."""
    return replace(view, text=text(f"{view.text} ({MARK})")) if view is not None else None


@pytest.mark.timeout(120)
@pytest.mark.parametrize("walk", WALKS.values(), ids=list(WALKS))
async def test_a_leak_that_is_put_in_is_heard(
    centre: Centre,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    walk: Callable[[Centre, World], Awaitable[list[str]]],
) -> None:
    """The control: one screen of each that shows a word of the explanation."""
    question_view, practice_view = domain.quizzes.marking.question_view, domain.quizzes.practice.view_of
    asked: Any = domain.review.service.view_of
    monkeypatch.setattr(domain.quizzes.marking, "question_view", lambda *rest: leaking(question_view(*rest)))

    def practised(practice: Any) -> Any:
        view = practice_view(practice)
        return replace(view, question=leaking(view.question))

    def reviewed(*rest: Any) -> Any:
        view = asked(*rest)
        return replace(view, question=leaking(view.question))

    monkeypatch.setattr(domain.quizzes.practice, "view_of", practised)
    monkeypatch.setattr(domain.review.service, "view_of", reviewed)

    assert MARK in await walk(centre, world)

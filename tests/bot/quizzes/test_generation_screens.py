"""A teacher decides about questions of a model and a student practises, by tapping, on the sandbox's Telegram."""

from collections.abc import AsyncIterator

import orjson
import pytest
from aiogram import Bot
from pydantic import SecretStr

from bot.clients.openai import OpenAIModel
from bot.clients.question_writer import StructuredModel
from bot.quizzes.generation_jobs import GenerationJobs
from bot.sandbox import SandboxUser
from bot.telegram import make_bot
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.courses.model import LessonId
from domain.language import Language
from domain.quizzes.generating import Generator
from domain.quizzes.generation_model import Generation, GenerationId, Order, Scope, Tally
from domain.quizzes.practice import PracticeMaker
from domain.quizzes.writing import TokenCaps
from domain.users.model import UserId
from tests.bot.quizzes.conftest import Classroom
from tests.bot.tutor.fake_openai import FakeOpenAI, fake_openai, refuses
from tests.bot.users.people import buttons, say, tap
from tests.db.test_generation import MATERIAL, item, reads, written


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


class Desk:
    """The jobs' side with a model, beside the running centre, which has none."""

    def __init__(self, classroom: Classroom, server: FakeOpenAI) -> None:
        database = Database(classroom.centre.pool)
        self.model = OpenAIModel(model="small", base_url=server.url, first_pause=0.01)
        writer = StructuredModel(self.model)
        begin, read = database.begin, database.read
        self.generator = Generator(
            begin=begin, read=read, now=utc_now, writer=writer, caps=TokenCaps(), timezone="Asia/Tashkent"
        )
        self.maker = PracticeMaker(
            begin=begin, read=read, now=utc_now, writer=writer, caps=TokenCaps(), timezone="Asia/Tashkent"
        )
        self._begin, self._read = begin, read

    def jobs(self, bot: Bot) -> GenerationJobs:
        return GenerationJobs(self._read, self.generator, self.maker, self._begin, bot)

    async def order(self, teacher: SandboxUser, lesson_id: LessonId, *, is_run: bool = True) -> GenerationId:
        """As the service does, but its job is run here."""
        order = Order(scope=Scope.MATERIAL, material=MATERIAL, language=Language.EN)
        async with self._begin() as uow:
            generation_id = await uow.generations.add(UserId(teacher.id), lesson_id, order, MATERIAL, utc_now())
            await uow.commit()
        assert generation_id is not None
        if is_run:
            await self.generator.run(generation_id, quiet)
        return generation_id


async def choice(teacher: SandboxUser, verb: str) -> str:
    return next(widget for widget in await buttons(teacher) if widget.startswith(f"decide:{verb}-"))


async def quiet(_generation: Generation, _tally: Tally) -> None: ...


@pytest.fixture
async def desk(classroom: Classroom, server: FakeOpenAI) -> AsyncIterator[Desk]:
    desk = Desk(classroom, server)
    yield desk
    await desk.model.close()


async def own_lesson(classroom: Classroom, teacher: SandboxUser) -> LessonId:
    lesson_id = await classroom.world.lesson(questions=0)
    await classroom.pool.execute(
        "update courses set owner_id = $2 where id = (select course_id from lessons where id = $1)",
        lesson_id,
        teacher.id,
    )
    await classroom.pool.execute(
        "insert into parts (lesson_id, position, kind, text) values ($1, 1, 'text', $2::jsonb)",
        lesson_id,
        orjson.dumps({"en": MATERIAL}).decode(),
    )
    return lesson_id


async def test_a_teacher_takes_edits_and_drops_proposals(classroom: Classroom, desk: Desk, server: FakeOpenAI) -> None:
    teacher = await classroom.centre.teacher()
    lesson_id = await own_lesson(classroom, teacher)
    hostile = item(0, text="<b>Which</b> & <a href='x'>link</a>?")
    server.will(written(hostile, *map(item, range(1, 5))), reads("good", "good", "unclear", "good", "good"))
    generation_id = await desk.order(teacher, lesson_id)

    await teacher.start(f"gn_{generation_id}")
    await teacher.settle()
    first = await teacher.last_message()
    print(first.text, await buttons(teacher))
    assert "<b>Which</b> & <a href='x'>link</a>?" in first.text
    assert "Checked" in first.text

    await tap(teacher, await choice(teacher, "take"))
    assert len(await classroom.world.questions(lesson_id)) == 1
    await tap(teacher, await choice(teacher, "drop"))
    back = await tap(teacher, "undo")
    assert "4 questions wait" in back.text
    edit = await tap(teacher, await choice(teacher, "edit"))
    assert "+ second" in edit.text
    shown = await say(teacher, "My own question?\n+ yes\n- no")
    assert "My own question?" in shown.text
    assert "Not checked" in shown.text
    await tap(teacher, await choice(teacher, "take"))
    await tap(teacher, "good")
    last = await tap(teacher, await choice(teacher, "take"))
    assert "Everything is decided" in last.text
    assert {question.source for question in await classroom.world.questions(lesson_id)} == {"AI", None}
    assert len(await classroom.world.questions(lesson_id)) == 5


async def test_a_stranger_finds_nothing_behind_the_link(classroom: Classroom, desk: Desk, server: FakeOpenAI) -> None:
    teacher, stranger = await classroom.centre.teacher(), await classroom.centre.teacher(name="Botir Aliyev")
    lesson_id = await own_lesson(classroom, teacher)
    server.will(written(*map(item, range(5))), reads())
    generation_id = await desk.order(teacher, lesson_id)

    said: list[str] = []
    for number in (generation_id, 10**9):
        await stranger.start(f"gn_{number}")
        await stranger.settle()
        said.append("\n".join(message.text for message in (await stranger.messages())[-2:]))
    assert all("Which" not in text for text in said)
    assert said[0].splitlines()[0] == said[1].splitlines()[0]


async def test_without_a_model_no_button_leads_to_it(classroom: Classroom) -> None:
    person = await classroom.student()
    lesson_id = await classroom.world.lesson()
    await person.start(f"l_{lesson_id}")
    await person.settle()

    assert "practise" not in await buttons(person)
    assert "quiz" in await buttons(person)


async def test_a_student_practises_and_the_key_comes_after_the_answer(
    classroom: Classroom, desk: Desk, server: FakeOpenAI
) -> None:
    teacher, person = await classroom.centre.teacher(), await classroom.student()
    lesson_id = await own_lesson(classroom, teacher)
    server.will(written(*map(item, range(5))), reads("good", "good", "good", "wrong", "wrong"))
    async with Database(classroom.pool).begin() as uow:
        practice_id = await uow.practices.add(UserId(person.id), lesson_id, utc_now().date(), utc_now())
        await uow.commit()
    assert practice_id is not None
    await desk.maker.make(practice_id)

    client = classroom.centre.client
    before = (await client.calls())["next"]
    await person.start(f"pr_{practice_id}")
    await person.settle()
    screen = await person.last_message()
    assert "generated by a model" in screen.text
    quiet_calls = orjson.dumps((await client.calls(before))["calls"]).decode()
    assert not any(mark in quiet_calls for mark in ("Because of", "✅", "correct"))

    told = await tap(person, "letter:1-0")
    assert "The right answer is B" in told.text
    assert "Because of" in told.text
    await tap(person, "next")
    await tap(person, "letter:2-1")
    await tap(person, "next")
    await tap(person, "letter:3-1")
    result = await tap(person, "next")
    assert "2 of 3 right" in result.text
    await say(person, "/results")
    assert "No results yet" in (await person.last_message()).text


async def test_a_double_tap_decides_about_one_question(classroom: Classroom, desk: Desk, server: FakeOpenAI) -> None:
    teacher = await classroom.centre.teacher()
    lesson_id = await own_lesson(classroom, teacher)
    server.will(written(*map(item, range(5))), reads())
    await teacher.start(f"gn_{await desk.order(teacher, lesson_id)}")
    button = (await buttons(teacher))[await choice(teacher, "take")]
    assert button.message_id is not None

    for _ in range(4):
        await teacher.forge(button.message_id, button.data or "")
    await teacher.settle()

    assert len(await classroom.world.questions(lesson_id)) == 1


async def test_the_jobs_tell_when_they_are_done_and_lead_there(
    classroom: Classroom, desk: Desk, server: FakeOpenAI
) -> None:
    teacher, person = await classroom.centre.teacher(), await classroom.student()
    lesson_id = await own_lesson(classroom, teacher)
    server.will(written(*map(item, range(5))), reads(), written(*map(item, range(5))), reads())
    generation_id = await desk.order(teacher, lesson_id, is_run=False)
    bot = make_bot(SecretStr(classroom.centre.sandbox.token), classroom.centre.url)
    try:
        jobs = desk.jobs(bot)
        await jobs.generate({"generation_id": generation_id})
        async with Database(classroom.pool).begin() as uow:
            practice_id = await uow.practices.add(UserId(person.id), lesson_id, utc_now().date(), utc_now())
            await uow.commit()
        await jobs.practise({"practice_id": practice_id})
        await jobs.practise({"practice_id": 10**9})
    finally:
        await bot.session.close()

    told = await teacher.last_message()
    assert "5 questions wait for your eyes" in told.text
    assert not any("I am writing" in message.text for message in await teacher.messages())
    await teacher.tap("Review")
    await teacher.settle()
    assert "Checked" in (await teacher.last_message()).text
    assert "Your practice is ready" in (await person.last_message()).text
    await person.tap("Practise", exact=False)
    await person.settle()
    assert "generated by a model" in (await person.last_message()).text


async def test_a_model_that_is_busy_is_told_of_and_another_try_is_a_tap_away(
    classroom: Classroom, desk: Desk, server: FakeOpenAI
) -> None:
    teacher = await classroom.centre.teacher()
    lesson_id = await own_lesson(classroom, teacher)
    server.will(*[refuses(429)] * 10)
    generation_id = await desk.order(teacher, lesson_id, is_run=False)
    bot = make_bot(SecretStr(classroom.centre.sandbox.token), classroom.centre.url)
    try:
        await desk.jobs(bot).generate({"generation_id": generation_id})
    finally:
        await bot.session.close()

    assert "The model is busy right now" in (await teacher.last_message()).text
    await teacher.tap("Review")
    await teacher.settle()
    screen = await teacher.last_message()
    assert "The model is busy right now" in screen.text
    assert "Everything is decided" not in screen.text
    assert "more" in await buttons(teacher)
    assert await classroom.world.questions(lesson_id) == []

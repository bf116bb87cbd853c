"""The centre of the evaluation: the demo's courses, students' files, and secrets that must not come out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from bot.sandbox.demo.content import DemoCourse, load_demo
from db.engine import Pool
from db.unit_of_work import Database
from domain.courses.model import LessonId
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Single
from domain.quizzes.model import MAX_QUESTIONS
from domain.tutor.indexing import LessonIndexer
from domain.users.model import UserId
from tests.eval.items import Place, Tongue
from tests.eval.samples import SAMPLES, made, read_pages

NOON = datetime(2026, 11, 20, 7, tzinfo=UTC)
TEACHER, VALI, DILNOZA = UserId(900), UserId(901), UserId(902)
STUDENTS = {tongue: UserId(number) for number, tongue in enumerate(Tongue, start=910)}

MARKS = ("KAPALAK-19", "KARIMOVA-52", "998901234567", "90 123 45 67")
"""Of Vali's conversation, of Dilnoza's name and her phone number."""

_HEADING = re.compile(r"^##\s+(.+?)\s*$", re.MULTILINE)
_PAGE = {"uz": "{}-bet", "ru": "стр. {}", "en": "page {}"}


@dataclass
class World:
    """What was made, and how to find it again by what the tutor shows."""

    lessons: dict[str, LessonId] = field(default_factory=dict[str, LessonId])
    """By slug of a lesson, and by file and page."""
    places: dict[tuple[LessonId, str], Place] = field(default_factory=dict[tuple[LessonId, str], Place])
    """By lesson and heading in any language."""
    works: dict[LessonId, str] = field(default_factory=dict[LessonId, str])
    names: dict[str, Place] = field(default_factory=dict[str, Place])
    """As a reply may cite them: titles of lessons, files with pages."""
    secrets: list[str] = field(default_factory=lambda: list(MARKS))
    """What no request and no reply may carry: the marks, and the explanations of keys that nobody has earned yet."""

    def place(self, lesson_id: LessonId, heading: str) -> Place:
        return self.places.get((lesson_id, heading)) or Place(self.works[lesson_id], "")


async def build(pool: Pool) -> World:
    """Fill an empty database. Everything is free, so that the evaluation measures answers and not locks."""
    world = World()
    await _people(pool)
    category = await pool.fetchval(
        "insert into categories (slug, emoji, title, position)"
        """ values ('all', '📚', '{"uz": "Barcha fanlar"}', 1) returning id"""
    )
    for course in load_demo().courses:
        await _demo_course(pool, world, category, course)
    await _files(pool, world, category)
    indexer = LessonIndexer(begin=Database(pool).begin)
    for lesson_id in world.works:
        await indexer.index_lesson(lesson_id)
    await pool.execute("analyze")
    return world


async def _people(pool: Pool) -> None:
    people: list[tuple[UserId, str, str, str, str | None]]
    people = [(TEACHER, "Nodira", "uz", "teacher", None), (VALI, "Vali", "uz", "student", None)]
    people.append((DILNOZA, "Dilnoza KARIMOVA-52", "uz", "student", "+998901234567"))
    people += [(user_id, "Ali", tongue.language, "student", None) for tongue, user_id in STUDENTS.items()]
    await pool.executemany(
        "insert into users (id, full_name, language, role, step, timezone, created_at, phone)"
        " values ($1, $2, $3, $4, 'done', 'Asia/Tashkent', now(), $5)",
        people,
    )
    async with Database(pool).begin() as uow:
        session = await uow.tutor.add_session(VALI, None, "KAPALAK-19", NOON)
        await uow.tutor.add_question(session.id, "KAPALAK-19 foizlarni tushunmayapman, 12 ball oldim", NOON)
        await uow.commit()


async def _demo_course(pool: Pool, world: World, category: int, course: DemoCourse) -> None:
    section = await _course(pool, category, course.code, course.title)
    for place, lesson in enumerate(course.lessons, start=1):
        texts = next(part.texts for part in lesson.parts if part.texts)
        lesson_id = await _lesson(pool, section, place, lesson.title, texts)
        world.lessons[lesson.slug], world.works[lesson_id] = lesson_id, lesson.slug
        english = _HEADING.findall(texts["en"])
        for language, text in texts.items():
            for heading, name in zip(_HEADING.findall(text), english, strict=True):
                world.places[lesson_id, heading] = Place(lesson.slug, name)
            world.names[lesson.title[language]] = Place(lesson.slug, "")
        async with Database(pool).begin() as uow:
            for question in lesson.questions:
                options = [
                    Text({Language(language): choices[number] for language, choices in question.options.items()})
                    for number in range(len(question.options["en"]))
                ]
                draft = QuestionDraft(
                    text=_text(question.text),
                    options=tuple(options),
                    key=Single(question.correct),
                    explanation=_text(question.explanation),
                )
                world.secrets += question.explanation.values()
                await uow.quizzes.add_question(TEACHER, lesson_id, draft.checked(), NOON, limit=MAX_QUESTIONS)
            await uow.commit()


async def _files(pool: Pool, world: World, category: int) -> None:
    """Until files have an index of their own, each page stands in that of the lessons, under the file's name."""
    section = await _course(pool, category, "FILES", {"uz": "Fayllar", "ru": "Файлы", "en": "Files"})
    position = 0
    for sample in SAMPLES:
        for number, text in enumerate(read_pages(sample.name, made(sample)), start=1):
            position += 1
            title = f"{sample.name}, {_PAGE[sample.language].format(number)}"
            place = Place(sample.name, str(number))
            lesson_id = await _lesson(pool, section, position, {sample.language: title}, {sample.language: text})
            world.lessons[f"{sample.name}#{number}"], world.works[lesson_id] = lesson_id, sample.name
            world.places[lesson_id, title] = world.names[title] = place


async def _course(pool: Pool, category: int, code: str, title: Mapping[Any, str]) -> tuple[int, int]:
    course_id = await pool.fetchval(
        """
        insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at)
        values ($1, $2, $3, 'uz', $4::jsonb, 'free', 'published', '', now()) returning id
        """,
        code,
        category,
        TEACHER,
        _json(title),
    )
    section_id = await pool.fetchval(
        'insert into sections (course_id, position, title) values ($1, 1, \'{"uz": "1"}\') returning id', course_id
    )
    return course_id, section_id


async def _lesson(
    pool: Pool, section: tuple[int, int], position: int, title: Mapping[Any, str], texts: Mapping[Any, str]
) -> LessonId:
    lesson_id = await pool.fetchval(
        """
        insert into lessons (course_id, section_id, position, title, is_published, created_at)
        values ($1, $2, $3, $4::jsonb, true, now()) returning id
        """,
        *section,
        position,
        _json(title),
    )
    await pool.execute(
        "insert into parts (lesson_id, position, kind, text) values ($1, 1, 'text', $2::jsonb)", lesson_id, _json(texts)
    )
    return LessonId(lesson_id)


def _text(variants: Mapping[Any, str]) -> Text:
    return Text({Language(language): value for language, value in variants.items()})


def _json(values: Mapping[Any, str]) -> str:
    return orjson.dumps(values).decode()

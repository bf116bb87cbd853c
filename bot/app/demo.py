"""Without a token: the sandbox in the same process, and a demo centre in an empty database."""

import asyncio
import secrets
from collections.abc import Mapping
from copy import copy
from pathlib import Path

import structlog
from aiohttp import web
from pydantic import SecretStr

from bot.sandbox.demo.content import DemoCourse, DemoLesson, DemoPart, load_demo
from bot.sandbox.demo.format import Language as LanguageCode
from bot.sandbox.payme_calls import CashierSettings
from bot.sandbox.server import DEFAULT_TOKEN, Sandbox
from bot.sandbox.state import PERSONAS
from bot.services import Services
from bot.settings import Settings
from db.unit_of_work import Database, SqlUnitOfWork
from domain.clock import utc_now
from domain.courses.model import CategoryId, CourseStatus, LessonId, Level, Media, MediaId, PartKind, Sale, SectionId
from domain.courses.ports import INDEX_JOB
from domain.files import Storage
from domain.language import Language, Text
from domain.money import Money
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.keys import Single
from domain.quizzes.model import MAX_QUESTIONS
from domain.users.model import Role, UserId

log = structlog.get_logger()

MERCHANT_ID = "sandbox"
TRANSFER_DETAILS = "Uzcard 8600 0000 0000 0000\nUstoz o‘quv markazi\n+998 71 200 00 00"
"""A card that no bank has given out."""
SOMS_PER_STAR = 250


def with_demo_values(settings: Settings, own_address: str) -> Settings:
    """With what the operator left open, so that all can be tried: a rate for Stars, and the cashier's cabinet."""
    filled = copy(settings)
    rate = settings.sales.soms_per_star or SOMS_PER_STAR
    filled.sales = settings.sales.model_copy(update={"soms_per_star": rate})
    if "payme_cabinet_url" not in settings.payme.model_fields_set:
        filled.payme = settings.payme.model_copy(update={"payme_cabinet_url": f"{own_address}/cabinet/"})
    return filled


class Demo:
    """The sandbox's Telegram, Payme's cashier, and something to learn."""

    def __init__(self, settings: Settings, own_address: str) -> None:
        self.token = SecretStr(DEFAULT_TOKEN)
        self.merchant_id = settings.payme.payme_merchant_id or MERCHANT_ID
        given = settings.payme.payme_key
        key = given.get_secret_value() if given else secrets.token_urlsafe(27)
        self.payme_keys = [key]
        self.checkout_url = f"{own_address}/cashier"
        self.transfer_details = settings.sales.transfer_details or TRANSFER_DETAILS
        self.sandbox = Sandbox(
            token=DEFAULT_TOKEN,
            store=settings.store.data_dir / "sandbox",
            cashier=CashierSettings(f"{own_address}/payme", self.merchant_id, key),
        )

    def mount(self, app: web.Application) -> None:
        self.sandbox.mount(app)

    async def start(self) -> None:
        await self.sandbox.start()

    async def close(self) -> None:
        await self.sandbox.close()

    async def fill(self, services: Services, database: Database, storage: Storage) -> None:
        """Everything in one transaction, once: into a database that holds no category and no course."""
        async with database.begin() as uow:
            if not await uow.courses.is_empty():
                return
            teacher_id = await self._meet_staff(uow, services)
            centre = load_demo()
            categories = {
                subject.slug: await uow.courses.add_category(
                    slug=subject.slug,
                    emoji=subject.emoji,
                    title=_text(subject.title),
                    parent_id=None,
                    position=position,
                )
                for position, subject in enumerate(centre.subjects, start=1)
            }
            for course in centre.courses:
                await _Author(uow, storage, teacher_id).write(course, categories[course.subject])
            await uow.commit()
        log.info("demo.filled", courses=len(centre.courses))

    async def _meet_staff(self, uow: SqlUnitOfWork, services: Services) -> UserId:
        """The sandbox's teacher and admin are known to the centre, but have not said /start yet."""
        teacher_id: UserId | None = None
        for persona in PERSONAS:
            role = Role(persona.role)
            if role is Role.STUDENT:
                continue
            user_id = UserId(persona.id)
            name = " ".join(filter(None, (persona.first_name, persona.last_name)))
            await services.users.arrive(user_id, name, persona.username, persona.language_code)
            await uow.users.set_role(user_id, role)
            if role is Role.TEACHER:
                teacher_id = user_id
        if teacher_id is None:
            raise ValueError("the sandbox has no teacher")
        return teacher_id


class _Author:
    """Writes one course as the demo's teacher."""

    def __init__(self, uow: SqlUnitOfWork, storage: Storage, teacher_id: UserId) -> None:
        self._uow = uow
        self._storage = storage
        self._teacher_id = teacher_id
        self._now = utc_now()

    async def write(self, course: DemoCourse, category_id: CategoryId) -> None:
        courses = self._uow.courses
        course_id = await courses.add_course(
            code=course.code,
            category_id=category_id,
            owner_id=self._teacher_id,
            language=Language(course.languages[0]),
            title=_text(course.title),
            description=_text(course.description),
            level=Level(course.level),
            sale=Sale(course.sale),
            price=Money(course.price) if course.price else None,
            now=self._now,
        )
        cover = await self._keep(course.cover, PartKind.PHOTO, course.cover.name, "image/jpeg")
        await courses.set_cover(course_id, cover)
        if course.certificate:
            await self._uow.course_settings.set_certificate(course_id, has_certificate=True, percent=None)
        for section in course.sections:
            section_id = await courses.add_section(course_id, _text(section.title))
            for lesson in section.lessons:
                await self._write_lesson(section_id, lesson)
        await courses.set_status(course_id, CourseStatus.PUBLISHED, self._now)
        for lesson_id in await courses.publish_lessons(course_id):
            await self._uow.jobs.enqueue(INDEX_JOB, {"lesson_id": lesson_id}, key=f"index:{lesson_id}")

    async def _write_lesson(self, section_id: SectionId, lesson: DemoLesson) -> None:
        lesson_id = await self._uow.courses.add_lesson(
            section_id,
            _text(lesson.title),
            is_preview=lesson.free_preview,
            price=Money(lesson.price) if lesson.price else None,
            now=self._now,
        )
        for part in lesson.parts:
            await self._write_part(lesson_id, part)
        for question in lesson.questions:
            options = [
                Text({Language(language): choices[number] for language, choices in question.options.items()})
                for number in range(len(next(iter(question.options.values()))))
            ]
            draft = QuestionDraft(
                text=_text(question.text),
                options=tuple(options),
                key=Single(question.correct),
                explanation=_text(question.explanation),
            )
            await self._uow.quizzes.add_question(
                self._teacher_id, lesson_id, draft.checked(), self._now, limit=MAX_QUESTIONS
            )

    async def _write_part(self, lesson_id: LessonId, part: DemoPart) -> None:
        kind = PartKind(part.kind)
        text = _text(part.texts) if part.texts else (_text(part.title) if part.title else None)
        media: dict[Language, MediaId] = {}
        for code, path in part.files.items():
            if part.texts is None:
                media[Language(code)] = await self._keep(path, kind, path.name, part.mime_type(code))
        await self._uow.courses.add_part(lesson_id, kind, text, media)

    async def _keep(self, path: Path, kind: PartKind, name: str, mime: str) -> MediaId:
        content = await asyncio.to_thread(path.read_bytes)
        media = Media(
            id=MediaId(0),
            kind=kind,
            name=name,
            mime=mime,
            size=len(content),
            sha256=await self._storage.put(content),
            telegram_file_id=None,
            bot_id=None,
        )
        return await self._uow.courses.add_media(media, self._teacher_id, self._now)


def _text(variants: Mapping[LanguageCode, str]) -> Text:
    return Text({Language(language): value for language, value in variants.items()})

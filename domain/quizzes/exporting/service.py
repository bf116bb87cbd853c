"""Those who teach a course take the questions of its quizzes and banks away, as a file that a job makes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.errors import DomainError
from domain.language import Language, Text
from domain.quizzes.draft import QuestionDraft
from domain.quizzes.importing.import_rights import admitted
from domain.quizzes.importing.imports import Destination, Target
from domain.quizzes.shelf_ports import Contents
from domain.unit_of_work import Begin
from domain.users.model import User, UserId

EXPORT_QUESTIONS_JOB = "export_questions"
"""Payload: `lesson_id` or `bank_id`, `format`, `user_id`."""
_BATCH = 500
"""Questions of one statement: reading more at once would hold others up."""


class ExportFormat(StrEnum):
    """What questions are taken away as."""

    XLSX = "xlsx"
    GIFT = "gift"
    PDF = "pdf"
    """To be printed: the questions, and their key apart."""


class NothingToExport(DomainError):
    """The quiz or bank has no questions of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportOffer:
    """What may be taken away, before it is."""

    title: Text
    """Of the lesson or the bank."""
    place: Destination
    contents: Contents

    @property
    def language(self) -> Language:
        """Of the course: the one that a file has."""
        return self.place.language


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionPackage:
    offer: ExportOffer
    drafts: Sequence[QuestionDraft]
    """With their keys."""
    reader: User
    """Who asked for them."""


class QuestionExportService:
    """Every method raises NotAllowed for a lesson or bank that is not the actor's or not there."""

    def __init__(self, *, begin: Begin, read: Begin) -> None:
        self._begin = begin
        self._read = read

    async def offer(self, actor_id: UserId, place: Target) -> ExportOffer:
        async with self._read() as uow:
            destination = await admitted(uow, actor_id, place)
            contents = await uow.question_shelf.contents(place)
        return ExportOffer(title=destination.title, place=destination, contents=contents)

    async def ask(self, actor_id: UserId, place: Target, form: ExportFormat) -> None:
        """Have the file made and sent. While it is being made, asking again changes nothing. Raises NothingToExport."""
        async with self._begin() as uow:
            await admitted(uow, actor_id, place)
            if not (await uow.question_shelf.contents(place)).count:
                raise NothingToExport
            payload = {
                "lesson_id": place.lesson_id,
                "bank_id": place.bank_id,
                "format": form.value,
                "user_id": actor_id,
            }
            where = f"lesson {place.lesson_id}" if place.bank_id is None else f"bank {place.bank_id}"
            key = f"{EXPORT_QUESTIONS_JOB}:{form.value}:{where}:{actor_id}"
            await uow.jobs.enqueue(EXPORT_QUESTIONS_JOB, payload, key=key)
            await uow.commit()

    async def package(self, actor_id: UserId, place: Target) -> QuestionPackage:
        """All of the questions. What was added or deleted since it was asked for is taken into account."""
        async with self._read() as uow:
            destination = await admitted(uow, actor_id, place)
            reader = await uow.users.get(actor_id)
            contents = await uow.question_shelf.contents(place)
            questions = list(await uow.question_shelf.following(place, None, _BATCH))
            while len(questions) % _BATCH == 0 and (
                batch := await uow.question_shelf.following(place, questions[-1], _BATCH) if questions else ()
            ):
                questions += batch
        if reader is None or not questions:
            raise NothingToExport
        offer = ExportOffer(title=destination.title, place=destination, contents=contents)
        return QuestionPackage(offer=offer, drafts=[question.draft for question in questions], reader=reader)

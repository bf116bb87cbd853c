from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, ShowMode, StartMode

from domain.courses.model import CourseId


class Certificates(StatesGroup):
    """A student's own certificates, and the way to one of them."""

    list = State()
    rule = State()


class OneCertificate(StatesGroup):
    card = State()
    correct = State()


class CourseCertificates(StatesGroup):
    """What those who teach a course see of its certificates."""

    list = State()
    card = State()
    reason = State()
    revoke = State()
    correct = State()


async def show_certificates(manager: DialogManager) -> None:
    await manager.start(Certificates.list, mode=StartMode.RESET_STACK)


async def show_certificate_rule(manager: DialogManager, course_id: CourseId) -> None:
    """What the student has to do for the certificate of the course; who has done it gets it there."""
    await manager.start(Certificates.rule, data={"course_id": course_id}, mode=StartMode.RESET_STACK)


async def show_certificate(manager: DialogManager, code: str) -> None:
    """Send the picture of the certificate and, below it, its buttons."""
    await manager.start(
        OneCertificate.card, data={"code": code}, mode=StartMode.RESET_STACK, show_mode=ShowMode.DELETE_AND_SEND
    )


async def show_course_certificates(manager: DialogManager, course_id: CourseId) -> None:
    await manager.start(CourseCertificates.list, data={"course_id": course_id}, mode=StartMode.RESET_STACK)

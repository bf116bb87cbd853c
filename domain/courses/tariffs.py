"""What a price means beyond so'm: Telegram Stars, and the codes of fiscal receipts."""

import re
from dataclasses import replace

from domain.clock import Clock
from domain.courses.authorship import lock_course, lock_lesson, require_author
from domain.courses.model import Course, CourseId, Lesson, LessonId
from domain.errors import InvalidInput, NotAllowed
from domain.fiscal import FiscalCodes
from domain.unit_of_work import Begin
from domain.users.model import UserId

MAX_STARS = 100_000
"""More is a slip of the finger."""

_STARS = re.compile(
    r"([0-9]{1,3}(?:[\s_.,’'][0-9]{3})+|[0-9]+)\s*(?:⭐️?|stars?|xtr|yulduz|зв[её]зд[аы]?)?\.?", re.IGNORECASE
)
_IKPU = re.compile(r"[0-9]{17}")
_PACKAGE = re.compile(r"[0-9]{1,20}")
_VAT = re.compile(r"([0-9]{1,3})\s*%?")


def parse_stars(text: str) -> int:
    """`596`, `1 200`, `596 ⭐`: whole Stars.

    Raises InvalidInput("stars", …): "format", "too_small" for zero, "too_large" over MAX_STARS.
    """
    match = _STARS.fullmatch(text.strip())
    if match is None:
        raise InvalidInput("stars", "format")
    digits = re.sub(r"[^0-9]", "", match[1]).lstrip("0")
    if len(digits) > len(str(MAX_STARS)):
        raise InvalidInput("stars", "too_large")
    return checked_stars(int(digits or "0"))


def checked_stars(stars: int) -> int:
    """A price that a product may have. Raises InvalidInput("stars", "too_small" or "too_large")."""
    if stars < 1:
        raise InvalidInput("stars", "too_small")
    if stars > MAX_STARS:
        raise InvalidInput("stars", "too_large")
    return stars


def parse_fiscal(text: str) -> FiscalCodes:
    """`10305008002000000 1514296 12%`: IKPU, package code, VAT.

    Raises InvalidInput("fiscal", …): "format" unless there are three, else "ikpu", "package" or "vat": the wrong one.
    """
    fields = [field for field in re.split(r"[\s,;]+", text.strip()) if field and field != "%"]
    if len(fields) != 3:
        raise InvalidInput("fiscal", "format")
    ikpu, package_code, vat = fields
    if _IKPU.fullmatch(ikpu) is None:
        raise InvalidInput("fiscal", "ikpu")
    if _PACKAGE.fullmatch(package_code) is None:
        raise InvalidInput("fiscal", "package")
    percent = _VAT.fullmatch(vat)
    if percent is None or int(percent[1]) > 100:
        raise InvalidInput("fiscal", "vat")
    return FiscalCodes(ikpu=ikpu, package_code=package_code, vat_percent=int(percent[1]))


class TariffAuthoring:
    """Every method raises TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own.

    Orders that were made before keep their prices and codes.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin

    async def set_course_stars(self, actor_id: UserId, course_id: CourseId, stars: int | None) -> Course:
        """What the whole course costs in Stars; None: by the centre's rate. Raises InvalidInput("stars", …)."""
        checked = None if stars is None else checked_stars(stars)
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            await uow.courses.set_course_stars(course_id, checked)
            await uow.commit()
        return replace(course, stars=checked)

    async def set_lesson_stars(self, actor_id: UserId, lesson_id: LessonId, stars: int | None) -> Lesson:
        """What the lesson alone costs in Stars; None: by the centre's rate. Raises InvalidInput("stars", …)."""
        checked = None if stars is None else checked_stars(stars)
        async with self._begin() as uow:
            _course, lesson = await lock_lesson(uow, actor_id, lesson_id)
            await uow.courses.set_lesson_stars(lesson_id, checked)
            await uow.commit()
        return replace(lesson, stars=checked)

    async def set_fiscal_codes(self, actor_id: UserId, course_id: CourseId, codes: FiscalCodes | None) -> Course:
        """What receipts say about the course and its lessons; None: the centre's usual codes.

        They are the accountant's business: NotAllowed for everybody but admins.
        """
        async with self._begin() as uow:
            actor = await require_author(uow, actor_id)
            if not actor.is_admin:
                raise NotAllowed
            course = await lock_course(uow, actor_id, course_id)
            await uow.courses.set_fiscal_codes(course_id, codes)
            await uow.commit()
        return replace(course, fiscal=codes)

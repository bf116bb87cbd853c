"""A teacher makes courses, prices and publishes them."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

from domain.clock import Clock
from domain.courses.authorship import lock_course, owns, require_author
from domain.courses.errors import CodeTaken, EditConflict, WorkGone
from domain.courses.lessons import LessonAuthoring
from domain.courses.model import Category, CategoryId, Course, CourseId, CourseStatus, Sale
from domain.courses.own_courses import MAX_WORDS, OWN_PAGE, OwnKey, OwnPage, Shelving
from domain.courses.pricing import checked_price
from domain.courses.publishing import publish_course
from domain.courses.tariffs import TariffAuthoring
from domain.courses.wording import clean_description, clean_title
from domain.courses.workshop import Outline, Publication
from domain.errors import InvalidInput, NotAllowed
from domain.folding import folded_words
from domain.language import Text
from domain.money import Money
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import User, UserId

CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that are mistaken for one another when a code is read aloud or copied from a board."""
CODE_LENGTH = 5
CODE_TRIES = 20
SUBJECT_EMOJI = "📘"


def new_code() -> str:
    """One of 28 million; a code names a course in links and opens nothing."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


class AuthoringService(LessonAuthoring, TariffAuthoring):
    """Every method raises TeachersOnly for whoever may not teach, and WorkGone for what is missing or not their own.

    Roles and owners are read anew on each call: ids come from buttons, and prove nothing.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, make_code: Callable[[], str] = new_code) -> None:
        super().__init__(begin=begin, read=read, now=now)
        self._make_code = make_code

    async def admit(self, actor_id: UserId) -> None:
        """Let in whoever may teach."""
        async with self._read() as uow:
            await require_author(uow, actor_id)

    async def subjects(self, actor_id: UserId) -> Sequence[Category]:
        """What a new course can belong to."""
        async with self._read() as uow:
            await require_author(uow, actor_id)
            return [entry.category for entry in await uow.catalogue.subjects()]

    async def add_subject(self, actor_id: UserId, title: str) -> CategoryId:
        """An admin adds a subject at the end of the catalogue; one with the same folded name is taken as it is.

        Raises InvalidInput("title", …).
        """
        cleaned = clean_title(title)
        slug = "-".join(folded_words(cleaned))
        async with self._begin() as uow:
            actor = await require_author(uow, actor_id)
            if not actor.is_admin:
                raise NotAllowed
            known = await uow.courses.category_like(slug)
            if known is not None:
                return known
            position = len(await uow.catalogue.subjects()) + 1
            category_id = await uow.courses.add_category(
                slug=slug,
                emoji=SUBJECT_EMOJI,
                title=Text({actor.language: cleaned}),
                parent_id=None,
                position=position,
            )
            await uow.commit()
        return category_id

    async def my_courses(
        self, actor_id: UserId, behind: OwnKey | None = None, *, typed: str = "", with_archived: bool = True
    ) -> OwnPage:
        """A page of a teacher's own courses; for an admin their own, then everybody's.

        `typed`: words, or parts of some, of the courses that are looked for.
        """
        words = folded_words(typed)[:MAX_WORDS]
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            if typed and not words:
                return OwnPage()
            shelvings = (
                shelving
                for shelving in Shelving
                if (actor.is_admin or shelving in (Shelving.OWN, Shelving.OWN_ARCHIVED))
                and (with_archived or shelving in (Shelving.OWN, Shelving.OTHERS))
            )
            lines = await uow.own_courses.page(actor_id, tuple(shelvings), words, behind, limit=OWN_PAGE + 1)
        shown = lines[:OWN_PAGE]
        return OwnPage(
            entries=[line.entry for line in shown], next_key=shown[-1].key if len(lines) > OWN_PAGE else None
        )

    async def outline(self, actor_id: UserId, course_id: CourseId) -> Outline:
        """The course with all its lessons, drafts included."""
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            return await _outline(uow, actor, course_id)

    async def new_course(
        self,
        actor_id: UserId,
        category_id: CategoryId,
        title: str,
        *,
        description: str | None = None,
        sale: Sale = Sale.FREE,
        price: Money | None = None,
    ) -> Course:
        """A draft in the teacher's language.

        The same title again, while that draft has no lesson, is the same course: a tap that is worked on twice makes
        one course. Raises InvalidInput for "title", "description", "price" (see `set_course_price`).
        """
        cleaned, about = clean_title(title), clean_description(description or "")
        sale, price = _priced(sale, price)
        async with self._begin() as uow:
            actor = await require_author(uow, actor_id)
            if await uow.catalogue.category(category_id) is None:
                raise WorkGone(f"category {category_id}")
            for draft in await uow.own_courses.blank_drafts(actor_id, category_id):
                if str(draft.title) == cleaned:
                    return draft
            course_id = await self._add(uow, actor, category_id, cleaned, about, sale, price)
            course = await _kept(uow, course_id)
            await uow.commit()
        return course

    async def rename(self, actor_id: UserId, course_id: CourseId, title: str, *, version: int | None = None) -> Course:
        """Change the title in the course's language.

        `version`: that of the course as it was shown; None overwrites whatever is there. Raises
        InvalidInput("title", …), EditConflict.
        """
        cleaned = clean_title(title)
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            if course.title.variants.get(course.language) == cleaned:
                return course
            if version not in (None, course.version):
                raise EditConflict(course.title)
            renamed = Text({**course.title.variants, course.language: cleaned})
            await uow.courses.set_titles(course_id, renamed, course.description)
            await uow.commit()
        return replace(course, title=renamed)

    async def describe(
        self, actor_id: UserId, course_id: CourseId, description: str, *, version: int | None = None
    ) -> Course:
        """Change the description in the course's language; an empty one takes it away everywhere.

        `version` as for `rename`. Raises InvalidInput("description", "too_long"), EditConflict.
        """
        cleaned = clean_description(description)
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            about = _described(course, cleaned)
            if about == course.description:
                return course
            if version not in (None, course.version):
                raise EditConflict(course.description)
            await uow.courses.set_titles(course_id, course.title, about)
            await uow.commit()
        return replace(course, description=about)

    async def set_course_price(
        self, actor_id: UserId, course_id: CourseId, sale: Sale, price: Money | None = None
    ) -> Course:
        """Give it away, or sell it as a whole for `price`, or lesson by lesson. Who has paid keeps what they bought.

        A whole course for nothing is a free one. Raises InvalidInput("price", …): "missing" for a whole course
        without a price, "too_small", "too_large".
        """
        sale, price = _priced(sale, price)
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            await uow.courses.set_sale(course_id, sale, price)
            await uow.commit()
        return replace(course, sale=sale, price=price)

    async def publish(self, actor_id: UserId, course_id: CourseId) -> Publication:
        """Show the course and all its filled lessons to students; again, to show the new ones. Raises NotReady."""
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            publication = await publish_course(uow, course, self._now())
            await uow.commit()
        return publication

    async def archive(self, actor_id: UserId, course_id: CourseId) -> Course:
        """Take the course out of the catalogue. Who has paid keeps it; `restore` undoes it."""
        async with self._begin() as uow:
            course = await lock_course(uow, actor_id, course_id)
            await uow.courses.set_status(course_id, CourseStatus.ARCHIVED, self._now())
            await uow.commit()
        return replace(course, status=CourseStatus.ARCHIVED)

    async def restore(self, actor_id: UserId, course_id: CourseId) -> Course:
        """Bring an archived course back as what it was, published or draft; another one stays as it is."""
        async with self._begin() as uow:
            await lock_course(uow, actor_id, course_id)
            await uow.courses.restore(course_id)
            course = await _kept(uow, course_id)
            await uow.commit()
        return course

    async def _add(
        self,
        uow: UnitOfWork,
        actor: User,
        category_id: CategoryId,
        title: str,
        description: str | None,
        sale: Sale,
        price: Money | None,
    ) -> CourseId:
        for _try in range(CODE_TRIES):
            try:
                return await uow.courses.add_course(
                    code=self._make_code(),
                    category_id=category_id,
                    owner_id=actor.id,
                    language=actor.language,
                    title=Text({actor.language: title}),
                    description=Text({actor.language: description}) if description else None,
                    level=None,
                    sale=sale,
                    price=price,
                    now=self._now(),
                )
            except CodeTaken:
                continue
        raise LookupError("no free course code")


def _described(course: Course, description: str | None) -> Text | None:
    if description is None:
        return None
    if course.description is None:
        return Text({course.language: description})
    return Text({**course.description.variants, course.language: description})


def _priced(sale: Sale, price: Money | None) -> tuple[Sale, Money | None]:
    if sale is not Sale.COURSE:
        return sale, None
    if price is None:
        raise InvalidInput("price", "missing")
    return (Sale.FREE, None) if price.is_free else (Sale.COURSE, checked_price(price))


async def _outline(uow: UnitOfWork, actor: User, course_id: CourseId) -> Outline:
    outline = await uow.courses.outline(course_id)
    if outline is None or not owns(actor, outline.course):
        raise WorkGone(f"course {course_id}")
    return outline


async def _kept(uow: UnitOfWork, course_id: CourseId) -> Course:
    course = await uow.courses.get(course_id)
    if course is None:
        raise WorkGone(f"course {course_id}")
    return course

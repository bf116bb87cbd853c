"""Who may do what to a course as a whole, and to the category tree: every use case for every role."""

from collections.abc import Awaitable, Callable

import pytest

from domain.courses.categories import CategoryService
from domain.courses.coteaching import CoTeaching
from domain.courses.errors import NotYetTeacher, TeachersOnly, WorkGone
from domain.courses.materials import Upload
from domain.courses.model import CategoryId, CourseId, Level, PartKind
from domain.courses.publishing import PublicationSchedule
from domain.courses.settings import CourseSettings
from domain.courses.translations import TranslationService
from domain.errors import DomainError, NotAllowed
from domain.language import Language
from domain.users.model import UserId
from tests.domain.courses.fakes import ADMIN, ALI, MATHS, NOON, OTHER_TEACHER, TEACHER
from tests.domain.courses.settings_fakes import (
    BRANCH,
    CO,
    COURSE,
    FILE,
    FORMER,
    INVITATION,
    JOINER,
    REQUIRED,
    TITLE,
    Place,
)

PHOTO = Upload(kind=PartKind.PHOTO, name="", mime="image/jpeg", size=1, telegram_file_id="P", bot_id=7)
STRANGER = UserId(404)
"""Somebody who has never written to the bot."""
MISSING = CourseId(404)

UseCase = Callable[["Services", UserId, CourseId], Awaitable[object]]
Outcome = type[DomainError] | None


class Services:
    def __init__(self, place: Place) -> None:
        begin = read = place.begin
        self.settings = CourseSettings(begin=begin, read=read, now=lambda: NOON)
        self.schedule = PublicationSchedule(begin=begin, read=read, now=lambda: NOON)
        self.teaching = CoTeaching(begin=begin, read=read, now=lambda: NOON)
        self.translations = TranslationService(begin=begin, read=read, now=lambda: NOON)
        self.categories = CategoryService(begin=begin, read=read, now=lambda: NOON)


READS: dict[str, UseCase] = {
    "see the settings": lambda s, who, course: s.settings.page(who, course),
    "see the cover": lambda s, who, course: s.settings.cover(who, course),
    "see what could come first": lambda s, who, course: s.settings.candidates(who, course),
    "see the teachers": lambda s, who, course: s.teaching.teachers(who, course),
    "see how much is translated": lambda s, who, course: s.translations.coverage(who, course),
    "see what is not translated": lambda s, who, course: s.translations.next_missing(who, course, Language.RU),
    "list the texts": lambda s, who, course: s.translations.texts(who, course),
    "see a text": lambda s, who, course: s.translations.text(who, course, TITLE),
    "list the files": lambda s, who, course: s.translations.files(who, course),
    "see a file": lambda s, who, course: s.translations.file(who, course, FILE),
}
CHANGES: dict[str, UseCase] = {
    "move the course": lambda s, who, course: s.settings.move(who, course, BRANCH),
    "set the level": lambda s, who, course: s.settings.set_level(who, course, Level.BEGINNER),
    "set the language": lambda s, who, course: s.settings.set_language(who, course, Language.RU),
    "set the cover": lambda s, who, course: s.settings.set_cover(who, course, PHOTO),
    "remove the cover": lambda s, who, course: s.settings.remove_cover(who, course),
    "set the slug": lambda s, who, course: s.settings.set_slug(who, course, "kurs"),
    "set the certificate": lambda s, who, course: s.settings.set_certificate(who, course, has_certificate=True),
    "ask for a course first": lambda s, who, course: s.settings.require(who, course, REQUIRED),
    "ask for it no more": lambda s, who, course: s.settings.unrequire(who, course, REQUIRED),
    "plan the publication": lambda s, who, course: s.schedule.plan(who, course, "tomorrow 9:00"),
    "cancel the plan": lambda s, who, course: s.schedule.cancel(who, course),
    "translate a text": lambda s, who, course: s.translations.translate(who, course, TITLE, Language.RU, "Курс", 1),
    "send a file": lambda s, who, course: s.translations.set_file(who, course, FILE, Language.RU, PHOTO, 1),
    "delete a file": lambda s, who, course: s.translations.drop_file(who, course, FILE, Language.RU, 1),
}
COMMANDS: dict[str, UseCase] = {
    "invite a co-teacher": lambda s, who, course: s.teaching.invite(who, course),
    "remove a co-teacher": lambda s, who, course: s.teaching.remove(who, course, CO),
}
TREE: dict[str, Callable[[Services, UserId, CategoryId], Awaitable[object]]] = {
    "add a branch": lambda s, who, category: s.categories.add(who, category, "Yangi"),
    "rename a branch": lambda s, who, category: s.categories.rename(who, category, Language.RU, "Новая"),
    "give it an emoji": lambda s, who, category: s.categories.set_emoji(who, category, "📐"),
    "give it a slug": lambda s, who, category: s.categories.set_slug(who, category, "algebra-7"),
    "put it behind its neighbour": lambda s, who, category: s.categories.shift(who, category, up=False),
    "move it": lambda s, who, category: s.categories.move(who, category, None),
    "delete it": lambda s, who, category: s.categories.remove(who, category),
}
EVERYBODY: dict[str, UserId] = {
    "owner": TEACHER,
    "co-teacher": CO,
    "former co-teacher": FORMER,
    "other teacher": OTHER_TEACHER,
    "admin": ADMIN,
    "student": ALI,
    "stranger": STRANGER,
}
OF_A_COURSE: dict[str, Outcome] = {
    "owner": None,
    "co-teacher": None,
    "former co-teacher": TeachersOnly,
    "other teacher": WorkGone,
    "admin": None,
    "student": TeachersOnly,
    "stranger": TeachersOnly,
}
OF_ITS_OWNER: dict[str, Outcome] = {**OF_A_COURSE, "co-teacher": NotAllowed}
OF_ADMINS: dict[str, Outcome] = {
    "owner": NotAllowed,
    "co-teacher": NotAllowed,
    "former co-teacher": TeachersOnly,
    "other teacher": NotAllowed,
    "admin": None,
    "student": TeachersOnly,
    "stranger": TeachersOnly,
}
TABLE = [
    pytest.param(use_case, who, rule[who], name in READS, id=f"{name}, {who}")
    for cases, rule in ((READS, OF_A_COURSE), (CHANGES, OF_A_COURSE), (COMMANDS, OF_ITS_OWNER))
    for name, use_case in cases.items()
    for who in EVERYBODY
]


@pytest.mark.parametrize(("use_case", "who", "outcome", "is_read"), TABLE)
async def test_a_course_is_changed_by_those_who_teach_it(
    use_case: UseCase, who: str, outcome: Outcome, is_read: bool
) -> None:
    place = Place()

    if outcome is None:
        await use_case(Services(place), EVERYBODY[who], COURSE)
        assert bool(place.done.writes) is not is_read
    else:
        with pytest.raises(outcome):
            await use_case(Services(place), EVERYBODY[who], COURSE)
        assert place.done.writes == []


@pytest.mark.parametrize("name", [*READS, *CHANGES, *COMMANDS])
async def test_a_course_that_is_not_there_looks_like_somebody_elses(name: str) -> None:
    place = Place()
    use_case = {**READS, **CHANGES, **COMMANDS}[name]

    for who in (TEACHER, ADMIN):
        with pytest.raises(WorkGone):
            await use_case(Services(place), who, MISSING)

    assert place.done.writes == []


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("name", TREE)
async def test_the_category_tree_is_changed_by_admins_only(name: str, who: str) -> None:
    place = Place()
    outcome = OF_ADMINS[who]

    if outcome is None:
        await TREE[name](Services(place), EVERYBODY[who], BRANCH)
        assert place.done.writes
        with pytest.raises(WorkGone):
            await TREE[name](Services(place), EVERYBODY[who], CategoryId(404))
    else:
        with pytest.raises(outcome):
            await TREE[name](Services(place), EVERYBODY[who], BRANCH)
        assert place.done.writes == []


@pytest.mark.parametrize("who", EVERYBODY)
async def test_whoever_teaches_looks_around_in_the_tree(who: str) -> None:
    categories = Services(Place()).categories

    if OF_ADMINS[who] is TeachersOnly:
        with pytest.raises(TeachersOnly):
            await categories.page(EVERYBODY[who], MATHS)
    else:
        assert (await categories.page(EVERYBODY[who], MATHS)).category is not None


@pytest.mark.parametrize(
    ("who", "outcome"),
    [
        (CO, None),
        (TEACHER, NotAllowed),
        (ADMIN, NotAllowed),
        (FORMER, TeachersOnly),
        (OTHER_TEACHER, WorkGone),
        (ALI, TeachersOnly),
        (STRANGER, TeachersOnly),
    ],
)
async def test_only_a_co_teacher_leaves(who: UserId, outcome: Outcome) -> None:
    place = Place()

    if outcome is None:
        await Services(place).teaching.leave(who, COURSE)
        assert place.done.writes == ["leave"]
    else:
        with pytest.raises(outcome):
            await Services(place).teaching.leave(who, COURSE)
        assert place.done.writes == []


@pytest.mark.parametrize(
    ("who", "outcome", "joins"),
    [
        (JOINER, None, True),
        (ADMIN, None, True),
        (TEACHER, None, False),
        (CO, None, False),
        (FORMER, NotYetTeacher, False),
        (ALI, NotYetTeacher, False),
    ],
)
async def test_an_invitation_is_for_teachers_who_do_not_teach_the_course_yet(
    who: UserId, outcome: Outcome, joins: bool
) -> None:
    place = Place()

    if outcome is None:
        await Services(place).teaching.join(who, INVITATION)
    else:
        with pytest.raises(outcome):
            await Services(place).teaching.join(who, INVITATION)

    assert place.done.writes == (["join"] if joins else [])


def test_no_use_case_is_forgotten() -> None:
    """What the services offer and what the tables above go through are the same."""
    offered = {
        f"{service.__name__}.{name}"
        for service in (CourseSettings, PublicationSchedule, CoTeaching, TranslationService, CategoryService)
        for name in vars(service)
        if not name.startswith("_")
    }
    elsewhere = {
        "PublicationSchedule.publish_due",
        "CoTeaching.look_at",
        "CoTeaching.join",
        "CoTeaching.leave",
        "CategoryService.page",
    }
    assert len(offered - elsewhere) == len(READS) + len(CHANGES) + len(COMMANDS) + len(TREE)

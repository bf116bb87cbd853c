"""Who may make, fill, price and publish courses, and what comes of it."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from domain.courses.errors import LessonSold, Missing, NotReady, TeachersOnly, WorkGone
from domain.courses.materials import Upload, Writing
from domain.courses.model import CategoryId, Course, CourseId, CourseStatus, Lesson, LessonId, PartId, PartKind, Sale
from domain.courses.ports import INDEX_JOB
from domain.courses.service import CODE_LENGTH, CODE_LETTERS, CODE_TRIES, AuthoringService, new_code
from domain.errors import InvalidInput, NotAllowed
from domain.language import Language, Text
from domain.money import Money
from domain.users.model import Role, UserId
from tests.domain.courses.fakes import ADMIN, ALI, MATHS, NOON, OTHER_TEACHER, TEACHER, FakeDatabase, person

STRANGER = UserId(99)
PDF = Upload(
    kind=PartKind.PDF,
    name="plan.pdf",
    mime="application/pdf",
    size=2_000_000_000,
    telegram_file_id="file-1",
    bot_id=7,
    caption=None,
)


def codes() -> Iterator[str]:
    number = 0
    while True:
        number += 1
        yield f"C{number:04}"


@pytest.fixture
def database() -> FakeDatabase:
    return FakeDatabase()


@pytest.fixture
def authoring(database: FakeDatabase) -> AuthoringService:
    fresh = codes()
    return AuthoringService(begin=database.begin, read=database.read, now=lambda: NOON, make_code=lambda: next(fresh))


@dataclass(frozen=True)
class Work:
    course: Course
    lesson: Lesson
    part_id: PartId


@pytest.fixture
async def work(authoring: AuthoringService) -> Work:
    """A teacher's draft with one lesson of one text."""
    course = await authoring.new_course(TEACHER, MATHS, "Foizlar")
    lesson = await authoring.add_lesson(TEACHER, course.id, "Foiz nima?")
    part = await authoring.add_part(TEACHER, lesson.id, Writing(text="Foiz – yuzdan bir."))
    return Work(course, lesson, part.id)


Action = Callable[[AuthoringService, UserId, CourseId, LessonId, PartId], Awaitable[object]]
ON_A_COURSE: dict[str, Action] = {
    "outline": lambda service, actor, course, _lesson, _part: service.outline(actor, course),
    "rename": lambda service, actor, course, _lesson, _part: service.rename(actor, course, "New"),
    "describe": lambda service, actor, course, _lesson, _part: service.describe(actor, course, "New"),
    "sell": lambda service, actor, course, _lesson, _part: service.set_course_price(
        actor, course, Sale.COURSE, Money.soms(5000)
    ),
    "publish": lambda service, actor, course, _lesson, _part: service.publish(actor, course),
    "archive": lambda service, actor, course, _lesson, _part: service.archive(actor, course),
    "restore": lambda service, actor, course, _lesson, _part: service.restore(actor, course),
    "add a lesson": lambda service, actor, course, _lesson, _part: service.add_lesson(actor, course, "New"),
    "see a lesson": lambda service, actor, _course, lesson, _part: service.lesson_work(actor, lesson),
    "rename a lesson": lambda service, actor, _course, lesson, _part: service.rename_lesson(actor, lesson, "New"),
    "add a part": lambda service, actor, _course, lesson, _part: service.add_part(actor, lesson, Writing(text="New")),
    "remove a part": lambda service, actor, _course, _lesson, part: service.remove_part(actor, part),
    "price a lesson": lambda service, actor, _course, lesson, _part: service.set_lesson_price(
        actor, lesson, Money.soms(5000)
    ),
    "open a lesson": lambda service, actor, _course, lesson, _part: service.set_preview(actor, lesson, is_preview=True),
    "hide a lesson": lambda service, actor, _course, lesson, _part: service.hide_lesson(actor, lesson),
}
"""What works on the draft of `work`."""
EVERYTHING: dict[str, Action] = {
    **ON_A_COURSE,
    "publish a lesson": lambda service, actor, _course, lesson, _part: service.publish_lesson(actor, lesson),
}


@pytest.mark.parametrize("action", EVERYTHING.values(), ids=EVERYTHING.keys())
@pytest.mark.parametrize("exists", [True, False], ids=["existing", "missing"])
@pytest.mark.parametrize("actor", [ALI, STRANGER, OTHER_TEACHER], ids=["student", "nobody", "other teacher"])
async def test_what_is_foreign_looks_like_what_is_missing_and_stays_as_it_is(
    authoring: AuthoringService, database: FakeDatabase, work: Work, actor: UserId, exists: bool, action: Action
) -> None:
    before = database.kept
    target = (
        work
        if exists
        else Work(replace(work.course, id=CourseId(9000)), replace(work.lesson, id=LessonId(9000)), PartId(9000))
    )
    refusal = WorkGone if actor == OTHER_TEACHER else TeachersOnly

    with pytest.raises(refusal) as caught:
        await action(authoring, actor, target.course.id, target.lesson.id, target.part_id)

    assert type(caught.value) is refusal
    assert database.kept is before


@pytest.mark.parametrize("action", ON_A_COURSE.values(), ids=ON_A_COURSE.keys())
@pytest.mark.parametrize("actor", [TEACHER, ADMIN], ids=["owner", "admin"])
async def test_the_owner_and_every_admin_may(
    authoring: AuthoringService, work: Work, actor: UserId, action: Action
) -> None:
    await action(authoring, actor, work.course.id, work.lesson.id, work.part_id)


@pytest.mark.parametrize("action", ON_A_COURSE.values(), ids=ON_A_COURSE.keys())
async def test_an_owner_who_no_longer_teaches_changes_nothing(
    authoring: AuthoringService, database: FakeDatabase, work: Work, action: Action
) -> None:
    database.kept.users[TEACHER] = person(TEACHER, Role.STUDENT)

    with pytest.raises(TeachersOnly):
        await action(authoring, TEACHER, work.course.id, work.lesson.id, work.part_id)


@pytest.mark.parametrize("actor", [ALI, STRANGER])
async def test_only_teachers_make_courses_and_list_them(
    authoring: AuthoringService, database: FakeDatabase, actor: UserId
) -> None:
    for attempt in (
        authoring.admit(actor),
        authoring.subjects(actor),
        authoring.add_subject(actor, "Fizika"),
        authoring.my_courses(actor),
        authoring.new_course(actor, MATHS, "Foizlar"),
    ):
        with pytest.raises(TeachersOnly):
            await attempt

    assert database.kept.courses == {}


async def test_a_new_course_is_a_draft_in_its_teachers_language(authoring: AuthoringService) -> None:
    course = await authoring.new_course(
        TEACHER, MATHS, "  Foizlar\n\u202eva\u200b ulushlar ", description=" Hayotiy\nmasalalar ",
        sale=Sale.COURSE, price=Money.soms(150_000),
    )  # fmt: skip

    assert course.status is CourseStatus.DRAFT
    assert (course.owner_id, course.category_id, course.language) == (TEACHER, MATHS, Language.UZ)
    assert course.title.variants == {Language.UZ: "Foizlar va ulushlar"}
    assert str(course.description) == "Hayotiy\nmasalalar"
    assert (course.sale, course.price) == (Sale.COURSE, Money.soms(150_000))


async def test_a_code_that_is_taken_is_drawn_again(database: FakeDatabase) -> None:
    drawn = iter(["AAAAA", "AAAAA", "AAAAA", "BBBBB"])
    authoring = AuthoringService(
        begin=database.begin, read=database.read, now=lambda: NOON, make_code=lambda: next(drawn)
    )

    first = await authoring.new_course(TEACHER, MATHS, "One")
    second = await authoring.new_course(TEACHER, MATHS, "Two")

    assert (first.code, second.code) == ("AAAAA", "BBBBB")


async def test_codes_that_never_become_free_end_the_search(database: FakeDatabase) -> None:
    drawn: list[str] = []

    def always_the_same() -> str:
        drawn.append("AAAAA")
        return "AAAAA"

    authoring = AuthoringService(begin=database.begin, read=database.read, now=lambda: NOON, make_code=always_the_same)
    await authoring.new_course(TEACHER, MATHS, "One")

    with pytest.raises(LookupError):
        await authoring.new_course(TEACHER, MATHS, "Two")

    assert len(drawn) == 1 + CODE_TRIES


def test_codes_are_short_and_hold_no_letters_that_are_mistaken() -> None:
    drawn = {new_code() for _ in range(500)}

    assert len(drawn) > 490
    assert all(len(code) == CODE_LENGTH and set(code) <= set(CODE_LETTERS) for code in drawn)
    assert not set("01OIL") & set(CODE_LETTERS) - {"L"}


async def test_the_same_wish_twice_makes_one_course_one_lesson_and_one_part(
    authoring: AuthoringService, database: FakeDatabase
) -> None:
    first = await authoring.new_course(TEACHER, MATHS, "Foizlar")
    assert await authoring.new_course(TEACHER, MATHS, "Foizlar") == first
    lesson = await authoring.add_lesson(TEACHER, first.id, "Kirish")
    assert await authoring.add_lesson(TEACHER, first.id, "Kirish") == lesson
    for material in (Writing(text="Salom"), PDF, replace(PDF, telegram_file_id="file-2")):
        part = await authoring.add_part(TEACHER, lesson.id, material)
        assert await authoring.add_part(TEACHER, lesson.id, material) == part

    assert len(database.kept.courses) == 1
    assert len(database.kept.lessons) == 1
    assert [part.kind for part in database.kept.parts_of(lesson.id)] == [PartKind.TEXT, PartKind.PDF, PartKind.PDF]
    assert (await authoring.new_course(TEACHER, MATHS, "Foizlar")).id != first.id
    assert (await authoring.add_lesson(TEACHER, first.id, "Kirish")).id != lesson.id


async def test_lessons_follow_each_other_at_the_price_of_the_last(authoring: AuthoringService) -> None:
    course = await authoring.new_course(TEACHER, MATHS, "Foizlar", sale=Sale.LESSONS)
    first = await authoring.add_lesson(TEACHER, course.id, "Bir")
    await authoring.set_lesson_price(TEACHER, first.id, Money.soms(15_000))
    second = await authoring.add_lesson(TEACHER, course.id, "Ikki")

    outline = await authoring.outline(TEACHER, course.id)

    assert second.price == Money.soms(15_000)
    assert [(line.number, str(line.lesson.title)) for line in outline.lessons] == [(1, "Bir"), (2, "Ikki")]
    assert len(outline.sections) == 1
    assert not first.is_published


@pytest.mark.parametrize("title", ["", " \n ", "!!!", "\u200b", "x" * 121])
async def test_a_title_that_does_not_fit_is_refused(
    authoring: AuthoringService, database: FakeDatabase, work: Work, title: str
) -> None:
    before = database.kept
    for attempt in (
        authoring.new_course(TEACHER, MATHS, title),
        authoring.rename(TEACHER, work.course.id, title),
        authoring.add_lesson(TEACHER, work.course.id, title),
        authoring.rename_lesson(TEACHER, work.lesson.id, title),
    ):
        with pytest.raises(InvalidInput) as caught:
            await attempt
        assert caught.value.field == "title"

    assert database.kept is before


async def test_an_unknown_subject_is_gone(authoring: AuthoringService) -> None:
    with pytest.raises(WorkGone):
        await authoring.new_course(TEACHER, CategoryId(77), "Foizlar")


async def test_an_admin_opens_a_subject_once_and_a_teacher_does_not(authoring: AuthoringService) -> None:
    fizika = await authoring.add_subject(ADMIN, "Fizika")

    assert await authoring.add_subject(ADMIN, " ФИЗИКА ") == fizika
    with pytest.raises(NotAllowed):
        await authoring.add_subject(TEACHER, "Kimyo")
    assert [str(subject.title) for subject in await authoring.subjects(TEACHER)] == ["Matematika", "Fizika"]


async def test_a_rename_keeps_the_other_languages(
    authoring: AuthoringService, database: FakeDatabase, work: Work
) -> None:
    in_russian = {Language.RU: "Проценты"}
    database.kept.courses[work.course.id] = replace(
        work.course, title=Text({Language.UZ: "Foizlar", **in_russian}), description=Text(in_russian)
    )
    database.kept.lessons[work.lesson.id] = replace(work.lesson, title=Text({Language.UZ: "Bir", **in_russian}))

    await authoring.rename(ADMIN, work.course.id, "Ulushlar")
    described = await authoring.describe(TEACHER, work.course.id, "Ulushlar haqida")
    lesson = await authoring.rename_lesson(TEACHER, work.lesson.id, "Ikki")
    renamed = await authoring.outline(TEACHER, work.course.id)

    assert renamed.course.title.variants == {Language.UZ: "Ulushlar", **in_russian}
    assert renamed.course.description == described.description
    assert described.description == Text({**in_russian, Language.UZ: "Ulushlar haqida"})
    assert lesson.title.variants == {Language.UZ: "Ikki", **in_russian}


async def test_an_empty_description_is_taken_away_and_a_long_one_refused(
    authoring: AuthoringService, work: Work
) -> None:
    await authoring.describe(TEACHER, work.course.id, "Bir")

    with pytest.raises(InvalidInput) as caught:
        await authoring.describe(TEACHER, work.course.id, "x" * 2001)
    bare = await authoring.describe(TEACHER, work.course.id, " ")

    assert (caught.value.field, caught.value.reason) == ("description", "too_long")
    assert bare.description is None


@pytest.mark.parametrize(
    ("sale", "price", "becomes"),
    [
        (Sale.FREE, Money.soms(5000), (Sale.FREE, None)),
        (Sale.LESSONS, Money.soms(5000), (Sale.LESSONS, None)),
        (Sale.COURSE, Money.soms(5000), (Sale.COURSE, Money.soms(5000))),
        (Sale.COURSE, Money(0), (Sale.FREE, None)),
    ],
)
async def test_a_course_has_a_price_exactly_when_it_is_sold_as_a_whole(
    authoring: AuthoringService, work: Work, sale: Sale, price: Money, becomes: tuple[Sale, Money | None]
) -> None:
    course = await authoring.set_course_price(TEACHER, work.course.id, sale, price)

    assert (course.sale, course.price) == becomes
    assert (await authoring.outline(TEACHER, work.course.id)).course == course


@pytest.mark.parametrize(
    ("price", "reason"),
    [(None, "missing"), (Money(1), "too_small"), (Money.soms(999), "too_small"), (Money.soms(10**9 + 1), "too_large")],
)
async def test_a_price_out_of_range_is_refused(
    authoring: AuthoringService, work: Work, price: Money | None, reason: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        await authoring.set_course_price(TEACHER, work.course.id, Sale.COURSE, price)

    assert (caught.value.field, caught.value.reason) == ("price", reason)


async def test_a_lesson_is_free_priced_or_open_to_everybody(authoring: AuthoringService, work: Work) -> None:
    priced = await authoring.set_lesson_price(TEACHER, work.lesson.id, Money.soms(15_000))
    opened = await authoring.set_preview(TEACHER, work.lesson.id, is_preview=True)
    free = await authoring.set_lesson_price(TEACHER, work.lesson.id, Money(0))

    assert (priced.price, priced.is_preview) == (Money.soms(15_000), False)
    assert (opened.price, opened.is_preview) == (Money.soms(15_000), True)
    assert (free.price, free.is_preview) == (None, True)
    with pytest.raises(InvalidInput):
        await authoring.set_lesson_price(TEACHER, work.lesson.id, Money.soms(10))


async def test_a_file_is_kept_by_its_id_with_a_name_that_fits_a_screen(
    authoring: AuthoringService, database: FakeDatabase, work: Work
) -> None:
    part = await authoring.add_part(
        TEACHER, work.lesson.id, replace(PDF, name="../\x00" + "a" * 300 + ".pdf", caption=" 1-mavzu ")
    )

    media = part.media[Language.UZ]
    assert (media.telegram_file_id, media.bot_id, media.sha256, media.size) == ("file-1", 7, None, 2_000_000_000)
    assert len(media.name) <= 100
    assert media.name.endswith(".pdf")
    assert "/" not in media.name
    assert str(part.text) == "1-mavzu"
    assert part.position == 2


@pytest.mark.parametrize(("text", "reason"), [("", "empty"), (" \n\x00", "empty"), ("x" * 32_001, "too_long")])
async def test_a_text_that_no_message_can_carry_is_refused(
    authoring: AuthoringService, work: Work, text: str, reason: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        await authoring.add_part(TEACHER, work.lesson.id, Writing(text=text))

    assert (caught.value.field, caught.value.reason) == ("text", reason)


async def test_publishing_shows_what_is_filled_and_names_what_is_not(
    authoring: AuthoringService, database: FakeDatabase, work: Work
) -> None:
    quiz = await authoring.add_lesson(TEACHER, work.course.id, "Faqat test")
    await authoring.add_part(TEACHER, quiz.id, Writing(text="x"))
    empty = await authoring.add_lesson(TEACHER, work.course.id, "Hali bo‘sh")
    database.kept.parts = {p.id: p for p in database.kept.parts.values() if p.lesson_id != quiz.id}
    database.kept.questions[quiz.id] = 1

    publication = await authoring.publish(TEACHER, work.course.id)

    assert publication.course.is_published
    assert publication.lesson_ids == (work.lesson.id, quiz.id)
    assert [str(title) for title in publication.left_out] == ["Hali bo‘sh"]
    assert database.kept.jobs == [
        (INDEX_JOB, {"lesson_id": work.lesson.id}),
        (INDEX_JOB, {"lesson_id": quiz.id}),
    ]
    assert not database.kept.lessons[empty.id].is_published
    assert (await authoring.publish(TEACHER, work.course.id)).lesson_ids == ()


async def test_a_course_that_is_not_ready_says_exactly_what_is_missing(
    authoring: AuthoringService, database: FakeDatabase
) -> None:
    course = await authoring.new_course(TEACHER, MATHS, "Foizlar", sale=Sale.LESSONS)

    async def missing() -> tuple[Missing, ...]:
        with pytest.raises(NotReady) as caught:
            await authoring.publish(TEACHER, course.id)
        assert not database.kept.courses[course.id].is_published
        return caught.value.missing

    assert await missing() == (Missing.LESSON, Missing.LESSON_PRICE)
    lesson = await authoring.add_lesson(TEACHER, course.id, "Bir")
    assert await missing() == (Missing.CONTENT, Missing.LESSON_PRICE)
    await authoring.add_part(TEACHER, lesson.id, Writing(text="x"))
    assert await missing() == (Missing.LESSON_PRICE,)
    await authoring.set_lesson_price(TEACHER, lesson.id, Money.soms(5000))
    await authoring.set_preview(TEACHER, lesson.id, is_preview=True)
    assert await missing() == (Missing.LESSON_PRICE,)
    await authoring.set_preview(TEACHER, lesson.id, is_preview=False)
    await authoring.publish(TEACHER, course.id)


async def test_a_new_lesson_of_a_published_course_waits_for_its_own_publication(
    authoring: AuthoringService, database: FakeDatabase, work: Work
) -> None:
    lesson = await authoring.add_lesson(TEACHER, work.course.id, "Ikki")
    with pytest.raises(NotReady) as too_early:
        await authoring.publish_lesson(TEACHER, lesson.id)
    await authoring.publish(TEACHER, work.course.id)
    with pytest.raises(NotReady) as empty:
        await authoring.publish_lesson(TEACHER, lesson.id)
    await authoring.add_part(TEACHER, lesson.id, Writing(text="x"))
    database.kept.jobs.clear()

    published = await authoring.publish_lesson(TEACHER, lesson.id)
    again = await authoring.publish_lesson(TEACHER, lesson.id)

    assert too_early.value.missing == (Missing.PUBLICATION,)
    assert empty.value.missing == (Missing.CONTENT,)
    assert published.is_published
    assert again == published
    assert database.kept.jobs == [(INDEX_JOB, {"lesson_id": lesson.id})]


async def test_every_change_of_a_public_lesson_makes_it_findable_anew(
    authoring: AuthoringService, database: FakeDatabase, work: Work
) -> None:
    assert database.kept.jobs == []
    await authoring.publish(TEACHER, work.course.id)
    database.kept.jobs.clear()

    part = await authoring.add_part(TEACHER, work.lesson.id, Writing(text="Yangi"))
    await authoring.remove_part(TEACHER, part.id)
    await authoring.rename_lesson(TEACHER, work.lesson.id, "Boshqa nom")
    await authoring.hide_lesson(TEACHER, work.lesson.id)

    assert database.kept.jobs == [(INDEX_JOB, {"lesson_id": work.lesson.id})] * 4


async def test_a_part_is_removed_once(authoring: AuthoringService, database: FakeDatabase, work: Work) -> None:
    assert await authoring.remove_part(TEACHER, work.part_id) == work.lesson.id

    with pytest.raises(WorkGone):
        await authoring.remove_part(TEACHER, work.part_id)
    assert database.kept.parts_of(work.lesson.id) == []


@pytest.mark.parametrize("was_published", [True, False])
async def test_an_archived_course_comes_back_as_what_it_was(
    authoring: AuthoringService, work: Work, was_published: bool
) -> None:
    if was_published:
        await authoring.publish(TEACHER, work.course.id)

    archived = await authoring.archive(TEACHER, work.course.id)
    restored = await authoring.restore(TEACHER, work.course.id)
    again = await authoring.restore(TEACHER, work.course.id)

    assert archived.status is CourseStatus.ARCHIVED
    assert restored.status is (CourseStatus.PUBLISHED if was_published else CourseStatus.DRAFT)
    assert again == restored


async def test_a_teacher_lists_their_own_courses_and_an_admin_everybodys(
    authoring: AuthoringService, work: Work
) -> None:
    theirs = await authoring.new_course(OTHER_TEACHER, MATHS, "Boshqa")
    old = await authoring.new_course(TEACHER, MATHS, "Eski")
    await authoring.archive(TEACHER, old.id)
    new = await authoring.new_course(TEACHER, MATHS, "Yangi")
    admins = await authoring.new_course(ADMIN, MATHS, "Admin")

    async def listed(actor: UserId) -> list[CourseId]:
        return [entry.course.id for entry in (await authoring.my_courses(actor)).entries]

    assert await listed(TEACHER) == [new.id, work.course.id, old.id]
    assert await listed(OTHER_TEACHER) == [theirs.id]
    everybodys = await listed(ADMIN)
    assert everybodys[0] == admins.id
    assert set(everybodys) == {admins.id, theirs.id, old.id, new.id, work.course.id}


async def test_what_students_paid_for_is_not_hidden(
    authoring: AuthoringService, database: FakeDatabase, work: Work
) -> None:
    await authoring.publish(TEACHER, work.course.id)
    database.kept.sold.add(work.lesson.id)
    with pytest.raises(LessonSold):
        await authoring.hide_lesson(TEACHER, work.lesson.id)
    database.kept.sold.clear()

    assert not (await authoring.hide_lesson(TEACHER, work.lesson.id)).is_published

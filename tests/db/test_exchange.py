"""Imports and exports on PostgreSQL: all or nothing, once, for whom it is theirs, and equal on the way back."""

import asyncio
import itertools
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from db.course_contents import SqlCourseContents
from db.course_imports import SqlCourseImports
from db.engine import Pool
from db.files import SqlMediaShelf
from db.unit_of_work import Database
from domain.courses.errors import QuotaExceeded, TeachersOnly, WorkGone
from domain.courses.exchange.cells import to_cell
from domain.courses.exchange.errors import ImportGone, NotImportable, NotRead
from domain.courses.exchange.issues import Problem, Refusal
from domain.courses.exchange.model import CourseDraft, FileDraft, LessonDraft, PartDraft, QuizItem, SectionDraft
from domain.courses.exchange.ports import Arrival, Import, ImportId, ImportState, StoredFile
from domain.courses.exchange.service import CourseExchange
from domain.courses.exchange.writing import sheets_of
from domain.courses.model import CategoryId, CourseId, PartKind, Sale
from domain.courses.originals import ContentGoing
from domain.courses.quotas import Quota, Quotas, Usage
from domain.files import sha256_of
from domain.language import Language, Text
from domain.money import Money
from domain.quizzes.exchange import QUIZ_RULES
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, add_people
from tests.domain.courses.exchange_courses import courses, packed

OTHER, CO_TEACHER = UserId(5), UserId(6)
_messages = itertools.count(1)


def uz(text: str) -> Text:
    return Text({Language.UZ: text})


def small(title: str = "Kurs", **fields: Any) -> CourseDraft:
    lesson = LessonDraft(
        title=uz("Dars"),
        parts=(PartDraft(kind=PartKind.TEXT, text=uz("Matn")),),
        questions=(QuizItem(text=uz("2+2?"), options=(uz("3"), uz("4")), correct=1),),
    )
    section = SectionDraft(title=uz("Bo‘lim"), lessons=(lesson,))
    return CourseDraft(
        **{"title": uz(title), "language": Language.UZ, "category": "maths", "sections": (section,), **fields}
    )


def parsed(course: CourseDraft) -> dict[str, Any]:
    """As the reader of files gives it."""
    return {
        "kind": "sheets",
        "is_archive": True,
        "files": {path: {"size": file.size, "head": file.head.hex()} for path, file in packed(course).items()},
        "sheets": {
            sheet.name: {
                "columns": list(sheet.columns),
                "rows": [
                    [number, ["" if cell is None else str(cell) for cell in row]]
                    for number, row in enumerate(sheet.rows, start=2)
                ],
            }
            for sheet in sheets_of(course)
        },
    }


def stored(paths: Sequence[str]) -> Mapping[str, StoredFile]:
    return {path: StoredFile(sha256_of(path.encode()), 10) for path in paths}


@pytest.fixture(scope="module")
async def maths(pool: Pool) -> CategoryId:
    await add_people(pool)
    for user_id in (OTHER, CO_TEACHER):
        await pool.execute(
            "insert into users (id, full_name, language, role, timezone, created_at)"
            " values ($1, 'Other', 'ru', 'teacher', 'Asia/Tashkent', $2)",
            user_id,
            NOON,
        )
    for slug in ("english", "maths"):
        last = await pool.fetchval(
            """insert into categories (slug, emoji, title, position)
            values ($1, '➗', '{"uz": "Fan"}', 1) returning id""",
            slug,
        )
    return last


@pytest.fixture
def exchange(begin: Begin, read: Begin, maths: CategoryId) -> CourseExchange:
    return CourseExchange(begin=begin, read=read, now=lambda: NOON, rules=QUIZ_RULES)


async def sent(
    exchange: CourseExchange, course: CourseDraft, actor: UserId = TEACHER, course_id: CourseId | None = None
) -> ImportId:
    """An import that was read."""
    arrival = Arrival(message_id=next(_messages), name="kurs.zip", size=1, telegram_file_id="F")
    imported = await exchange.receive(actor, arrival, course_id)
    await exchange.note_stored(imported.id, sha256_of(b"sent"))
    await exchange.note_read(actor, imported.id, parsed(course))
    return imported.id


async def saved(exchange: CourseExchange, course: CourseDraft, actor: UserId = TEACHER) -> CourseId:
    import_id = await sent(exchange, course, actor)
    _imported, wanted = await exchange.wanted_files(actor, import_id)
    return await exchange.save(actor, import_id, stored(wanted))


async def rows(pool: Pool) -> list[int]:
    """How many there are of everything that an import writes."""
    tables = (
        "courses", "sections", "lessons", "parts", "part_media", "media", "quizzes", "questions", "lesson_resources",
        "course_prerequisites",
    )  # fmt: skip
    return [await pool.fetchval(f"select count(*) from {table}") for table in tables]


@settings(
    max_examples=25,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=courses(), data=st.data())
async def test_an_imported_course_is_exported_equal(
    exchange: CourseExchange, pool: Pool, drawn: CourseDraft, data: st.DataObject
) -> None:
    number = await pool.fetchval("select count(*) from courses")
    for code in ("AB2C3", "23456"):
        await pool.execute(
            """
            insert into courses (code, category_id, owner_id, language, title, sale, status, search, created_at)
            values ($1, (select id from categories where slug = 'maths'), 1, 'uz', '{"uz": "Oldin"}', 'free',
                'published', '', now()) on conflict do nothing
            """,
            code,
        )
    slug = f"{drawn.slug}-{number}" if drawn.slug else None
    course = small_copy(drawn, slug=slug, category=drawn.category or "maths")

    course_id = await saved(exchange, course, ADMIN)
    package, _actor = await exchange.package(ADMIN, course_id)

    assert renamed(package.draft) == renamed(course)
    again = await saved(exchange, small_copy(package_ready(package.draft), slug=f"{slug}-b" if slug else None), ADMIN)
    twice, _actor = await exchange.package(ADMIN, again)
    assert renamed(small_copy(twice.draft, slug=slug)) == renamed(course)


def small_copy(course: CourseDraft, **fields: Any) -> CourseDraft:
    from dataclasses import replace

    return replace(course, **fields)


def package_ready(course: CourseDraft) -> CourseDraft:
    """Under paths that tell what each file is to `packed`."""
    return renamed(course, in_order=False)


def renamed(course: CourseDraft, *, in_order: bool = True) -> CourseDraft:
    """With paths that only count the uses: the archive's own names for files are not content."""
    from dataclasses import replace

    files: dict[str, Any] = {}

    def path(old: str, kind: PartKind) -> str:
        new = f"{len(files) + 1:03}-{kind}"
        files[new] = replace(course.files[old], path=new)
        return new

    cover = path(course.cover, PartKind.PHOTO) if course.cover else None
    sections = tuple(
        replace(
            section,
            lessons=tuple(
                replace(
                    lesson,
                    parts=tuple(
                        replace(
                            part,
                            files={
                                language: path(part.files[language], part.kind)
                                for language in Language
                                if language in part.files
                            },
                        )
                        for part in lesson.parts
                    ),
                    resources=tuple(replace(each, path=path(each.path, each.kind)) for each in lesson.resources),
                )
                for lesson in section.lessons
            ),
        )
        for section in course.sections
    )
    return replace(course, cover=cover, sections=sections, files=files)


async def test_an_import_is_a_draft_of_whoever_confirms_it(exchange: CourseExchange, pool: Pool) -> None:
    course_id = await saved(exchange, small(sale=Sale.COURSE, price=Money.soms(50_000), stars=100, slug="bir-kurs"))

    row = await pool.fetchrow("select * from courses where id = $1", course_id)
    assert row is not None
    assert (row["owner_id"], row["status"], row["sale"]) == (TEACHER, "draft", "course")
    assert (row["price_tiyin"], row["price_stars"], row["slug"]) == (5_000_000, 100, "bir-kurs")
    assert "kurs" in row["search"]
    assert await pool.fetchval("select count(*) from lessons where course_id = $1 and is_published", course_id) == 0


async def test_confirmed_again_it_is_the_same_course(exchange: CourseExchange) -> None:
    import_id = await sent(exchange, small())

    first = await exchange.save(TEACHER, import_id, {})
    second = await exchange.save(TEACHER, import_id, {})

    assert first == second
    assert (await exchange.preview(TEACHER, import_id)).imported.state is ImportState.IMPORTED


async def confirm_at_once(exchange: CourseExchange, import_id: ImportId) -> set[CourseId]:
    results = await asyncio.gather(*(exchange.save(TEACHER, import_id, {}) for _ in range(6)), return_exceptions=True)
    return {CourseId(result) for result in results if isinstance(result, int)}


async def test_confirmed_by_several_at_once_it_is_one_course(exchange: CourseExchange, pool: Pool) -> None:
    import_id = await sent(exchange, small("Bitta"))

    made = await confirm_at_once(exchange, import_id)

    assert len(made) == 1
    assert await pool.fetchval("select count(*) from courses where title ->> 'uz' = 'Bitta'") == 1


async def test_control_without_the_lock_there_are_several(
    exchange: CourseExchange, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = await sent(exchange, small("Ko‘p"))

    async def unlocked(self: SqlCourseImports, import_id: ImportId) -> Import | None:
        return await self.get(import_id)

    monkeypatch.setattr(SqlCourseImports, "lock", unlocked)
    await confirm_at_once(exchange, import_id)

    assert await pool.fetchval("select count(*) from courses where title ->> 'uz' = 'Ko‘p'") > 1


@pytest.mark.parametrize("step", ["add_files", "add_sections", "_copy", "set_details", "note_imported"])
async def test_a_save_that_is_cut_off_leaves_nothing(
    exchange: CourseExchange, pool: Pool, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The job is cancelled as its process would be: in the middle of each step, after it has begun to write."""
    import_id = await sent(exchange, small(slug="uzilgan"))
    before = await rows(pool)
    owner: Any = SqlCourseImports if step == "note_imported" else SqlCourseContents
    original = getattr(owner, step)
    reached = asyncio.Event()

    async def stuck(self: Any, *args: Any, **options: Any) -> Any:
        await original(self, *args, **options)
        reached.set()
        await asyncio.Event().wait()

    with monkeypatch.context() as patch:
        patch.setattr(owner, step, stuck)
        task = asyncio.create_task(exchange.save(TEACHER, import_id, {}))
        await reached.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert await rows(pool) == before
    assert (await exchange.preview(TEACHER, import_id)).imported.state is ImportState.READY
    course_id = await exchange.save(TEACHER, import_id, {})
    await pool.execute("update courses set slug = null where id = $1", course_id)


async def test_the_same_message_is_one_import(exchange: CourseExchange, pool: Pool) -> None:
    arrival = Arrival(message_id=next(_messages), name="kurs.xlsx", size=1, telegram_file_id="F")

    first, second = [await exchange.receive(TEACHER, arrival) for _ in range(2)]

    assert first.id == second.id
    jobs = await pool.fetchval(
        "select count(*) from pgqueuer where entrypoint = 'parse_import' and dedupe_key = $1",
        f"parse_import:{first.id}",
    )
    assert jobs == 1


async def test_a_file_with_mistakes_is_not_saved(exchange: CourseExchange, pool: Pool) -> None:
    file = parsed(small())
    file["sheets"]["parts"]["rows"][0][1][0] = "99"
    before = await rows(pool)
    arrival = Arrival(message_id=next(_messages), name="kurs.xlsx", size=1, telegram_file_id="F")
    imported = await exchange.receive(TEACHER, arrival)
    with pytest.raises(NotRead):
        await exchange.save(TEACHER, imported.id, {})

    preview = await exchange.note_read(TEACHER, imported.id, file)

    assert preview.imported.state is ImportState.REFUSED
    assert [(issue.sheet, issue.row, issue.problem) for issue in preview.errors] == [
        ("parts", 2, Problem.LESSON_UNKNOWN)
    ]
    with pytest.raises(NotImportable):
        await exchange.save(TEACHER, imported.id, {})
    assert await rows(pool) == before


async def test_an_unknown_category_is_chosen_and_a_taken_slug_gets_a_number(
    exchange: CourseExchange, pool: Pool, maths: CategoryId
) -> None:
    await saved(exchange, small(slug="band"))
    import_id = await sent(exchange, small(category="astrology", slug="band"))
    preview = await exchange.preview(TEACHER, import_id)
    assert {issue.problem for issue in preview.issues} == {Problem.CATEGORY_UNKNOWN, Problem.SLUG_TAKEN}
    assert preview.slug == "band-2"
    with pytest.raises(NotImportable):
        await exchange.save(TEACHER, import_id, {})
    with pytest.raises(WorkGone):
        await exchange.choose_category(TEACHER, import_id, CategoryId(987_654))

    await exchange.choose_category(TEACHER, import_id, maths)
    course_id = await exchange.save(TEACHER, import_id, {})

    assert await pool.fetchval("select slug from courses where id = $1", course_id) == "band-2"


async def test_a_slug_that_was_taken_after_the_preview_gets_a_number_too(exchange: CourseExchange, pool: Pool) -> None:
    first, second = [await sent(exchange, small(slug="poyga")) for _ in range(2)]

    made = await asyncio.gather(*(exchange.save(TEACHER, each, {}) for each in (first, second)))

    slugs = {await pool.fetchval("select slug from courses where id = $1", each) for each in made}
    assert slugs == {"poyga", "poyga-2"}


async def test_only_courses_that_one_may_see_become_prerequisites(exchange: CourseExchange, pool: Pool) -> None:
    hidden = await saved(exchange, small("Yashirin"), OTHER)
    own = await saved(exchange, small("O‘zimniki"))
    codes = {each: await pool.fetchval("select code from courses where id = $1", each) for each in (hidden, own)}

    import_id = await sent(exchange, small(prerequisites=tuple(sorted([*codes.values(), "ZZZZZ"]))))
    preview = await exchange.preview(TEACHER, import_id)
    course_id = await exchange.save(TEACHER, import_id, {})

    unknown = {issue.value for issue in preview.issues if issue.problem is Problem.PREREQUISITE_UNKNOWN}
    assert unknown == {codes[hidden], "ZZZZZ"}
    required = await pool.fetch("select required_id from course_prerequisites where course_id = $1", course_id)
    assert [row["required_id"] for row in required] == [own]


async def test_lessons_go_behind_those_of_a_course_that_is_there(exchange: CourseExchange, pool: Pool) -> None:
    course_id = await saved(exchange, small())
    import_id = await sent(exchange, small("Boshqa nom"), course_id=course_id)

    assert await exchange.save(TEACHER, import_id, {}) == course_id

    positions = await pool.fetch("select position from sections where course_id = $1 order by position", course_id)
    assert [row["position"] for row in positions] == [1, 2]
    assert await pool.fetchval("select title ->> 'uz' from courses where id = $1", course_id) == "Kurs"


async def test_what_nobody_confirms_is_forgotten_after_a_week(
    exchange: CourseExchange, begin: Begin, read: Begin, pool: Pool
) -> None:
    open_id, done_id = await sent(exchange, small()), await sent(exchange, small())
    await exchange.save(TEACHER, done_id, {})
    later = CourseExchange(begin=begin, read=read, now=lambda: NOON + timedelta(days=7, seconds=1), rules=QUIZ_RULES)

    assert await later.tidy() >= 1

    with pytest.raises(ImportGone):
        await later.preview(TEACHER, open_id)
    assert await pool.fetchval("select draft is null from course_imports where id = $1", open_id)
    assert (await later.preview(TEACHER, done_id)).imported.state is ImportState.IMPORTED


async def test_a_refused_file_says_why_and_is_not_read_again(exchange: CourseExchange) -> None:
    arrival = Arrival(message_id=next(_messages), name="a.exe", size=1, telegram_file_id="F")
    imported = await exchange.receive(TEACHER, arrival)

    await exchange.refuse(imported.id, Refusal.UNKNOWN)

    assert await exchange.waiting(imported.id) is None
    preview = await exchange.preview(TEACHER, imported.id)
    assert (preview.imported.refusal, preview.draft, preview.can_be_saved) == (Refusal.UNKNOWN, None, False)


async def test_whoever_was_not_told_before_a_crash_is_told_after_it(exchange: CourseExchange) -> None:
    import_id = await sent(exchange, small())
    assert await exchange.waiting(import_id) is None

    await exchange.note_progress(import_id, 77)
    found = await exchange.waiting(import_id)
    await exchange.note_progress(import_id, None)

    assert found is not None
    assert (found[0].is_untold, found[0].progress_id) == (True, 77)
    assert await exchange.waiting(import_id) is None


OK = None
WHO = ("owner", "co-teacher", "other teacher", "admin", "student")
ALLOWED: dict[str, tuple[type[Exception] | None, ...]] = {
    "admit": (OK, OK, OK, OK, TeachersOnly),
    "admit into the course": (OK, OK, WorkGone, OK, TeachersOnly),
    "receive": (OK, OK, OK, OK, TeachersOnly),
    "receive into the course": (OK, OK, WorkGone, OK, TeachersOnly),
    "preview of the owner's import": (OK, ImportGone, ImportGone, ImportGone, TeachersOnly),
    "read of the owner's import": (OK, ImportGone, ImportGone, ImportGone, TeachersOnly),
    "choose a category of the owner's import": (OK, ImportGone, ImportGone, ImportGone, TeachersOnly),
    "files of the owner's import": (OK, ImportGone, ImportGone, ImportGone, TeachersOnly),
    "save the owner's import": (OK, ImportGone, ImportGone, ImportGone, TeachersOnly),
    "put the owner's import away": (OK, ImportGone, ImportGone, ImportGone, TeachersOnly),
    "ask for an export": (OK, OK, WorkGone, OK, TeachersOnly),
    "export": (OK, OK, WorkGone, OK, TeachersOnly),
}


@pytest.mark.parametrize("place", range(len(WHO)), ids=WHO)
@pytest.mark.parametrize("use_case", ALLOWED)
async def test_who_may_what(exchange: CourseExchange, pool: Pool, maths: CategoryId, use_case: str, place: int) -> None:
    actor = (TEACHER, CO_TEACHER, OTHER, ADMIN, ALI)[place]
    refused = ALLOWED[use_case][place]
    course_id = await saved(exchange, small())
    await pool.execute("insert into course_teachers values ($1, $2, $3)", course_id, CO_TEACHER, NOON)
    import_id = await sent(exchange, small())
    arrival = Arrival(message_id=next(_messages), name="a.zip", size=1, telegram_file_id="F")

    async def act() -> object:
        match use_case:
            case "admit":
                return await exchange.admit(actor)
            case "admit into the course":
                return await exchange.admit(actor, course_id)
            case "receive":
                return await exchange.receive(actor, arrival)
            case "receive into the course":
                return await exchange.receive(actor, arrival, course_id)
            case "preview of the owner's import":
                return await exchange.preview(actor, import_id)
            case "read of the owner's import":
                return await exchange.note_read(actor, import_id, parsed(small()))
            case "choose a category of the owner's import":
                return await exchange.choose_category(actor, import_id, maths)
            case "files of the owner's import":
                return await exchange.wanted_files(actor, import_id)
            case "save the owner's import":
                return await exchange.save(actor, import_id, {})
            case "put the owner's import away":
                return await exchange.put_away(actor, import_id)
            case "ask for an export":
                return await exchange.ask_export(actor, course_id)
            case _:
                return await exchange.package(actor, course_id)

    if refused is None:
        await act()
        return
    before = await rows(pool)
    with pytest.raises(refused):
        await act()
    assert await rows(pool) == before
    assert (await exchange.preview(TEACHER, import_id)).imported.state is ImportState.READY


async def test_who_lost_the_role_saves_nothing(exchange: CourseExchange, pool: Pool) -> None:
    import_id = await sent(exchange, small(), OTHER)
    await pool.execute("update users set role = 'student' where id = $1", OTHER)
    try:
        with pytest.raises(TeachersOnly):
            await exchange.save(OTHER, import_id, {})
        assert await exchange.waiting(import_id) is None
    finally:
        await pool.execute("update users set role = 'teacher' where id = $1", OTHER)


async def test_who_left_the_course_adds_nothing_to_it(exchange: CourseExchange, pool: Pool) -> None:
    course_id = await saved(exchange, small())
    await pool.execute("insert into course_teachers values ($1, $2, $3)", course_id, CO_TEACHER, NOON)
    import_id = await sent(exchange, small(), CO_TEACHER, course_id)
    await pool.execute("delete from course_teachers where course_id = $1", course_id)

    with pytest.raises(WorkGone):
        await exchange.save(CO_TEACHER, import_id, {})

    assert await pool.fetchval("select count(*) from sections where course_id = $1", course_id) == 1


async def test_fiscal_codes_travel_with_admins_only(exchange: CourseExchange, pool: Pool) -> None:
    course_id = await saved(exchange, small())
    await pool.execute(
        """update courses set fiscal = '{"ikpu": "10305008002000000", "package_code": "1", "vat_percent": 12}'
        where id = $1""",
        course_id,
    )

    teachers, _actor = await exchange.package(TEACHER, course_id)
    admins, _actor = await exchange.package(ADMIN, course_id)

    assert teachers.draft.fiscal is None
    assert admins.draft.fiscal is not None
    theirs = await saved(exchange, admins.draft, TEACHER)
    assert await pool.fetchval("select fiscal from courses where id = $1", theirs) is None


async def test_exports_asked_for_twice_are_made_once(exchange: CourseExchange, pool: Pool) -> None:
    course_id = await saved(exchange, small())

    for _ in range(3):
        await exchange.ask_export(TEACHER, course_id)

    key = f"export_course:{course_id}:{TEACHER}"
    assert await pool.fetchval("select count(*) from pgqueuer where dedupe_key = $1", key) == 1


async def test_the_largest_course_is_saved_in_seconds_and_few_statements(exchange: CourseExchange, pool: Pool) -> None:
    parts = tuple(PartDraft(kind=PartKind.TEXT, text=uz("Matn")) for _ in range(4))
    lessons = tuple(LessonDraft(title=uz(f"Dars {number}"), parts=parts) for number in range(5_000))
    course = small("Katta", sections=(SectionDraft(title=uz("Bo‘lim"), lessons=lessons),))

    async with asyncio.timeout(60):
        course_id = await saved(exchange, course)

    assert await pool.fetchval("select count(*) from lessons where course_id = $1", course_id) == 5_000


def test_cells_of_the_fixture_are_safe() -> None:
    assert to_cell("=1") == "'=1"


def with_files(count: int) -> CourseDraft:
    """A course with that many files that nobody else has, of ten bytes each as `stored` says."""
    files = [f"{next(_messages)}-pdf" for _file in range(count)]
    parts = tuple(PartDraft(kind=PartKind.PDF, files={Language.UZ: path}) for path in files)
    lesson = LessonDraft(title=uz("Dars"), parts=parts)
    return small(
        "Fayllar",
        sections=(SectionDraft(title=uz("Bo‘lim"), lessons=(lesson,)),),
        files={path: FileDraft(path=path, name=f"{path}.pdf", mime="application/pdf") for path in files},
    )


async def test_files_of_an_import_count_for_their_owner_and_beyond_the_quota_nothing_is_saved(
    pool: Pool, maths: CategoryId
) -> None:
    used = Usage(
        files=await pool.fetchval("select count(*) from media where owner_id = $1", OTHER),
        bytes=await pool.fetchval("select coalesce(sum(size), 0) from media where owner_id = $1", OTHER),
    )
    quota = Quota(files=used.files + 3, bytes=used.bytes + 1000)
    database = Database(pool, Quotas(teacher=quota))
    exchange = CourseExchange(begin=database.begin, read=database.read, now=lambda: NOON, rules=QUIZ_RULES)
    before = await rows(pool)
    import_id = await sent(exchange, with_files(4), OTHER)
    _imported, wanted = await exchange.wanted_files(OTHER, import_id)
    assert len(wanted) == 4

    with pytest.raises(QuotaExceeded) as error:
        await exchange.save(OTHER, import_id, stored(wanted))

    assert (error.value.used, error.value.limit) == (used, quota)
    assert await rows(pool) == before
    assert (await exchange.preview(OTHER, import_id)).imported.state is ImportState.READY
    await saved(exchange, with_files(3), OTHER)
    with pytest.raises(QuotaExceeded):
        await saved(exchange, with_files(1), OTHER)


async def test_an_import_does_not_count_on_a_file_that_is_going(exchange: CourseExchange, pool: Pool) -> None:
    import_id = await sent(exchange, with_files(2))
    _imported, wanted = await exchange.wanted_files(TEACHER, import_id)
    files = stored(wanted)
    before = await rows(pool)
    await pool.execute("insert into doomed_files values ($1, now(), true)", next(iter(files.values())).sha256)

    with pytest.raises(ContentGoing):
        await exchange.save(TEACHER, import_id, files)

    assert await rows(pool) == before
    await pool.execute("delete from doomed_files")
    await exchange.save(TEACHER, import_id, files)


async def deleted_during_a_save(
    exchange: CourseExchange, begin: Begin, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Whether a deletion of the import's file begins while the import is being saved."""
    import_id = await sent(exchange, with_files(1))
    _imported, wanted = await exchange.wanted_files(TEACHER, import_id)
    [file] = stored(wanted).values()
    await pool.execute("insert into doomed_files values ($1, now())", file.sha256)
    reached, go_on = asyncio.Event(), asyncio.Event()
    original = SqlCourseContents.add_sections

    async def slow(self: Any, *args: Any, **options: Any) -> Any:
        reached.set()
        await go_on.wait()
        return await original(self, *args, **options)

    async def doom() -> bool:
        async with begin() as uow:
            is_going = await uow.media_shelf.doom(file.sha256)
            await uow.commit()
        return is_going

    with monkeypatch.context() as patch:
        patch.setattr(SqlCourseContents, "add_sections", slow)
        saving = asyncio.create_task(exchange.save(TEACHER, import_id, stored(wanted)))
        await reached.wait()
        dooming = asyncio.create_task(doom())
        await asyncio.wait([dooming], timeout=0.3)
        go_on.set()
        await saving
    is_going = await dooming
    await pool.execute("delete from doomed_files")
    return is_going


async def test_no_deletion_begins_while_an_import_is_saved(
    exchange: CourseExchange, begin: Begin, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not await deleted_during_a_save(exchange, begin, pool, monkeypatch)


async def test_control_without_the_lock_its_file_is_deleted(
    exchange: CourseExchange, begin: Begin, pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def trusting(self: SqlMediaShelf, contents: Collection[str]) -> bool:
        return True

    monkeypatch.setattr(SqlMediaShelf, "counts_on", trusting)

    assert await deleted_during_a_save(exchange, begin, pool, monkeypatch)

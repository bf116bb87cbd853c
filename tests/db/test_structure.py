"""The order of a course on PostgreSQL: moves and races, copies, the archive, parts and files."""

import asyncio
import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import asyncpg
import pytest

from db.engine import Pool
from db.parts import SqlParts
from db.structure import SqlStructure
from db.unit_of_work import Database
from domain.courses.errors import (
    EditConflict,
    LessonArchived,
    NotForThisPart,
    NothingToPass,
    NotReady,
    OnlySection,
    SectionInUse,
    WorkGone,
)
from domain.courses.lesson_rules import LessonRules
from domain.courses.links import link_of
from domain.courses.materials import Pointer, Upload, Writing
from domain.courses.model import CategoryId, CourseId, LessonId, Part, PartId, PartKind, SectionId
from domain.courses.parts import PartEditing
from domain.courses.pasted import parse_outline
from domain.courses.resources import MAX_FILES, ResourceService, in_groups
from domain.courses.service import AuthoringService
from domain.courses.structure import StructureService
from domain.language import Language, Text
from domain.learning.errors import LessonGone
from domain.learning.files import LessonFiles
from domain.learning.model import Product, ProductKind
from domain.learning.service import LearningService
from domain.quizzes.checks import check_question
from domain.unit_of_work import Begin
from tests.db.quiz_world import ALI, NOON, TEACHER, VALI, World, add_people, draft

_numbers = itertools.count(1)
FILE = Upload(
    kind=PartKind.DOCUMENT, name="kod.py", mime="text/x-python", size=5, telegram_file_id="F1", bot_id=7, caption=None
)
VIDEO = replace(FILE, kind=PartKind.VIDEO, name="dars.mp4", telegram_file_id="V1", duration_seconds=95)


class Tools:
    """Everything that a teacher works with, on one clock."""

    def __init__(self, begin: Begin, read: Begin, maths: CategoryId) -> None:
        self.now = NOON
        self.maths = maths

        def clock() -> datetime:
            return self.now

        self.authoring = AuthoringService(begin=begin, read=read, now=clock)
        self.structure = StructureService(begin=begin, read=read, now=clock)
        self.parts = PartEditing(begin=begin, read=read, now=clock)
        self.rules = LessonRules(begin=begin, read=read, now=clock, timezone="Asia/Tashkent")
        self.resources = ResourceService(begin=begin, read=read, now=clock)
        self.learning = LearningService(begin=begin, read=read, now=clock)
        self.files = LessonFiles(read=read, now=clock)

    async def course(self, outline: str) -> CourseId:
        """A course of these sections and lessons: `#A|1|2|#B|3`."""
        course = await self.authoring.new_course(TEACHER, self.maths, f"Kurs {next(_numbers)}")
        await self.structure.paste_outline(TEACHER, course.id, parse_outline(outline.replace("|", "\n")))
        return course.id

    async def order(self, course_id: CourseId) -> str:
        """The outline as `course` takes it."""
        outline = await self.authoring.outline(TEACHER, course_id)
        return "|".join(
            line
            for section in outline.sections
            for line in (f"#{section.section.title}", *(str(entry.lesson.title) for entry in section.lessons))
        )

    async def lessons(self, course_id: CourseId) -> dict[str, LessonId]:
        outline = await self.authoring.outline(TEACHER, course_id)
        return {str(line.lesson.title): line.lesson.id for line in outline.lessons}

    async def sections(self, course_id: CourseId) -> dict[str, SectionId]:
        outline = await self.authoring.outline(TEACHER, course_id)
        return {str(line.section.title): line.section.id for line in outline.sections}


@pytest.fixture(scope="module")
async def maths(pool: Pool) -> CategoryId:
    await add_people(pool)
    return await pool.fetchval(
        """insert into categories (slug, emoji, title, position) values ('maths', '➗', '{"uz": "Matematika"}', 1)
        on conflict (slug) do update set position = 1 returning id"""
    )


@pytest.fixture
def tools(begin: Begin, read: Begin, maths: CategoryId) -> Tools:
    return Tools(begin, read, maths)


@pytest.mark.parametrize(
    ("before", "lesson", "way", "after"),
    [
        ("#A|1|2|#B|3", "2", "up", "#A|2|1|#B|3"),
        ("#A|1|2|#B|3", "1", "down", "#A|2|1|#B|3"),
        ("#A|1|2|#B|3", "3", "up", "#A|1|2|3|#B"),
        ("#A|1|2|#B|3", "2", "down", "#A|1|#B|2|3"),
        ("#A|1|2|#B|3", "1", "up", "#A|1|2|#B|3"),
        ("#A|1|2|#B|3", "3", "down", "#A|1|2|#B|3"),
        ("#A|1|#B|#C|2", "1", "down", "#A|#B|1|#C|2"),
        ("#A|1|#B|#C|2", "2", "up", "#A|1|#B|2|#C"),
    ],
)
async def test_a_lesson_moves_one_place_and_over_the_edge_of_its_section(
    tools: Tools, before: str, lesson: str, way: str, after: str
) -> None:
    course_id = await tools.course(before)
    lesson_id = (await tools.lessons(course_id))[lesson]

    moved = await tools.structure.move_lesson(TEACHER, lesson_id, up=way == "up")

    assert await tools.order(course_id) == after
    assert moved == (before != after)


async def test_sections_move_are_renamed_and_go_with_or_without_their_lessons(tools: Tools) -> None:
    course_id = await tools.course("#A|1|#B|2|#C|3")
    sections = await tools.sections(course_id)

    assert await tools.structure.move_section(TEACHER, sections["C"], up=True)
    assert not await tools.structure.move_section(TEACHER, sections["A"], up=True)
    await tools.structure.rename_section(TEACHER, sections["A"], " Alif ")
    assert await tools.order(course_id) == "#Alif|1|#C|3|#B|2"
    with pytest.raises(SectionInUse):
        await tools.structure.remove_section(TEACHER, sections["C"])
    await tools.structure.remove_section(TEACHER, sections["C"], moving_lessons=True)
    assert await tools.order(course_id) == "#Alif|1|3|#B|2"
    await tools.structure.remove_section(TEACHER, sections["A"], moving_lessons=True)
    assert await tools.order(course_id) == "#B|2|1|3"
    with pytest.raises(OnlySection):
        await tools.structure.remove_section(TEACHER, sections["B"], moving_lessons=True)
    with pytest.raises(WorkGone):
        await tools.structure.rename_section(TEACHER, sections["A"], "Yana")


async def test_a_lesson_goes_to_another_section_but_not_to_another_course(tools: Tools) -> None:
    course_id, other_id = await tools.course("#A|1|#B|2"), await tools.course("#X|9")
    lessons, sections = await tools.lessons(course_id), await tools.sections(course_id)

    await tools.structure.put_lesson(TEACHER, lessons["1"], sections["B"])
    await tools.structure.put_lesson(TEACHER, lessons["1"], sections["B"])
    with pytest.raises(WorkGone):
        await tools.structure.put_lesson(TEACHER, lessons["1"], (await tools.sections(other_id))["X"])

    assert await tools.order(course_id) == "#A|#B|2|1"


async def test_two_teachers_who_move_at_once_end_in_a_legal_order(tools: Tools, pool: Pool) -> None:
    course_id = await tools.course("#A|1|2|3|4|5|#B|6|7")
    lessons = list((await tools.lessons(course_id)).values())

    await asyncio.gather(
        *(
            tools.structure.move_lesson(TEACHER, lesson_id, up=number % 2 == 0)
            for number, lesson_id in enumerate(lessons * 4)
        )
    )

    outline = await tools.authoring.outline(TEACHER, course_id)
    assert sorted(str(line.lesson.title) for line in outline.lessons) == list("1234567")
    for section in outline.sections:
        places = [line.lesson.position for line in section.lessons]
        assert len(set(places)) == len(places)


async def test_without_the_course_held_two_moves_at_once_break(tools: Tools, pool: Pool) -> None:
    """The control: the same statements without the lock before them lose one of the moves, or fail."""
    course_id = await tools.course("#A|1|2|3")
    lessons = await tools.lessons(course_id)
    async with pool.acquire() as first, pool.acquire() as second:
        ahead = first.transaction()
        await ahead.start()
        await SqlStructure(first).move_lesson(lessons["2"], up=True)

        async def follow() -> None:
            async with second.transaction():
                await SqlStructure(second).move_lesson(lessons["3"], up=True)

        follower = asyncio.create_task(follow())
        while not await pool.fetchval("select exists (select 1 from pg_locks where not granted)"):
            assert not follower.done()
        await ahead.commit()
        with pytest.raises((asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError)):
            await follower


async def test_the_same_outline_again_is_there_already(tools: Tools) -> None:
    course_id = await tools.course("#A|1|2")
    pasted = parse_outline("3\n# B\n4\n5")

    assert await tools.structure.paste_outline(TEACHER, course_id, pasted) == 3
    assert await tools.structure.paste_outline(TEACHER, course_id, pasted) == 3

    assert await tools.order(course_id) == "#A|1|2|3|#B|4|5"


async def test_a_copied_lesson_has_everything_and_is_a_draft(tools: Tools, begin: Begin) -> None:
    course_id = await tools.course("#A|Foiz|2")
    lesson_id = (await tools.lessons(course_id))["Foiz"]
    await tools.authoring.add_part(TEACHER, lesson_id, Writing(text="Matn"))
    video = await tools.authoring.add_part(TEACHER, lesson_id, VIDEO)
    await tools.parts.set_question(TEACHER, lesson_id, video.id, check_question(Language.UZ, "2+2?\n+4\n-5"))
    await tools.resources.add(TEACHER, lesson_id, FILE)
    async with begin() as uow:
        kept = await uow.quizzes.add_question(TEACHER, lesson_id, draft("1"), NOON, limit=9)
        gone = await uow.quizzes.add_question(TEACHER, lesson_id, draft("2"), NOON, limit=9)
        assert kept is not None
        assert gone is not None
        await uow.quizzes.retire_question(gone.id, NOON)
        await uow.commit()
    await tools.authoring.publish(TEACHER, course_id)

    copy = await tools.structure.duplicate_lesson(TEACHER, lesson_id)
    again = await tools.structure.duplicate_lesson(TEACHER, lesson_id)

    assert again.id == copy.id
    assert (str(copy.title), copy.is_published) == ("Foiz (2)", False)
    assert await tools.order(course_id) == "#A|Foiz|Foiz (2)|2"
    original, copied = (
        await tools.authoring.lesson_work(TEACHER, lesson_id),
        await tools.authoring.lesson_work(TEACHER, copy.id),
    )
    assert copied.line.question_count == 1
    assert [_without_ids(part) for part in copied.parts] == [_without_ids(part) for part in original.parts]
    assert copied.line.lesson.duration_seconds == original.line.lesson.duration_seconds == 30 + 95
    files = (await tools.resources.files(TEACHER, copy.id)).resources
    assert [file.media.name for file in files] == ["kod.py"]
    tools.now += timedelta(minutes=2)
    assert (await tools.structure.duplicate_lesson(TEACHER, lesson_id)).id != copy.id


def _without_ids(part: Part) -> Part:
    return replace(part, id=PartId(0), lesson_id=LessonId(0), version=1)


async def test_a_copied_course_is_a_draft_with_a_code_of_its_own(tools: Tools, begin: Begin) -> None:
    course_id = await tools.course("#A|1|2|#B|3")
    lessons = await tools.lessons(course_id)
    for lesson_id in lessons.values():
        await tools.authoring.add_part(TEACHER, lesson_id, Writing(text=f"Matn {lesson_id}"))
    async with begin() as uow:
        await uow.quizzes.add_question(TEACHER, lessons["3"], draft("1"), NOON, limit=9)
        await uow.commit()
    await tools.authoring.publish(TEACHER, course_id)
    await tools.structure.archive_lesson(TEACHER, lessons["2"])
    await tools.learning.enrol(ALI, course_id)

    copy = await tools.structure.duplicate_course(TEACHER, course_id)
    again = await tools.structure.duplicate_course(TEACHER, course_id)
    original = await tools.authoring.outline(TEACHER, course_id)

    assert again.id == copy.id
    assert copy.code != original.course.code
    assert (copy.is_published, copy.student_count, copy.owner_id) == (False, 0, TEACHER)
    assert str(copy.title) == f"{original.course.title} (2)"
    assert await tools.order(copy.id) == "#A|1|#B|3"
    counts = [
        (line.part_count, line.question_count) for line in (await tools.authoring.outline(TEACHER, copy.id)).lessons
    ]
    assert counts == [(1, 0), (1, 1)]


async def test_an_archived_lesson_stays_with_those_who_had_ordered_it(tools: Tools, pool: Pool, begin: Begin) -> None:
    course_id = await tools.course("#A|1|2")
    lessons = await tools.lessons(course_id)
    for lesson_id in lessons.values():
        await tools.authoring.add_part(TEACHER, lesson_id, Writing(text="Matn"))
    await tools.authoring.publish(TEACHER, course_id)
    world = World(pool, begin)
    await world.sell(Product(ProductKind.COURSE, course_id), ALI)
    tools.now = NOON + timedelta(hours=1)
    await tools.structure.archive_lesson(TEACHER, lessons["1"])
    await tools.structure.archive_lesson(TEACHER, lessons["1"])
    await world.sell(Product(ProductKind.COURSE, course_id), VALI)
    await pool.execute("update orders set created_at = $2 where user_id = $1", VALI, NOON + timedelta(hours=2))

    assert (await tools.learning.open_lesson(ALI, lessons["1"])).parts
    with pytest.raises(LessonGone):
        await tools.learning.open_lesson(VALI, lessons["1"])
    assert len((await tools.learning.course(ALI, course_id)).lessons) == 2
    assert len((await tools.learning.course(ALI, course_id)).current) == 1
    assert len((await tools.learning.course(VALI, course_id)).lessons) == 1
    assert len((await tools.authoring.outline(TEACHER, course_id)).lessons) == 1
    assert [lesson.id for lesson in await tools.structure.archived_lessons(TEACHER, course_id)] == [lessons["1"]]
    with pytest.raises(LessonArchived):
        await tools.structure.move_lesson(TEACHER, lessons["1"], up=True)
    with pytest.raises(LessonArchived):
        await tools.authoring.publish_lesson(TEACHER, lessons["1"])

    restored = await tools.structure.restore_lesson(TEACHER, lessons["1"])

    assert restored.is_published
    assert (await tools.learning.open_lesson(VALI, lessons["1"])).parts
    assert await tools.order(course_id) == "#A|1|2"


async def test_an_empty_draft_vanishes_and_a_full_one_is_kept(tools: Tools) -> None:
    course_id = await tools.course("#A|1|2")
    lessons = await tools.lessons(course_id)
    await tools.authoring.add_part(TEACHER, lessons["2"], Writing(text="Matn"))

    assert await tools.structure.archive_lesson(TEACHER, lessons["1"]) is None
    assert await tools.structure.archive_lesson(TEACHER, lessons["2"]) is not None

    with pytest.raises(WorkGone):
        await tools.structure.restore_lesson(TEACHER, lessons["1"])
    assert not (await tools.structure.restore_lesson(TEACHER, lessons["2"])).is_published
    with pytest.raises(NotReady):
        await tools.authoring.publish_lesson(TEACHER, lessons["2"])


async def full_lesson(tools: Tools) -> tuple[LessonId, list[Part]]:
    course_id = await tools.course("#A|1")
    lesson_id = (await tools.lessons(course_id))["1"]
    link = link_of("https://youtu.be/dQw4w9WgXcQ")
    assert link is not None
    for material in (Writing(text="so‘z " * 400), VIDEO, Pointer(link=link)):
        await tools.authoring.add_part(TEACHER, lesson_id, material)
    return lesson_id, list((await tools.authoring.lesson_work(TEACHER, lesson_id)).parts)


async def test_parts_move_and_their_time_adds_up(tools: Tools) -> None:
    lesson_id, (text, video, link) = await full_lesson(tools)

    assert await tools.parts.move(TEACHER, lesson_id, video.id, up=True)
    assert not await tools.parts.move(TEACHER, lesson_id, video.id, up=True)
    timed = await tools.parts.set_link_duration(TEACHER, lesson_id, link.id, 760)
    with pytest.raises(NotForThisPart):
        await tools.parts.set_link_duration(TEACHER, lesson_id, video.id, 760)

    work = await tools.authoring.lesson_work(TEACHER, lesson_id)
    assert [part.id for part in work.parts] == [video.id, text.id, link.id]
    assert timed.link is not None
    assert timed.link.thumbnail_url == "https://img.youtube.com/vi/dQw4w9WgXcQ/hqdefault.jpg"
    assert work.line.lesson.duration_seconds == 120 + 95 + 760


async def test_a_removed_part_comes_back_where_it_was_with_all_it_had(tools: Tools) -> None:
    lesson_id, (_text, video, link) = await full_lesson(tools)
    await tools.parts.set_question(TEACHER, lesson_id, video.id, check_question(Language.UZ, "2+2?\n+4\n-5"))
    before = list((await tools.authoring.lesson_work(TEACHER, lesson_id)).parts)

    removed = await tools.parts.remove(TEACHER, lesson_id, video.id)
    await tools.parts.move(TEACHER, lesson_id, link.id, up=True)
    await tools.parts.move(TEACHER, lesson_id, link.id, up=False)
    await tools.parts.put_back(TEACHER, removed)
    await tools.parts.put_back(TEACHER, removed)

    after = list((await tools.authoring.lesson_work(TEACHER, lesson_id)).parts)
    assert [_placeless(part) for part in after] == [_placeless(part) for part in before]


def _placeless(part: Part) -> Part:
    return replace(part, position=0)


async def test_a_file_is_replaced_and_what_belongs_to_the_part_stays(tools: Tools) -> None:
    lesson_id, (text, video, link) = await full_lesson(tools)
    await tools.parts.rewrite(TEACHER, lesson_id, video.id, "Sarlavha", video.version)

    new = await tools.parts.replace_file(
        TEACHER, lesson_id, video.id, replace(VIDEO, telegram_file_id="V2", duration_seconds=60)
    )
    again = await tools.parts.replace_file(TEACHER, lesson_id, video.id, replace(VIDEO, telegram_file_id="V2"))

    assert (new.media[Language.UZ].telegram_file_id, str(new.text), new.duration_seconds) == ("V2", "Sarlavha", 60)
    assert again.media == new.media
    other = link_of("https://vimeo.com/1")
    assert other is not None
    assert (await tools.parts.replace_file(TEACHER, lesson_id, link.id, Pointer(link=other))).link == other
    for part, material in ((text, VIDEO), (video, Pointer(link=other)), (link, VIDEO), (video, Writing(text="x"))):
        with pytest.raises(NotForThisPart):
            await tools.parts.replace_file(TEACHER, lesson_id, part.id, material)


async def test_the_later_of_two_edits_is_told_and_nothing_is_lost(tools: Tools) -> None:
    lesson_id, (text, _video, _link) = await full_lesson(tools)

    await tools.parts.rewrite(TEACHER, lesson_id, text.id, "Birinchi", text.version)
    with pytest.raises(EditConflict) as conflict:
        await tools.parts.rewrite(TEACHER, lesson_id, text.id, "Ikkinchi", text.version)

    assert str(conflict.value.current) == "Birinchi"
    kept = (await tools.authoring.lesson_work(TEACHER, lesson_id)).parts[0]
    assert (str(kept.text), kept.version) == ("Birinchi", text.version + 1)
    # The same message again is no conflict with itself.
    assert (await tools.parts.rewrite(TEACHER, lesson_id, text.id, "Birinchi", text.version)).version == kept.version
    await tools.parts.remove(TEACHER, lesson_id, text.id)
    with pytest.raises(EditConflict) as gone:
        await tools.parts.rewrite(TEACHER, lesson_id, text.id, "Uchinchi", kept.version)
    assert gone.value.current is None


async def test_titles_are_edited_the_same_way(tools: Tools) -> None:
    course_id = await tools.course("#A|1")
    lesson_id = (await tools.lessons(course_id))["1"]
    seen = (await tools.authoring.lesson_work(TEACHER, lesson_id)).line.lesson

    await tools.authoring.rename_lesson(TEACHER, lesson_id, "Birinchi", seen.version)
    with pytest.raises(EditConflict) as conflict:
        await tools.authoring.rename_lesson(TEACHER, lesson_id, "Ikkinchi", seen.version)
    await tools.authoring.rename_lesson(TEACHER, lesson_id, "Birinchi", seen.version)

    assert str(conflict.value.current) == "Birinchi"


async def test_without_versions_the_first_of_two_edits_is_lost(tools: Tools, pool: Pool) -> None:
    """The control: whoever writes whatever version there is, takes away what nobody has read."""
    lesson_id, (text, _video, _link) = await full_lesson(tools)
    for words in ("Birinchi", "Ikkinchi"):
        version = await pool.fetchval("select version from parts where id = $1", text.id)
        async with Database(pool).begin() as uow:
            assert await SqlParts(uow._connection).rewrite(text.id, version, Text({Language.UZ: words}), 30)
            await uow.commit()

    kept = (await tools.authoring.lesson_work(TEACHER, lesson_id)).parts[0]
    assert str(kept.text) == "Ikkinchi"


async def test_files_are_kept_in_order_and_only_who_may_open_the_lesson_gets_them(tools: Tools, pool: Pool) -> None:
    course_id = await tools.course("#A|1|2")
    lessons = await tools.lessons(course_id)
    for lesson_id in lessons.values():
        await tools.authoring.add_part(TEACHER, lesson_id, Writing(text="Matn"))
    uploads = [replace(FILE, telegram_file_id=f"R{number}", name=f"{number}.py") for number in range(12)]
    uploads.append(replace(FILE, kind=PartKind.AUDIO, telegram_file_id="A", name="tinglash.mp3"))
    for upload in (*uploads, uploads[-1]):
        await tools.resources.add(TEACHER, lessons["2"], upload)
    await tools.authoring.publish(TEACHER, course_id)
    await tools.rules.set_gate(TEACHER, lessons["1"], is_gate=True)

    page = await tools.learning.lesson(ALI, lessons["2"])
    assert page.file_count == 0
    with pytest.raises(Exception, match="gate"):
        await tools.files.take(ALI, lessons["2"])
    opened = await tools.learning.open_lesson(ALI, lessons["1"])
    await tools.learning.remember_sent(ALI, {}, [part.id for part in opened.parts])
    await tools.learning.finish_lesson(ALI, lessons["1"])
    taken = await tools.files.take(ALI, lessons["2"])

    assert (await tools.learning.lesson(ALI, lessons["2"])).file_count == 13
    assert [len(group) for group in in_groups(taken)] == [10, 2, 1]
    removed = await tools.resources.remove(TEACHER, lessons["2"], taken[0].id)
    await tools.resources.put_back(TEACHER, lessons["2"], removed)
    await tools.resources.put_back(TEACHER, lessons["2"], removed)
    assert [file.media.name for file in await tools.files.take(ALI, lessons["2"])][-1] == "0.py"
    assert MAX_FILES > 13


async def test_a_lesson_says_when_it_opens_and_what_passes_it(tools: Tools, begin: Begin) -> None:
    course_id = await tools.course("#A|1")
    lesson_id = (await tools.lessons(course_id))["1"]

    dated = await tools.rules.open_at(TEACHER, lesson_id, "5.4 09:00")
    waiting = await tools.rules.open_after(TEACHER, lesson_id, "7")
    with pytest.raises(NothingToPass):
        await tools.rules.set_pass_percent(TEACHER, lesson_id, 70)
    async with begin() as uow:
        await uow.quizzes.add_question(TEACHER, lesson_id, draft("1"), NOON, limit=9)
        await uow.commit()
    passed = await tools.rules.set_pass_percent(TEACHER, lesson_id, 70)
    opened = await tools.rules.open_now(TEACHER, lesson_id)

    assert dated.opens_at is not None
    assert dated.opens_at.isoformat() == "2026-04-05T04:00:00+00:00"
    assert (waiting.opens_at, waiting.opens_after_days) == (None, 7)
    assert passed.pass_percent == 70
    assert (opened.opens_at, opened.opens_after_days) == (None, None)

"""A course in several languages on PostgreSQL: what is missing, two who edit at once, files for a language."""

import asyncio
import itertools
from dataclasses import replace

import pytest

from db.engine import Pool
from domain.courses.errors import EditConflict, WorkGone
from domain.courses.materials import Upload, Writing
from domain.courses.model import CategoryId, CourseId, LessonId, PartKind
from domain.courses.service import AuthoringService
from domain.courses.translation_ports import CourseText, Share, TextKey, TextKind
from domain.courses.translations import PAGE, TranslationService
from domain.errors import InvalidInput
from domain.language import Language
from domain.learning.service import LearningService
from domain.search.service import SearchService
from domain.unit_of_work import Begin
from tests.db.quiz_world import ALI, NOON, TEACHER, add_people

_numbers = itertools.count(1)
PDF = Upload(kind=PartKind.PDF, name="reja.pdf", mime="application/pdf", size=5, telegram_file_id="F1", bot_id=7)
JOBS = "select count(*) from pgqueuer where entrypoint = 'index_lesson'"


@pytest.fixture(scope="module")
async def maths(pool: Pool) -> CategoryId:
    await add_people(pool)
    return await pool.fetchval(
        """insert into categories (slug, emoji, title, position) values ('maths', '➗', '{"uz": "Matematika"}', 1)
        returning id"""
    )


@pytest.fixture
def translations(begin: Begin, read: Begin) -> TranslationService:
    return TranslationService(begin=begin, read=read, now=lambda: NOON)


@pytest.fixture
def authoring(begin: Begin, read: Begin) -> AuthoringService:
    return AuthoringService(begin=begin, read=read, now=lambda: NOON)


@pytest.fixture
async def course_id(authoring: AuthoringService, maths: CategoryId) -> CourseId:
    """Title, description, a section, two lessons, a text and a caption: seven texts in Uzbek."""
    course = await authoring.new_course(TEACHER, maths, f"Kasrlar {next(_numbers)}", description="Oddiy kasrlar")
    first = await authoring.add_lesson(TEACHER, course.id, "Birinchi dars")
    await authoring.add_part(TEACHER, first.id, Writing(text="Kasr bu …"))
    await authoring.add_part(TEACHER, first.id, replace(PDF, caption="Reja"))
    second = await authoring.add_lesson(TEACHER, course.id, "Ikkinchi dars")
    await authoring.add_part(TEACHER, second.id, PDF)
    await authoring.publish(TEACHER, course.id)
    return course.id


async def walk(translations: TranslationService, course_id: CourseId, language: Language) -> list[CourseText]:
    """Everything that is missing, skipped one by one."""
    found: list[CourseText] = []
    page = await translations.next_missing(TEACHER, course_id, language)
    while page is not None:
        found.append(page.item)
        page = await translations.next_missing(TEACHER, course_id, language, page.item.key)
    return found


async def test_the_missing_texts_come_one_by_one_in_the_order_of_the_course(
    translations: TranslationService, course_id: CourseId
) -> None:
    found = await walk(translations, course_id, Language.RU)

    assert [item.key.kind for item in found] == [
        TextKind.TITLE,
        TextKind.DESCRIPTION,
        TextKind.SECTION,
        TextKind.LESSON,
        TextKind.PART,
        TextKind.PART,
        TextKind.LESSON,
    ]
    assert [str(item.text) for item in found[3:]] == ["Birinchi dars", "Kasr bu …", "Reja", "Ikkinchi dars"]
    assert (await translations.coverage(TEACHER, course_id)).shares == {
        Language.UZ: Share(7, 7),
        Language.RU: Share(0, 7),
        Language.EN: Share(0, 7),
    }


async def test_what_is_translated_is_read_found_and_indexed(
    translations: TranslationService, course_id: CourseId, begin: Begin, read: Begin, pool: Pool
) -> None:
    learning = LearningService(begin=begin, read=read, now=lambda: NOON)
    jobs = await pool.fetchval(JOBS)

    for number in range(7):
        page = await translations.next_missing(TEACHER, course_id, Language.RU)
        assert page is not None
        words = f"Логарифмы {number}"
        await translations.translate(TEACHER, course_id, page.item.key, Language.RU, words, page.item.version)

    assert (await translations.coverage(TEACHER, course_id)).shares[Language.RU] == Share(7, 7)
    page = await learning.course(ALI, course_id)
    assert page.course.title.read_in(Language.RU) == "Логарифмы 0"
    assert page.course.title.read_in(Language.EN).startswith("Kasrlar")
    assert course_id in (await SearchService(read=read, now=lambda: NOON).search(ALI, "logarifmi 1")).course_ids
    assert await pool.fetchval(JOBS) == jobs + 4


async def test_two_who_edit_one_text_at_once_lose_nothing(
    translations: TranslationService, course_id: CourseId
) -> None:
    keys = [item.key for item in await walk(translations, course_id, Language.EN)]

    for key in keys:
        item = (await translations.text(TEACHER, course_id, key)).item
        outcomes = await asyncio.gather(
            *(
                translations.translate(TEACHER, course_id, item.key, Language.EN, words, item.version)
                for words in ("First writer", "Second writer")
            ),
            return_exceptions=True,
        )
        (conflict,) = [outcome for outcome in outcomes if outcome is not None]
        assert isinstance(conflict, EditConflict)
        assert conflict.current is not None
        now = (await translations.text(TEACHER, course_id, item.key)).item
        assert conflict.current == now.text
        await translations.translate(TEACHER, course_id, item.key, Language.EN, "Both agreed", now.version)


async def test_whoever_translates_an_original_that_was_changed_meanwhile_is_told(
    translations: TranslationService, authoring: AuthoringService, course_id: CourseId
) -> None:
    items = await walk(translations, course_id, Language.RU)
    title, lesson = items[0], items[3]
    assert lesson.lesson_id is not None
    await authoring.rename(TEACHER, course_id, "Butunlay boshqa")
    await authoring.rename_lesson(TEACHER, lesson.lesson_id, "Butunlay boshqa dars")

    for item in (title, lesson):
        with pytest.raises(EditConflict):
            await translations.translate(TEACHER, course_id, item.key, Language.RU, "Дроби", item.version)


async def test_without_the_version_the_later_one_would_win_silently(
    translations: TranslationService, course_id: CourseId, pool: Pool
) -> None:
    """Negative control: the same statement with no look at the version."""
    item = (await walk(translations, course_id, Language.EN))[0]

    for words in ("First writer", "Second writer"):
        await pool.execute(
            "update courses set title = title || jsonb_build_object('en', $2::text) where id = $1", course_id, words
        )

    now = (await translations.text(TEACHER, course_id, item.key)).item
    assert now.text.variants[Language.EN] == "Second writer"


async def test_the_same_message_twice_is_saved_once_and_no_conflict(
    translations: TranslationService, course_id: CourseId
) -> None:
    item = (await walk(translations, course_id, Language.EN))[4]

    for _ in range(2):
        await translations.translate(TEACHER, course_id, item.key, Language.EN, "A fraction is …", item.version)

    assert (await translations.text(TEACHER, course_id, item.key)).item.version == item.version + 1


async def test_texts_are_listed_page_by_page(
    translations: TranslationService, authoring: AuthoringService, course_id: CourseId
) -> None:
    for number in range(5):
        await authoring.add_lesson(TEACHER, course_id, f"Yana {number}")

    first = await translations.texts(TEACHER, course_id)
    second = await translations.texts(TEACHER, course_id, first.items[-1].key)

    assert (len(first.items), first.has_more) == (PAGE, True)
    assert (len(second.items), second.has_more) == (4, False)


async def test_archived_lessons_are_left_out(translations: TranslationService, course_id: CourseId, pool: Pool) -> None:
    await pool.execute(
        "update lessons set is_published = false, archived_at = $2 where course_id = $1 and position = 1",
        course_id,
        NOON,
    )

    assert len(await walk(translations, course_id, Language.RU)) == 4
    assert len((await translations.files(TEACHER, course_id)).items) == 1


async def test_texts_and_files_of_other_courses_do_not_exist(
    translations: TranslationService, authoring: AuthoringService, course_id: CourseId, maths: CategoryId
) -> None:
    other = (await authoring.new_course(TEACHER, maths, f"Other {next(_numbers)}")).id
    foreign = [*(await walk(translations, course_id, Language.RU))]
    file = (await translations.files(TEACHER, course_id)).items[0]

    for item in foreign:
        with pytest.raises(WorkGone):
            await translations.translate(TEACHER, other, item.key, Language.RU, "Чужое", item.version)
    with pytest.raises(WorkGone):
        await translations.set_file(TEACHER, other, file.part_id, Language.RU, PDF, file.version)


async def test_a_text_takes_only_what_its_kind_takes(translations: TranslationService, course_id: CourseId) -> None:
    items = await walk(translations, course_id, Language.RU)

    for item, words, field in (
        (items[0], "x" * 121, "title"),
        (items[0], " — ", "title"),
        (items[1], "x" * 2001, "description"),
        (items[1], "  ", "text"),
        (items[4], " \n ", "text"),
        (items[4], "x" * 32_001, "text"),
    ):
        with pytest.raises(InvalidInput) as refused:
            await translations.translate(TEACHER, course_id, item.key, Language.RU, words, item.version)
        assert refused.value.field == field


async def test_a_file_for_a_language_is_kept_read_replaced_and_dropped(
    translations: TranslationService, course_id: CourseId, pool: Pool
) -> None:
    file = (await translations.files(TEACHER, course_id)).items[0]
    russian = replace(PDF, name="план.pdf", telegram_file_id="F2")
    await translations.set_file(TEACHER, course_id, file.part_id, Language.RU, russian, file.version)
    await translations.set_file(TEACHER, course_id, file.part_id, Language.RU, russian, file.version)
    with pytest.raises(EditConflict):
        await translations.set_file(
            TEACHER, course_id, file.part_id, Language.RU, replace(russian, telegram_file_id="F3"), file.version
        )
    photo = replace(PDF, kind=PartKind.PHOTO)
    with pytest.raises(InvalidInput):
        await translations.set_file(TEACHER, course_id, file.part_id, Language.EN, photo, file.version)

    page = (await translations.file(TEACHER, course_id, file.part_id)).item
    assert page.names == {Language.UZ: "reja.pdf", Language.RU: "план.pdf"}
    await translations.drop_file(TEACHER, course_id, file.part_id, Language.UZ, page.version)
    page = (await translations.file(TEACHER, course_id, file.part_id)).item
    assert page.names == {Language.RU: "план.pdf"}
    with pytest.raises(InvalidInput):
        await translations.drop_file(TEACHER, course_id, file.part_id, Language.RU, page.version)
    assert await pool.fetchval("select count(*) from part_media where part_id = $1", file.part_id) == 1


def test_what_is_no_key_is_read_as_none() -> None:
    assert TextKey.read("l12") == TextKey(TextKind.LESSON, 12)
    assert str(TextKey(TextKind.LESSON, LessonId(12))) == "l12"
    for raw in ("", "l", "12", "x1", "l-1", "l1e3", "l" + "9" * 16, "l١"):
        assert TextKey.read(raw) is None

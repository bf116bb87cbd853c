"""Who may order, change, open and fill a course: every use case for every kind of person, and that a no changes
nothing."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass, replace

import pytest

from domain.courses.errors import TeachersOnly, WorkGone
from domain.courses.lesson_rules import LessonRules
from domain.courses.links import link_of
from domain.courses.materials import Pointer, Upload, Writing
from domain.courses.model import CourseId, LessonId, Part, PartId, PartKind, SectionId
from domain.courses.parts import PartEditing
from domain.courses.pasted import parse_outline
from domain.courses.resources import ResourceService
from domain.courses.service import AuthoringService
from domain.courses.structure import StructureService
from domain.language import Language
from domain.quizzes.checks import check_question
from domain.users.model import Role, UserId
from tests.domain.courses.fakes import ADMIN, ALI, MATHS, NOON, OTHER_TEACHER, TEACHER, person
from tests.domain.courses.structure_fakes import StructureDatabase

COLLEAGUE, FORMER_COLLEAGUE, STRANGER = UserId(11), UserId(12), UserId(99)
FILE = Upload(
    kind=PartKind.DOCUMENT, name="kod.py", mime="text/x-python", size=5, telegram_file_id="F1", bot_id=7, caption=None
)
VIDEO = replace(FILE, kind=PartKind.VIDEO, name="dars.mp4", telegram_file_id="V1", duration_seconds=95)


@dataclass
class Desk:
    """One course with everything in it, and everything that can be done to it."""

    database: StructureDatabase
    authoring: AuthoringService
    structure: StructureService
    parts: PartEditing
    rules: LessonRules
    resources: ResourceService
    course: CourseId
    section: SectionId
    other_section: SectionId
    lesson: LessonId
    text: Part
    video: Part
    link: Part
    file_id: int


@pytest.fixture
async def desk() -> Desk:
    database = StructureDatabase()
    begin, read = database.begin, database.read
    authoring = AuthoringService(begin=begin, read=read, now=lambda: NOON)
    structure = StructureService(begin=begin, read=read, now=lambda: NOON)
    resources = ResourceService(begin=begin, read=read, now=lambda: NOON)
    course = await authoring.new_course(TEACHER, MATHS, "Foizlar")
    await structure.paste_outline(TEACHER, course.id, parse_outline("# A\nFoiz nima?\n# B"))
    outline = await authoring.outline(TEACHER, course.id)
    lesson = outline.lessons[0].lesson.id
    link = link_of("https://youtu.be/dQw4w9WgXcQ")
    assert link is not None
    text = await authoring.add_part(TEACHER, lesson, Writing(text="Matn"))
    video = await authoring.add_part(TEACHER, lesson, VIDEO)
    pointer = await authoring.add_part(TEACHER, lesson, Pointer(link=link))
    file = await resources.add(TEACHER, lesson, FILE)
    kept = database.kept
    kept.users[COLLEAGUE] = person(COLLEAGUE, Role.TEACHER)
    kept.users[FORMER_COLLEAGUE] = person(FORMER_COLLEAGUE, Role.STUDENT)
    kept.courses[course.id] = replace(kept.courses[course.id], teacher_ids=frozenset({COLLEAGUE, FORMER_COLLEAGUE}))
    kept.questions[lesson] = 3
    return Desk(
        database=database,
        authoring=authoring,
        structure=structure,
        parts=PartEditing(begin=begin, read=read, now=lambda: NOON),
        rules=LessonRules(begin=begin, read=read, now=lambda: NOON, timezone="Asia/Tashkent"),
        resources=resources,
        course=course.id,
        section=outline.sections[0].section.id,
        other_section=outline.sections[1].section.id,
        lesson=lesson,
        text=text,
        video=video,
        link=pointer,
        file_id=file.id,
    )


QUESTION = check_question(Language.UZ, "2 + 2?\n+ 4\n- 5")
UseCase = Callable[[Desk, UserId], Awaitable[object]]
USE_CASES: dict[str, UseCase] = {
    "add a section": lambda d, who: d.structure.add_section(who, d.course, "C"),
    "rename a section": lambda d, who: d.structure.rename_section(who, d.section, "C"),
    "move a section": lambda d, who: d.structure.move_section(who, d.section, up=False),
    "delete a section": lambda d, who: d.structure.remove_section(who, d.other_section),
    "empty a section": lambda d, who: d.structure.remove_section(who, d.section, moving_lessons=True),
    "move a lesson": lambda d, who: d.structure.move_lesson(who, d.lesson, up=False),
    "put a lesson": lambda d, who: d.structure.put_lesson(who, d.lesson, d.other_section),
    "copy a lesson": lambda d, who: d.structure.duplicate_lesson(who, d.lesson),
    "copy the course": lambda d, who: d.structure.duplicate_course(who, d.course),
    "archive a lesson": lambda d, who: d.structure.archive_lesson(who, d.lesson),
    "restore a lesson": lambda d, who: d.structure.restore_lesson(who, d.lesson),
    "see the archive": lambda d, who: d.structure.archived_lessons(who, d.course),
    "paste an outline": lambda d, who: d.structure.paste_outline(who, d.course, parse_outline("C")),
    "make a lesson of a message": lambda d, who: d.structure.lesson_of_material(
        who, d.course, VIDEO, words="", file_name="dars.mp4", other="Dars"
    ),
    "rename a lesson": lambda d, who: d.authoring.rename_lesson(who, d.lesson, "Boshqa", 1),
    "see a part": lambda d, who: d.parts.part(who, d.lesson, d.text.id),
    "move a part": lambda d, who: d.parts.move(who, d.lesson, d.text.id, up=False),
    "edit a part": lambda d, who: d.parts.rewrite(who, d.lesson, d.text.id, "Boshqa", 1),
    "replace a file": lambda d, who: d.parts.replace_file(
        who, d.lesson, d.video.id, replace(VIDEO, telegram_file_id="V2")
    ),
    "time a link": lambda d, who: d.parts.set_link_duration(who, d.lesson, d.link.id, 60),
    "ask about a video": lambda d, who: d.parts.set_question(who, d.lesson, d.video.id, QUESTION),
    "delete a part": lambda d, who: d.parts.remove(who, d.lesson, d.text.id),
    "put a part back": lambda d, who: d.parts.put_back(who, replace(d.text, id=PartId(77))),
    "open on a date": lambda d, who: d.rules.open_at(who, d.lesson, "5.4 09:00"),
    "open after days": lambda d, who: d.rules.open_after(who, d.lesson, "7"),
    "open at once": lambda d, who: d.rules.open_now(who, d.lesson),
    "make a gate": lambda d, who: d.rules.set_gate(who, d.lesson, is_gate=True),
    "set a score": lambda d, who: d.rules.set_pass_percent(who, d.lesson, 70),
    "see the files": lambda d, who: d.resources.files(who, d.lesson),
    "add a file": lambda d, who: d.resources.add(who, d.lesson, replace(FILE, telegram_file_id="F2")),
    "delete a file": lambda d, who: d.resources.remove(who, d.lesson, d.file_id),
    "put a file back": lambda d, who: d.resources.put_back(who, d.lesson, d.database.files[d.file_id]),
}
PEOPLE = {
    TEACHER: None,
    COLLEAGUE: None,
    ADMIN: None,
    OTHER_TEACHER: WorkGone,
    FORMER_COLLEAGUE: TeachersOnly,
    ALI: TeachersOnly,
    STRANGER: TeachersOnly,
}


@pytest.mark.parametrize("use_case", USE_CASES)
@pytest.mark.parametrize(
    "who", PEOPLE, ids=["owner", "co-teacher", "admin", "other teacher", "former co-teacher", "student", "stranger"]
)
async def test_only_those_who_teach_the_course_and_admins_may(desk: Desk, use_case: str, who: UserId) -> None:
    before = deepcopy((desk.database.kept, desk.database.files))
    refusal = PEOPLE[who]

    if refusal is None:
        await USE_CASES[use_case](desk, who)
        return
    with pytest.raises(refusal):
        await USE_CASES[use_case](desk, who)
    assert (desk.database.kept, desk.database.files) == before


@pytest.mark.parametrize("use_case", USE_CASES)
async def test_what_does_not_exist_looks_like_what_is_somebody_elses(desk: Desk, use_case: str) -> None:
    nothing = replace(
        desk,
        course=CourseId(0),
        section=SectionId(0),
        other_section=SectionId(0),
        lesson=LessonId(0),
        text=replace(desk.text, lesson_id=LessonId(0)),
    )

    with pytest.raises(WorkGone):
        await USE_CASES[use_case](nothing, TEACHER)


def test_every_use_case_is_in_the_table() -> None:
    """A use case that nobody has put into the table would be one that nobody has thought about."""
    services = (StructureService, PartEditing, LessonRules, ResourceService)
    methods = sum(not name.startswith("_") for service in services for name in vars(service))
    assert methods == len(USE_CASES) - len({"rename a lesson", "empty a section"})

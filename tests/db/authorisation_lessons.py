"""The table: what teachers do with courses, lessons, their parts and questions."""

from domain.courses.errors import LessonSold, NotForThisPart, NotReady, SectionInUse
from domain.courses.materials import Pointer, Upload, Writing
from domain.courses.model import CheckQuestion, Link, Media, MediaId, Part, PartKind, Sale
from domain.courses.pasted import PastedSection
from domain.courses.structure_ports import Resource
from domain.fiscal import FiscalCodes
from domain.language import Language, Text
from domain.money import Money
from tests.db.authorisation_table import ONE, Outcome, Target, admins, case, staff, teachers, teachers_with_something
from tests.db.quiz_world import draft

PRICE = Money(5_000_000)
DOCUMENT = Upload(kind=PartKind.DOCUMENT, name="a.docx", mime="", size=10, telegram_file_id="D", bot_id=1)
VIDEO = Upload(kind=PartKind.VIDEO, name="a.mp4", mime="video/mp4", size=10, telegram_file_id="V", bot_id=1)
LINK = Pointer(link=Link(url="https://example.uz/w", provider="example.uz"))
_OPTIONS = (Text({Language.UZ: "a"}), Text({Language.UZ: "b"}))
ASKED = CheckQuestion(text=Text({Language.UZ: "?"}), options=_OPTIONS, correct=0)
CODES = FiscalCodes(ikpu="1" * 17, package_code="1", vat_percent=12)
PASTED = (PastedSection("Bo‘lim", ("Dars",)),)


def removed_part(target: Target) -> Part:
    return Part(
        id=target.kit.text, lesson_id=target.lesson_id, position=3, kind=PartKind.TEXT, text=Text({Language.UZ: "Matn"})
    )


def resource_of(target: Target) -> Resource:
    media = Media(
        id=MediaId(target.kit.media),
        kind=PartKind.DOCUMENT,
        name="a.docx",
        mime="",
        size=10,
        sha256=None,
        telegram_file_id="D",
        bot_id=1,
    )
    return Resource(id=target.kit.resource, lesson_id=target.lesson_id, media=media)


def any_admin(person: str, _target: Target) -> Outcome:
    return Outcome.DONE if person == "admin" else Outcome.GONE


AUTHORING = (
    case("authoring.admit", teachers, lambda d, w, t: d.authoring.admit(w), courses=ONE),
    case("authoring.add_subject", any_admin, lambda d, w, t: d.authoring.add_subject(w, "Fizika"), courses=ONE),
    case("authoring.my_courses", teachers, lambda d, w, t: d.authoring.my_courses(w), courses=ONE),
    case("authoring.subjects", teachers, lambda d, w, t: d.authoring.subjects(w), courses=ONE),
    case(
        "authoring.new_course",
        teachers_with_something,
        lambda d, w, t: d.authoring.new_course(w, t.kit.category, "Yangi"),
        courses=ONE,
    ),
    case("authoring.outline", staff, lambda d, w, t: d.authoring.outline(w, t.course_id)),
    case("authoring.rename", staff, lambda d, w, t: d.authoring.rename(w, t.course_id, "Nom")),
    case("authoring.describe", staff, lambda d, w, t: d.authoring.describe(w, t.course_id, "Tavsif")),
    case(
        "authoring.set_course_price",
        staff,
        lambda d, w, t: d.authoring.set_course_price(w, t.course_id, Sale.COURSE, PRICE),
    ),
    case("authoring.set_course_stars", staff, lambda d, w, t: d.authoring.set_course_stars(w, t.course_id, 9)),
    case("authoring.set_fiscal_codes", admins, lambda d, w, t: d.authoring.set_fiscal_codes(w, t.course_id, CODES)),
    case("authoring.publish", staff, lambda d, w, t: d.authoring.publish(w, t.course_id), meets=(NotReady,)),
    case("authoring.archive", staff, lambda d, w, t: d.authoring.archive(w, t.course_id)),
    case("authoring.restore", staff, lambda d, w, t: d.authoring.restore(w, t.course_id)),
    case("authoring.lesson_work", staff, lambda d, w, t: d.authoring.lesson_work(w, t.lesson_id)),
    case("authoring.add_lesson", staff, lambda d, w, t: d.authoring.add_lesson(w, t.course_id, "Dars")),
    case("authoring.rename_lesson", staff, lambda d, w, t: d.authoring.rename_lesson(w, t.lesson_id, "Nom")),
    case("authoring.add_part", staff, lambda d, w, t: d.authoring.add_part(w, t.lesson_id, Writing(text="Matn"))),
    case("authoring.add_part file", staff, lambda d, w, t: d.authoring.add_part(w, t.lesson_id, DOCUMENT)),
    case("authoring.remove_part", staff, lambda d, w, t: d.authoring.remove_part(w, t.video)),
    case("authoring.set_lesson_price", staff, lambda d, w, t: d.authoring.set_lesson_price(w, t.lesson_id, PRICE)),
    case("authoring.set_lesson_stars", staff, lambda d, w, t: d.authoring.set_lesson_stars(w, t.lesson_id, 5)),
    case("authoring.set_preview", staff, lambda d, w, t: d.authoring.set_preview(w, t.lesson_id, is_preview=True)),
    case(
        "authoring.publish_lesson",
        staff,
        lambda d, w, t: d.authoring.publish_lesson(w, t.kit.lessons["hidden"]),
        meets=(NotReady,),
    ),
    case("authoring.hide_lesson", staff, lambda d, w, t: d.authoring.hide_lesson(w, t.lesson_id), meets=(LessonSold,)),
)
STRUCTURE = (
    case("structure.add_section", staff, lambda d, w, t: d.structure.add_section(w, t.course_id, "Bo‘lim")),
    case("structure.rename_section", staff, lambda d, w, t: d.structure.rename_section(w, t.kit.sections[0], "Nom")),
    case("structure.move_section", staff, lambda d, w, t: d.structure.move_section(w, t.kit.sections[0], up=False)),
    case("structure.remove_section", staff, lambda d, w, t: d.structure.remove_section(w, t.kit.sections[1])),
    case(
        "structure.remove_section full",
        staff,
        lambda d, w, t: d.structure.remove_section(w, t.kit.sections[0], moving_lessons=True),
        meets=(SectionInUse,),
    ),
    case("structure.move_lesson", staff, lambda d, w, t: d.structure.move_lesson(w, t.lesson_id, up=False)),
    case("structure.put_lesson", staff, lambda d, w, t: d.structure.put_lesson(w, t.lesson_id, t.kit.sections[1])),
    case("structure.duplicate_lesson", staff, lambda d, w, t: d.structure.duplicate_lesson(w, t.lesson_id)),
    case("structure.duplicate_course", staff, lambda d, w, t: d.structure.duplicate_course(w, t.course_id)),
    case("structure.archive_lesson", staff, lambda d, w, t: d.structure.archive_lesson(w, t.lesson_id)),
    case("structure.restore_lesson", staff, lambda d, w, t: d.structure.restore_lesson(w, t.kit.lessons["put away"])),
    case("structure.archived_lessons", staff, lambda d, w, t: d.structure.archived_lessons(w, t.course_id)),
    case(
        "structure.paste_outline",
        staff,
        lambda d, w, t: d.structure.paste_outline(w, t.course_id, (PastedSection("Bo‘lim", ("Dars",)),)),
    ),
    case(
        "structure.lesson_of_material",
        staff,
        lambda d, w, t: d.structure.lesson_of_material(
            w, t.course_id, VIDEO, words="Dars", file_name="", other="Video"
        ),
    ),
    case("part_editing.part", staff, lambda d, w, t: d.part_editing.part(w, t.lesson_id, t.video)),
    case("part_editing.move", staff, lambda d, w, t: d.part_editing.move(w, t.lesson_id, t.video, up=False)),
    case("part_editing.put_back", staff, lambda d, w, t: d.part_editing.put_back(w, removed_part(t))),
    case("part_editing.remove", staff, lambda d, w, t: d.part_editing.remove(w, t.lesson_id, t.video)),
    case(
        "part_editing.replace_file", staff, lambda d, w, t: d.part_editing.replace_file(w, t.lesson_id, t.video, VIDEO)
    ),
    case(
        "part_editing.replace_file link",
        staff,
        lambda d, w, t: d.part_editing.replace_file(w, t.lesson_id, t.kit.link, LINK),
        meets=(NotForThisPart,),
    ),
    case("part_editing.rewrite", staff, lambda d, w, t: d.part_editing.rewrite(w, t.lesson_id, t.video, "Matn", 1)),
    case(
        "part_editing.set_link_duration",
        staff,
        lambda d, w, t: d.part_editing.set_link_duration(w, t.lesson_id, t.kit.link, 60),
    ),
    case(
        "part_editing.set_question", staff, lambda d, w, t: d.part_editing.set_question(w, t.lesson_id, t.video, ASKED)
    ),
    case("lesson_rules.open_after", staff, lambda d, w, t: d.lesson_rules.open_after(w, t.lesson_id, "3")),
    case("lesson_rules.open_at", staff, lambda d, w, t: d.lesson_rules.open_at(w, t.lesson_id, "01.05.2026 10:00")),
    case("lesson_rules.open_now", staff, lambda d, w, t: d.lesson_rules.open_now(w, t.lesson_id)),
    case("lesson_rules.set_gate", staff, lambda d, w, t: d.lesson_rules.set_gate(w, t.lesson_id, is_gate=True)),
    case(
        "lesson_rules.set_pass_percent",
        staff,
        lambda d, w, t: d.lesson_rules.set_pass_percent(w, t.kit.lessons["second"], 50),
    ),
    case("resources.add", staff, lambda d, w, t: d.resources.add(w, t.lesson_id, DOCUMENT)),
    case("resources.files", staff, lambda d, w, t: d.resources.files(w, t.lesson_id)),
    case("resources.put_back", staff, lambda d, w, t: d.resources.put_back(w, t.lesson_id, resource_of(t))),
    case("resources.remove", staff, lambda d, w, t: d.resources.remove(w, t.lesson_id, t.kit.resource)),
    case("questions.questions", staff, lambda d, w, t: d.questions.questions(w, t.kit.lessons["second"])),
    case("questions.add_question", staff, lambda d, w, t: d.questions.add_question(w, t.lesson_id, draft("c"))),
    case(
        "questions.change_question", staff, lambda d, w, t: d.questions.change_question(w, t.kit.question, draft("d"))
    ),
    case("questions.delete_question", staff, lambda d, w, t: d.questions.delete_question(w, t.kit.question)),
)

"""The table: what teachers and admins do with a whole course, its certificates and ratings, and with categories."""

from domain.certificates.errors import NotEarned
from domain.courses.errors import CategoryInUse, NotDraft, PrerequisiteCircle
from domain.courses.materials import Upload
from domain.courses.model import PartKind
from domain.courses.translation_ports import TextKey, TextKind
from domain.language import Language
from tests.db.authorisation_lessons import VIDEO
from tests.db.authorisation_table import (
    ONE,
    Outcome,
    Target,
    admins,
    case,
    co_teachers,
    commanders,
    is_teacher,
    senders,
    staff,
    teachers,
    teachers_with_something,
)
from tests.db.authorisation_world import IDS, MISSING
from tests.db.test_exchange import parsed, small

PHOTO = Upload(kind=PartKind.PHOTO, name="", mime="image/jpeg", size=10, telegram_file_id="P", bot_id=1)
RU = Language.RU
CO_TEACHER = IDS["co-teacher"]
SOON = "01.05.2026 10:00"


def lesson_key(target: Target) -> TextKey:
    return TextKey(TextKind.LESSON, target.lesson_id)


def invited(person: str, target: Target) -> Outcome:
    """Whoever holds an invitation and may teach; an invitation is worth what its inviter may do now."""
    if not target.kit.exists or target.kit.owner.startswith("demoted"):
        return Outcome.CLOSED
    return Outcome.DONE if is_teacher(person) else Outcome.CLOSED


def staff_of_certified(person: str, target: Target) -> Outcome:
    return Outcome.GONE if target.kit.status == "draft" else staff(person, target)


def critics_judges(person: str, target: Target) -> Outcome:
    return Outcome.GONE if target.kit.status == "draft" else admins(person, target)


def requirers_of_what_is_public(person: str, target: Target) -> Outcome:
    """Of the other teacher's course: it is public and theirs, so that only the circle is in the way."""
    return Outcome.CLOSED if target.kit.name == "other's" and person in ("other teacher", "admin") else Outcome.GONE


def nobody(_person: str, _target: Target) -> Outcome:
    return Outcome.GONE


COURSE = (
    case("categories.add", admins, lambda d, w, t: d.categories.add(w, t.kit.category, "Tarmoq"), courses=ONE),
    case("categories.move", admins, lambda d, w, t: d.categories.move(w, t.kit.category, None), courses=ONE),
    case("categories.page", teachers_with_something, lambda d, w, t: d.categories.page(w, t.kit.category), courses=ONE),
    case(
        "categories.remove",
        admins,
        lambda d, w, t: d.categories.remove(w, t.kit.empty_category),
        courses=ONE,
        meets=(CategoryInUse,),
    ),
    case("categories.rename", admins, lambda d, w, t: d.categories.rename(w, t.kit.category, RU, "Имя"), courses=ONE),
    case("categories.set_emoji", admins, lambda d, w, t: d.categories.set_emoji(w, t.kit.category, "🐘"), courses=ONE),
    case("categories.set_slug", admins, lambda d, w, t: d.categories.set_slug(w, t.kit.category, "yangi"), courses=ONE),
    case("categories.shift", admins, lambda d, w, t: d.categories.shift(w, t.kit.category, up=True), courses=ONE),
    case("course_settings.page", staff, lambda d, w, t: d.course_settings.page(w, t.course_id)),
    case("course_settings.candidates", staff, lambda d, w, t: d.course_settings.candidates(w, t.course_id)),
    case(
        "course_settings.candidates words",
        staff,
        lambda d, w, t: d.course_settings.candidates(w, t.course_id, words="qidiruv"),
    ),
    case("course_settings.cover", staff, lambda d, w, t: d.course_settings.cover(w, t.course_id)),
    case("course_settings.move", staff, lambda d, w, t: d.course_settings.move(w, t.course_id, t.kit.category)),
    case("course_settings.remove_cover", staff, lambda d, w, t: d.course_settings.remove_cover(w, t.course_id)),
    case(
        "course_settings.require",
        staff,
        lambda d, w, t: d.course_settings.require(w, t.course_id, d.public_course),
        meets=(PrerequisiteCircle,),
    ),
    case(
        "course_settings.require hidden",
        requirers_of_what_is_public,
        lambda d, w, t: d.course_settings.require(w, d.public_course, t.course_id),
        courses=("other's", "other's draft", "orphan", MISSING),
    ),
    case(
        "course_settings.unrequire", staff, lambda d, w, t: d.course_settings.unrequire(w, t.course_id, d.public_course)
    ),
    case(
        "course_settings.set_certificate",
        staff,
        lambda d, w, t: d.course_settings.set_certificate(w, t.course_id, has_certificate=True),
    ),
    case("course_settings.set_cover", staff, lambda d, w, t: d.course_settings.set_cover(w, t.course_id, PHOTO)),
    case("course_settings.set_language", staff, lambda d, w, t: d.course_settings.set_language(w, t.course_id, RU)),
    case("course_settings.set_level", staff, lambda d, w, t: d.course_settings.set_level(w, t.course_id, None)),
    case("course_settings.set_slug", staff, lambda d, w, t: d.course_settings.set_slug(w, t.course_id, "yangi-nom")),
    case("co_teaching.invite", commanders, lambda d, w, t: d.co_teaching.invite(w, t.course_id)),
    case("co_teaching.remove", commanders, lambda d, w, t: d.co_teaching.remove(w, t.course_id, CO_TEACHER)),
    case("co_teaching.leave", co_teachers, lambda d, w, t: d.co_teaching.leave(w, t.course_id)),
    case("co_teaching.teachers", staff, lambda d, w, t: d.co_teaching.teachers(w, t.course_id)),
    case("co_teaching.look_at", invited, lambda d, w, t: d.co_teaching.look_at(w, t.kit.token), shows_title=True),
    case("co_teaching.join", invited, lambda d, w, t: d.co_teaching.join(w, d.digest(t.kit.token)), shows_title=True),
    case("translations.coverage", staff, lambda d, w, t: d.translations.coverage(w, t.course_id)),
    case("translations.next_missing", staff, lambda d, w, t: d.translations.next_missing(w, t.course_id, RU)),
    case("translations.text", staff, lambda d, w, t: d.translations.text(w, t.course_id, lesson_key(t))),
    case(
        "translations.text of another course",
        nobody,
        lambda d, w, t: d.translations.text(w, d.public_course, lesson_key(t)),
        courses=("draft", "archived", "orphan", MISSING),
    ),
    case("translations.texts", staff, lambda d, w, t: d.translations.texts(w, t.course_id)),
    case(
        "translations.translate",
        staff,
        lambda d, w, t: d.translations.translate(w, t.course_id, lesson_key(t), RU, "Урок", 1),
    ),
    case("translations.file", staff, lambda d, w, t: d.translations.file(w, t.course_id, t.video)),
    case("translations.files", staff, lambda d, w, t: d.translations.files(w, t.course_id)),
    case(
        "translations.set_file", staff, lambda d, w, t: d.translations.set_file(w, t.course_id, t.video, RU, VIDEO, 1)
    ),
    case("translations.drop_file", staff, lambda d, w, t: d.translations.drop_file(w, t.course_id, t.video, RU, 1)),
    case("publication.plan", staff, lambda d, w, t: d.publication.plan(w, t.course_id, SOON), meets=(NotDraft,)),
    case("publication.cancel", staff, lambda d, w, t: d.publication.cancel(w, t.course_id)),
    case("exchange.admit", teachers, lambda d, w, t: d.exchange.admit(w), courses=ONE),
    case("exchange.admit into", staff, lambda d, w, t: d.exchange.admit(w, t.course_id)),
    case("exchange.ask_export", staff, lambda d, w, t: d.exchange.ask_export(w, t.course_id)),
    case("exchange.package", staff, lambda d, w, t: d.exchange.package(w, t.course_id)),
    case("exchange.receive", teachers, lambda d, w, t: d.exchange.receive(w, d.arrival), courses=ONE),
    case("exchange.receive into", staff, lambda d, w, t: d.exchange.receive(w, d.arrival, t.course_id)),
    case(
        "exchange.choose_category", senders, lambda d, w, t: d.exchange.choose_category(w, t.kit.import_id, d.category)
    ),
    case(
        "exchange.note_read", senders, lambda d, w, t: d.exchange.note_read(w, t.kit.import_id, parsed(small("Kurs")))
    ),
    case("exchange.preview", senders, lambda d, w, t: d.exchange.preview(w, t.kit.import_id)),
    case("exchange.preview into", senders, lambda d, w, t: d.exchange.preview(w, t.kit.update_id)),
    case("exchange.put_away", senders, lambda d, w, t: d.exchange.put_away(w, t.kit.import_id)),
    case("exchange.save", senders, lambda d, w, t: d.exchange.save(w, t.kit.import_id, {})),
    case("exchange.save into", senders, lambda d, w, t: d.exchange.save(w, t.kit.update_id, {})),
    case("exchange.wanted_files", senders, lambda d, w, t: d.exchange.wanted_files(w, t.kit.import_id)),
    case("certificate_office.of_course", staff, lambda d, w, t: d.certificate_office.of_course(w, t.course_id)),
    case(
        "certificate_office.revoke",
        staff_of_certified,
        lambda d, w, t: d.certificate_office.revoke(w, t.kit.certificate, "A mistake"),
    ),
    case(
        "certificate_office.issue_again",
        staff_of_certified,
        lambda d, w, t: d.certificate_office.issue_again(w, t.kit.revoked),
        meets=(NotEarned,),
    ),
    case("ratings.hide", critics_judges, lambda d, w, t: d.ratings.hide(w, t.kit.rating, "An insult")),
    case("ratings.unhide", critics_judges, lambda d, w, t: d.ratings.unhide(w, t.kit.hidden_rating)),
    case("ratings.review", critics_judges, lambda d, w, t: d.ratings.review(w, t.kit.hidden_rating)),
)

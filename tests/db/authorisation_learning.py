"""The table: what everybody does, students first of all."""

from collections.abc import AsyncIterable, Awaitable
from typing import Protocol

from domain.certificates.model import FileKind
from domain.courses.model import LockReason
from domain.errors import DomainError
from domain.language import Language
from domain.learning.browsing import CourseFilter
from domain.learning.errors import LessonUnfinished
from domain.learning.model import EnrolmentStatus
from domain.notes.model import NoteDraft
from domain.search.model import Shelf
from domain.users.profiles import LinkKind
from tests.db.authorisation_table import (
    Outcome,
    Target,
    case,
    everybody,
    is_member,
    openers,
    owners,
    readers,
    teaches_it,
)
from tests.db.authorisation_world import COURSES, GRADUATES, MISSING, PEOPLE

UZ = Language.UZ
INSIDE = {
    "courses": ("draft", "free", "paid", "archived", MISSING),
    "lessons": ("first", "preview", "dated", "behind the gate", "hidden", "put away"),
}
BY_COURSE = {"courses": (*COURSES, MISSING)}
OWN = {"people": (*(name for name in PEOPLE if name != "unknown"), MISSING)}
SELF = {"courses": ("free",)}
"""No id of anything is in the call: it is about its caller, or about everything."""
NOTE = NoteDraft(text="Yozuv", markdown="Yozuv", bot_id=1, message_id=77)


class Refused(DomainError):
    """An answer that is no error and opens nothing."""


class _Page(Protocol):
    @property
    def lock(self) -> LockReason | None: ...
    @property
    def parts(self) -> object: ...
    @property
    def file_count(self) -> int: ...


async def opened(pages: Awaitable[_Page]) -> object:
    """A locked lesson has a screen that says what it costs: nothing of its inside may be in it."""
    page = await pages
    if page.lock is not None:
        assert not page.parts
        assert not page.file_count
        raise Refused(page.lock)
    return page


async def begun(readings: Awaitable[object]) -> object:
    reading = await readings
    page, standing = reading.page, reading.standing  # pyright: ignore[reportAttributeAccessIssue]
    if page.lock is not None:
        assert not standing.parts
        raise Refused(page.lock)
    return reading


async def given(answers: Awaitable[object]) -> object:
    answer = await answers
    if not answer:
        raise Refused
    return answer


async def all_of(batches: AsyncIterable[object]) -> object:
    return [batch async for batch in batches]


def told_in_own_chat(person: str, target: Target) -> Outcome:
    """About a message of one's own chat: any refusal will do, since what it showed is known."""
    found = openers(person, target)
    return Outcome.CLOSED if found is Outcome.GONE else found


def leavers(person: str, target: Target) -> Outcome:
    """Who takes a course leaves it; a completed one is not left."""
    return Outcome.DONE if is_member(person, target.kit) and person not in GRADUATES else Outcome.SILENT


def own_or_silent(person: str, target: Target) -> Outcome:
    return Outcome.DONE if person == target.own.owner else Outcome.SILENT


def critics(person: str, target: Target) -> Outcome:
    """Reviews are read where a course is public, and by whoever takes it."""
    kit = target.kit
    is_public = kit.exists and kit.status == "published"
    return Outcome.DONE if is_public or is_member(person, kit) else Outcome.GONE


def graduates(person: str, target: Target) -> Outcome:
    seen = critics(person, target)
    return seen if person in GRADUATES or seen is Outcome.GONE else Outcome.CLOSED


def raters(person: str, target: Target) -> Outcome:
    has_rated = target.kit.exists and target.kit.status != "draft" and person in GRADUATES
    return Outcome.DONE if has_rated else Outcome.SILENT


def certified(person: str, target: Target) -> Outcome:
    seen = critics(person, target)
    return seen if person == "graduate" or seen is Outcome.GONE else Outcome.CLOSED


def certificate_readers(person: str, target: Target) -> Outcome:
    kit = target.kit
    if not kit.exists or kit.status == "draft":
        return Outcome.GONE
    return Outcome.DONE if person == "graduate" or teaches_it(person, kit) else Outcome.GONE


def correctors(person: str, target: Target) -> Outcome:
    found = certificate_readers(person, target)
    return found if person in ("graduate", "admin") else Outcome.GONE


def silent(_person: str, _target: Target) -> Outcome:
    return Outcome.SILENT


LESSONS_READ = (
    case("learning.lesson", openers, lambda d, w, t: opened(d.learning.lesson(w, t.lesson_id)), **INSIDE),
    case("learning.reading", openers, lambda d, w, t: begun(d.learning.reading(w, t.lesson_id)), **INSIDE),
    case("learning.open_lesson", openers, lambda d, w, t: opened(d.learning.open_lesson(w, t.lesson_id)), **INSIDE),
    case(
        "learning.open_lesson on",
        openers,
        lambda d, w, t: opened(d.learning.open_lesson(w, t.lesson_id, after=t.video)),
        **INSIDE,
    ),
    case(
        "learning.finish_lesson",
        openers,
        lambda d, w, t: d.learning.finish_lesson(w, t.lesson_id),
        meets=(LessonUnfinished,),
        **INSIDE,
    ),
    case(
        "learning.part_shown_by",
        told_in_own_chat,
        lambda d, w, t: given(d.learning.part_shown_by(w, t.lesson_id)),
        **INSIDE,
    ),
    case("lesson_files.take", openers, lambda d, w, t: d.lesson_files.take(w, t.lesson_id), **INSIDE),
    case("study.question", openers, lambda d, w, t: d.study.question(w, t.lesson_id, t.video), **INSIDE),
    case(
        "study.answer",
        openers,
        lambda d, w, t: d.study.answer(w, t.lesson_id, t.video, version=1, option=1),
        **INSIDE,
    ),
    case("study.see", openers, lambda d, w, t: d.study.see(w, t.lesson_id, t.video), **INSIDE),
    case("study.stop_at", openers, lambda d, w, t: d.study.stop_at(w, t.lesson_id, t.video, 10), **INSIDE),
    case(
        "study.is_recording",
        told_in_own_chat,
        lambda d, w, t: given(d.study.is_recording(w, t.lesson_id, t.video)),
        **INSIDE,
    ),
    case("bookmarks.add", openers, lambda d, w, t: d.bookmarks.add(w, t.lesson_id, t.video, 10, "x"), **INSIDE),
)
COURSES_READ = (
    case("learning.course", readers, lambda d, w, t: d.learning.course(w, t.course_id), **BY_COURSE),
    case("learning.course_with_code", readers, lambda d, w, t: d.learning.course_with_code(w, t.kit.code), **BY_COURSE),
    case("learning.enrol", readers, lambda d, w, t: d.learning.enrol(w, t.course_id), **BY_COURSE),
    case("learning.leave", leavers, lambda d, w, t: d.learning.leave(w, t.course_id), **BY_COURSE),
    case("learning.first_lesson", everybody, lambda d, w, t: d.learning.first_lesson(w), **SELF),
    case("learning.lesson_to_continue", everybody, lambda d, w, t: d.learning.lesson_to_continue(w), **SELF),
    case("catalogue.card", readers, lambda d, w, t: d.catalogue.card(w, t.course_id), **BY_COURSE),
    case("catalogue.courses", everybody, lambda d, w, t: d.catalogue.courses(w, None, CourseFilter()), **SELF),
    case("search.search", everybody, lambda d, w, t: d.search.search(w, t.kit.search_word), **BY_COURSE),
    case("search.search notes", everybody, lambda d, w, t: d.search.search(w, "konspekt"), **SELF),
    case("search.search lessons", everybody, lambda d, w, t: d.search.search(w, "dars"), **SELF),
    case(
        "search.shelf",
        everybody,
        lambda d, w, t: d.search.shelf(w, t.kit.search_word, Shelf.COURSES, None),
        **BY_COURSE,
    ),
    case("search.shelf lessons", everybody, lambda d, w, t: d.search.shelf(w, "lesson", Shelf.LESSONS, None), **SELF),
    *(
        case(f"shelf.courses {status}", everybody, lambda d, w, t, s=status: d.shelf.courses(w, s), **SELF)
        for status in EnrolmentStatus
    ),
    case("shelf.place", everybody, lambda d, w, t: d.shelf.place(w), **SELF),
    case("shelf.progress", everybody, lambda d, w, t: d.shelf.progress(w), **SELF),
    case("ratings.facts", critics, lambda d, w, t: d.ratings.facts(w, t.course_id), **BY_COURSE),
    case("ratings.reviews", critics, lambda d, w, t: d.ratings.reviews(w, t.course_id), **BY_COURSE),
    case("ratings.rate", graduates, lambda d, w, t: d.ratings.rate(w, t.course_id, 5), **BY_COURSE),
    case("ratings.comment", graduates, lambda d, w, t: d.ratings.comment(w, t.course_id, "Yaxshi"), **BY_COURSE),
    case("ratings.remove", raters, lambda d, w, t: d.ratings.remove(w, t.course_id), **BY_COURSE),
    case("certificates.prospect", critics, lambda d, w, t: d.certificates.prospect(w, t.course_id), **BY_COURSE),
    case("certificates.claim", certified, lambda d, w, t: d.certificates.claim(w, t.course_id), **BY_COURSE),
    case("certificates.certify", silent, lambda d, w, t: d.certificates.certify(w, t.course_id)),
    case("certificates.mine", everybody, lambda d, w, t: d.certificates.mine(w), **SELF),
    case(
        "certificates.view", certificate_readers, lambda d, w, t: d.certificates.view(w, t.kit.certificate), **BY_COURSE
    ),
    case(
        "certificates.file",
        certificate_readers,
        lambda d, w, t: d.certificates.file(w, t.kit.certificate, UZ, FileKind.PDF),
    ),
    case(
        "certificates.correct_name",
        correctors,
        lambda d, w, t: d.certificates.correct_name(w, t.kit.certificate),
        **BY_COURSE,
    ),
)
BELONGINGS = (
    case("bookmarks.bookmark", owners, lambda d, w, t: d.bookmarks.bookmark(w, t.own.bookmark), **OWN),
    case("bookmarks.delete", own_or_silent, lambda d, w, t: d.bookmarks.delete(w, t.own.bookmark), **OWN),
    case("bookmarks.open", owners, lambda d, w, t: d.bookmarks.open(w, t.own.bookmark), **OWN),
    case("bookmarks.rename", owners, lambda d, w, t: d.bookmarks.rename(w, t.own.bookmark, "x"), **OWN),
    case("bookmarks.restore", owners, lambda d, w, t: d.bookmarks.restore(w, t.own.deleted_bookmark), **OWN),
    case("bookmarks.page", everybody, lambda d, w, t: d.bookmarks.page(w), **SELF),
    case("notes.note", owners, lambda d, w, t: d.notes.note(w, t.own.note), **OWN),
    case("notes.open", owners, lambda d, w, t: d.notes.open(w, t.own.note), **OWN),
    case("notes.rewrite", owners, lambda d, w, t: d.notes.rewrite(w, t.own.note, "a", "a"), **OWN),
    case("notes.delete", owners, lambda d, w, t: d.notes.delete(w, t.own.note), **OWN),
    case("notes.restore", owners, lambda d, w, t: d.notes.restore(w, t.own.deleted_note), **OWN),
    case("notes.add", everybody, lambda d, w, t: d.notes.add(w, NOTE, t.lesson_id), **INSIDE),
    case("notes.courses", everybody, lambda d, w, t: d.notes.courses(w), **SELF),
    case("notes.page", everybody, lambda d, w, t: d.notes.page(w), **SELF),
    case("notes.page words", everybody, lambda d, w, t: d.notes.page(w, words="konspekt"), **SELF),
    case("notes.export", everybody, lambda d, w, t: all_of(d.notes.export(w)), **SELF),
    case("profiles.own", everybody, lambda d, w, t: d.profiles.own(w), **SELF),
    case("profiles.public_card", owners, lambda d, w, t: d.profiles.public_card(w, t.own.profile), **OWN),
    case("profiles.remove_skill", owners, lambda d, w, t: d.profiles.remove_skill(w, t.own.skill), **OWN),
    case("profiles.set_level", owners, lambda d, w, t: d.profiles.set_level(w, t.own.skill, 5), **OWN),
    case("profiles.add_skill", everybody, lambda d, w, t: d.profiles.add_skill(w, "Algebra"), **SELF),
    case(
        "profiles.add_suggested",
        lambda person, _target: Outcome.DONE if person in GRADUATES else Outcome.GONE,
        lambda d, w, t: d.profiles.add_suggested(w, t.kit.category, UZ),
        **SELF,
    ),
    case("profiles.suggestions", everybody, lambda d, w, t: d.profiles.suggestions(w), **SELF),
    case("profiles.code_to_show", everybody, lambda d, w, t: d.profiles.code_to_show(w), **SELF),
    case("profiles.renew_code", everybody, lambda d, w, t: d.profiles.renew_code(w), **SELF),
    case(
        "profiles.open_to_everyone", everybody, lambda d, w, t: d.profiles.open_to_everyone(w, is_public=True), **SELF
    ),
    case("profiles.show_username", everybody, lambda d, w, t: d.profiles.show_username(w, is_shown=True), **SELF),
    case("profiles.tell_bio", everybody, lambda d, w, t: d.profiles.tell_bio(w, "Salom"), **SELF),
    case("profiles.tell_location", everybody, lambda d, w, t: d.profiles.tell_location(w, "Buxoro"), **SELF),
    case(
        "profiles.set_link",
        everybody,
        lambda d, w, t: d.profiles.set_link(w, LinkKind.GITHUB, "github.com/ustoz"),
        **SELF,
    ),
)
LEARNING = (*LESSONS_READ, *COURSES_READ, *BELONGINGS)

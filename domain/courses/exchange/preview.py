"""What an import would make now, and what is wrong with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from domain.courses.exchange.errors import NotImportable, NotRead
from domain.courses.exchange.issues import Issue, Problem
from domain.courses.exchange.model import CourseDraft, QuizRules
from domain.courses.exchange.ports import Import, ImportState
from domain.courses.exchange.reading import read_tables
from domain.courses.exchange.tables import load_tables
from domain.courses.model import Category, Course, PartKind
from domain.courses.slugs import numbered
from domain.unit_of_work import UnitOfWork
from domain.users.model import User, UserId

SLUG_TRIES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What an import would make, and what is wrong with it."""

    imported: Import
    draft: CourseDraft | None
    """None while its file is unread, or when it could not be read."""
    issues: tuple[Issue, ...]
    category: Category | None
    """None: it has to be chosen, unless the lessons are for a course that is there."""
    course: Course | None
    """The course that its lessons are for."""
    slug: str | None
    """What it will be called in links."""

    @property
    def errors(self) -> tuple[Issue, ...]:
        return tuple(issue for issue in self.issues if not issue.is_warning)

    @property
    def needs_category(self) -> bool:
        return self.draft is not None and self.course is None and self.category is None

    @property
    def can_be_saved(self) -> bool:
        is_open = self.imported.state in (ImportState.READY, ImportState.REFUSED)
        return self.draft is not None and is_open and not self.errors and not self.needs_category


def read_import(imported: Import, actor: User, rules: QuizRules) -> tuple[CourseDraft, tuple[Issue, ...]]:
    parsed = imported.parsed or {"sheets": {}, "files": {}, "is_archive": False}
    return read_tables(
        load_tables(parsed),
        rules=rules,
        zone=ZoneInfo(actor.timezone),
        is_admin=actor.is_admin,
        language=actor.language,
        into_course=imported.course_id is not None,
        file_name=imported.arrival.name if parsed.get("kind") == "word" else None,
    )


async def looked_up(
    uow: UnitOfWork, imported: Import, actor: User, draft: CourseDraft, issues: Sequence[Issue], course: Course | None
) -> Preview:
    """With what the database says about category, slug and prerequisites."""
    found = list(issues)
    category, slug = None, draft.slug
    if course is None:
        wanted = imported.category or draft.category
        category_id = await uow.courses.category_like(wanted) if wanted else None
        category = await uow.catalogue.category(category_id) if category_id is not None else None
        if category is None:
            found.append(Issue(Problem.CATEGORY_UNKNOWN, "course", 0, "category", draft.category))
        if draft.slug is not None and imported.state is not ImportState.IMPORTED:
            candidates = slug_candidates(draft.slug)
            taken = await uow.imports.taken_slugs(candidates)
            slug = next((each for each in candidates if each not in taken), None)
            if slug != draft.slug:
                found.append(Issue(Problem.SLUG_TAKEN, "course", 0, "slug", draft.slug))
        if draft.prerequisites:
            known = await uow.imports.visible_codes(draft.prerequisites, UserId(actor.id))
            found.extend(
                Issue(Problem.PREREQUISITE_UNKNOWN, "course", 0, "prerequisites", code)
                for code in draft.prerequisites
                if code not in known
            )
    return Preview(imported=imported, draft=draft, issues=tuple(found), category=category, course=course, slug=slug)


def savable(preview: Preview) -> CourseDraft:
    if preview.draft is None:
        raise NotRead(preview.imported.id)
    if not preview.can_be_saved:
        raise NotImportable(preview.issues)
    return preview.draft


def slug_candidates(slug: str) -> list[str]:
    """The slug and those that are tried when it is taken."""
    return [slug, *(numbered(slug, number) for number in range(2, SLUG_TRIES))]


def files_of(draft: CourseDraft) -> Iterable[tuple[str, PartKind]]:
    """Each file as what it is sent as."""
    seen: dict[tuple[str, PartKind], None] = {}
    if draft.cover is not None:
        seen[draft.cover, PartKind.PHOTO] = None
    for lesson in draft.lessons:
        for part in lesson.parts:
            seen.update(dict.fromkeys((path, part.kind) for path in part.files.values()))
        seen.update(dict.fromkeys((each.path, each.kind) for each in lesson.resources))
    return seen

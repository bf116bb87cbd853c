"""A teacher sends a course as a file and gets courses as files."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from domain.clock import Clock
from domain.courses.authorship import lock_course, owns, require_author
from domain.courses.errors import CodeTaken, WorkGone
from domain.courses.exchange.errors import ImportGone, NotImportable
from domain.courses.exchange.issues import Issue, Refusal
from domain.courses.exchange.model import CourseDraft, QuizRules
from domain.courses.exchange.packing import Package, package_of
from domain.courses.exchange.ports import (
    EXPORT_JOB,
    PARSE_IMPORT_JOB,
    Arrival,
    Import,
    ImportId,
    ImportState,
    StoredFile,
)
from domain.courses.exchange.preview import Preview, files_of, looked_up, read_import, savable, slug_candidates
from domain.courses.model import CategoryId, Course, CourseId, MediaId, PartKind
from domain.courses.originals import ContentGoing
from domain.courses.quotas import Usage
from domain.courses.service import CODE_TRIES, new_code
from domain.courses.storing import require_room
from domain.courses.wording import clean_file_name
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import User, UserId

LIFETIME = timedelta(days=7)
"""How long an import that nobody confirms is kept."""


class CourseExchange:
    """Every method with an actor raises TeachersOnly for whoever may not teach, and ImportGone or WorkGone for what is
    missing or not their own."""

    def __init__(
        self, *, begin: Begin, read: Begin, now: Clock, rules: QuizRules, make_code: Callable[[], str] = new_code
    ) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._rules = rules
        self._make_code = make_code

    async def admit(self, actor_id: UserId, course_id: CourseId | None = None) -> Course | None:
        """Let in whoever may import, into a course of theirs if one is named; that course."""
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            return None if course_id is None else await _own_course(uow, actor, course_id)

    async def receive(self, actor_id: UserId, arrival: Arrival, course_id: CourseId | None = None) -> Import:
        """Keep that the file came, and have it read. The same message again is the same import."""
        arrival = replace(arrival, name=clean_file_name(arrival.name))
        async with self._begin() as uow:
            actor = await require_author(uow, actor_id)
            if course_id is not None:
                await _own_course(uow, actor, course_id)
            imported = await uow.imports.add(actor_id, course_id, arrival, self._now())
            if imported.state is ImportState.WAITING:
                key = f"{PARSE_IMPORT_JOB}:{imported.id}"
                await uow.jobs.enqueue(PARSE_IMPORT_JOB, {"import_id": imported.id}, key=key)
            await uow.commit()
        return imported

    async def waiting(self, import_id: ImportId) -> tuple[Import, User] | None:
        """An import whose file is still to be read, or whose owner was not told yet what came of it, with that owner.

        None when nothing is left to do, or they may not teach now.
        """
        async with self._read() as uow:
            imported = await uow.imports.get(import_id)
            if imported is None or not (imported.state is ImportState.WAITING or imported.is_untold):
                return None
            owner = await uow.users.get(imported.owner_id)
        return (imported, owner) if owner is not None and owner.may_teach else None

    async def note_progress(self, import_id: ImportId, message_id: int | None) -> None:
        """Which message says how far it is; None once its owner was told what came of it."""
        async with self._begin() as uow:
            await uow.imports.note_progress(import_id, message_id)
            await uow.commit()

    async def note_stored(self, import_id: ImportId, sha256: str) -> None:
        async with self._begin() as uow:
            await uow.imports.note_stored(import_id, sha256)
            await uow.commit()

    async def refuse(self, import_id: ImportId, refusal: Refusal) -> None:
        async with self._begin() as uow:
            await uow.imports.refuse(import_id, refusal)
            await uow.commit()

    async def note_read(self, actor_id: UserId, import_id: ImportId, parsed: Mapping[str, Any]) -> Preview:
        """Keep what its file holds, and look at it. Once: a second run finds it read."""
        async with self._read() as uow:
            imported, actor = await self._own(uow, actor_id, import_id)
        _draft, issues = await self._check(replace(imported, parsed=parsed), actor)
        is_ready = all(issue.is_warning for issue in issues)
        async with self._begin() as uow:
            state = ImportState.READY if is_ready else ImportState.REFUSED
            await uow.imports.note_read(import_id, parsed, state)
            await uow.commit()
        return await self.preview(actor_id, import_id)

    async def preview(self, actor_id: UserId, import_id: ImportId) -> Preview:
        """What would be made of it now: categories, slugs and rights are looked up anew."""
        async with self._read() as uow:
            imported, actor = await self._own(uow, actor_id, import_id)
            course = None if imported.course_id is None else await _own_course(uow, actor, imported.course_id)
            if imported.parsed is None:
                return Preview(imported=imported, draft=None, issues=(), category=None, course=course, slug=None)
        draft, issues = await self._check(imported, actor)
        async with self._read() as uow:
            return await looked_up(uow, imported, actor, draft, issues, course)

    async def choose_category(self, actor_id: UserId, import_id: ImportId, category_id: CategoryId) -> None:
        """Where the new course belongs. Raises WorkGone for a category that is not there."""
        async with self._begin() as uow:
            await self._own(uow, actor_id, import_id)
            category = await uow.catalogue.category(category_id)
            if category is None:
                raise WorkGone(f"category {category_id}")
            await uow.imports.choose_category(import_id, category.slug)
            await uow.commit()

    async def put_away(self, actor_id: UserId, import_id: ImportId) -> None:
        """Forget it; nothing of it was saved. What was imported stays."""
        async with self._begin() as uow:
            await self._own(uow, actor_id, import_id)
            await uow.imports.put_away(import_id)
            await uow.commit()

    async def wanted_files(self, actor_id: UserId, import_id: ImportId) -> tuple[Import, tuple[str, ...]]:
        """Which files of the archive have to be in the storage before it is saved. Raises NotRead, NotImportable."""
        preview = await self.preview(actor_id, import_id)
        if preview.imported.state is ImportState.IMPORTED:
            return preview.imported, ()
        return preview.imported, tuple(savable(preview).files)

    async def save(self, actor_id: UserId, import_id: ImportId, stored: Mapping[str, StoredFile]) -> CourseId:
        """Make the course, or add the lessons to theirs: everything in one transaction, once.

        Confirmed again, it is the course that came of it. `stored`: the files of `wanted_files`. Raises NotRead,
        NotImportable; QuotaExceeded when its files do not fit into what their owner may keep; ContentGoing when one
        of them is being deleted from the storage at this moment: put them there again.
        """
        preview = await self.preview(actor_id, import_id)
        draft = None if preview.imported.state is ImportState.IMPORTED else savable(preview)
        async with self._begin() as uow:
            actor = await require_author(uow, actor_id)
            imported = await uow.imports.lock(import_id)
            if imported is None or imported.owner_id != actor_id:
                raise ImportGone(import_id)
            if imported.state is ImportState.IMPORTED and imported.imported_id is not None:
                return imported.imported_id
            if draft is None or imported.state is ImportState.EXPIRED:
                raise ImportGone(import_id)
            if imported.course_id is not None:
                course = await lock_course(uow, actor_id, imported.course_id)
                course_id = course.id
            else:
                course_id = await self._make_course(uow, actor, draft, preview)
            wanted = list(files_of(draft))
            media = await self._add_files(uow, draft, stored, wanted, actor_id)
            await uow.contents.add_sections(course_id, draft.sections, media, actor_id, self._now())
            if draft.cover is not None and imported.course_id is None:
                await uow.courses.set_cover(course_id, media[draft.cover, PartKind.PHOTO])
            await uow.imports.note_imported(import_id, course_id)
            await uow.commit()
        return course_id

    async def ask_export(self, actor_id: UserId, course_id: CourseId) -> Course:
        """Have the course sent as a file. While one is being made, asking again changes nothing."""
        async with self._begin() as uow:
            actor = await require_author(uow, actor_id)
            course = await _own_course(uow, actor, course_id)
            payload = {"course_id": course_id, "user_id": actor_id}
            await uow.jobs.enqueue(EXPORT_JOB, payload, key=f"{EXPORT_JOB}:{course_id}:{actor_id}")
            await uow.commit()
        return course

    async def package(self, actor_id: UserId, course_id: CourseId) -> tuple[Package, User]:
        """Everything of the course that a file can hold, for those who teach it and for admins."""
        async with self._read() as uow:
            actor = await require_author(uow, actor_id)
            await _own_course(uow, actor, course_id)
            content = await uow.contents.content(course_id)
        if content is None or not owns(actor, content.course):
            raise WorkGone(f"course {course_id}")
        return await asyncio.to_thread(package_of, content, with_fiscal_codes=actor.is_admin), actor

    async def tidy(self) -> int:
        """Put away imports that nobody confirmed for a week."""
        async with self._begin() as uow:
            count = await uow.imports.expire(self._now() - LIFETIME)
            await uow.commit()
        return count

    async def _own(self, uow: UnitOfWork, actor_id: UserId, import_id: ImportId) -> tuple[Import, User]:
        """An import is its sender's alone: not even an admin confirms what a teacher has sent."""
        actor = await require_author(uow, actor_id)
        imported = await uow.imports.get(import_id)
        if imported is None or imported.owner_id != actor_id or imported.state is ImportState.EXPIRED:
            raise ImportGone(import_id)
        return imported, actor

    async def _check(self, imported: Import, actor: User) -> tuple[CourseDraft, tuple[Issue, ...]]:
        """In a thread: thousands of rows take a second, and others do not wait for them."""
        return await asyncio.to_thread(read_import, imported, actor, self._rules)

    async def _add_files(
        self,
        uow: UnitOfWork,
        draft: CourseDraft,
        stored: Mapping[str, StoredFile],
        wanted: Sequence[tuple[str, PartKind]],
        owner_id: UserId,
    ) -> Mapping[tuple[str, PartKind], MediaId]:
        contents = {stored[path].sha256 for path, _kind in wanted}
        if not await uow.media_shelf.counts_on(contents):
            raise ContentGoing(owner_id)
        media = await uow.contents.add_files(draft, stored, wanted, owner_id, self._now())
        if wanted:
            size = sum(stored[path].size for path, _kind in wanted)
            await require_room(uow, owner_id, Usage(files=len(wanted), bytes=size))
        return media

    async def _make_course(self, uow: UnitOfWork, actor: User, draft: CourseDraft, preview: Preview) -> CourseId:
        if preview.category is None:
            raise NotImportable(preview.issues)
        course_id = await self._add(uow, actor, draft, preview.category.id)
        if draft.stars is not None:
            await uow.courses.set_course_stars(course_id, draft.stars)
        if draft.fiscal is not None and actor.is_admin:
            await uow.courses.set_fiscal_codes(course_id, draft.fiscal)
        slugs: list[str | None] = [*slug_candidates(draft.slug)] if draft.slug else []
        for slug in [*slugs, None]:
            # Somebody may have taken it since the preview.
            if await uow.contents.set_details(course_id, draft, slug):
                break
        required = await uow.imports.visible_codes(draft.prerequisites, UserId(actor.id))
        await uow.contents.add_prerequisites(course_id, required.values())
        return course_id

    async def _add(self, uow: UnitOfWork, actor: User, draft: CourseDraft, category_id: CategoryId) -> CourseId:
        for _try in range(CODE_TRIES):
            try:
                return await uow.courses.add_course(
                    code=self._make_code(),
                    category_id=category_id,
                    owner_id=actor.id,
                    language=draft.language,
                    title=draft.title,
                    description=draft.description,
                    level=draft.level,
                    sale=draft.sale,
                    price=draft.price,
                    now=self._now(),
                )
            except CodeTaken:
                continue
        raise LookupError("no free course code")


async def _own_course(uow: UnitOfWork, actor: User, course_id: CourseId) -> Course:
    course = await uow.courses.get(course_id)
    if course is None or not owns(actor, course):
        raise WorkGone(f"course {course_id}")
    return course

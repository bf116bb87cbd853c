"""People bring files, and do with them what is theirs to do."""

from domain.clock import Clock
from domain.courses.model import CourseId
from domain.courses.quotas import Usage
from domain.courses.storing import require_room
from domain.errors import InvalidInput
from domain.materials.errors import MaterialGone, MaterialThere, NothingToRead, PageGone
from domain.materials.model import (
    DOCUMENTS,
    IMAGES,
    MAX_BYTES,
    MAX_PASSAGE,
    MAX_SHARES,
    PAGE,
    Material,
    MaterialId,
    MaterialPage,
    MaterialState,
    OpenMaterial,
    Sent,
    ShownPage,
    material_name,
    renamed,
)
from domain.materials.ports import DROP_MATERIAL_JOB, INDEX_MATERIAL_JOB, READ_MATERIAL_JOB
from domain.printable import printable_line
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId


class MaterialService:
    """A material is its owner's; others read it through a course that its owner shares it with, and change nothing.

    Whoever may not, an admin included, is told that it is not there.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def receive(self, owner_id: UserId, sent: Sent) -> Material:
        """Take a file; a job reads it. The same message again is the same material.

        Raises InvalidInput("file", …): format, old_office, too_large, empty; QuotaExceeded; MaterialGone for whoever
        is not known here.
        """
        name = material_name(sent.name, sent.mime)
        _require_format(name)
        if sent.size > MAX_BYTES:
            raise InvalidInput("file", "too_large")
        async with self._begin() as uow:
            if await uow.users.get(owner_id) is None:
                raise MaterialGone
            material, is_new = await uow.materials.add(owner_id, sent, name, self._now())
            if is_new:
                await require_room(uow, owner_id, Usage(files=1, bytes=sent.size))
                await _ask_to_read(uow, material.id, material.revision)
            await uow.commit()
        return material

    async def mine(self, owner_id: UserId, before: MaterialId | None = None) -> MaterialPage:
        async with self._read() as uow:
            found = await uow.materials.newest(owner_id, before=before, limit=PAGE + 1)
        return MaterialPage(materials=found[:PAGE], has_more=len(found) > PAGE)

    async def shared_with_me(self, reader_id: UserId, before: MaterialId | None = None) -> MaterialPage:
        """What teachers share with courses that the reader takes or teaches."""
        async with self._read() as uow:
            found = await uow.materials.shared(reader_id, before=before, limit=PAGE + 1)
        return MaterialPage(materials=found[:PAGE], has_more=len(found) > PAGE)

    async def open(self, reader_id: UserId, material_id: MaterialId) -> OpenMaterial:
        """Raises MaterialGone."""
        async with self._read() as uow:
            material = await uow.materials.readable(reader_id, material_id)
            if material is None:
                raise MaterialGone
            if material.owner_id != reader_id:
                return OpenMaterial(material=material, is_own=False)
            shares = await uow.materials.shares(reader_id, material_id)
        return OpenMaterial(material=material, is_own=True, shares=shares, may_share=bool(shares))

    async def page(self, reader_id: UserId, material_id: MaterialId, number: int) -> ShownPage:
        """Raises MaterialGone, PageGone."""
        async with self._read() as uow:
            material = await uow.materials.readable(reader_id, material_id)
            if material is None:
                raise MaterialGone
            page = await uow.materials.page(material_id, number)
        if page is None:
            raise PageGone
        return ShownPage(material=material, page=page)

    async def find(self, reader_id: UserId, material_id: MaterialId, words: str, after: int = 0) -> ShownPage | None:
        """The first page behind `after` that has the words; None when there is none. Raises MaterialGone."""
        wanted = printable_line(words)[:MAX_PASSAGE]
        async with self._read() as uow:
            material = await uow.materials.readable(reader_id, material_id)
            if material is None:
                raise MaterialGone
            page = await uow.materials.find(material_id, wanted, after) if wanted else None
        return None if page is None else ShownPage(material=material, page=page)

    async def rename(self, owner_id: UserId, material_id: MaterialId, name: str) -> None:
        """Its ending stays. Raises InvalidInput("name", …), MaterialGone."""
        async with self._begin() as uow:
            material = await _lock(uow, owner_id, material_id)
            await uow.materials.rename(material_id, renamed(name, material))
            await uow.commit()

    async def read_again(self, owner_id: UserId, material_id: MaterialId) -> None:
        """Read and index it anew: readers learn, and a model may be connected now.

        One that is under way goes on: should its job have given up, there is one again, and never two. Raises
        MaterialGone; NothingToRead for a file that never came to the storage.
        """
        async with self._begin() as uow:
            material = await _lock(uow, owner_id, material_id)
            if material.sha256 is None and not material.is_under_way:
                raise NothingToRead
            revision = material.revision if material.is_under_way else await uow.materials.begin_again(material_id)
            if material.state is MaterialState.READ:
                await _ask_to_index(uow, material_id, revision)
            else:
                await _ask_to_read(uow, material_id, revision)
            await uow.commit()

    async def share(self, owner_id: UserId, material_id: MaterialId, course_id: CourseId) -> None:
        """Whoever takes or teaches the course may read it. Twice is once.

        Raises MaterialGone also for a course that the owner does not teach; InvalidInput("shares", "too_many").
        """
        async with self._begin() as uow:
            await _lock(uow, owner_id, material_id)
            if not await uow.materials.share(owner_id, material_id, course_id, self._now()):
                raise MaterialGone
            shared = [each for each in await uow.materials.shares(owner_id, material_id) if each.is_shared]
            if len(shared) > MAX_SHARES:
                raise InvalidInput("shares", "too_many")
            await uow.commit()

    async def unshare(self, owner_id: UserId, material_id: MaterialId, course_id: CourseId) -> None:
        """Raises MaterialGone."""
        async with self._begin() as uow:
            await _lock(uow, owner_id, material_id)
            await uow.materials.unshare(material_id, course_id)
            await uow.commit()

    async def delete(self, owner_id: UserId, material_id: MaterialId) -> None:
        """Nobody finds it from now on; for DELETED_FOR it may be brought back, then its content goes, too.

        Twice is once. Raises MaterialGone.
        """
        async with self._begin() as uow:
            material = await uow.materials.lock_own(owner_id, material_id)
            if material is None or material.state is MaterialState.DUPLICATE:
                raise MaterialGone
            await uow.materials.delete(material_id, self._now())
            await uow.jobs.enqueue(
                DROP_MATERIAL_JOB, {"material_id": material_id}, key=f"{DROP_MATERIAL_JOB}:{material_id}"
            )
            await uow.commit()

    async def restore(self, owner_id: UserId, material_id: MaterialId) -> None:
        """Twice is once. Raises MaterialGone; MaterialThere when the same file was sent again meanwhile."""
        async with self._begin() as uow:
            material = await uow.materials.lock_own(owner_id, material_id)
            if material is None or material.state is MaterialState.DUPLICATE:
                raise MaterialGone
            if not material.is_deleted:
                return
            if material.sha256 is not None:
                # Until the commit nobody notes another file of this content.
                await uow.media_shelf.counts_on([material.sha256])
                if await uow.materials.has_twin(material):
                    raise MaterialThere
            await uow.materials.restore(material_id)
            if material.has_pages:
                await _ask_to_index(uow, material_id, material.revision, is_keyed=False)
            elif material.is_under_way:
                await _ask_to_read(uow, material_id, material.revision, is_keyed=False)
            await uow.commit()


async def _lock(uow: UnitOfWork, owner_id: UserId, material_id: MaterialId) -> Material:
    material = await uow.materials.lock_own(owner_id, material_id)
    if material is None or material.is_deleted:
        raise MaterialGone
    return material


async def _ask_to_read(uow: UnitOfWork, material_id: MaterialId, revision: int, *, is_keyed: bool = True) -> None:
    """`is_keyed`: not beside another run. What comes back needs one of its own: a run that goes on may have looked at
    the material while it was deleted."""
    await uow.jobs.enqueue(
        READ_MATERIAL_JOB,
        {"material_id": material_id, "revision": revision},
        key=f"{READ_MATERIAL_JOB}:{material_id}:{revision}" if is_keyed else None,
    )


async def _ask_to_index(uow: UnitOfWork, material_id: MaterialId, revision: int, *, is_keyed: bool = True) -> None:
    await uow.jobs.enqueue(
        INDEX_MATERIAL_JOB,
        {"material_id": material_id, "revision": revision},
        key=f"{INDEX_MATERIAL_JOB}:{material_id}:{revision}" if is_keyed else None,
    )


def _require_format(name: str) -> None:
    suffix = f".{name.casefold().rpartition('.')[2]}" if "." in name else ""
    if suffix in (".doc", ".ppt"):
        raise InvalidInput("file", "old_office")
    if suffix not in DOCUMENTS | IMAGES:
        raise InvalidInput("file", "format")

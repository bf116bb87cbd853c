"""The steps from a message to an index. Jobs call them; no person does.

Each step writes down that it is done, together with asking for the next one, so that a run that was killed begins again
where it stopped, and nothing is read, paid for or indexed twice.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from domain.clock import Clock
from domain.courses.inspection import FileFault
from domain.files import FileMissing, ParseRefused, Storage
from domain.materials.model import (
    DELETED_FOR,
    IMAGES,
    MAX_CHARACTERS,
    MAX_PAGES,
    MAX_SEEN_PAGES,
    Material,
    MaterialId,
    MaterialState,
    Page,
    ReadFile,
    Unreadable,
)
from domain.materials.ports import INDEX_MATERIAL_JOB, ChunkIndex, FileReader, Sight, Unseen
from domain.unit_of_work import Begin

AT_ONCE = 100
_BY_FAULT = {
    FileFault.EMPTY: Unreadable.EMPTY,
    FileFault.OTHER_TYPE: Unreadable.OTHER_TYPE,
    FileFault.PROGRAM: Unreadable.UNSAFE,
    FileFault.ENCRYPTED: Unreadable.ENCRYPTED,
    FileFault.BROKEN: Unreadable.BROKEN,
    FileFault.NO_PAGES: Unreadable.NO_PAGES,
    FileFault.UNSAFE: Unreadable.UNSAFE,
    FileFault.TOO_HEAVY: Unreadable.TOO_HEAVY,
}


class ContentBusy(Exception):
    """An object of the same content is being deleted at this moment; the job tries again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What the status message tells: how far the material is, and of a scan, how many pages were looked at."""

    material: Material
    seen: int = 0
    to_see: int = 0
    twin: Material | None = None
    """The same file that was there already."""


Tell = Callable[[Progress], Awaitable[None]]
Fetch = Callable[[Material, Path], Awaitable[Unreadable | None]]
"""Brings the file from Telegram to the path; why not, if it never will. Other failures are raised: the job repeats."""


class MaterialProcessing:
    def __init__(
        self,
        *,
        begin: Begin,
        read: Begin,
        now: Clock,
        storage: Storage,
        reader: FileReader,
        sight: Sight | None,
        index: ChunkIndex,
    ) -> None:
        """`sight`: None while no model is connected that looks at pictures."""
        self._begin = begin
        self._read = read
        self._now = now
        self._storage = storage
        self._reader = reader
        self._sight = sight
        self._index = index

    async def read(self, material_id: MaterialId, revision: int, fetch: Fetch, tell: Tell, folder: Path) -> None:
        """Store the file, then read it; `folder` is for the file while that goes on. Raises ContentBusy, StorageDown,
        FileMissing and what `fetch` raises: the same may work later."""
        material = await self._alive(material_id, revision)
        if material is None or material.state not in (MaterialState.WAITING, MaterialState.STORED):
            return
        await tell(Progress(material=material))
        path = folder / "material"
        if material.state is MaterialState.WAITING:
            why = await fetch(material, path)
            if why is not None:
                await self._refuse(material, why, tell)
                return
            stored = await self._store(material, path, tell)
            if stored is None:
                return
            material = stored
        else:
            await self._storage.get_file(material.sha256 or "", path)
        try:
            pages, unseen = await self._pages(material, path, tell)
        except ParseRefused as refused:
            await self._refuse(material, why_unreadable(refused.reason), tell)
            return
        async with self._begin() as uow:
            if await uow.materials.note_read(material.id, revision, pages, unseen):
                await uow.jobs.enqueue(
                    INDEX_MATERIAL_JOB,
                    {"material_id": material.id, "revision": revision},
                    key=f"{INDEX_MATERIAL_JOB}:{material.id}:{revision}",
                )
                await uow.commit()
        await self._tell_now(material.id, tell)

    async def index(self, material_id: MaterialId, revision: int, tell: Tell) -> None:
        """Make what was read findable. What is deleted meanwhile is taken out of the index again."""
        material = await self._alive(material_id, revision)
        if material is None or material.state is not MaterialState.READ:
            return
        async with self._read() as uow:
            pages = await uow.materials.pages(material_id)
        await self._index.put(material_id, [page for page in pages if not page.is_blank])
        async with self._begin() as uow:
            is_noted = await uow.materials.note_indexed(material_id, revision)
            await uow.commit()
        if not is_noted and await self._alive(material_id) is None:
            await self._index.drop(material_id)
            return
        await self._tell_now(material_id, tell)

    async def drop(self, material_id: MaterialId) -> None:
        """A deleted one is found by nobody any more, at once; brought back meanwhile, it stays."""
        if await self._alive(material_id) is None:
            await self._index.drop(material_id)

    async def sweep(self) -> int:
        """Every minute: what was deleted long enough ago goes for good. How many went."""
        now = self._now()
        async with self._read() as uow:
            due = await uow.materials.due(now - DELETED_FOR, AT_ONCE)
        gone = 0
        for material_id in due:
            await self._index.drop(material_id)
            async with self._begin() as uow:
                gone += await uow.materials.forget(material_id, now - DELETED_FOR, now)
                await uow.commit()
        return gone

    async def find(self, material_id: MaterialId) -> Material | None:
        """One that is not deleted."""
        return await self._alive(material_id)

    async def note_status(self, material_id: MaterialId, message_id: int) -> None:
        async with self._begin() as uow:
            await uow.materials.note_status(material_id, message_id)
            await uow.commit()

    async def _alive(self, material_id: MaterialId, revision: int | None = None) -> Material | None:
        async with self._read() as uow:
            material = await uow.materials.get(material_id)
        if material is None or material.is_deleted or revision not in (None, material.revision):
            return None
        return material

    async def _store(self, material: Material, path: Path, tell: Tell) -> Material | None:
        """Under its hash. None when the owner has the same file already, or deleted this one meanwhile."""
        size = (await asyncio.to_thread(path.stat)).st_size
        sha256 = await self._storage.put_file(path)
        async with self._begin() as uow:
            if not await uow.media_shelf.counts_on([sha256]):
                raise ContentBusy(sha256)
            twin_id = await uow.materials.note_stored(material.id, sha256, size)
            twin = await uow.materials.get(twin_id) if twin_id is not None else None
            now = await uow.materials.get(material.id)
            await uow.commit()
        if twin is not None:
            await tell(Progress(material=replace(material, state=MaterialState.DUPLICATE), twin=twin))
            return None
        if now is None or now.state is not MaterialState.STORED:
            return None
        await tell(Progress(material=now))
        return now

    async def _pages(self, material: Material, path: Path, tell: Tell) -> tuple[list[Page], int]:
        """The pages, and how many of them nobody could look at. Raises ParseRefused."""
        found = await self._reader.read(path, material.name)
        if not found.pages:
            raise ParseRefused(Unreadable.NO_PAGES)
        if len(found.pages) > MAX_PAGES:
            raise ParseRefused(Unreadable.TOO_MANY_PAGES)
        pages = {page.number: page for page in found.pages}
        blank = list(found.blank)
        if self._sight is not None and (len(blank) == len(pages) or material.suffix == ".pdf"):
            async with self._read() as uow:
                seen = {page.number: page for page in await uow.materials.pages(material.id) if not page.is_blank}
            wanted = blank[:MAX_SEEN_PAGES]
            for count, number in enumerate(wanted):
                await tell(Progress(material=material, seen=count, to_see=len(wanted)))
                pages[number] = seen.get(number) or await self._look_at(self._sight, material, path, number, found)
            blank = blank[MAX_SEEN_PAGES:]
        if all(page.is_blank for page in pages.values()):
            raise ParseRefused(Unreadable.NO_TEXT if self._sight is None else Unreadable.NOTHING_SEEN)
        if sum(len(page.text) for page in pages.values()) > MAX_CHARACTERS:
            raise ParseRefused(Unreadable.TOO_MUCH_TEXT)
        return [pages[number] for number in sorted(pages)], len(blank)

    async def _look_at(self, sight: Sight, material: Material, path: Path, number: int, found: ReadFile) -> Page:
        if found.is_picture:
            picture, mime = await asyncio.to_thread(path.read_bytes), material.mime or "image/jpeg"
        else:
            picture, mime = await self._reader.picture(path, material.name, number), "image/png"
        try:
            text = await sight.text_of(picture, mime)
        except Unseen:
            raise ParseRefused(Unreadable.MODEL_FAILED) from None
        page = Page(number=number, text=text)
        async with self._begin() as uow:
            await uow.materials.keep_page(material.id, material.revision, page)
            await uow.commit()
        return page

    async def _refuse(self, material: Material, why: Unreadable, tell: Tell) -> None:
        async with self._begin() as uow:
            await uow.materials.note_unreadable(material.id, material.revision, why)
            await uow.commit()
        await self._tell_now(material.id, tell)

    async def _tell_now(self, material_id: MaterialId, tell: Tell) -> None:
        """As it was committed; nothing of what is deleted."""
        material = await self._alive(material_id)
        if material is not None:
            await tell(Progress(material=material))


def why_unreadable(reason: str) -> Unreadable:
    """What a reader's reason is for whoever sent the file."""
    if reason in set(Unreadable):
        return Unreadable(reason)
    return _BY_FAULT[FileFault(reason)] if reason in set(FileFault) else Unreadable.BROKEN


class PagePictures:
    """A page as it looks, with a passage marked; whoever calls has asked whether its reader may read it."""

    def __init__(self, storage: Storage, reader: FileReader) -> None:
        self._storage = storage
        self._reader = reader

    async def picture(self, material: Material, number: int, passage: str, folder: Path) -> bytes:
        """A picture's own content, or the page as a PNG. Raises FileMissing, ParseRefused."""
        if material.sha256 is None:
            raise FileMissing(str(material.id))
        if material.suffix in IMAGES:
            return await self._storage.get(material.sha256)
        path = folder / "material"
        await self._storage.get_file(material.sha256, path)
        return await self._reader.picture(path, material.name, number, passage)

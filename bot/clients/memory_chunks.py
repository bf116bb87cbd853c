"""An index of materials in this process's memory: for tests, and as long as no other index is chosen."""

from collections.abc import Sequence

from domain.materials.chunking import Chunk, chunks_of
from domain.materials.model import MaterialId, Page


class MemoryChunkIndex:
    """Implements `ChunkIndex`. What it holds is gone with the process, so it answers nobody."""

    def __init__(self) -> None:
        self.chunks: dict[MaterialId, list[Chunk]] = {}

    async def put(self, material_id: MaterialId, pages: Sequence[Page]) -> None:
        self.chunks[material_id] = chunks_of(pages)

    async def drop(self, material_id: MaterialId) -> None:
        self.chunks.pop(material_id, None)

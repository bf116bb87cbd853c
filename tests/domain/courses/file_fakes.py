"""Originals and batches of uploads in memory, by the letter of their ports."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from domain.courses.inspection import FileFault
from domain.courses.model import Media, MediaId
from domain.courses.quotas import Quotas, Usage
from domain.courses.uploads import BatchId, UploadBatch, UploadLine, UploadState
from domain.identity import UserId


@dataclass
class FileFacts:
    quotas: Quotas = field(default_factory=Quotas)
    owners: dict[MediaId, UserId] = field(default_factory=dict[MediaId, UserId])
    batches: dict[BatchId, UploadBatch] = field(default_factory=dict[BatchId, UploadBatch])
    closed: set[BatchId] = field(default_factory=set[BatchId])
    places: dict[MediaId, BatchId] = field(default_factory=dict[MediaId, BatchId])


class FakeMediaShelf:
    def __init__(self, media: dict[MediaId, Media], facts: FileFacts) -> None:
        self._media = media
        self._facts = facts

    async def usage(self, user_id: UserId) -> Usage:
        own = [self._media[media_id] for media_id, owner in self._facts.owners.items() if owner == user_id]
        return Usage(files=len(own), bytes=sum(media.size for media in own))


class FakeUploadBoard:
    def __init__(self, media: dict[MediaId, Media], facts: FileFacts) -> None:
        self._media = media
        self._facts = facts

    async def join(self, user_id: UserId, media_id: MediaId, now: datetime) -> BatchId:
        facts, media = self._facts, self._media[media_id]
        line = UploadLine(name=media.name, kind=media.kind, state=UploadState.WAITING)
        for batch in facts.batches.values():
            if batch.user_id == user_id and batch.id not in facts.closed:
                facts.batches[batch.id] = replace(batch, lines=(*batch.lines, line), revision=batch.revision + 1)
                facts.places[media_id] = batch.id
                return batch.id
        batch_id = BatchId(len(facts.batches) + 1)
        facts.places[media_id] = batch_id
        facts.batches[batch_id] = UploadBatch(
            id=batch_id,
            user_id=user_id,
            opened_at=now,
            lines=(line,),
            revision=1,
            shown=0,
            turn_at=None,
            message_id=None,
            is_delayed=False,
        )
        return batch_id

    async def end(self, media_id: MediaId, state: UploadState, now: datetime, fault: FileFault | None = None) -> None:
        batch = self._facts.batches[self._facts.places[media_id]]
        number = [m for m, b in self._facts.places.items() if b == batch.id].index(media_id)
        if batch.lines[number].state is not UploadState.WAITING:
            return
        lines = list(batch.lines)
        lines[number] = replace(lines[number], state=state, fault=fault, ended_at=now)
        self._facts.batches[batch.id] = replace(batch, lines=tuple(lines), revision=batch.revision + 1)

    async def lock(self, batch_id: BatchId) -> UploadBatch | None:
        return None if batch_id in self._facts.closed else self._facts.batches.get(batch_id)

    async def take_turn(self, batch_id: BatchId, now: datetime) -> None:
        self._facts.batches[batch_id] = replace(self._facts.batches[batch_id], turn_at=now)

    async def note_shown(self, batch_id: BatchId, revision: int, message_id: int) -> None:
        batch = self._facts.batches[batch_id]
        self._facts.batches[batch_id] = replace(
            batch,
            message_id=message_id,
            shown=max(batch.shown, revision),
            revision=batch.revision + (batch.shown > revision),
        )

    async def close(self, batch_id: BatchId, now: datetime) -> None:
        self._facts.closed.add(batch_id)

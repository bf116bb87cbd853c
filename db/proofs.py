"""Receipts of transfers in PostgreSQL. Decisions are guarded updates; one living receipt an order is an index."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from db.content import load_text
from db.engine import Connection
from domain.money import Money
from domain.payments.model import OrderId
from domain.payments.proofs import NewProof, PaymentProof, ProofId, ProofState, Twin, WaitingProof
from domain.users.model import UserId

_PROOF = """
    p.id, p.order_id, o.code, p.user_id, p.file_id, p.file_unique_id, p.is_photo, p.sha256, p.state, p.sent_at,
    p.decided_by, p.decided_at, p.reason
"""
_ADD = """
    insert into payment_proofs (order_id, user_id, file_id, file_unique_id, is_photo, sent_at)
    values ($1, $2, $3, $4, $5, $6)
    on conflict (order_id) where state in ('waiting', 'confirmed') do nothing
    returning id
"""
_GET = f"select {_PROOF} from payment_proofs p join orders o on o.id = p.order_id where p.id = $1"
_NEWEST = f"""
    select {_PROOF} from payment_proofs p join orders o on o.id = p.order_id
    where p.order_id = $1 order by p.id desc limit 1
"""
_DECIDE = """
    update payment_proofs set state = $2, decided_by = $3, decided_at = $4, reason = $5
    where id = $1 and state = 'waiting' returning true
"""
_WAITING = """
    select p.id, p.sent_at, u.full_name, o.title, o.price_tiyin, o.currency
    from payment_proofs p join orders o on o.id = p.order_id join users u on u.id = p.user_id
    where p.state = 'waiting' order by p.id limit $1
"""
_OTHERS_WAITING = """
    select count(*) as count, min(id) as oldest from payment_proofs
    where state = 'waiting' and id is distinct from $1
"""
_TWINS = """
    select code, full_name, state from (
        select distinct on (o.id) o.id as order_id, p.id, o.code, u.full_name, p.state
        from payment_proofs p join orders o on o.id = p.order_id join users u on u.id = p.user_id
        where (p.file_unique_id = $1 or p.sha256 = $2) and p.order_id <> $3
        order by o.id, p.id desc
    ) twins
    order by id desc limit $4
"""
_TWINS_SHOWN = 3


class SqlProofs:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, proof: NewProof) -> PaymentProof | None:
        proof_id = await self._connection.fetchval(
            _ADD,
            proof.order_id,
            proof.user_id,
            proof.file_id,
            proof.file_unique_id,
            proof.is_photo,
            proof.sent_at,
        )
        if proof_id is None:
            return None
        return PaymentProof(
            id=proof_id,
            order_id=proof.order_id,
            order_code=proof.order_code,
            user_id=proof.user_id,
            file_id=proof.file_id,
            file_unique_id=proof.file_unique_id,
            is_photo=proof.is_photo,
            sent_at=proof.sent_at,
        )

    async def get(self, proof_id: ProofId) -> PaymentProof | None:
        row = await self._connection.fetchrow(_GET, proof_id)
        return None if row is None else _proof(row)

    async def newest(self, order_id: OrderId) -> PaymentProof | None:
        row = await self._connection.fetchrow(_NEWEST, order_id)
        return None if row is None else _proof(row)

    async def count_since(self, user_id: UserId, moment: datetime) -> int:
        return await self._connection.fetchval(
            "select count(*) from payment_proofs where user_id = $1 and sent_at >= $2", user_id, moment
        )

    async def decide(self, proof: PaymentProof) -> bool:
        decided = await self._connection.fetchval(
            _DECIDE, proof.id, proof.state, proof.decided_by, proof.decided_at, proof.reason
        )
        return decided is not None

    async def note_kept(self, proof_id: ProofId, sha256: str) -> None:
        await self._connection.execute("update payment_proofs set sha256 = $2 where id = $1", proof_id, sha256)

    async def waiting(self, limit: int) -> Sequence[WaitingProof]:
        return [
            WaitingProof(
                id=row["id"],
                student_name=row["full_name"],
                title=load_text(row["title"]),
                price=Money(row["price_tiyin"], row["currency"]),
                sent_at=row["sent_at"],
            )
            for row in await self._connection.fetch(_WAITING, limit)
        ]

    async def others_waiting(self, proof_id: ProofId | None = None) -> tuple[int, ProofId | None]:
        row = await self._connection.fetchrow(_OTHERS_WAITING, proof_id)
        return (0, None) if row is None else (row["count"], row["oldest"])

    async def twins(self, proof: PaymentProof) -> Sequence[Twin]:
        rows = await self._connection.fetch(_TWINS, proof.file_unique_id, proof.sha256, proof.order_id, _TWINS_SHOWN)
        return [
            Twin(order_code=row["code"], student_name=row["full_name"], state=ProofState(row["state"])) for row in rows
        ]


def _proof(row: asyncpg.Record) -> PaymentProof:
    return PaymentProof(
        id=row["id"],
        order_id=row["order_id"],
        order_code=row["code"],
        user_id=row["user_id"],
        file_id=row["file_id"],
        file_unique_id=row["file_unique_id"],
        is_photo=row["is_photo"],
        sha256=row["sha256"],
        state=ProofState(row["state"]),
        sent_at=row["sent_at"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        reason=row["reason"],
    )

"""Paying by a transfer: the student sends a receipt, staff confirms or rejects it, the original is kept."""

from datetime import datetime, timedelta

from domain.clock import Clock
from domain.errors import InvalidInput
from domain.language import Language
from domain.notifications.model import NoticeKind
from domain.payments.cash_rail import CashRail
from domain.payments.errors import ChangedMeanwhile, OrderGone, ProofGone, RailClosed
from domain.payments.model import Order, OrderState, Rail, parse_code
from domain.payments.placing import is_busy, is_living
from domain.payments.proof_ports import KEEP_PROOF_JOB
from domain.payments.proofs import (
    SENT_A_DAY,
    TRY_AGAIN,
    NewProof,
    PaymentProof,
    ProofId,
    ProofPage,
    ProofState,
    Receipt,
    TransferPage,
    WaitingProofs,
    clean_reason,
)
from domain.payments.rails import Rails, Transfer
from domain.payments.staff import require_admin
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

WAITING_SHOWN = 8
_A_DAY = timedelta(days=1)


class ProofService:
    """Students send and withdraw receipts of their own orders; admins decide about everybody else's.

    Roles are read anew on each call: NotAllowed for whoever is not an admin. Every change holds the order's row.
    """

    def __init__(self, *, begin: Begin, read: Begin, now: Clock, rails: Rails) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._rails = rails
        self._rail = CashRail()

    async def transfer(self, user_id: UserId, code: str) -> TransferPage:
        """How a student's own order is paid by a transfer, and how its receipt stands. Raises OrderGone."""
        now = self._now()
        async with self._read() as uow:
            found = await uow.orders.get(parse_code(code))
            if found is None or found[0].user_id != user_id:
                raise OrderGone
            order, living = found
            proof = await uow.proofs.newest(order.id)
        is_paid_elsewhere = is_living(living, now) or (order.is_reserved(now) and order.reserved_by is not Rail.CASH)
        seen = order if is_paid_elsewhere else order.seen_at(now)
        details = self._details(seen) if seen.state is OrderState.OPEN else None
        return TransferPage(
            order=seen,
            details=details,
            proof=proof,
            is_busy=is_paid_elsewhere,
            is_overtime=order.reserved_by is Rail.CASH and now >= order.expires_at,
        )

    def _details(self, order: Order) -> str | None:
        try:
            start = self._rails.of(Rail.CASH, order).start(order, Language.UZ, "")
        except RailClosed:
            return None
        return start.details if isinstance(start, Transfer) else None

    async def submit(self, user_id: UserId, code: str, receipt: Receipt) -> PaymentProof:
        """Send a receipt: the order waits for staff, and can neither expire nor be paid another way meanwhile.

        One that waits already is replaced; the same file again is the same receipt. Raises OrderGone, OrderPaid,
        OrderClosed, OrderBusy while another payment is under way, RailClosed, and InvalidInput("receipt", …):
        "not_a_receipt", "too_large", "too_many" (in 24 hours).
        """
        checked = receipt.checked()
        now = self._now()
        async with self._begin() as uow:
            order = await self._lock_own(uow, user_id, code)
            waiting = await _waiting_of(uow, order)
            if order.state is not OrderState.OPEN:
                # It was paid another way while its receipt waited.
                order.require_payable(now, is_busy=False)
            if waiting is not None and waiting.file_unique_id == checked.file_unique_id:
                return waiting
            if waiting is None:
                order = order.reserve(Rail.CASH, None, now, is_busy=await is_busy(uow, order, now))
            self._rails.of(Rail.CASH, order)
            if await uow.proofs.count_since(user_id, now - _A_DAY) >= SENT_A_DAY:
                raise InvalidInput("receipt", "too_many")
            if waiting is None:
                _require(await uow.orders.reserve(order))
            else:
                _require(await uow.proofs.decide(waiting.withdraw(now)))
            proof = await uow.proofs.add(_proof_of(order, checked, now))
            if proof is None:
                raise ChangedMeanwhile
            if waiting is None:
                # A replaced receipt leads to its successor, so that one round asks staff once.
                await _tell_admins(uow, proof)
            await uow.jobs.enqueue(KEEP_PROOF_JOB, {"proof_id": proof.id}, key=f"{KEEP_PROOF_JOB}:{proof.id}")
            await uow.commit()
        return proof

    async def withdraw(self, user_id: UserId, code: str) -> Order:
        """Take the receipt that waits back: the order is free again, as long as it would have been without it.

        More time it gives not, or a price could be held for ever. Nothing waiting changes nothing. Raises OrderGone.
        """
        now = self._now()
        async with self._begin() as uow:
            order = await self._lock_own(uow, user_id, code)
            waiting = await _waiting_of(uow, order)
            if waiting is None:
                return order.seen_at(now)
            _require(await uow.proofs.decide(waiting.withdraw(now)))
            free = order.release() if order.state is OrderState.OPEN else order
            if free is not order:
                _require(await uow.orders.reserve(free))
            await uow.commit()
        return free.seen_at(now)

    async def _lock_own(self, uow: UnitOfWork, user_id: UserId, code: str) -> Order:
        order = await uow.orders.lock_code(parse_code(code))
        if order is None or order.user_id != user_id:
            raise OrderGone
        return order

    async def waiting(self, actor_id: UserId) -> WaitingProofs:
        """What an admin has to decide, the oldest first."""
        async with self._read() as uow:
            await require_admin(uow, actor_id)
            count, _oldest = await uow.proofs.others_waiting()
            return WaitingProofs(count=count, oldest=await uow.proofs.waiting(WAITING_SHOWN))

    async def proof(self, actor_id: UserId, proof_id: ProofId) -> ProofPage:
        """One receipt as an admin sees it. Raises ProofGone."""
        async with self._read() as uow:
            await require_admin(uow, actor_id)
            proof = await _existing(uow, proof_id)
            found = await uow.orders.get(proof.order_code)
            student = await uow.users.get(proof.user_id)
            if found is None or student is None:
                raise ProofGone
            newest = await uow.proofs.newest(proof.order_id)
            count, next_id = await uow.proofs.others_waiting(proof_id)
            return ProofPage(
                proof=proof,
                order=found[0],
                student=student,
                decider=await uow.users.get(proof.decided_by) if proof.decided_by is not None else None,
                twins=await uow.proofs.twins(proof),
                successor_id=newest.id if newest is not None and newest.id > proof.id else None,
                next_id=next_id,
                waiting_count=count,
            )

    async def confirm(self, actor_id: UserId, proof_id: ProofId) -> Order:
        """The money has come: the receipt is confirmed, the order paid, its product opened, the student told.

        All in one commit, once. Raises ProofGone, ProofDecided, OrderPaid, OrderClosed; NotAllowed for one's own.
        """
        now = self._now()
        async with self._begin() as uow:
            await require_admin(uow, actor_id)
            order, proof = await self._lock(uow, proof_id)
            paid = await self._rail.confirm(uow, order, proof.confirm(actor_id, now), now)
            await uow.commit()
        return paid

    async def reject(self, actor_id: UserId, proof_id: ProofId, reason: str) -> PaymentProof:
        """The receipt is not accepted: the order is free again, for a day at least, and the student is told why.

        `reason`: a word of `RejectReason`, or the admin's own. Raises ProofGone, ProofDecided, InvalidInput("reason",
        "empty" or "too_long"); NotAllowed for one's own.
        """
        cleaned = clean_reason(reason)
        now = self._now()
        async with self._begin() as uow:
            await require_admin(uow, actor_id)
            order, proof = await self._lock(uow, proof_id)
            rejected = proof.reject(actor_id, cleaned, now)
            _require(await uow.proofs.decide(rejected))
            if order.state is OrderState.OPEN:
                _require(await uow.orders.reserve(order.release(until=now + TRY_AGAIN)))
            await uow.notifications.add(
                proof.user_id,
                NoticeKind.PROOF_REJECTED,
                f"proof:{proof.id}:rejected",
                {"order_code": order.code, "reason": cleaned},
                now,
            )
            await uow.commit()
        return rejected

    async def _lock(self, uow: UnitOfWork, proof_id: ProofId) -> tuple[Order, PaymentProof]:
        """The proof is read again once its order is held: it may have been decided in between."""
        code = (await _existing(uow, proof_id)).order_code
        order = await uow.orders.lock_code(code)
        if order is None:
            raise ProofGone
        return order, await _existing(uow, proof_id)

    async def unkept(self, proof_id: ProofId) -> PaymentProof | None:
        """A receipt of which no original is kept yet; one that was taken back need not be."""
        async with self._read() as uow:
            proof = await uow.proofs.get(proof_id)
        if proof is None or proof.sha256 is not None or proof.state is ProofState.WITHDRAWN:
            return None
        return proof

    async def note_kept(self, proof_id: ProofId, sha256: str) -> None:
        """The original is in the storage under this name."""
        async with self._begin() as uow:
            await uow.proofs.note_kept(proof_id, sha256)
            await uow.commit()


async def _waiting_of(uow: UnitOfWork, order: Order) -> PaymentProof | None:
    newest = await uow.proofs.newest(order.id)
    return newest if newest is not None and newest.state is ProofState.WAITING else None


async def _existing(uow: UnitOfWork, proof_id: ProofId) -> PaymentProof:
    proof = await uow.proofs.get(proof_id)
    if proof is None:
        raise ProofGone
    return proof


async def _tell_admins(uow: UnitOfWork, proof: PaymentProof) -> None:
    for admin in await uow.users.admins():
        await uow.notifications.add(
            admin.id, NoticeKind.PROOF_WAITING, f"proof:{proof.id}", {"proof_id": proof.id}, proof.sent_at
        )


def _proof_of(order: Order, receipt: Receipt, now: datetime) -> NewProof:
    return NewProof(
        order_id=order.id,
        order_code=order.code,
        user_id=order.user_id,
        file_id=receipt.file_id,
        file_unique_id=receipt.file_unique_id,
        is_photo=receipt.is_photo,
        sent_at=now,
    )


def _require(is_kept: bool) -> None:
    if not is_kept:
        raise ChangedMeanwhile

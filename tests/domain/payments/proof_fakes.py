"""Receipts, people and jobs beside the orders of `fakes`; a unit of work leaves no trace unless it is committed."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from domain.language import Language
from domain.learning.model import ProductKind
from domain.notifications.model import NoticeKind
from domain.payments.cash_rail import CashRail
from domain.payments.merchant import PaymeMerchant
from domain.payments.model import Order, OrderId, Rail
from domain.payments.payme import CreateRequest, PaymeId, Transaction, milliseconds
from domain.payments.payme_rail import PaymeRail
from domain.payments.proof_service import ProofService
from domain.payments.proofs import NewProof, PaymentProof, ProofId, ProofState, Receipt, Twin, WaitingProof
from domain.payments.rails import Rails
from domain.payments.service import PaymentService
from domain.unit_of_work import UnitOfWork
from domain.users.model import RegistrationStep, Role, User, UserId
from tests.domain.payments.fakes import ALI, NOON, VALI, FakeUnitOfWork, MovableClock, Tables

ANORA, RUSTAM, TEACHER = UserId(901), UserId(902), UserId(903)
DETAILS = "Uzcard 8600 1234 5678 9012, Anora A."


def person(user_id: UserId, name: str, role: Role) -> User:
    return User(
        id=user_id,
        full_name=name,
        username=None,
        language=Language.UZ,
        role=role,
        step=RegistrationStep.DONE,
        phone=None,
        timezone="Asia/Tashkent",
        goal=None,
        daily_minutes=None,
        pending_link=None,
        is_muted=False,
        created_at=NOON,
    )


PEOPLE = {
    user.id: user
    for user in (
        person(ALI, "Ali", Role.STUDENT),
        person(VALI, "Vali", Role.STUDENT),
        person(ANORA, "Anora", Role.ADMIN),
        person(RUSTAM, "Rustam", Role.ADMIN),
        person(TEACHER, "Olim", Role.TEACHER),
    )
}


@dataclass(frozen=True)
class Notice:
    user_id: UserId
    kind: NoticeKind
    key: str
    data: dict[str, Any]


@dataclass
class Kept:
    tables: Tables = field(default_factory=Tables)
    proofs: dict[ProofId, PaymentProof] = field(default_factory=dict)
    people: dict[UserId, User] = field(default_factory=lambda: dict(PEOPLE))
    notices: list[Notice] = field(default_factory=list)
    jobs: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def copy(self) -> "Kept":
        return Kept(self.tables.copy(), dict(self.proofs), dict(self.people), list(self.notices), list(self.jobs))


class FakeProofs:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def add(self, proof: NewProof) -> PaymentProof | None:
        living = (ProofState.WAITING, ProofState.CONFIRMED)
        if any(one.order_id == proof.order_id and one.state in living for one in self._kept.proofs.values()):
            return None
        plain = {name: getattr(proof, name) for name in NewProof.__dataclass_fields__}
        added = PaymentProof(id=ProofId(len(self._kept.proofs) + 1), **plain)
        self._kept.proofs[added.id] = added
        return added

    async def get(self, proof_id: ProofId) -> PaymentProof | None:
        return self._kept.proofs.get(proof_id)

    async def newest(self, order_id: OrderId) -> PaymentProof | None:
        return next((one for one in reversed(self._kept.proofs.values()) if one.order_id == order_id), None)

    async def count_since(self, user_id: UserId, moment: datetime) -> int:
        return sum(one.user_id == user_id and one.sent_at >= moment for one in self._kept.proofs.values())

    async def decide(self, proof: PaymentProof) -> bool:
        if self._kept.proofs[proof.id].state is not ProofState.WAITING:
            return False
        self._kept.proofs[proof.id] = proof
        return True

    async def note_kept(self, proof_id: ProofId, sha256: str) -> None:
        self._kept.proofs[proof_id] = replace(self._kept.proofs[proof_id], sha256=sha256)

    def _waiting(self) -> list[PaymentProof]:
        return [one for one in self._kept.proofs.values() if one.state is ProofState.WAITING]

    async def waiting(self, limit: int) -> Sequence[WaitingProof]:
        orders = self._kept.tables.orders
        return [
            WaitingProof(
                id=one.id,
                student_name=self._kept.people[one.user_id].full_name,
                title=orders[one.order_id].title,
                price=orders[one.order_id].price,
                sent_at=one.sent_at,
            )
            for one in self._waiting()[:limit]
        ]

    async def others_waiting(self, proof_id: ProofId | None = None) -> tuple[int, ProofId | None]:
        others = [one.id for one in self._waiting() if one.id != proof_id]
        return len(others), min(others, default=None)

    async def twins(self, proof: PaymentProof) -> Sequence[Twin]:
        return [
            Twin(order_code=one.order_code, student_name=self._kept.people[one.user_id].full_name, state=one.state)
            for one in self._kept.proofs.values()
            if one.file_unique_id == proof.file_unique_id and one.order_id != proof.order_id
        ]


class FakeUsers:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def get(self, user_id: UserId) -> User | None:
        return self._kept.people.get(user_id)

    async def admins(self) -> Sequence[User]:
        return [user for user in self._kept.people.values() if user.is_admin]


class FakeNotifications:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def add(self, user_id: UserId, kind: NoticeKind, key: str, data: Any, now: datetime) -> bool:
        if any((one.user_id, one.key) == (user_id, key) for one in self._kept.notices):
            return False
        self._kept.notices.append(Notice(user_id, kind, key, dict(data)))
        return True


class FakeJobs:
    def __init__(self, kept: Kept) -> None:
        self._kept = kept

    async def enqueue(self, name: str, payload: Any, *, key: str | None = None, after: datetime | None = None) -> None:
        self._kept.jobs.append((name, dict(payload)))


class ProofUnitOfWork(FakeUnitOfWork):
    def __init__(self, kept: Kept) -> None:
        super().__init__(kept.tables)
        self.kept = kept
        self.proofs = FakeProofs(kept)
        self.users = FakeUsers(kept)
        self.jobs = FakeJobs(kept)
        self.notifications = FakeNotifications(kept)


@dataclass
class Desk:
    """The services over one fake database and one clock; `kept` is what is committed."""

    details: str | None = DETAILS
    sells: tuple[Rail, ...] = (Rail.PAYME, Rail.CASH)
    clock: MovableClock = field(default_factory=MovableClock)
    kept: Kept = field(default_factory=Kept)

    def __post_init__(self) -> None:
        rails = Rails((PaymeRail(), CashRail(self.details)), dict.fromkeys(ProductKind, self.sells))
        self.payments = PaymentService(begin=self._open, read=self._open, now=self.clock, rails=rails)
        self.merchant = PaymeMerchant(begin=self._open, read=self._open, now=self.clock)
        self.proofs = ProofService(begin=self._open, read=self._open, now=self.clock, rails=rails)

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[UnitOfWork]:
        uow = ProofUnitOfWork(self.kept.copy())
        yield cast("UnitOfWork", uow)
        if uow.is_committed:
            self.kept = uow.kept

    async def create(self, payme_id: PaymeId, order: Order) -> Transaction:
        time = milliseconds(self.clock())
        return await self.merchant.create(
            CreateRequest(payme_id=payme_id, time=time, account=order.code, amount=order.price.tiyin)
        )

    def order(self, order: Order) -> Order:
        return self.kept.tables.orders[order.id]


def photo(number: int = 1, **changes: Any) -> Receipt:
    plain = Receipt(
        file_id=f"photo-{number}",
        file_unique_id=f"unique-{number}",
        is_photo=True,
        mime="image/jpeg",
        size=80_000,
    )
    return replace(plain, **changes)

"""Stars on the fake database, and Telegram's own books of what it charged and returned."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast

from domain.language import Language
from domain.learning.model import Product, ProductKind
from domain.notifications.model import NoticeKind
from domain.payments.model import Order, OrderId, Rail, Terms
from domain.payments.payme_rail import PaymeRail
from domain.payments.ports import RefundRequest
from domain.payments.rails import Rails, Refunding
from domain.payments.service import PaymentService
from domain.payments.stars import ChargeFate, StarsCashier, StarsCharge, StarsRail
from domain.payments.stars_ports import REFUND_STARS_JOB, ChargeId, StarPayment
from domain.unit_of_work import UnitOfWork
from domain.users.model import UserId
from tests.domain.payments.fakes import FakeDatabase, FakeUnitOfWork, Shop, Tables

SOMS_PER_STAR = 250
STARS = 600
"""What the fakes' price of 150 000 so‘m comes to."""
BOSS = UserId(900)


@dataclass(frozen=True)
class Admin:
    id: UserId


@dataclass
class StarTables:
    payments: dict[ChargeId, StarPayment] = field(default_factory=dict)
    jobs: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    """Waiting, by their keys."""
    notices: dict[tuple[UserId, NoticeKind, str], Mapping[str, Any]] = field(default_factory=dict)

    def copy(self) -> "StarTables":
        return StarTables(dict(self.payments), dict(self.jobs), dict(self.notices))


class FakeStarPayments:
    def __init__(self, tables: StarTables) -> None:
        self._payments = tables.payments

    async def get(self, charge_id: ChargeId) -> StarPayment | None:
        return self._payments.get(charge_id)

    async def accepted(self, order_id: OrderId) -> StarPayment | None:
        found = [one for one in self._payments.values() if one.order_id == order_id and not one.is_surplus]
        assert len(found) <= 1
        return found[0] if found else None

    async def add(self, payment: StarPayment) -> bool:
        if payment.charge_id in self._payments:
            return False
        if not payment.is_surplus and payment.order_id and await self.accepted(payment.order_id):
            return False
        self._payments[payment.charge_id] = payment
        return True

    async def mark_refunded(self, charge_id: ChargeId, now: datetime) -> bool:
        payment = self._payments[charge_id]
        if payment.refunded_at is not None:
            return False
        self._payments[charge_id] = replace(payment, refunded_at=now)
        return True


class FakeJobs:
    def __init__(self, tables: StarTables) -> None:
        self._jobs = tables.jobs

    async def enqueue(self, name: str, payload: Mapping[str, Any], *, key: str, after: datetime | None = None) -> None:
        assert name == REFUND_STARS_JOB
        self._jobs.setdefault(key, payload)


class FakeAdmins:
    async def admins(self) -> Sequence[Admin]:
        return [Admin(BOSS)]


class FakeNotices:
    def __init__(self, tables: StarTables) -> None:
        self._notices = tables.notices

    async def add(self, user_id: UserId, kind: NoticeKind, key: str, data: Mapping[str, Any], now: datetime) -> bool:
        return self._notices.setdefault((user_id, kind, key), data) is data


class StarUnit(FakeUnitOfWork):
    def __init__(self, tables: Tables, stars: StarTables) -> None:
        super().__init__(tables)
        self.stars = stars
        self.star_payments = FakeStarPayments(stars)
        self.jobs = FakeJobs(stars)
        self.users = FakeAdmins()
        self.notifications = FakeNotices(stars)


class StarDatabase(FakeDatabase):
    def __init__(self) -> None:
        super().__init__()
        self.stars = StarTables()

    @asynccontextmanager
    async def _open(self) -> AsyncIterator[UnitOfWork]:
        uow = StarUnit(self.tables.copy(), self.stars.copy())
        yield cast("UnitOfWork", uow)
        if uow.is_committed:
            self.tables, self.stars = uow.tables, uow.stars


@dataclass
class StarShop(Shop):
    star_database: StarDatabase = field(default_factory=StarDatabase)
    rails: Rails = field(default_factory=lambda: Rails((PaymeRail(), StarsRail())))

    def __post_init__(self) -> None:
        self.database = self.star_database
        super().__post_init__()
        doors = {"begin": self.database.begin, "read": self.database.read, "now": self.clock, "rails": self.rails}
        self.payments = PaymentService(**doors, terms=Terms(soms_per_star=SOMS_PER_STAR))
        self.stars = StarsCashier(**doors)

    async def invoice(self, order: Order, charge_id: str = "") -> StarsCharge:
        """What Telegram says when the buyer pays the invoice that the order's screen sends."""
        start = StarsRail().start(order, Language.UZ, "")
        return StarsCharge(
            user_id=order.user_id,
            payload=start.payload,
            currency="XTR",
            stars=start.stars,
            charge_id=ChargeId(charge_id),
        )

    async def paid(self, user_id: UserId, product: Product, charge_id: str) -> Order:
        order = await self.payments.buy(user_id, product)
        await self.stars.reserve(await self.invoice(order))
        assert await self.stars.receive(await self.invoice(order, charge_id)) is ChargeFate.ACCEPTED
        return self.order(order)

    def order(self, order: Order) -> Order:
        return self.tables.orders[order.id]

    def payment(self, charge_id: str) -> StarPayment:
        return self.star_database.stars.payments[ChargeId(charge_id)]

    @property
    def refunds_waiting(self) -> set[str]:
        return {str(payload["charge_id"]) for payload in self.star_database.stars.jobs.values()}

    def told(self, user_id: UserId) -> list[NoticeKind]:
        return [kind for person, kind, _ in self.star_database.stars.notices if person == user_id]

    def is_open(self, order: Order) -> bool:
        assert order.product.kind is not ProductKind.TUITION
        return order.id in self.tables.granted and order.id not in self.tables.revoked

    async def ask_refund(self, order: Order, reason: str = "asked") -> Refunding:
        """As the staff's desk does it: the request and the job in one transaction."""
        async with self.database.begin() as uow:
            held = await uow.orders.lock_code(order.code)
            assert held is not None
            request = RefundRequest(order_id=order.id, requested_by=BOSS, reason=reason, requested_at=self.clock())
            assert await uow.orders.request_refund(request)
            refunding = await self.rails.that_took(held).refund(uow, held, self.clock())
            await uow.commit()
        return refunding

    async def work_off(self) -> None:
        """Every waiting refund is done, as the job does it when Telegram agrees."""
        for key, payload in list(self.star_database.stars.jobs.items()):
            charge_id = ChargeId(str(payload["charge_id"]))
            if await self.stars.refund_due(charge_id) is not None:
                assert await self.stars.finish_refund(charge_id)
            del self.star_database.stars.jobs[key]


__all__ = ["BOSS", "SOMS_PER_STAR", "STARS", "Rail", "StarShop"]

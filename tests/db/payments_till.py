"""Every rail over one database: what Payme, Telegram and staff may do to the same order, at the same time."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

from domain.payments.cash_rail import CashRail
from domain.payments.model import Order
from domain.payments.payme import PaymeId
from domain.payments.payme_rail import PaymeRail
from domain.payments.ports import RefundRequest
from domain.payments.proof_service import ProofService
from domain.payments.proofs import PaymentProof, Receipt
from domain.payments.rails import Rails
from domain.payments.stars import CURRENCY, StarsCashier, StarsCharge, StarsRail
from domain.payments.stars_ports import ChargeId
from domain.users.model import UserId
from tests.db.payments_world import ADMIN, World
from tests.domain.payments.fakes import NOON, payme_id

STARS = 250
PHOTO = Receipt(file_id="f", file_unique_id="u", is_photo=True, mime="image/jpeg", size=1000)


@dataclass
class Till:
    world: World
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.rails = Rails((PaymeRail(), StarsRail(), CashRail("8600 1234")))
        doors = {"begin": self.world.begin, "read": self.world.read, "now": self.world.clock, "rails": self.rails}
        self.stars = StarsCashier(**doors)
        self.proofs = ProofService(**doors)

    async def order(self) -> Order:
        """A new student has pressed Buy on the course."""
        student = UserId(10_000 + next(self.numbers))
        await self.world.pool.execute(
            "insert into users (id, full_name, language, step, timezone, created_at)"
            " values ($1, 'O‘quvchi', 'uz', 'done', 'Asia/Tashkent', $2)",
            student,
            NOON,
        )
        await self.world.pool.execute("update courses set price_stars = $2 where id = $1", self.world.course.id, STARS)
        return await self.world.payments.buy(student, self.world.course)

    def payme_id(self) -> PaymeId:
        """One that was never used."""
        return payme_id(next(self.numbers))

    def charge(self, order: Order, stars: int = STARS) -> StarsCharge:
        """Telegram takes the Stars of the order's student."""
        return StarsCharge(
            user_id=order.user_id,
            payload=f"order:{order.code}",
            currency=CURRENCY,
            stars=stars,
            charge_id=ChargeId(f"charge-{next(self.numbers)}"),
        )

    async def proof(self, order: Order) -> PaymentProof:
        return await self.proofs.submit(order.user_id, order.code, PHOTO)

    async def ask_refund(self, order: Order) -> bool:
        """Staff wants the money to go back."""
        async with self.world.begin() as uow:
            request = RefundRequest(
                order_id=order.id, requested_by=UserId(ADMIN), reason="asked", requested_at=self.world.clock()
            )
            is_asked = await uow.orders.request_refund(request)
            await uow.commit()
        return is_asked

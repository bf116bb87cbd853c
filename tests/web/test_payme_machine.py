from dataclasses import replace
from datetime import timedelta

from hypothesis import settings

from domain.errors import DomainError
from domain.payments.errors import OrderClosed, OrderPaid
from domain.payments.model import Order, OrderState, Rail, parse_code
from domain.payments.placing import is_busy
from domain.payments.ports import RefundRequest
from domain.payments.settlement import accept_payment, return_payment
from domain.unit_of_work import UnitOfWork
from tests.domain.payments.fakes import ALI, Shop
from tests.web.payme_machine import Books, PaymeAgainstItsShadow


class RailsOnFakes:
    """Any rail that goes through the doors of `settlement` and `Order.reserve`."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._numbers = iter(range(10**6))
        self._receipts: set[str] = set()

    async def _order(self, uow: UnitOfWork, code: str) -> Order:
        order = await uow.orders.lock_code(parse_code(code))
        assert order is not None
        return order

    async def _keep(self, code: str, rail: Rail, until: timedelta | None) -> bool:
        now = self._shop.clock()
        async with self._shop.database.begin() as uow:
            order = await self._order(uow, code)
            try:
                end = None if until is None else now + until
                kept = order.reserve(rail, end, now, is_busy=await is_busy(uow, order, now))
            except DomainError:
                return False
            await uow.orders.reserve(kept)
            await uow.commit()
        return True

    async def _accept(self, code: str, rail: Rail) -> bool:
        async with self._shop.database.begin() as uow:
            order = await self._order(uow, code)
            try:
                await accept_payment(uow, order, rail, f"{rail}-{next(self._numbers)}", self._shop.clock())
            except (OrderPaid, OrderClosed):
                return False
            await uow.commit()
        return True

    async def reserve(self, code: str) -> bool:
        return await self._keep(code, Rail.STARS, timedelta(minutes=2))

    async def charge(self, code: str) -> bool:
        return await self._accept(code, Rail.STARS)

    async def send_proof(self, code: str) -> bool:
        async with self._shop.database.read() as uow:
            if (await self._order(uow, code)).reserved_by is Rail.CASH:
                return True
        is_kept = await self._keep(code, Rail.CASH, None)
        if is_kept:
            self._receipts.add(code)
        return is_kept

    async def decide(self, code: str, decision: str) -> bool:
        if code not in self._receipts or (decision == "confirm" and not await self._accept(code, Rail.CASH)):
            return False
        self._receipts.remove(code)
        until = self._shop.clock() + timedelta(days=1) if decision == "reject" else None
        async with self._shop.database.begin() as uow:
            order = await self._order(uow, code)
            if order.state is OrderState.OPEN:
                await uow.orders.reserve(order.release(until=until))
            await uow.commit()
        return True

    async def ask_back(self, code: str) -> bool:
        async with self._shop.database.begin() as uow:
            order = await self._order(uow, code)
            if order.state is not OrderState.PAID or order.paid_by is not Rail.PAYME:
                return False
            request = RefundRequest(
                order_id=order.id, requested_by=ALI, reason="asked", requested_at=self._shop.clock()
            )
            is_asked = await uow.orders.request_refund(request)
            await uow.commit()
        return is_asked

    async def give_back(self, code: str) -> bool:
        async with self._shop.database.begin() as uow:
            order = await self._order(uow, code)
            if order.state is not OrderState.PAID or order.paid_by is Rail.PAYME:
                return False
            await return_payment(uow, order, f"back-{next(self._numbers)}", self._shop.clock())
            await uow.commit()
        return True

    async def sweep(self) -> None:
        now = self._shop.clock()
        async with self._shop.database.begin() as uow:
            for order in list(self._shop.tables.orders.values()):
                if order.state is not OrderState.OPEN or await is_busy(uow, order, now):
                    continue
                seen = order.seen_at(now)
                await uow.orders.close(replace(seen, reserved_by=None, reserved_until=None))
            await uow.commit()


class OnFakes(PaymeAgainstItsShadow):
    def open_shop(self) -> None:
        self.shop = Shop(clock=self.clock)
        self.payments, self.merchant = self.shop.payments, self.shop.merchant
        self.others = RailsOnFakes(self.shop)

    def books(self) -> Books:
        tables = self.shop.tables
        return Books(
            opened=[
                order.code for order in tables.orders.values() if order.id in tables.granted.keys() - tables.revoked
            ],
            balance=sum(entry.amount for _, entry in tables.entries),
            told=len(tables.notices),
        )


OnFakes.TestCase.settings = settings(max_examples=60, stateful_step_count=50, deadline=None)
TestPaymeAgainstItsShadow = OnFakes.TestCase

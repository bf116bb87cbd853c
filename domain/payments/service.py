"""Buying: orders, from the button to the money's arrival."""

from collections.abc import Sequence
from datetime import timedelta

from domain.clock import Clock
from domain.learning.model import Product
from domain.payments.errors import (
    ChangedMeanwhile,
    NotForSale,
    OrderGone,
)
from domain.payments.model import (
    ORDER_LIFETIME,
    FiscalCodes,
    NewCode,
    NewOrder,
    Offer,
    Order,
    OrderState,
    parse_code,
    random_code,
)
from domain.payments.payme import (
    Transaction,
    milliseconds,
)
from domain.payments.ports import OrderAccount
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

TEST_ORDER_LIFETIME = timedelta(days=30)
ORDERS_SHOWN = 50


class PaymentService:
    """What a student does with orders, and what an operator asks about them. Money itself arrives by a rail
    (for Payme see `domain.payments.merchant`)."""

    def __init__(
        self,
        *,
        begin: Begin,
        read: Begin,
        now: Clock,
        new_code: NewCode = random_code,
        fiscal: FiscalCodes | None = None,
    ) -> None:
        self._begin = begin
        self._read = read
        self._now = now
        self._new_code = new_code
        self._fiscal = fiscal

    async def buy(self, user_id: UserId, product: Product) -> Order:
        """The open order for the product: the one that is there already, else a new one at today's price.

        Raises NotForSale or AlreadyOwned.
        """
        async with self._begin() as uow:
            offer = await uow.orders.offer(user_id, product)
            if offer is None:
                raise NotForSale
            price = offer.sellable_price()
            order = await self._continued(uow, user_id, product)
            if order is None:
                draft = NewOrder(
                    code=self._new_code(),
                    user_id=user_id,
                    product=product,
                    course_id=offer.course_id,
                    title=offer.title,
                    price=price,
                    created_at=self._now(),
                    expires_at=self._now() + ORDER_LIFETIME,
                    fiscal=self._fiscal,
                )
                # A second tap may have been faster: then its order is the one.
                order = await uow.orders.add(draft) or await uow.orders.lock_open(user_id, product)
            if order is None:
                raise ChangedMeanwhile
            await uow.commit()
        return order

    async def _continued(self, uow: UnitOfWork, user_id: UserId, product: Product) -> Order | None:
        """The open order that can still be paid; one whose time is over makes room for a new one."""
        order = await uow.orders.lock_open(user_id, product)
        if order is None:
            return None
        if await self._is_busy(uow, order):
            return order
        seen = order.seen_at(self._now())
        if seen.state is OrderState.OPEN:
            return seen
        await uow.orders.close(seen)
        return None

    async def _is_busy(self, uow: UnitOfWork, order: Order) -> bool:
        living = await uow.orders.living(order.id)
        return self._is_living(living)

    def _is_living(self, transaction: Transaction | None) -> bool:
        return transaction is not None and transaction.seen_at(milliseconds(self._now())).is_living

    async def order(self, user_id: UserId, code: str) -> Order:
        """Their own order as it stands now. Raises OrderGone, for somebody else's too."""
        async with self._read() as uow:
            found = await uow.orders.get(parse_code(code))
        if found is None or found[0].user_id != user_id:
            raise OrderGone
        return self._seen(*found)

    def _seen(self, order: Order, living: Transaction | None) -> Order:
        return order if self._is_living(living) else order.seen_at(self._now())

    async def orders_of(self, user_id: UserId) -> Sequence[Order]:
        """Their orders as they stand now, the newest first."""
        async with self._read() as uow:
            found = await uow.orders.of_user(user_id, ORDERS_SHOWN)
        return [self._seen(order, living) for order, living in found]

    async def cancel_order(self, user_id: UserId, code: str) -> Order:
        """Give an unpaid order up. Raises OrderGone, OrderPaid, or OrderBusy while a payment is under way."""
        async with self._begin() as uow:
            order = await uow.orders.lock_code(parse_code(code))
            if order is None or order.user_id != user_id:
                raise OrderGone
            closed = order.give_up(self._now(), is_busy=await self._is_busy(uow, order))
            if closed is not order:
                await uow.orders.close(closed)
                await uow.commit()
        return closed

    async def receipt_url(self, user_id: UserId, code: str) -> str | None:
        """The link of their order's newest fiscal receipt, if there is one."""
        order = await self.order(user_id, code)
        async with self._read() as uow:
            return await uow.orders.receipt_url(order.id)

    async def make_test_orders(self, count: int, *, are_final: bool = False) -> Sequence[Order]:
        """Payable orders of a hidden course by a student who is never written to, for the provider's sandbox."""
        async with self._begin() as uow:
            user_id, offer = await uow.orders.test_offer(self._now())
            orders = [await self._test_order(uow, user_id, offer, are_final=are_final) for _ in range(count)]
            await uow.commit()
        return orders

    async def _test_order(self, uow: UnitOfWork, user_id: UserId, offer: Offer, *, are_final: bool) -> Order:
        if offer.price is None:
            raise NotForSale
        draft = NewOrder(
            code=self._new_code(),
            user_id=user_id,
            product=offer.product,
            course_id=offer.course_id,
            title=offer.title,
            price=offer.price,
            created_at=self._now(),
            expires_at=self._now() + TEST_ORDER_LIFETIME,
            fiscal=self._fiscal,
            is_final=are_final,
            is_test=True,
        )
        order = await uow.orders.add(draft)
        if order is None:
            raise ChangedMeanwhile
        return order

    async def account(self, code: str) -> OrderAccount:
        """What an operator asks about any order. Raises OrderGone."""
        async with self._read() as uow:
            account = await uow.orders.account(parse_code(code))
        if account is None:
            raise OrderGone
        return account

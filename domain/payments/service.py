"""Buying: orders, from the button to the money's arrival."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from domain.clock import Clock
from domain.language import Language
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.payments.errors import NotForSale, OrderGone, RailClosed
from domain.payments.model import (
    ORDER_LIFETIME,
    NewCode,
    NewOrder,
    Offer,
    Order,
    OrderState,
    Rail,
    Terms,
    parse_code,
    random_code,
)
from domain.payments.payme import Transaction
from domain.payments.placing import is_busy, is_living, place_order
from domain.payments.ports import OrderAccount
from domain.payments.rails import Quote, Rails, Start
from domain.unit_of_work import Begin, UnitOfWork
from domain.users.model import UserId

TEST_ORDER_LIFETIME = timedelta(days=30)
ORDERS_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to pay one order, and what it costs that way."""

    rail: Rail
    quote: Quote


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """One's own order as its screen shows it now."""

    order: Order
    ways: Sequence[Way]
    """How it may be paid; none when it is closed, or when a payment is under way on a rail that waits for nobody."""
    under_way: Rail | None
    """Where a payment of it has begun and is not decided yet."""
    receipt_url: str | None


class PaymentService:
    """What a student does with orders, and what an operator asks about them. Money itself arrives by a rail
    (`domain.payments.rails`; for Payme's calls see `domain.payments.merchant`)."""

    def __init__(
        self,
        *,
        begin: Begin,
        read: Begin,
        now: Clock,
        new_code: NewCode = random_code,
        terms: Terms | None = None,
        rails: Rails | None = None,
    ) -> None:
        """`rails`: how orders are paid; None where orders are only made, as for the provider's tests."""
        self._begin = begin
        self._read = read
        self._now = now
        self._new_code = new_code
        self._terms = terms or Terms()
        self._rails = rails or Rails()
        self._must_be_payable = rails is not None

    def sells(self, kind: ProductKind) -> bool:
        """Whether such products can be paid for through the bot at all."""
        return self._rails.sells(kind)

    def takes(self, kind: ProductKind, rail: Rail) -> bool:
        """Whether such products can be paid for on this rail."""
        return self._rails.takes(kind, rail)

    def stars_for(self, price: Money, own: int | None = None) -> int | None:
        """A price in Stars: the product's own, else by the centre's rate; None where there is neither."""
        return self._terms.stars_for(price, own)

    async def buy(self, user_id: UserId, product: Product) -> Order:
        """The open order for the product: the one that is there already, else a new one at today's price.

        Raises NotForSale or AlreadyOwned, and RailClosed when there is no way to pay it.
        """
        now = self._now()
        async with self._begin() as uow:
            offer, price = await _require_on_sale(uow, user_id, product)
            draft = NewOrder(
                code=self._new_code(),
                user_id=user_id,
                product=product,
                course_id=offer.course_id,
                title=offer.title,
                price=price,
                stars=self._terms.stars_for(price, offer.stars),
                created_at=now,
                expires_at=now + ORDER_LIFETIME,
                fiscal=offer.fiscal or self._terms.fiscal,
            )
            if self._must_be_payable and not any(self._rails.ways(draft)):
                raise RailClosed(product.kind)
            order = await place_order(uow, draft, now)
            if order.code == draft.code:
                # A payment of the order before may have come since the offer was read: nobody buys a thing twice.
                await _require_on_sale(uow, user_id, product)
            await uow.commit()
        return order

    def ways_to_pay(self, order: Order) -> Sequence[Way]:
        """How the order may be paid, by the operator's settings, in their order; none when it is closed or reserved."""
        if order.state is not OrderState.OPEN or order.is_reserved(self._now()):
            return ()
        return [Way(rail=rail.rail, quote=quote) for rail, quote in self._rails.ways(order)]

    async def page(self, user_id: UserId, code: str) -> OrderPage:
        """Their own order with all that its screen tells. Raises OrderGone, for somebody else's too."""
        async with self._read() as uow:
            sheet = await uow.orders.sheet(parse_code(code))
        if sheet is None or sheet.order.user_id != user_id:
            raise OrderGone
        now = self._now()
        order = self._seen(sheet.order, sheet.living)
        ways = self.ways_to_pay(order)
        under_way = order.reserved_by if order.is_reserved(now) else None
        if order.state is OrderState.OPEN and is_living(sheet.living, now):
            # Whoever left Payme's page may go back to it, but not pay elsewhere meanwhile.
            under_way = Rail.PAYME
            ways = [way for way in ways if way.rail is Rail.PAYME]
        return OrderPage(order=order, ways=ways, under_way=under_way, receipt_url=sheet.receipt_url)

    def next_step(self, order: Order, rail: Rail, language: Language, return_url: str) -> Start:
        """What the student does next to pay this order this way, by the order as it was read.

        Raises RailClosed where the operator does not sell it so.
        """
        return self._rails.of(rail, order).start(order, language, return_url)

    async def start(self, user_id: UserId, code: str, rail: Rail, language: Language, return_url: str) -> Start:
        """What the student does next to pay their order this way.

        Raises OrderGone, OrderPaid, OrderClosed, OrderBusy, or RailClosed where the operator does not sell it so.
        """
        now = self._now()
        async with self._read() as uow:
            order, living = await self._own(uow, user_id, code)
        order.require_payable(now, is_busy=rail is not Rail.PAYME and is_living(living, now))
        return self.next_step(order, rail, language, return_url)

    async def order(self, user_id: UserId, code: str) -> Order:
        """Their own order as it stands now. Raises OrderGone, for somebody else's too."""
        async with self._read() as uow:
            return self._seen(*await self._own(uow, user_id, code))

    async def _own(self, uow: UnitOfWork, user_id: UserId, code: str) -> tuple[Order, Transaction | None]:
        found = await uow.orders.get(parse_code(code))
        if found is None or found[0].user_id != user_id:
            raise OrderGone
        return found

    def _seen(self, order: Order, living: Transaction | None) -> Order:
        return order if is_living(living, self._now()) else order.seen_at(self._now())

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
            now = self._now()
            closed = order.give_up(now, is_busy=await is_busy(uow, order, now))
            if closed is not order:
                await uow.orders.close(closed)
                await uow.commit()
        return closed

    async def make_test_orders(self, count: int, *, are_final: bool = False) -> Sequence[Order]:
        """Payable orders of a hidden course by a student who is never written to, for the provider's sandbox."""
        async with self._begin() as uow:
            user_id, offer = await uow.orders.test_offer(self._now())
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
                fiscal=offer.fiscal or self._terms.fiscal,
                is_final=are_final,
                is_test=True,
            )
            orders = await uow.orders.add_tests([replace(draft, code=self._new_code()) for _ in range(count)])
            await uow.commit()
        return orders

    async def account(self, code: str) -> OrderAccount:
        """What an operator asks about any order. Raises OrderGone."""
        async with self._read() as uow:
            account = await uow.orders.account(parse_code(code))
        if account is None:
            raise OrderGone
        return account


async def _require_on_sale(uow: UnitOfWork, user_id: UserId, product: Product) -> tuple[Offer, Money]:
    offer = await uow.orders.offer(user_id, product)
    if offer is None:
        raise NotForSale
    return offer, offer.sellable_price()

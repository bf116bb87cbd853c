"""Random sequences of invoices, payments, forgeries, refunds and clock jumps, against a ledger written apart.

The ledger below knows nothing of the production code: it is the promise in its shortest form. Every Star that Telegram
took pays exactly one open order of its payer's at its price, or is on its way back.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.errors import DomainError
from domain.learning.model import Product
from domain.payments.model import Order
from domain.payments.payme import CreateRequest, milliseconds
from domain.payments.stars import StarsCharge
from domain.payments.stars_ports import ChargeId
from domain.users.model import UserId
from tests.domain.payments.fakes import ALGEBRA, ALI, LESSON, PRICE, VALI, payme_id
from tests.domain.payments.stars_fakes import STARS, StarShop

T = TypeVar("T")
HALF_DAY = timedelta(hours=12)
FORGERIES = st.sampled_from(["", "", "", "", "", "", "stars", "user", "payload"])
JUMPS = st.sampled_from([1, 60, 119, 120, 121, 3600, 43_199, 43_200, 86_400])
NUMBERS = st.integers(0, 3)


@dataclass
class Paper:
    """One order in the ledger."""

    owner: UserId
    product: Product
    expires: datetime
    state: str = "open"
    by: str = ""
    kept_until: datetime | None = None
    payme_since: datetime | None = None
    payme_id: int = 0
    is_refund_asked: bool = False

    def has_payme(self, now: datetime) -> bool:
        return self.payme_since is not None and now < self.payme_since + HALF_DAY

    def is_taken(self, now: datetime) -> bool:
        return self.has_payme(now) or (self.kept_until is not None and now < self.kept_until)

    def takes_a_new_payment(self, now: datetime) -> bool:
        return self.state == "open" and not self.is_taken(now) and now < self.expires


@dataclass
class Coin:
    """One charge in the ledger: held for an order, due to go back, or back."""

    said: StarsCharge
    paper: Paper | None
    where: str


@dataclass
class Ledger:
    papers: dict[str, Paper] = field(default_factory=dict)
    coins: dict[str, Coin] = field(default_factory=dict)

    def owns(self, owner: UserId, product: Product) -> bool:
        return any((one.owner, one.product, one.state) == (owner, product, "paid") for one in self.papers.values())


class StarsAgainstTheLedger(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.shop = StarShop()
        self.ledger = Ledger()
        self.orders: list[Order] = []

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.loop.close()

    @property
    def now(self) -> datetime:
        return self.shop.clock()

    def worked(self, work: Coroutine[Any, Any, Any]) -> bool:
        try:
            self.run(work)
        except DomainError:
            return False
        return True

    def chosen(self, number: int) -> tuple[Order, Paper]:
        order = self.orders[-1 - number % len(self.orders)]
        return order, self.ledger.papers[order.code]

    def said(self, order: Order, forgery: str, charge_id: str) -> StarsCharge:
        said = self.run(self.shop.invoice(order, charge_id))
        match forgery:
            case "stars":
                return replace(said, stars=said.stars + 1)
            case "user":
                return replace(said, user_id=VALI if order.user_id == ALI else ALI)
            case "payload":
                return replace(said, payload=said.payload.lower())
            case _:
                return said

    @rule(owner=st.sampled_from([ALI, VALI]), product=st.sampled_from([ALGEBRA, LESSON]))
    def buy(self, owner: UserId, product: Product) -> None:
        if self.ledger.owns(owner, product):
            assert not self.worked(self.shop.payments.buy(owner, product))
            return
        for paper in self.ledger.papers.values():
            if (paper.owner, paper.product, paper.state) == (owner, product, "open"):
                if paper.is_taken(self.now) or self.now < paper.expires:
                    break
                paper.state = "expired"
        else:
            order = self.run(self.shop.payments.buy(owner, product))
            assert order.code not in self.ledger.papers
            self.orders.append(order)
            self.ledger.papers[order.code] = Paper(owner, product, order.expires_at)

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS, forgery=FORGERIES)
    def ask(self, number: int, forgery: str) -> None:
        order, paper = self.chosen(number)
        may = not forgery and paper.takes_a_new_payment(self.now)

        assert self.worked(self.shop.stars.reserve(self.said(order, forgery, ""))) == may

        if may:
            paper.kept_until = self.now + timedelta(minutes=2)

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS, forgery=FORGERIES)
    def charge(self, number: int, forgery: str) -> None:
        order, paper = self.chosen(number)
        charge_id = f"charge-{len(self.ledger.coins)}"
        said = self.said(order, forgery, charge_id)

        self.run(self.shop.stars.receive(said))

        is_own = forgery not in ("user", "payload")
        pays = not forgery and paper.state == "open"
        self.ledger.coins[charge_id] = Coin(said, paper if is_own else None, "held" if pays else "due")
        if pays:
            paper.state, paper.by, paper.kept_until = "paid", "stars", None

    @precondition(lambda self: self.ledger.coins)
    @rule(number=NUMBERS)
    def tell_again(self, number: int) -> None:
        coins = list(self.ledger.coins.values())

        self.run(self.shop.stars.receive(coins[-1 - number % len(coins)].said))

    @rule(seconds=JUMPS)
    def wait(self, seconds: int) -> None:
        self.shop.clock.forward(seconds=seconds)

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS)
    def give_up(self, number: int) -> None:
        order, paper = self.chosen(number)
        may = paper.state not in ("open", "paid") or (paper.state == "open" and not paper.is_taken(self.now))

        assert self.worked(self.shop.payments.cancel_order(order.user_id, order.code)) == may

        if may and paper.state == "open":
            paper.state = "cancelled"

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS, transaction=st.integers(1, 10**6))
    def begin_with_payme(self, number: int, transaction: int) -> None:
        order, paper = self.chosen(number)
        if any(other.payme_id == transaction for other in self.ledger.papers.values()):
            return
        may = paper.takes_a_new_payment(self.now)
        request = CreateRequest(
            payme_id=payme_id(transaction), time=milliseconds(self.now), account=order.code, amount=PRICE.tiyin
        )

        assert self.worked(self.shop.merchant.create(request)) == may

        if may:
            paper.payme_since, paper.payme_id = self.now, transaction

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS)
    def end_with_payme(self, number: int) -> None:
        _, paper = self.chosen(number)
        if not paper.has_payme(self.now) or paper.by == "payme":
            return
        may = paper.state == "open"

        assert self.worked(self.shop.merchant.perform(payme_id(paper.payme_id))) == may

        if may:
            paper.state, paper.by, paper.kept_until = "paid", "payme", None

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS)
    def ask_for_the_money(self, number: int) -> None:
        order, paper = self.chosen(number)
        if (paper.state, paper.by, paper.is_refund_asked) != ("paid", "stars", False):
            return
        self.run(self.shop.ask_refund(order))
        paper.is_refund_asked = True

    @rule()
    def do_the_jobs(self) -> None:
        self.run(self.shop.work_off())

        for coin in self.ledger.coins.values():
            if coin.where == "due":
                coin.where = "back"
            elif coin.where == "held" and coin.paper is not None and coin.paper.is_refund_asked:
                self.give_back(coin)

    @precondition(lambda self: self.ledger.coins)
    @rule(number=NUMBERS)
    def telegram_returns(self, number: int) -> None:
        coins = list(self.ledger.coins.values())
        coin = coins[-1 - number % len(coins)]

        assert self.run(self.shop.stars.note_refund(coin.said)) == (coin.where != "back")

        self.give_back(coin)

    @precondition(lambda self: self.orders)
    @rule(number=NUMBERS)
    def telegram_returns_what_was_never_told_of(self, number: int) -> None:
        order, paper = self.chosen(number)
        charge_id = f"charge-{len(self.ledger.coins)}"
        said = self.said(order, "", charge_id)

        assert self.run(self.shop.stars.note_refund(said))

        self.ledger.coins[charge_id] = Coin(said, paper, "back")

    @staticmethod
    def give_back(coin: Coin) -> None:
        if coin.where == "held" and coin.paper is not None:
            coin.paper.state = "refunded"
        coin.where = "back"

    @invariant()
    def orders_stand_as_in_the_ledger(self) -> None:
        for order in self.orders:
            paper = self.ledger.papers[order.code]
            stored = self.shop.order(order)
            assert (stored.state, str(stored.paid_by or "")) == (paper.state, paper.by)
            assert self.shop.is_open(order) == (paper.state == "paid")

    @invariant()
    def every_star_is_somewhere(self) -> None:
        payments = self.shop.star_database.stars.payments
        assert payments.keys() == self.ledger.coins.keys()
        for charge_id, coin in self.ledger.coins.items():
            kept = payments[ChargeId(charge_id)]
            assert (kept.user_id, kept.stars) == (coin.said.user_id, coin.said.stars)
            assert (kept.refunded_at is not None) == (coin.where == "back")
            if coin.where == "due":
                assert charge_id in self.shop.refunds_waiting
        held = sum(one.stars for one in payments.values() if one.refunded_at is None and not one.is_surplus)
        paid = [one for one in self.ledger.papers.values() if (one.state, one.by) == ("paid", "stars")]
        assert held == STARS * len(paid)

    @invariant()
    def the_entries_add_up(self) -> None:
        paid = sum(paper.state == "paid" for paper in self.ledger.papers.values())
        assert sum(entry.amount for _, entry in self.shop.tables.entries) == paid * PRICE.tiyin

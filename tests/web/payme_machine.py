"""Random sequences of Payme's calls, valid and invalid, of Stars, receipts, refunds by staff, sweeps and clock jumps,
against the shadow merchant."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from bot.web.payme import payme_handler
from domain.payments.merchant import PaymeMerchant
from domain.payments.payme import milliseconds
from domain.payments.service import PaymentService
from tests.domain.payments.fakes import MovableClock, payme_id
from tests.web.payme_desk import KEY, Desk
from tests.web.payme_shadow import DAY, HALF_DAY, TWO_MINUTES, Answer, Paper, Shadow

T = TypeVar("T")
IDS = st.integers(0, 7).map(payme_id)
ORDERS = st.integers(0, 4)
KNOWN = st.integers(0, 3)
MAX_RECEIPTS = 9
"""An order takes ten in a day."""
AMOUNTS = st.sampled_from([*[0] * 16, 1, -1, 10**19, -500_000])
"""What is added to the right amount."""
AGES = st.sampled_from([*[0] * 16, 1, 1000, HALF_DAY - 1, HALF_DAY, HALF_DAY + 1, -5000, -DAY])
JUMPS = st.sampled_from(
    [0, 1, 60_000, TWO_MINUTES - 1, TWO_MINUTES, HALF_DAY - 1, HALF_DAY, HALF_DAY + 1, DAY, -1, -3_600_000]
)


class OtherRails(Protocol):
    """What else happens to an order, named by its code. False: it was refused, and nothing has changed."""

    async def reserve(self, code: str) -> bool: ...
    async def charge(self, code: str) -> bool: ...
    async def send_proof(self, code: str) -> bool: ...
    async def decide(self, code: str, decision: str) -> bool:
        """The receipt that waits: "confirm", "reject" or, by the student, "withdraw"."""
        ...

    async def ask_back(self, code: str) -> bool:
        """Staff wants what Payme took returned; Payme's own call does it."""
        ...

    async def give_back(self, code: str) -> bool:
        """Staff returns what came otherwise."""
        ...

    async def sweep(self) -> None: ...


@dataclass(frozen=True)
class Books:
    """What the product has kept, apart from the transactions."""

    opened: list[str]
    """Codes of orders, one for each time that something is open through them."""
    balance: int
    told: int
    """Of payments and refunds."""


class PaymeAgainstItsShadow(RuleBasedStateMachine):
    """`open_shop` and `books` say where the product keeps its facts."""

    payments: PaymentService
    merchant: PaymeMerchant
    others: OtherRails

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = MovableClock()
        self.open_shop()
        self.shadow = Shadow()
        self.desk = Desk(payme_handler(self.merchant, [KEY]))
        self.names: dict[str, str] = {}
        self.codes: list[str] = []
        self.price = 0
        self.receipts = 0

    def open_shop(self) -> None:
        raise NotImplementedError

    def books(self) -> Books:
        raise NotImplementedError

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.loop.close()

    @property
    def now(self) -> int:
        return milliseconds(self.clock())

    def account(self, number: int) -> str:
        return self.codes[number] if number < len(self.codes) else "ZZZZZZZZZZZZ"

    @initialize()
    def make_orders(self) -> None:
        plain = self.run(self.payments.make_test_orders(3))
        final = self.run(self.payments.make_test_orders(1, are_final=True))
        for order in (*plain, *final):
            self.codes.append(order.code)
            self.price = order.price.tiyin
            # Test orders live for longer than the ordinary ones that the shadow knows.
            made = milliseconds(order.expires_at) - DAY
            self.shadow.orders[order.code] = Paper(price=order.price.tiyin, made=made, final=order.is_final)
        self.priced()

    def priced(self) -> None:
        """Where it matters, the orders get a price in Stars."""

    def agree(self, answer: dict[str, Any], expected: Answer) -> None:
        if isinstance(expected, int):
            assert answer["error"]["code"] == expected
            assert set(answer["error"]["message"]) == {"ru", "uz", "en"}
            assert isinstance(answer["error"]["data"], str)
        else:
            assert self.named(answer["result"]) == expected

    def named(self, result: dict[str, Any]) -> dict[str, Any]:
        """The result with our transaction ids replaced by Payme's."""
        if "transactions" in result:
            return {"transactions": [self.named(line) for line in result["transactions"]]}
        if "transaction" not in result:
            return result
        return {**result, "transaction": self.names[result["transaction"]]}

    @rule(number=ORDERS, extra=AMOUNTS)
    def check(self, number: int, extra: int) -> None:
        account, amount = self.account(number), self.price + extra
        self.agree(self.run(self.desk.check(account, amount)), self.shadow.check(account, amount, self.now))

    @rule(name=IDS, number=ORDERS, extra=AMOUNTS, age=AGES, times=st.integers(1, 2))
    def create(self, name: str, number: int, extra: int, age: int, times: int) -> None:
        account, amount, time = self.account(number), self.price + extra, self.now - age
        for _ in range(times):
            answer = self.run(self.desk.create(name, account, amount, time))
            if "result" in answer:
                assert self.names.setdefault(answer["result"]["transaction"], name) == name
            self.agree(answer, self.shadow.create(name, account, amount, time, self.now))

    @rule(name=IDS, times=st.integers(1, 2))
    def perform(self, name: str, times: int) -> None:
        for _ in range(times):
            self.agree(self.run(self.desk.perform(name)), self.shadow.perform(name, self.now))

    @rule(name=IDS, reason=st.sampled_from([1, 2, 3, 5, 10]), times=st.integers(1, 2))
    def cancel(self, name: str, reason: int, times: int) -> None:
        for _ in range(times):
            self.agree(self.run(self.desk.cancel(name, reason)), self.shadow.cancel(name, reason, self.now))

    @rule(name=IDS)
    def look(self, name: str) -> None:
        self.agree(self.run(self.desk.state(name)), self.shadow.state(name, self.now))

    @rule(start=st.sampled_from([-1, 0]), back=st.sampled_from([0, 1, HALF_DAY, -DAY]))
    def list(self, start: int, back: int) -> None:
        end = self.now - back
        self.agree(self.run(self.desk.statement(start, end)), self.shadow.statement(start, end, self.now))

    @rule(number=KNOWN, times=st.integers(1, 2))
    def telegram_asks(self, number: int, times: int) -> None:
        code = self.codes[number]
        for _ in range(times):
            assert self.run(self.others.reserve(code)) == self.shadow.telegram_asks(code, self.now)

    @rule(number=KNOWN)
    def telegram_charges(self, number: int) -> None:
        code = self.codes[number]
        assert self.run(self.others.charge(code)) == self.shadow.telegram_charged(code, self.now)

    @precondition(lambda self: self.receipts < MAX_RECEIPTS)
    @rule(number=KNOWN)
    def a_receipt_comes(self, number: int) -> None:
        code = self.codes[number]
        self.receipts += 1
        assert self.run(self.others.send_proof(code)) == self.shadow.receipt_comes(code, self.now)

    @rule(number=KNOWN, decision=st.sampled_from(["confirm", "reject", "withdraw"]))
    def the_receipt_is_decided(self, number: int, decision: str) -> None:
        code = self.codes[number]
        assert self.run(self.others.decide(code, decision)) == self.shadow.receipt_is_decided(code, decision, self.now)

    @rule(number=KNOWN)
    def staff_asks_for_the_money_to_go_back(self, number: int) -> None:
        code = self.codes[number]
        assert self.run(self.others.ask_back(code)) == self.shadow.staff_asks_back(code)

    @rule(number=KNOWN)
    def staff_gives_it_back(self, number: int) -> None:
        code = self.codes[number]
        assert self.run(self.others.give_back(code)) == self.shadow.staff_gave_back(code)

    @rule()
    def sweep(self) -> None:
        self.run(self.others.sweep())
        self.shadow.broom(self.now)

    @rule(jump=JUMPS)
    def move_the_clock(self, jump: int) -> None:
        if jump < 0:
            # Only what was looked at is over for good; the shadow sees everything at once.
            for name in self.shadow.slips:
                self.agree(self.run(self.desk.state(name)), self.shadow.state(name, self.now))
        self.clock.forward(milliseconds=jump)

    @invariant()
    def the_books_agree(self) -> None:
        books = self.books()
        assert sorted(books.opened) == sorted(self.shadow.opened)
        assert books.balance == self.shadow.balance
        assert books.told == self.shadow.told

"""PAY-11: everybody at one order at the same moment: Payme, Telegram, staff, the student, the sweep. Each order ends in
a state that an accountant could sign, and whoever was told "yes" was told the truth. The control shows what the guards
are for."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg

from db.engine import Pool, create_pool
from db.unit_of_work import Database
from domain.errors import DomainError
from domain.payments.desk import CashDesk, seal
from domain.payments.model import Order, OrderState
from domain.payments.payme import CancelRequest, PaymeId, StatementRequest, Transaction, TransactionState
from domain.payments.proofs import PaymentProof
from domain.payments.upkeep import OrderKeeper
from domain.users.model import UserId
from tests.conftest import Servers
from tests.db.payments_till import Till
from tests.db.payments_world import ADMIN, make_world
from tests.db.test_payments_controls import Gate, careless, unguard
from tests.scale import scaled

STAFF = UserId(ADMIN)
AT_ONCE = 4
"""Orders; with ten at each of them that is forty transactions at a time."""
LEDGER = """
    select o.id, o.state, o.paid_by, o.price_tiyin,
        (select count(*) from payment_entries e where e.order_id = o.id and e.kind = 'payment') as payments,
        (select count(*) from payment_entries e where e.order_id = o.id and e.kind = 'refund') as refunds,
        (select coalesce(sum(amount_tiyin), 0)::bigint from payment_entries e where e.order_id = o.id) as held,
        (select array_agg(distinct e.rail) from payment_entries e where e.order_id = o.id) as rails,
        (select count(*) from access_grants g where g.order_id = o.id) as grants,
        exists (select from access_grants g where g.order_id = o.id and g.revoked_at is null) as is_open,
        (select coalesce(array_agg(t.state), '{}') from payme_transactions t where t.order_id = o.id) as transactions,
        (select count(*) from star_payments s where s.order_id = o.id and not s.is_surplus) as stars,
        (select count(*) from star_payments s where s.order_id = o.id and not s.is_surplus and s.refunded_at is null)
            as stars_kept,
        (select count(*) from payment_proofs p where p.order_id = o.id and p.state = 'confirmed') as confirmed,
        (select count(*) from notifications n where n.data->>'order_code' = o.code and n.kind = 'payment_performed')
            as told_paid,
        (select count(*) from notifications n where n.data->>'order_code' = o.code and n.kind = 'payment_cancelled')
            as told_back,
        (select event from payment_history h where h.order_id = o.id
            and event in ('ordered', 'paid', 'cancelled', 'expired', 'refunded') order by h.id desc limit 1) as last
    from orders o
"""


def flaws(row: Any) -> list[str]:
    """What an accountant would not sign about one order."""
    is_paid, was_paid = row["state"] == "paid", row["state"] in ("paid", "refunded")
    by = row["paid_by"]
    performed = sum(state in (2, -2) for state in row["transactions"])
    truths = {
        "one payment": row["payments"] == int(was_paid),
        "one refund": row["refunds"] == int(row["state"] == "refunded"),
        "the ledger holds it": row["held"] == (row["price_tiyin"] if is_paid else 0),
        "one rail": (row["rails"] or []) == ([by] if was_paid else []),
        "open while paid": row["is_open"] == is_paid,
        "opened once": row["grants"] == int(was_paid),
        "told once": (row["told_paid"], row["told_back"]) == (int(was_paid), int(row["state"] == "refunded")),
        "payme's own": performed == int(by == "payme"),
        "payme has it": (2 in row["transactions"]) == (is_paid and by == "payme"),
        "stars' own": row["stars"] == int(by == "stars"),
        "stars are there": row["stars_kept"] == int(is_paid and by == "stars"),
        "staff's own": row["confirmed"] == int(by == "cash"),
        "history": {"ordered": "open"}.get(row["last"], row["last"]) == row["state"],
    }
    return [name for name, is_true in truths.items() if not is_true]


@dataclass
class Race:
    """One order and what ten do to it at once; who said what is kept."""

    till: Till
    order: Order
    chance: random.Random
    payme_id: PaymeId
    forgiven: tuple[type[Exception], ...]
    proof: PaymentProof | None = None
    performed: list[Transaction] = field(default_factory=list)
    cancelled: list[Transaction] = field(default_factory=list)
    confirmed: int = 0

    async def prepare(self) -> None:
        """What was under way when it began: a transaction, a receipt, a question of Telegram's."""
        way = self.chance.choice(["payme", "payme", "proof", "stars"])
        if way == "payme":
            await self.till.world.create(self.payme_id, self.order.code)
        elif way == "proof":
            self.proof = await self.till.proof(self.order)
        else:
            await self.till.stars.reserve(self.till.charge(self.order))

    async def perform(self) -> None:
        self.performed.append(await self.till.world.merchant.perform(self.payme_id))

    async def cancel(self) -> None:
        request = CancelRequest(payme_id=self.payme_id, reason=5)
        self.cancelled.append(await self.till.world.merchant.cancel(request))

    async def create(self) -> None:
        await self.till.world.create(self.payme_id, self.order.code)

    async def charge(self) -> None:
        await self.till.stars.receive(self.till.charge(self.order))

    async def confirm(self) -> None:
        if self.proof is not None:
            await self.till.proofs.confirm(STAFF, self.proof.id)
            self.confirmed += 1

    async def give_up(self) -> None:
        await self.till.world.payments.cancel_order(self.order.user_id, self.order.code)

    async def refund(self) -> None:
        """By staff, as soon as somebody has paid: Stars and cash at once, Payme by Payme's own call."""
        world = self.till.world
        desk = CashDesk(
            begin=world.begin, read=world.read, now=world.clock, rails=self.till.rails, timezone="Asia/Tashkent"
        )
        order = self.order
        for _ in range(20):
            order = (await world.payments.account(order.code)).order
            if order.state is not OrderState.OPEN:
                break
            await asyncio.sleep(0.002)
        await desk.refund(STAFF, order.code, "asked back", seal(order))
        charge_id = await world.pool.fetchval(
            "select charge_id from star_payments where order_id = $1 and not is_surplus", order.id
        )
        if charge_id is not None:
            await self.till.stars.finish_refund(charge_id)

    async def sweep(self) -> None:
        await OrderKeeper(begin=self.till.world.begin, now=self.till.world.clock).sweep()

    async def run(self) -> None:
        await self.prepare()
        acts: Sequence[Callable[[], Awaitable[None]]] = [
            *(self.perform, self.perform, self.charge, self.confirm, self.confirm, self.give_up, self.sweep),
            self.chance.choice([self.cancel, self.perform]),
            self.chance.choice([self.cancel, self.create]),
            self.chance.choice([self.refund, self.sweep]),
        ]
        await asyncio.gather(*(self.refusable(act) for act in self.chance.sample(acts, len(acts))))

    async def refusable(self, act: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(self.chance.random() * 0.004)
        try:
            await act()
        except self.forgiven:
            return

    async def lies(self) -> list[str]:
        """Whom the end contradicts: Payme's server keeps what it was answered."""
        stored = await self.till.world.pool.fetchrow(
            "select state, perform_time, cancel_time from payme_transactions where payme_id = $1", self.payme_id
        )
        end = dict(stored) if stored else {"state": 0, "perform_time": 0, "cancel_time": 0}
        truths = {
            "performed": not self.performed or end["state"] in (2, -2),
            "perform_time": {one.perform_time for one in self.performed} <= {end["perform_time"]},
            "cancelled": not self.cancelled or end["state"] < 0,
            "cancel_time": {one.cancel_time for one in self.cancelled} <= {end["cancel_time"]},
            "confirmed once": self.confirmed <= 1,
        }
        return [name for name, is_true in truths.items() if not is_true]


async def mixed(till: Till, count: int, *, forgiven: tuple[type[Exception], ...] = (DomainError,)) -> Counter[str]:
    """The flaws of so many orders after so many races; nothing but a rule's refusal may have been raised."""
    chance, found = random.Random(11), Counter[str]()
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(seed: int) -> None:
        async with turns:
            race = Race(till, await till.order(), random.Random(seed), till.payme_id(), forgiven)
            await race.run()
            found.update(await race.lies())

    await asyncio.gather(*(one(chance.randrange(2**32)) for _ in range(count)))
    for row in await till.world.pool.fetch(LEDGER):
        found.update(flaws(row))
    return found


async def test_whatever_everybody_does_to_an_order_at_once_its_end_is_legal(pool: Pool) -> None:
    """PAY-11, PAY-9: ten at once on each of a thousand orders (a part in every build): 0 illegal."""
    count = scaled(1000, 80)
    till = Till(await make_world(pool))

    assert await mixed(till, count) == {}

    ends = await pool.fetch("select state, paid_by, count(*) from orders group by 1, 2")
    assert await till.world.count("orders") == count
    assert {row["paid_by"] for row in ends} >= {"payme", "stars", "cash"}, "every rail wins some of the races"
    assert len(ends) > 3, "the races end in many ways"
    listed = await till.world.merchant.statement(StatementRequest(start=0, end=10**14))
    assert len(listed) == await till.world.count("payme_transactions")
    by_payme = await pool.fetchval(
        "select coalesce(sum(amount_tiyin), 0)::bigint from payment_entries where rail = 'payme'"
    )
    assert sum(line.amount for line in listed if line.state is TransactionState.PERFORMED) == by_payme


async def test_without_the_guards_the_same_races_do_damage(servers: Servers) -> None:
    """The control: rows are read without their locks and written whatever they say by then."""
    url = await servers.clone()
    pool = await create_pool(url, size=60)
    try:
        await unguard(pool)
        till = Till(await make_world(pool, careless(Database(pool), Gate())))

        found = await mixed(till, 30, forgiven=(DomainError, asyncpg.PostgresError))
    finally:
        await pool.close()
        await servers.drop(url)

    assert found.total() > 10
    assert len(found) >= 3, found

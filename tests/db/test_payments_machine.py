"""The shadow ledger against the real database and the real rails; the history explains every step of it."""

from contextlib import suppress

import orjson
import pytest
from hypothesis import settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from db.engine import Pool, create_pool
from db.unit_of_work import Database
from domain.errors import DomainError
from domain.payments.desk import CashDesk, seal
from domain.payments.errors import ProofDecided
from domain.payments.model import OrderState, Rail
from domain.payments.proofs import ProofId
from domain.payments.stars import ChargeFate
from domain.payments.upkeep import OrderKeeper
from domain.users.model import UserId
from tests.db.emptying import empty
from tests.db.payments_till import STARS, Till
from tests.db.payments_world import ADMIN, World
from tests.domain.payments.fakes import ALGEBRA, LESSON, NOON
from tests.scale import scaled
from tests.web.payme_machine import Books, PaymeAgainstItsShadow

STAFF = UserId(ADMIN)
REPLAYED = """
    select o.code, o.state, (
        select h.event from payment_history h
        where h.order_id = o.id and h.event in ('ordered', 'paid', 'cancelled', 'expired', 'refunded')
        order by h.id desc limit 1
    ) as told, o.price_tiyin, (
        select coalesce(sum(e.amount_tiyin), 0)::bigint from payment_entries e where e.order_id = o.id
    ) as held, coalesce((
        select jsonb_object_agg(x.name, x.event) from (
            select distinct on (h.data->>'payme_id') h.data->>'payme_id' as name, h.event from payment_history h
            where h.order_id = o.id and h.event like 'payme%' order by h.data->>'payme_id', h.id desc
        ) as x
    ), '{}') as transactions, coalesce((
        select jsonb_object_agg(t.payme_id, t.state) from payme_transactions t where t.order_id = o.id
    ), '{}') as states
    from orders o
"""
STATE_OF = {"ordered": "open", "paid": "paid", "cancelled": "cancelled", "expired": "expired", "refunded": "refunded"}
STEP_OF = {1: "payme_created", 2: "payme_performed", -1: "payme_cancelled", -2: "payme_refunded"}


class RealRails:
    """Telegram, the student with a receipt, and staff, through the services that their screens use."""

    def __init__(self, till: Till) -> None:
        self._till = till
        world = till.world
        self._keeper = OrderKeeper(begin=world.begin, now=world.clock)
        self._desk = CashDesk(
            begin=world.begin, read=world.read, now=world.clock, rails=till.rails, timezone="Asia/Tashkent"
        )

    async def reserve(self, code: str) -> bool:
        order = (await self._till.world.payments.account(code)).order
        try:
            await self._till.stars.reserve(self._till.charge(order))
        except DomainError:
            return False
        return True

    async def charge(self, code: str) -> bool:
        order = (await self._till.world.payments.account(code)).order
        charge = self._till.charge(order)
        receipt = await self._till.stars.receive(charge)
        assert await self._till.stars.receive(charge) is ChargeFate.KNOWN
        return receipt is ChargeFate.ACCEPTED

    async def send_proof(self, code: str) -> bool:
        order = (await self._till.world.payments.account(code)).order
        try:
            await self._till.proof(order)
        except DomainError:
            return False
        return True

    async def decide(self, code: str, decision: str) -> bool:
        order = (await self._till.world.payments.account(code)).order
        proof_id = await self._till.world.pool.fetchval(
            "select id from payment_proofs where order_id = $1 and state = 'waiting'", order.id
        )
        is_waiting = proof_id is not None
        if decision == "withdraw":
            await self._till.proofs.withdraw(order.user_id, code)
            return is_waiting
        try:
            if decision == "confirm":
                await self._till.proofs.confirm(STAFF, ProofId(proof_id or 0))
            else:
                await self._till.proofs.reject(STAFF, ProofId(proof_id or 0), "unreadable")
        except DomainError:
            return False
        with suppress(ProofDecided):
            await self._till.proofs.confirm(STAFF, ProofId(proof_id))
            raise AssertionError("a receipt is decided once")
        return True

    async def ask_back(self, code: str) -> bool:
        order = (await self._till.world.payments.account(code)).order
        return order.paid_by is Rail.PAYME and await self._refund(code)

    async def give_back(self, code: str) -> bool:
        order = (await self._till.world.payments.account(code)).order
        if order.state is not OrderState.PAID or order.paid_by is Rail.PAYME:
            assert order.state is OrderState.PAID or not await self._refund(code)
            return False
        if not await self._refund(code):
            return False
        if order.paid_by is Rail.STARS:
            charge_id = await self._till.world.pool.fetchval(
                "select charge_id from star_payments where order_id = $1 and not is_surplus", order.id
            )
            assert await self._till.stars.finish_refund(charge_id)
            assert not await self._till.stars.finish_refund(charge_id)
        return True

    async def _refund(self, code: str) -> bool:
        order = (await self._till.world.payments.account(code)).order
        try:
            await self._desk.refund(STAFF, code, "asked back", seal(order))
        except DomainError:
            return False
        return True

    async def sweep(self) -> None:
        await self._keeper.sweep()


@pytest.mark.timeout(400)
def test_the_database_agrees_with_the_shadow_ledger(database_url: str) -> None:
    """PAY-4, PAY-5, PAY-7, PAY-9, PAY-11, LRN-3: after each of some thousand steps."""

    class OnPostgres(PaymeAgainstItsShadow):
        pool: Pool

        def open_shop(self) -> None:
            self.pool = self.run(create_pool(database_url, size=1))
            self.run(self.empty())
            database = Database(self.pool)
            world = World(self.pool, database.begin, database.read, ALGEBRA, LESSON, self.clock)
            self.payments, self.merchant = world.payments, world.merchant
            self.others = RealRails(Till(world))

        async def empty(self) -> None:
            await empty(self.pool, "users, categories")
            await self.pool.execute(
                "insert into users (id, full_name, language, role, step, timezone, created_at)"
                " values ($1, 'Anora', 'uz', 'admin', 'done', 'Asia/Tashkent', $2)",
                ADMIN,
                NOON,
            )

        def priced(self) -> None:
            self.run(self.pool.execute(f"update orders set stars = {STARS}"))

        def books(self) -> Books:
            return self.run(self.read_books())

        async def read_books(self) -> Books:
            row = await self.pool.fetchrow(
                """
                select (select coalesce(array_agg(o.code), '{}') from access_grants g join orders o on o.id = g.order_id
                        where g.revoked_at is null) as opened,
                    (select coalesce(sum(amount_tiyin), 0)::bigint from payment_entries) as balance,
                    (select count(*) from notifications where kind in ('payment_performed', 'payment_cancelled'))
                        as told
                """
            )
            assert row is not None
            return Books(opened=row["opened"], balance=row["balance"], told=row["told"])

        @invariant()
        def the_history_explains_every_order(self) -> None:
            """SEC-14: replayed, it gives the states; the ledger holds a paid order's price and of others nothing."""
            for row in self.run(self.pool.fetch(REPLAYED)):
                assert STATE_OF[row["told"]] == row["state"]
                assert row["held"] == (row["price_tiyin"] if row["state"] == "paid" else 0)
                states = orjson.loads(row["states"])
                told = orjson.loads(row["transactions"])
                assert told == {name: STEP_OF[state] for name, state in states.items()}

        def teardown(self) -> None:
            self.run(self.pool.close())
            super().teardown()

    run_state_machine_as_test(
        OnPostgres,
        settings=settings(
            max_examples=scaled(150, 12), stateful_step_count=scaled(60, 40), deadline=None, database=None
        ),
    )

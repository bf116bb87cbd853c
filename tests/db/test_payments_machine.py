"""The shadow ledger against the real database."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from db.engine import Pool, create_pool
from db.unit_of_work import Database
from domain.payments.merchant import PaymeMerchant
from domain.payments.service import PaymentService
from tests.db.emptying import empty
from tests.web.payme_machine import Books, PaymeAgainstItsShadow


def test_the_database_agrees_with_the_shadow_ledger(database_url: str) -> None:
    class OnPostgres(PaymeAgainstItsShadow):
        pool: Pool

        def open_shop(self) -> None:
            self.pool = self.run(create_pool(database_url, size=1))
            self.run(self.empty())
            database = Database(self.pool)
            doors = {"begin": database.begin, "read": database.read, "now": self.clock}
            self.payments, self.merchant = PaymentService(**doors), PaymeMerchant(**doors)

        async def empty(self) -> None:
            await empty(self.pool, "users, categories")

        def books(self) -> Books:
            return self.run(self.read_books())

        async def read_books(self) -> Books:
            row = await self.pool.fetchrow(
                """
                select (select coalesce(array_agg(o.code), '{}') from access_grants g join orders o on o.id = g.order_id
                        where g.revoked_at is null) as opened,
                    (select coalesce(sum(amount_tiyin), 0)::bigint from payment_entries) as balance,
                    (select count(*) from notifications) as told
                """
            )
            assert row is not None
            return Books(opened=row["opened"], balance=row["balance"], told=row["told"])

        def teardown(self) -> None:
            self.run(self.pool.close())
            super().teardown()

    run_state_machine_as_test(
        OnPostgres, settings=settings(max_examples=12, stateful_step_count=25, deadline=None, database=None)
    )

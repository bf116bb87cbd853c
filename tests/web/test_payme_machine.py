from hypothesis import settings

from tests.domain.payments.fakes import Shop
from tests.web.payme_machine import Books, PaymeAgainstItsShadow


class OnFakes(PaymeAgainstItsShadow):
    def open_shop(self) -> None:
        self.shop = Shop(clock=self.clock)
        self.payments, self.merchant = self.shop.payments, self.shop.merchant

    def books(self) -> Books:
        tables = self.shop.tables
        return Books(
            opened=[
                order.code for order in tables.orders.values() if order.id in tables.granted.keys() - tables.revoked
            ],
            balance=sum(entry.amount for _, entry in tables.entries),
            told=len(tables.notices),
        )


OnFakes.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestPaymeAgainstItsShadow = OnFakes.TestCase

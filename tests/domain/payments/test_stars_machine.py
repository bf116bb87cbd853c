"""The shadow ledger of Stars, and proof that it sees what it should."""

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from domain.errors import DomainError
from domain.payments.model import Order
from domain.payments.stars import ChargeFate, StarsCashier, StarsCharge, StarsRail
from domain.payments.stars_ports import ChargeId
from domain.unit_of_work import UnitOfWork
from tests.domain.payments.stars_fakes import FakeStarPayments
from tests.domain.payments.stars_machine import StarsAgainstTheLedger

QUICK = settings(max_examples=80, stateful_step_count=40, deadline=None, database=None)
UNSHRUNK = settings(QUICK, phases=[Phase.generate])


def test_every_star_pays_its_order_or_goes_back() -> None:
    run_state_machine_as_test(StarsAgainstTheLedger, settings=QUICK)


async def _trusting(self: StarsRail, uow: UnitOfWork, order: Order, evidence: StarsCharge, now: object) -> Order:
    return order


async def _forgetful(self: FakeStarPayments, charge_id: ChargeId) -> None:
    return None


async def _greedy(self: StarsCashier, uow: UnitOfWork, order: Order | None, charge: StarsCharge) -> ChargeFate:
    """Keeps the money of what could not be paid, as bots without a refund do."""
    if order is None:
        return ChargeFate.SURPLUS
    return await _take(self, uow, order, charge)


def _gullible(self: StarsCharge, order: Order | None) -> Order:
    assert order is not None
    return order


_take = StarsCashier._take


@pytest.mark.parametrize(
    ("where", "name", "careless"),
    [
        (StarsRail, "confirm", _trusting),
        (FakeStarPayments, "get", _forgetful),
        (StarsCashier, "_take", _greedy),
        (StarsCharge, "require_fit", _gullible),
    ],
    ids=["pays without paying", "forgets charges", "keeps strays", "asks for no amount"],
)
def test_the_ledger_sees_carelessness(
    monkeypatch: pytest.MonkeyPatch, where: type, name: str, careless: object
) -> None:
    monkeypatch.setattr(where, name, careless)

    with pytest.raises((AssertionError, KeyError, DomainError, ExceptionGroup)):
        run_state_machine_as_test(StarsAgainstTheLedger, settings=UNSHRUNK)

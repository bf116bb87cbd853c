"""The job that returns Stars, and each answer that Telegram may give to it."""

from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import RefundStarPayment

from bot.payments.stars_refunds import StarsRefunds
from bot.services import Services
from domain.notifications.model import NoticeKind
from domain.payments.model import Order, OrderState
from domain.payments.stars import StarsCashier
from domain.payments.stars_ports import ChargeId
from tests.domain.payments.fakes import ALGEBRA, ALI
from tests.domain.payments.stars_fakes import BOSS, StarShop

METHOD = RefundStarPayment(user_id=ALI, telegram_payment_charge_id="c1")
PAYLOAD = {"charge_id": "c1"}


@dataclass
class Telegram:
    """Answers with what is next; in the end, that it is done."""

    answers: list[TelegramAPIError] = field(default_factory=list)
    asked: list[tuple[int, str]] = field(default_factory=list)

    async def refund_star_payment(self, user_id: int, charge_id: str) -> bool:
        self.asked.append((user_id, charge_id))
        if self.answers:
            raise self.answers.pop(0)
        return True


@dataclass
class OnlyStars:
    stars: StarsCashier


@dataclass
class Rig:
    shop: StarShop
    telegram: Telegram
    job: StarsRefunds
    order: Order

    @property
    def state(self) -> OrderState:
        return self.shop.order(self.order).state


@pytest.fixture
async def rig() -> Rig:
    """A paid order whose money staff wants returned."""
    shop, telegram = StarShop(), Telegram()
    order = await shop.paid(ALI, ALGEBRA, "c1")
    await shop.ask_refund(order)
    job = StarsRefunds(cast("Services", OnlyStars(shop.stars)), cast("Bot", telegram))
    return Rig(shop, telegram, job, order)


async def test_what_telegram_returns_is_noted_once(rig: Rig) -> None:
    for _time in range(3):
        await rig.job.refund(PAYLOAD)

    assert rig.telegram.asked == [(ALI, "c1")]
    assert rig.state is OrderState.REFUNDED


async def test_a_run_whose_answer_was_lost_is_ended_by_the_next_one(rig: Rig) -> None:
    rig.telegram.answers = [TelegramBadRequest(METHOD, "Bad Request: CHARGE_ALREADY_REFUNDED")]

    await rig.job.refund(PAYLOAD)

    assert rig.state is OrderState.REFUNDED
    assert rig.shop.told(BOSS) == []


@pytest.mark.parametrize(
    "failure",
    [
        TelegramNetworkError(METHOD, "Request timeout error"),
        TelegramServerError(METHOD, "HTTP 502"),
        TelegramRetryAfter(METHOD, "Too Many Requests", 30),
    ],
    ids=["no network", "a failing server", "too many requests"],
)
async def test_what_fails_in_passing_is_left_to_the_next_try(rig: Rig, failure: TelegramAPIError) -> None:
    rig.telegram.answers = [failure]

    with pytest.raises(type(failure)):
        await rig.job.refund(PAYLOAD)

    assert rig.state is OrderState.PAID
    await rig.job.refund(PAYLOAD)
    assert rig.state is OrderState.REFUNDED


async def test_a_refusal_is_told_to_whoever_asked_and_changes_nothing(rig: Rig) -> None:
    rig.telegram.answers = [TelegramBadRequest(METHOD, "Bad Request: BOT_STARS_BALANCE_TOO_LOW")]

    await rig.job.refund(PAYLOAD)

    assert rig.state is OrderState.PAID
    assert rig.shop.is_open(rig.order)
    assert rig.shop.told(BOSS) == [NoticeKind.REFUND_TO_MAKE]


@pytest.mark.parametrize("payload", [{"charge_id": "unknown"}, {"charge_id": ""}])
async def test_a_payment_that_nobody_knows_is_not_asked_for(rig: Rig, payload: dict[str, Any]) -> None:
    await rig.job.refund(payload)

    assert rig.telegram.asked == []


async def test_what_telegram_returned_in_the_meantime_is_not_asked_for_again(rig: Rig) -> None:
    await rig.shop.stars.finish_refund(ChargeId("c1"))

    await rig.job.refund(PAYLOAD)

    assert rig.telegram.asked == []

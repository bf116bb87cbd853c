"""Payme's own sandbox checklist, step by step and over HTTP: each scenario is posted as Payme's server posts it."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web.payme import payme_handler
from domain.payments.payme import milliseconds
from tests.domain.payments.fakes import Shop, payme_id
from tests.web.payme_desk import KEY, basic

MINE, OTHER = payme_id(1), payme_id(2)


@dataclass
class Payme:
    """The provider's server: one order of the merchant's is typed into its form."""

    client: TestClient[web.Request, web.Application]
    shop: Shop
    account: dict[str, str] = field(default_factory=dict)
    amount: int = 0
    key: str = KEY

    @property
    def now(self) -> int:
        return milliseconds(self.shop.clock())

    async def post(self, method: str, params: dict[str, Any]) -> bytes:
        headers = {"Authorization": basic(f"Paycom:{self.key}"), "Content-Type": "text/json; charset=UTF-8"}
        body = json.dumps({"method": method, "params": params, "id": 2032}).encode()
        response = await self.client.post("/payme", data=body, headers=headers)
        assert response.status == 200
        return await response.read()

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        answer = json.loads(await self.post(method, params))
        assert answer["id"] == 2032
        return answer

    async def twice(self, method: str, **params: Any) -> dict[str, Any]:
        """The checklist sends Create, Perform and Cancel twice, and the answers must be equal."""
        first = await self.post(method, params)
        self.shop.clock.forward(seconds=5)
        assert await self.post(method, params) == first
        return json.loads(first)["result"]

    async def check_perform(self) -> dict[str, Any]:
        return await self.call("CheckPerformTransaction", amount=self.amount, account=self.account)

    async def create(self) -> dict[str, Any]:
        return await self.twice("CreateTransaction", id=MINE, time=self.now, amount=self.amount, account=self.account)

    async def state(self) -> dict[str, Any]:
        return (await self.call("CheckTransaction", id=MINE))["result"]


@pytest.fixture
async def payme() -> AsyncIterator[Payme]:
    shop = Shop()
    app = web.Application()
    app.router.add_route("*", "/payme", payme_handler(shop.merchant, [KEY]))
    async with TestClient(TestServer(app)) as client:
        order = (await shop.payments.make_test_orders(1))[0]
        yield Payme(client, shop, {"order_id": order.code}, order.price.tiyin)


@pytest.mark.parametrize(
    "method",
    [
        *("CheckPerformTransaction", "CreateTransaction", "PerformTransaction"),
        *("CancelTransaction", "CheckTransaction", "GetStatement"),
    ],
)
async def test_1_1_wrong_authorisation(payme: Payme, method: str) -> None:
    payme.key = "wrong"

    assert (await payme.call(method))["error"]["code"] == -32504


async def test_1_2_wrong_amount(payme: Payme) -> None:
    target = {"amount": payme.amount + 1, "account": payme.account}

    check = await payme.call("CheckPerformTransaction", **target)
    create = await payme.call("CreateTransaction", id=MINE, time=payme.now, **target)

    assert check["error"]["code"] == create["error"]["code"] == -31001


async def test_1_3_unknown_account(payme: Payme) -> None:
    target = {"amount": payme.amount, "account": {"order_id": "ZZZZZZZZZZZZ"}}

    for answer in (
        await payme.call("CheckPerformTransaction", **target),
        await payme.call("CreateTransaction", id=MINE, time=payme.now, **target),
    ):
        assert -31099 <= answer["error"]["code"] <= -31050
        assert set(answer["error"]["message"]) == {"ru", "uz", "en"}
        assert answer["error"]["data"] == "order_id"


async def test_1_4_and_2_1_check_perform_allows(payme: Payme) -> None:
    assert (await payme.check_perform())["result"] == {"allow": True}


async def test_1_5_and_2_2_create_twice_and_refuse_another(payme: Payme) -> None:
    assert (await payme.check_perform())["result"]["allow"] is True
    created = await payme.create()
    state = await payme.state()
    another = await payme.call(
        "CreateTransaction", id=OTHER, time=payme.now, amount=payme.amount, account=payme.account
    )

    assert created["state"] == state["state"] == 1
    assert (state["create_time"], state["perform_time"], state["cancel_time"]) == (created["create_time"], 0, 0)
    assert state["reason"] is None
    assert state["transaction"] == created["transaction"]
    assert another["error"]["code"] == -31008


async def test_1_6_cancel_what_is_not_confirmed_twice(payme: Payme) -> None:
    await payme.create()

    cancelled = await payme.twice("CancelTransaction", id=MINE, reason=3)

    state = await payme.state()
    assert cancelled == {key: state[key] for key in ("transaction", "cancel_time", "state")}
    assert (state["state"], state["reason"], state["perform_time"]) == (-1, 3, 0)
    assert (await payme.check_perform())["result"] == {"allow": True}, "a declined card must not block the order"


async def test_2_3_perform_twice(payme: Payme) -> None:
    await payme.create()

    performed = await payme.twice("PerformTransaction", id=MINE)

    state = await payme.state()
    assert performed == {key: state[key] for key in ("transaction", "perform_time", "state")}
    assert (state["state"], state["reason"], state["cancel_time"]) == (2, None, 0)


async def test_2_4_cancel_what_is_confirmed_twice(payme: Payme) -> None:
    await payme.create()
    await payme.twice("PerformTransaction", id=MINE)

    cancelled = await payme.twice("CancelTransaction", id=MINE, reason=5)

    state = await payme.state()
    assert cancelled == {key: state[key] for key in ("transaction", "cancel_time", "state")}
    assert (state["state"], state["reason"]) == (-2, 5)
    assert state["cancel_time"] >= state["perform_time"] > 0


async def test_2_4_cancel_what_is_confirmed_and_delivered(payme: Payme) -> None:
    order = (await payme.shop.payments.make_test_orders(1, are_final=True))[0]
    payme.account = {"order_id": order.code}
    await payme.create()
    await payme.twice("PerformTransaction", id=MINE)

    for _ in range(2):
        assert (await payme.call("CancelTransaction", id=MINE, reason=5))["error"]["code"] == -31007
    assert (await payme.state())["state"] == 2

"""The endpoint on PostgreSQL, asked as a stranger would: every call in every state, sent twice, byte for byte.

What is expected is written down from Payme's documents: answers, codes, times, and that a refusal leaves no trace.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web.payme import payme_handler
from db.engine import Pool
from domain.payments.model import Order
from domain.payments.payme import milliseconds
from domain.users.model import UserId
from tests.db.foreign_payme import KEY, ForeignPayme, code_of, sound
from tests.db.payments_till import Till
from tests.db.payments_world import ADMIN, make_world

ADMIN_ID = UserId(ADMIN)
HALF_DAY = 12 * 60 * 60 * 1000
TRACES = """
    select md5(string_agg(line, ';' order by line)) from (
        select 'o' || o::text as line from orders o
        union all select 't' || t::text from payme_transactions t
        union all select 'e' || e::text from payment_entries e
        union all select 'a' || a::text from access_grants a
        union all select 'n' || n::text from notifications n
        union all select 's' || s::text from star_payments s
        union all select 'p' || p::text from payment_proofs p
        union all select 'r' || r::text from fiscal_receipts r
        union all select 'h' || h::text from payment_history h
    ) as lines
"""


@dataclass
class Scene:
    """An order in some state, a second one that is open, and a transaction's name for each call."""

    payme: ForeignPayme
    till: Till
    order: Order
    elsewhere: Order
    mine: str
    other: str

    @property
    def now(self) -> int:
        return milliseconds(self.till.world.clock())

    @property
    def amount(self) -> int:
        return self.order.price.tiyin

    async def create(self, **changes: Any) -> dict[str, Any]:
        return await self.payme.ask("CreateTransaction", **self.creation(**changes))

    def creation(self, **changes: Any) -> dict[str, Any]:
        plain = {"id": self.mine, "time": self.now, "amount": self.amount, "account": {"order_id": self.order.code}}
        return plain | changes

    async def must(self, method: str, **params: Any) -> dict[str, Any]:
        answer = await self.payme.ask(method, **params)
        assert "result" in answer, answer
        return answer["result"]


@pytest.fixture(scope="module")
async def till(pool: Pool) -> Till:
    return Till(await make_world(pool))


@pytest.fixture(scope="module")
async def payme(till: Till) -> AsyncIterator[ForeignPayme]:
    app = web.Application()
    app.router.add_route("*", "/payme", payme_handler(till.world.merchant, [KEY]))
    async with TestClient(TestServer(app)) as client:
        yield ForeignPayme(client)


async def begun(scene: Scene) -> None:
    await scene.must("CreateTransaction", **scene.creation())


async def performed(scene: Scene) -> None:
    await begun(scene)
    await scene.must("PerformTransaction", id=scene.mine)


async def given_up(scene: Scene) -> None:
    await scene.till.world.payments.cancel_order(scene.order.user_id, scene.order.code)


async def expired(scene: Scene) -> None:
    scene.till.world.clock.forward(hours=24)
    scene.elsewhere = await scene.till.order()


async def final(scene: Scene) -> None:
    await scene.till.world.pool.execute("update orders set is_final = true where id = $1", scene.order.id)
    await performed(scene)


async def final_but_staff_asks(scene: Scene) -> None:
    await final(scene)
    assert await scene.till.ask_refund(scene.order)


async def cancelled(scene: Scene) -> None:
    await begun(scene)
    await scene.must("CancelTransaction", id=scene.mine, reason=3)


async def refunded(scene: Scene) -> None:
    await performed(scene)
    await scene.must("CancelTransaction", id=scene.mine, reason=5)


async def timed_out(scene: Scene) -> None:
    await begun(scene)
    scene.till.world.clock.forward(milliseconds=HALF_DAY)


async def awaited_by_stars(scene: Scene) -> None:
    await scene.till.stars.reserve(scene.till.charge(scene.order))


async def awaited_by_staff(scene: Scene) -> None:
    await scene.till.proof(scene.order)


async def paid_by_stars(scene: Scene) -> None:
    await scene.till.stars.receive(scene.till.charge(scene.order))


async def paid_by_cash(scene: Scene) -> None:
    proof = await scene.till.proof(scene.order)
    await scene.till.proofs.confirm(ADMIN_ID, proof.id)


async def begun_but_stars_were_faster(scene: Scene) -> None:
    """The reservation for the Stars has lapsed, Payme has begun, and the Stars come all the same."""
    charge = scene.till.charge(scene.order)
    await scene.till.stars.reserve(charge)
    scene.till.world.clock.forward(minutes=3)
    await begun(scene)
    await scene.till.stars.receive(charge)


async def nothing(scene: Scene) -> None:
    pass


Act = Callable[[Scene], Awaitable[None]]
STATES: dict[str, Act] = {
    "open": nothing,
    "given up": given_up,
    "expired": expired,
    "created": begun,
    "performed": performed,
    "final": final,
    "asked back": final_but_staff_asks,
    "cancelled": cancelled,
    "refunded": refunded,
    "timed out": timed_out,
    "awaited": awaited_by_stars,
    "proof waits": awaited_by_staff,
    "by stars": paid_by_stars,
    "by cash": paid_by_cash,
    "overtaken": begun_but_stars_were_faster,
}


async def scene_in(state: str, payme: ForeignPayme, till: Till) -> Scene:
    """A new order that was brought into the state by calls and taps alone."""
    order, elsewhere = await till.order(), await till.order()
    scene = Scene(payme, till, order, elsewhere, till.payme_id(), till.payme_id())
    await STATES[state](scene)
    return scene


def calls(scene: Scene) -> dict[str, tuple[str, dict[str, Any]]]:
    order, unknown = {"order_id": scene.order.code}, {"order_id": "ZZZZZZZZZZZZ"}
    elsewhere, nobody = {"order_id": scene.elsewhere.code}, f"{scene.other[:-1]}f"
    other, late = {"id": scene.other}, {"id": scene.other, "time": scene.now - HALF_DAY}
    check, create = "CheckPerformTransaction", "CreateTransaction"
    return {
        "check": (check, {"amount": scene.amount, "account": order}),
        "check, less": (check, {"amount": scene.amount - 1, "account": order}),
        "check, more": (check, {"amount": scene.amount + 1, "account": order}),
        "check, so‘m for tiyin": (check, {"amount": scene.amount // 100, "account": order}),
        "check, unknown": (check, {"amount": scene.amount, "account": unknown}),
        "create": (create, scene.creation()),
        "create, other time": (create, scene.creation(time=scene.now - 1)),
        "create, less": (create, scene.creation(amount=scene.amount - 1)),
        "create, elsewhere": (create, scene.creation(account=elsewhere)),
        "create, unknown": (create, scene.creation(account=unknown)),
        "create another": (create, scene.creation(**other)),
        "create another, more": (create, scene.creation(**other, amount=scene.amount + 1)),
        "create another, just in time": (create, scene.creation(**late | {"time": scene.now - HALF_DAY + 6000})),
        "create another, late": (create, scene.creation(**late)),
        "perform": ("PerformTransaction", {"id": scene.mine}),
        "perform, unknown": ("PerformTransaction", {"id": nobody}),
        "cancel": ("CancelTransaction", {"id": scene.mine, "reason": 5}),
        "cancel, otherwise": ("CancelTransaction", {"id": scene.mine, "reason": 1}),
        "cancel, unknown": ("CancelTransaction", {"id": nobody, "reason": 5}),
        "state": ("CheckTransaction", {"id": scene.mine}),
        "state, unknown": ("CheckTransaction", {"id": nobody}),
    }


# By state: the codes of check, create, create elsewhere, create another, create another late, perform, cancel, state.
CODES = {
    "open": (0, 0, 0, 0, -31008, -31003, -31003, -31003),
    "given up": (-31053, -31053, 0, -31053, -31053, -31003, -31003, -31003),
    "expired": (-31053, -31053, 0, -31053, -31053, -31003, -31003, -31003),
    "created": (-31052, 0, -31008, -31008, -31008, 0, 0, 0),
    "performed": (-31051, -31008, -31008, -31051, -31051, 0, 0, 0),
    "final": (-31051, -31008, -31008, -31051, -31051, 0, -31007, 0),
    "asked back": (-31051, -31008, -31008, -31051, -31051, 0, 0, 0),
    "cancelled": (0, -31008, -31008, 0, -31008, -31008, 0, 0),
    "refunded": (-31053, -31008, -31008, -31053, -31053, -31008, 0, 0),
    "timed out": (0, -31008, -31008, 0, -31008, -31008, 0, 0),
    "awaited": (-31052, -31008, 0, -31008, -31008, -31003, -31003, -31003),
    "proof waits": (-31052, -31008, 0, -31008, -31008, -31003, -31003, -31003),
    "by stars": (-31051, -31051, 0, -31051, -31051, -31003, -31003, -31003),
    "by cash": (-31051, -31051, 0, -31051, -31051, -31003, -31003, -31003),
    "overtaken": (-31051, 0, -31008, -31051, -31051, -31008, 0, 0),
}
ALWAYS = {
    "check, less": -31001,
    "check, more": -31001,
    "check, so‘m for tiyin": -31001,
    "check, unknown": -31050,
    "create, less": -31001,
    "create, unknown": -31050,
    "create another, more": -31001,
    "perform, unknown": -31003,
    "cancel, unknown": -31003,
    "state, unknown": -31003,
}


def expected(state: str) -> dict[str, int]:
    check, create, elsewhere, another, late, perform, cancel, look = CODES[state]
    return ALWAYS | {
        "check": check,
        "create": create,
        "create, other time": create,
        "create, elsewhere": elsewhere,
        "create another": another,
        "create another, just in time": another,
        "create another, late": late,
        "perform": perform,
        "cancel": cancel,
        "cancel, otherwise": cancel,
        "state": look,
    }


@pytest.mark.parametrize("state", STATES)
async def test_what_is_refused_has_its_code_names_its_field_and_leaves_no_trace(
    state: str, payme: ForeignPayme, till: Till
) -> None:
    """PAY-3, PAY-4, PAY-5."""
    scene = await scene_in(state, payme, till)
    await payme.ask("CheckTransaction", id=scene.mine)
    before = await till.world.pool.fetchval(TRACES)

    for name, code in expected(state).items():
        if code == 0:
            continue
        method, params = calls(scene)[name]
        body = payme.call(method, **params)
        first, second = await payme.post(body), await payme.post(body)
        assert (name, code_of(sound(first))) == (name, code)
        assert first == second
        about = {-31001: "amount", -31003: "id", -31007: "id"}.get(code)
        about = about or ("order_id" if -31099 <= code <= -31050 else None)
        assert about in (None, sound(first)["error"]["data"])
        assert await till.world.pool.fetchval(TRACES) == before, name


@pytest.mark.parametrize("state", STATES)
async def test_what_is_accepted_is_answered_the_same_twice_and_done_once(
    state: str, payme: ForeignPayme, till: Till
) -> None:
    """PAY-3: the second answer five seconds later, byte for byte; nothing more has happened by then."""
    for name, code in expected(state).items():
        if code != 0:
            continue
        scene = await scene_in(state, payme, till)
        method, params = calls(scene)[name]
        body = payme.call(method, **params)
        first = await payme.post(body)
        traces = await till.world.pool.fetchval(TRACES)
        till.world.clock.forward(seconds=5)

        assert await payme.post(body) == first, name
        assert await till.world.pool.fetchval(TRACES) == traces, name
        result = sound(first)["result"]
        if method == "CheckPerformTransaction":
            assert result == {"allow": True}
        else:
            await agrees_with_its_state(payme, method, params["id"], result)


async def agrees_with_its_state(payme: ForeignPayme, method: str, name: str, result: dict[str, Any]) -> None:
    state = (await payme.ask("CheckTransaction", id=name))["result"]
    fields = {
        "CreateTransaction": {"create_time", "transaction", "state"},
        "PerformTransaction": {"perform_time", "transaction", "state"},
        "CancelTransaction": {"cancel_time", "transaction", "state"},
        "CheckTransaction": {"create_time", "perform_time", "cancel_time", "transaction", "state", "reason"},
    }[method]
    assert set(result) - {"receivers"} == fields
    assert {key: result[key] for key in fields} == {key: state[key] for key in fields}
    assert isinstance(state["transaction"], str)
    assert state["state"] in (1, 2, -1, -2)
    assert (state["perform_time"] > 0) == (state["state"] in (2, -2))
    assert (state["cancel_time"] > 0) == (state["state"] < 0) == (state["reason"] is not None)
    assert all(isinstance(state[key], int) for key in ("create_time", "perform_time", "cancel_time"))


@pytest.mark.parametrize("offset", [-1, 0, 1])
async def test_twelve_hours_are_exact_for_every_call(offset: int, payme: ForeignPayme, till: Till) -> None:
    """PAY-7: one millisecond before, at, and after 43 200 000; counted from Payme's time."""
    in_time = offset < 0
    for first in ("perform", "state", "cancel, otherwise", "create", "create another", "check", "statement"):
        scene = await scene_in("open", payme, till)
        began = scene.now - 1000
        await scene.must("CreateTransaction", **scene.creation(time=began))
        till.world.clock.moment += timedelta(milliseconds=HALF_DAY - 1000 + offset)
        if first == "statement":
            [line] = (await payme.ask("GetStatement", **{"from": began, "to": began}))["result"]["transactions"]
            assert (line["state"], line["reason"]) == ((1, None) if in_time else (-1, 4))
        else:
            code = code_of(await payme.ask(calls(scene)[first][0], **calls(scene)[first][1]))
            late = {"perform": -31008, "create": -31008}
            early = {"create another": -31008, "check": -31052}
            assert code == (early if in_time else late).get(first, 0), first

        state = await scene.must("CheckTransaction", id=scene.mine)
        if in_time:
            after = {"perform": 2, "cancel, otherwise": -1}.get(first, 1)
            assert (state["state"], state["reason"]) == (after, 1 if first == "cancel, otherwise" else None)
        else:
            assert (state["state"], state["reason"], state["cancel_time"]) == (-1, 4, began + HALF_DAY)
            assert code_of(await payme.ask("PerformTransaction", id=scene.mine)) == -31008
            free = await payme.ask(calls(scene)["check"][0], **calls(scene)["check"][1])
            assert code_of(free) == (-31052 if first == "create another" else 0)


async def test_the_statement_has_both_its_bounds_is_sorted_and_holds_what_was_created_alone(
    payme: ForeignPayme, till: Till
) -> None:
    """PAY-9: by Payme's time, whatever became of the transaction since."""
    till.world.clock.forward(days=1)
    scenes = [await scene_in("open", payme, till) for _ in range(4)]
    base = scenes[0].now
    ages = (30, 10, 20, 10)
    for scene, age in zip(scenes, ages, strict=True):
        await scene.must("CreateTransaction", **scene.creation(time=base - age))
        till.world.clock.forward(seconds=1)
    assert code_of(await scenes[0].create(id=scenes[0].other, time=base - 15)) == -31008
    await scenes[1].must("PerformTransaction", id=scenes[1].mine)
    await scenes[2].must("CancelTransaction", id=scenes[2].mine, reason=3)

    async def listed(start: int, end: int) -> list[str]:
        lines = (await payme.ask("GetStatement", **{"from": start, "to": end}))["result"]["transactions"]
        for line in lines:
            state = (await payme.ask("CheckTransaction", id=line["id"]))["result"]
            assert {key: line[key] for key in state} == state
            assert set(line) == {*state, "id", "time", "amount", "account", "receivers"}
        return [line["id"] for line in lines]

    names = [scene.mine for scene in scenes]
    assert await listed(base - 30, base - 10) == [names[0], names[2], names[1], names[3]]
    assert await listed(base - 29, base - 11) == [names[2]]
    assert await listed(base - 10, base - 10) == [names[1], names[3]]
    assert await listed(base - 10, base - 30) == []
    assert set(names) <= set(await listed(-(10**30), 10**30))

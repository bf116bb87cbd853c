"""Bad input on PostgreSQL: every malformed call has its error, in the protocol's words, and leaves no trace.

PAY-6: 20 000 mutated bodies (a part of them in every build), with and without the key; PAY-10: amounts.
"""

import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import structlog.testing
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.web.payme import payme_handler
from db.engine import Pool
from domain.payments.model import Order
from domain.payments.payme import milliseconds
from tests.db.foreign_payme import KEY, ForeignPayme, code_of
from tests.db.payments_till import Till
from tests.db.payments_world import make_world
from tests.db.test_payments_black_box import TRACES
from tests.scale import scaled


@pytest.fixture(scope="module")
async def till(pool: Pool) -> Till:
    return Till(await make_world(pool))


@pytest.fixture(scope="module")
async def payme(till: Till) -> AsyncIterator[ForeignPayme]:
    app = web.Application()
    app.router.add_route("*", "/payme", payme_handler(till.world.merchant, [KEY]))
    async with TestClient(TestServer(app)) as client:
        yield ForeignPayme(client)


@pytest.fixture(scope="module")
async def order(till: Till) -> Order:
    return await till.order()


def body(params: str, method: str = '"CreateTransaction"', number: str = "7") -> bytes:
    return f'{{"method": {method}, "params": {params}, "id": {number}}}'.encode("utf-8", "surrogatepass")


def creation(order: Order, time: int, **raw: str) -> str:
    """The parameters of a good CreateTransaction, with some of them written otherwise; `raw` is JSON."""
    fields = {
        "id": f'"{"0" * 23}a"',
        "time": str(time),
        "amount": str(order.price.tiyin),
        "account": json.dumps({"order_id": order.code}),
    } | raw
    return "{" + ", ".join(f'"{name}": {value}' for name, value in fields.items()) + "}"


AMOUNTS = [
    *("15000000.0", "15000000.5", "1.5e7", "15e6", '"15000000"', "true", "false", "null", "[]", "{}", "[15000000]"),
    *("-15000000", "0", "-0", "-1", "1", "9223372036854775807", "9223372036854775808", "-9223372036854775809"),
    *("18446744073709551616", "9" * 400, '"1_5000000"', "15_000_000", "0x10", "015000000", "+15000000", "1.5E+7"),
    *("NaN", "Infinity", "-Infinity", '"\\u0000"', "1e400", "9" * 5000, "150000"),
]


@pytest.mark.parametrize("amount", AMOUNTS, ids=lambda amount: amount[:24])
async def test_no_amount_but_the_price_as_an_integer_reserves_anything(
    payme: ForeignPayme, till: Till, order: Order, amount: str
) -> None:
    """PAY-10: floats, booleans, texts, negatives, zero, beyond 64 bits, and what is no JSON at all."""
    before = await till.world.pool.fetchval(TRACES)
    time = milliseconds(till.world.clock())

    create = await payme.say(body(creation(order, time, amount=amount)))
    check = await payme.say(body(creation(order, time, amount=amount), '"CheckPerformTransaction"'))

    assert code_of(create) == code_of(check)
    assert code_of(create) in (-31001, -32600, -32700)
    assert await till.world.pool.fetchval(TRACES) == before


DEEP = "[" * 200 + "]" * 200
ENVELOPES: dict[str, tuple[str, int]] = {
    "empty": ("", -32700),
    "no json": ("hello", -32700),
    "truncated": ('{"method": "CheckTransaction", "par', -32700),
    "two values": ("{} {}", -32700),
    "single quotes": ("{'method': 'CheckTransaction'}", -32700),
    "trailing comma": ('{"method": "CheckTransaction", "params": {}, "id": 7,}', -32700),
    "byte order mark": ('\ufeff{"method": "CheckTransaction", "params": {}, "id": 7}', -32700),
    "control character": ('{"method": "Check\nTransaction", "params": {}, "id": 7}', -32700),
    "array": ("[]", -32600),
    "batch": ('[{"method": "GetStatement", "params": {"from": 1, "to": 2}, "id": 7}]', -32600),
    "text": ('"CheckTransaction"', -32600),
    "number": ("7", -32600),
    "null": ("null", -32600),
    "no id": ('{"method": "CheckTransaction", "params": {}}', -32600),
    "no method": ('{"params": {}, "id": 7}', -32600),
    "no params": ('{"method": "CheckTransaction", "id": 7}', -32600),
    "method is a number": (body("{}", "5").decode(), -32600),
    "method is null": (body("{}", "null").decode(), -32600),
    "method is a list": (body("{}", '["CheckTransaction"]').decode(), -32600),
    "unknown method": (body("{}", '"checkTransaction"').decode(), -32601),
    "method with a NUL": (body("{}", '"CheckTransaction\\u0000"').decode(), -32601),
    "half a surrogate pair": (body("{}", '"\\ud800"').decode(), -32601),
    "params is a list": (body("[]").decode(), -32600),
    "params is a text": (body('"x"').decode(), -32600),
    "deep params": (body(f'{{"account": {DEEP}}}').decode(), -32600),
    "endless nesting": ("[" * 60_000, -32700),
    "a number of 5 000 digits": (body(f'{{"id": {"9" * 5000}}}').decode(), -32700),
    "id is true": (body("{}", number="true").decode(), -32600),
    "id is a list": (body("{}", number="[7]").decode(), -32600),
    "id is an object": (body("{}", number="{}").decode(), -32600),
    "id is no number": (body("{}", number="NaN").decode(), -32700),
    "two ids": ('{"method": "GetStatement", "params": {"from": 1, "to": 2}, "id": 7, "id": 8}', -32600),
    "two methods": ('{"method": "GetStatement", "method": "GetStatement", "params": {}, "id": 7}', -32600),
    "jsonrpc 1.0": ('{"jsonrpc": "1.0", "method": "GetStatement", "params": {}, "id": 7}', -32600),
    "jsonrpc a number": ('{"jsonrpc": 2.0, "method": "GetStatement", "params": {}, "id": 7}', -32600),
    "ChangePassword": (body('{"password": "x"}', '"ChangePassword"').decode(), -32601),
}


@pytest.mark.parametrize("name", ENVELOPES)
async def test_a_malformed_envelope_has_its_code_and_leaves_no_trace(
    payme: ForeignPayme, till: Till, order: Order, name: str
) -> None:
    raw, code = ENVELOPES[name]
    before = await till.world.pool.fetchval(TRACES)

    answer = await payme.say(raw.encode("utf-8", "surrogatepass"))
    stranger = await payme.say(raw.encode("utf-8", "surrogatepass"), key="wrong")

    assert (code_of(answer), code_of(stranger)) == (code, -32504)
    assert answer["id"] == stranger["id"]
    assert await till.world.pool.fetchval(TRACES) == before


@pytest.mark.parametrize(
    "params",
    [
        '{"id": "00000000000000000000000a", "id": "00000000000000000000000b", "reason": 5}',
        '{"id": "00000000000000000000000a", "time": 1, "time": 2}',
    ],
)
async def test_a_name_that_stands_twice_is_refused_wherever_it_stands(payme: ForeignPayme, params: str) -> None:
    """Two readers of such a call may read two different calls."""
    assert code_of(await payme.say(body(params))) == -32600


async def test_an_account_that_stands_twice_pays_neither(payme: ForeignPayme, till: Till, order: Order) -> None:
    twice = f'{{"order_id": "ZZZZZZZZZZZZ", "order_id": "{order.code}"}}'
    before = await till.world.pool.fetchval(TRACES)

    answer = await payme.say(body(creation(order, milliseconds(till.world.clock()), account=twice)))

    assert (code_of(answer), answer["error"]["data"]) == (-32600, "account")
    assert await till.world.pool.fetchval(TRACES) == before


async def test_a_stored_id_is_not_reached_by_another_spelling_of_it(
    payme: ForeignPayme, till: Till, order: Order
) -> None:
    name = f"{'0' * 22}aB"
    elsewhere = await till.order()
    created = await payme.say(body(creation(elsewhere, milliseconds(till.world.clock()), id=f'"{name}"')))
    assert code_of(created) == 0
    for other in (name.lower(), name.upper(), f" {name}", f"{name} ", f"{name}\\u0000", name.replace("a", "\\u0430")):
        for method in ("PerformTransaction", "CheckTransaction", "CancelTransaction"):
            answer = await payme.say(body(f'{{"id": "{other}", "reason": 5}}', f'"{method}"'))
            assert code_of(answer) == -31003, other
    for account in (order.code.lower(), f" {order.code}", f"{order.code}\\n", order.code[:-1], f"{order.code}0"):
        raw = creation(order, milliseconds(till.world.clock()), account=f'{{"order_id": "{account}"}}')
        if account != order.code:
            assert code_of(await payme.say(body(raw))) == -31050, account


async def test_the_log_of_bad_calls_holds_neither_the_key_nor_what_was_sent(payme: ForeignPayme) -> None:
    marks = (KEY, "secret-of-a-caller", "+998901234567")
    with structlog.testing.capture_logs() as lines:
        for key in (KEY, "secret-of-a-caller"):
            for raw in (b"{", body('{"id": "+998901234567"}'), body('{"phone": "+998901234567"}', '"+998901234567"')):
                await payme.say(raw, key=key)

    assert lines, "a refused call is logged"
    assert not [mark for mark in marks if mark in json.dumps(lines, default=str)]


JUNK: list[Any] = [
    *(None, True, False, 0, -1, 1.5, 10**30, "", "x", "\0", "\ud800", "٣", "é" * 30, [], {}, [[]], {"order_id": None}),
    *(15_000_000, "15000000", 1e300, 2**63, "00000000000000000000000a", 5, 1, 4),
]


def mutated(chance: random.Random, till: Till, order: Order) -> bytes:
    """A good call in which up to three things went wrong, or its bytes did."""
    now = milliseconds(till.world.clock())
    name = f"{chance.randrange(4):024x}"
    account = {"order_id": order.code}
    call: dict[str, Any] = {
        "id": chance.randrange(100),
        "jsonrpc": "2.0",
        **chance.choice(
            [
                {"method": "CheckPerformTransaction", "params": {"amount": order.price.tiyin, "account": account}},
                {
                    "method": "CreateTransaction",
                    "params": {"id": name, "time": now, "amount": order.price.tiyin, "account": account},
                },
                {"method": "PerformTransaction", "params": {"id": name}},
                {"method": "CancelTransaction", "params": {"id": name, "reason": 5}},
                {"method": "CheckTransaction", "params": {"id": name}},
                {"method": "GetStatement", "params": {"from": 0, "to": now}},
                {
                    "method": "SetFiscalData",
                    "params": {"id": name, "type": "PERFORM", "fiscal_data": {"receipt_id": 1, "status_code": 0}},
                },
            ]
        ),
    }
    for _ in range(chance.randrange(4)):
        target = chance.choice([call, call["params"]] if isinstance(call["params"], dict) else [call])
        key = chance.choice([*target, "extra"])
        if chance.random() < 0.3:
            target.pop(key, None)
        else:
            target[key] = chance.choice(JUNK)
        call.setdefault("params", {})
    raw = bytearray(json.dumps(call).encode())
    if chance.random() < 0.2:
        for _ in range(chance.randrange(1, 4)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(raw)


def bodies(chance: random.Random, till: Till, order: Order, count: int) -> Iterator[bytes]:
    return (mutated(chance, till, order) for _ in range(count))


async def test_mutated_calls_without_the_key_are_all_refused_and_change_nothing(
    payme: ForeignPayme, till: Till, order: Order
) -> None:
    """PAY-6."""
    before = await till.world.pool.fetchval(TRACES)

    for raw in bodies(random.Random(6), till, order, scaled(10_000, 500)):
        assert code_of(await payme.say(raw, key=KEY[:-1])) == -32504

    assert await till.world.pool.fetchval(TRACES) == before


async def test_mutated_calls_with_the_key_are_answered_by_the_protocol_and_never_by_a_failure(
    payme: ForeignPayme, till: Till, order: Order
) -> None:
    """PAY-6: 200, sound, no −32400 (nothing here is our fault); the ledger agrees with the transactions after it."""
    seen: set[int] = set()
    for raw in bodies(random.Random(7), till, order, scaled(10_000, 1000)):
        seen.add(code_of(await payme.say(raw)))
        till.world.clock.forward(seconds=1)

    assert -32400 not in seen
    assert {0, -32700, -32600, -32601, -31001, -31003} <= seen, "the calls went deep and wide"
    held = await till.world.pool.fetchval("select coalesce(sum(amount_tiyin), 0)::bigint from payment_entries")
    performed = await till.world.count("payme_transactions", "state = 2")
    assert held == performed * order.price.tiyin
    assert performed <= 1

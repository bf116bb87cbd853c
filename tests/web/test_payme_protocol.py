"""What may come over the wire, well-formed or not: always HTTP 200, always the documented code."""

import asyncio
import json
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.web.payme import MAX_BODY, payme_handler
from domain.payments.merchant import PaymeMerchant
from domain.payments.model import FiscalCodes, Terms
from domain.payments.payme import milliseconds
from domain.payments.service import PaymentService
from domain.unit_of_work import UnitOfWork
from tests.domain.payments.fakes import ALGEBRA, ALI, PRICE, Shop, payme_id
from tests.web.payme_desk import AUTHORIZED, KEY, TEST_KEY, Desk, basic, code_of

T = TypeVar("T")
METHODS = (
    "CheckPerformTransaction",
    "CreateTransaction",
    "PerformTransaction",
    "CancelTransaction",
    "CheckTransaction",
    "GetStatement",
    "SetFiscalData",
)


def desk_of(shop: Shop, *keys: str) -> Desk:
    return Desk(payme_handler(shop.merchant, keys or (KEY,)))


def body_of(method: Any = "CheckTransaction", params: Any = None, **envelope: Any) -> bytes:
    return json.dumps({"id": 7, "method": method, "params": {} if params is None else params, **envelope}).encode()


def run(work: Coroutine[Any, Any, T]) -> T:
    """For examples of Hypothesis, which knows no coroutines."""
    loop = asyncio.new_event_loop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()


@asynccontextmanager
async def serving(shop: Shop) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application()
    app.router.add_route("*", "/payme", payme_handler(shop.merchant, [KEY]))
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Basic",
        "Basic ",
        "Basic !!!!",
        "Basic " + b64encode(b"Paycom").decode(),
        f"Bearer {KEY}",
        "Digest " + basic(f"Paycom:{KEY}").removeprefix("Basic "),
        basic("Paycom:"),
        basic(f"Paycom:{KEY} "),
        basic(f"Paycom:{KEY[:-1]}"),
        basic(f"paycom:{KEY}"),
        basic(f"Admin:Paycom:{KEY}"),
        basic(f"Paycom:x:{KEY}"),
        basic(f":{KEY}"),
        basic(KEY),
        basic("Paycom:ключ"),
        "Basic ключ",
    ],
)
async def test_wrong_credentials_are_refused_for_every_method_with_the_id(method: str, header: str | None) -> None:
    desk = desk_of(Shop())

    answer = await desk.post(body_of(method), headers={} if header is None else {"Authorization": header})

    assert (answer["error"]["code"], answer["id"]) == (-32504, 7)


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(["", "Basic ", "basic ", "Bearer "]))
def test_no_made_up_credentials_are_let_in(token: bytes, scheme: str) -> None:
    headers = {"Authorization": scheme + b64encode(token).decode()}
    raw_headers = {"Authorization": scheme + token.decode("latin-1")}

    async def post_both() -> list[int]:
        desk = desk_of(Shop())
        return [code_of(await desk.post(body_of(), headers=one)) for one in (headers, raw_headers)]

    assert run(post_both()) == [-32504, -32504]


@pytest.mark.parametrize("key", [KEY, TEST_KEY])
@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
async def test_each_configured_key_is_accepted(key: str, scheme: str) -> None:
    token = basic(f"Paycom:{key}").removeprefix("Basic ")

    answer = await desk_of(Shop(), KEY, TEST_KEY).post(body_of(), headers={"Authorization": f"{scheme} {token}"})

    assert answer["error"]["code"] == -32600


@pytest.mark.parametrize("keys", [[], [""]])
async def test_without_a_key_nobody_is_let_in(keys: list[str]) -> None:
    desk = Desk(payme_handler(Shop().merchant, keys))

    assert code_of(await desk.post(body_of(), headers={"Authorization": basic("Paycom:")})) == -32504


async def test_a_request_with_two_authorisations_is_refused() -> None:
    async with serving(Shop()) as client:
        headers = [("Authorization", basic("Paycom:no")), ("Authorization", AUTHORIZED["Authorization"])]
        response = await client.post("/payme", data=body_of(), headers=headers)

        assert response.status == 200
        assert code_of(await response.json()) == -32504


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"])
async def test_any_other_http_method_is_told_so_before_credentials_are_looked_at(method: str) -> None:
    async with serving(Shop()) as client:
        response = await client.request(method, "/payme")

        assert response.status == 200
        assert (await response.json())["error"]["code"] == -32300


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"id": NaN}',
        b'{"id": 1, "params": {"amount": Infinity}}',
        b'{"id": 1, "amount": ' + b"9" * 5000 + b"}",
        b'{"id":1,"params":' + b"[" * 30_000,
        b"'single'",
        b'{"id": 1}{"id": 2}',
    ],
)
async def test_what_is_not_json_is_told_so(body: bytes) -> None:
    answer = await desk_of(Shop()).post(body)

    assert (answer["error"]["code"], answer["id"]) == (-32700, None)


@pytest.mark.parametrize(
    ("body", "echoed"),
    [
        (b"[]", None),
        (b"1", None),
        (b"null", None),
        (b'"text"', None),
        (b'[{"id": 1, "method": "CheckTransaction", "params": {}}]', None),
        (b'{"method": "CheckTransaction", "params": {}}', None),
        (b'{"id": true, "method": "CheckTransaction", "params": {}}', None),
        (b'{"id": [1], "method": "CheckTransaction", "params": {}}', None),
        (b'{"id": {}, "method": "CheckTransaction", "params": {}}', None),
        (b'{"id": 1e999, "method": "CheckTransaction", "params": {}}', None),
        (b'{"id": 5, "params": {}}', 5),
        (b'{"id": 5, "method": null, "params": {}}', 5),
        (b'{"id": 5, "method": 1, "params": {}}', 5),
        (b'{"id": 5, "method": "CheckTransaction"}', 5),
        (b'{"id": 5, "method": "CheckTransaction", "params": null}', 5),
        (b'{"id": 5, "method": "CheckTransaction", "params": []}', 5),
        (b'{"id": 5, "method": "CheckTransaction", "params": {}, "jsonrpc": "1.0"}', 5),
    ],
)
async def test_a_wrong_envelope_is_told_so(body: bytes, echoed: int | None) -> None:
    answer = await desk_of(Shop()).post(body)

    assert (answer["error"]["code"], answer["id"]) == (-32600, echoed)


@pytest.mark.parametrize("echoed", [0, -1, 2**70, 1.5, "", "abc", "o‘zbek", "\ud800", None])
async def test_every_legal_id_comes_back(echoed: Any) -> None:
    answer = await desk_of(Shop()).post(body_of("CheckTransaction", {"id": payme_id(1)}, id=echoed, jsonrpc="2.0"))

    assert answer["id"] == echoed
    assert answer["error"]["code"] == -31003


@pytest.mark.parametrize("method", ["ChangePassword", "checkTransaction", "", "__init__", "x" * 500])
async def test_an_unknown_method_is_named_in_the_refusal(method: str) -> None:
    answer = await desk_of(Shop()).post(body_of(method, {"password": "x"}))

    assert answer["error"]["code"] == -32601
    assert answer["error"]["data"] == method[:128]


GOOD: dict[str, dict[str, Any]] = {
    "CheckPerformTransaction": {"account": {"order_id": "0123456789AB"}, "amount": 500},
    "CreateTransaction": {
        "id": payme_id(1),
        "time": 1_700_000_000_000,
        "account": {"order_id": "0123456789AB"},
        "amount": 500,
    },
    "PerformTransaction": {"id": payme_id(1)},
    "CancelTransaction": {"id": payme_id(1), "reason": 5},
    "CheckTransaction": {"id": payme_id(1)},
    "GetStatement": {"from": 1, "to": 2},
}
WRONG: dict[str, list[Any]] = {
    "amount": [None, True, 500.0, "500", [500], {}],
    "time": [None, True, 1.7e12, "1700000000000", -1, 0, 1_700_000_000, 10**13, 2**64],
    "id": [None, True, 7, 1.5, [], {}],
    "account": [None, True, "0123456789AB", 5, []],
    "reason": [None, True, 5.0, "5", [], 0, -1, 2**31],
    "from": [None, True, 1.0, "1", {}],
    "to": [None, False, 1.0, "1", []],
}
CASES = [
    (method, {**params, name: value}, name)
    for method, params in GOOD.items()
    for name in params
    for value in WRONG[name]
]
CASES += [
    (method, {key: value for key, value in params.items() if key != name}, name)
    for method, params in GOOD.items()
    for name in params
]


@pytest.mark.parametrize(("method", "params", "field"), CASES)
async def test_a_parameter_of_a_wrong_type_is_named(method: str, params: dict[str, Any], field: str) -> None:
    answer = await desk_of(Shop()).call(method, **params)

    assert (answer["error"]["code"], answer["error"]["data"]) == (-32600, field)


@pytest.mark.parametrize("amount", [0, -1, -PRICE.tiyin, PRICE.tiyin - 1, PRICE.tiyin + 1, 2**63, 2**64, 10**400])
async def test_an_amount_that_is_not_the_price_is_refused(amount: int) -> None:
    shop = Shop()
    order = await shop.payments.buy(ALI, ALGEBRA)
    desk = desk_of(shop)

    answers = [
        await desk.check(order.code, amount),
        await desk.create(payme_id(1), order.code, amount, milliseconds(shop.clock())),
    ]

    assert [(answer["error"]["code"], answer["error"]["data"]) for answer in answers] == [(-31001, "amount")] * 2
    assert shop.tables.transactions == {}


@pytest.mark.parametrize(
    "account",
    [{}, {"order": "x"}, {"order_id": None}, {"order_id": 197}, {"order_id": True}, {"order_id": ["a"]}]
    + [{"order_id": text} for text in ("", "197", "1_97", "+197", "١٩٧", "\0", "\ud800", "x" * 5000, "' or 1=1 --")],
)
async def test_a_malformed_account_names_no_order(account: dict[str, Any]) -> None:
    desk = desk_of(Shop())

    check = await desk.call("CheckPerformTransaction", account=account, amount=1)
    create = await desk.call("CreateTransaction", **{**GOOD["CreateTransaction"], "account": account})

    for answer in (check, create):
        assert answer["error"]["code"] == -31050
        assert answer["error"]["data"] == "order_id"
        assert all(answer["error"]["message"][language] for language in ("ru", "uz", "en"))


@pytest.mark.parametrize("name", ["", "x", "a" * 23, "a" * 25, "\0" * 24, "\ud800" * 24, "é" * 24, "a" * 23 + "\n"])
async def test_what_cannot_be_an_id_of_payme_is_not_found(name: str) -> None:
    desk = desk_of(Shop())

    answers = [await desk.perform(name), await desk.cancel(name), await desk.state(name)]

    assert [code_of(answer) for answer in answers] == [-31003] * 3
    created = await desk.call("CreateTransaction", **{**GOOD["CreateTransaction"], "id": name})
    assert (created["error"]["code"], created["error"]["data"]) == (-32600, "id")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.floats() | st.text(max_size=30),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "method", "params", "amount", "account", "order_id", "time", "reason", "from", "to"])
            | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)
ENVELOPES = st.fixed_dictionaries(
    {"id": JSON, "method": st.sampled_from([*METHODS, "Nothing"]) | JSON, "params": JSON},
    optional={"jsonrpc": JSON},
)
BODIES = (
    st.binary(max_size=200)
    | JSON.map(lambda value: json.dumps(value).encode())
    | ENVELOPES.map(lambda value: json.dumps(value).encode())
)


@settings(max_examples=800, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(BODIES, min_size=1, max_size=5), st.booleans())
def test_no_body_whatever_it_holds_breaks_the_protocol(bodies: list[bytes], is_admitted: bool) -> None:
    async def post_all() -> None:
        shop = Shop()
        await shop.payments.buy(ALI, ALGEBRA)
        before = shop.tables.copy()
        desk = desk_of(shop)
        for body in bodies:
            answer = await desk.post(body, headers=AUTHORIZED if is_admitted else {})
            assert set(answer) in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"})
            if not is_admitted:
                assert code_of(answer) == -32504
        assert shop.tables == before

    run(post_all())


async def test_content_types_and_a_missing_jsonrpc_member_do_not_matter() -> None:
    async with serving(Shop()) as client:
        for content_type in ("text/json; charset=UTF-8", "application/json", "text/plain", "multipart/form-data", ""):
            headers = {**AUTHORIZED, "Content-Type": content_type}
            response = await client.post("/payme", data=body_of("GetStatement", GOOD["GetStatement"]), headers=headers)

            assert response.status == 200
            assert (await response.json())["result"] == {"transactions": []}


async def test_a_body_over_the_limit_is_refused_with_200() -> None:
    async with serving(Shop()) as client:

        async def chunks() -> AsyncIterator[bytes]:
            for _ in range(20):
                yield b" " * 8000

        for data in (b" " * (MAX_BODY + 1), chunks()):
            response = await client.post("/payme", data=data, headers=AUTHORIZED)

            assert response.status == 200
            assert code_of(await response.json()) == -32600


async def test_a_body_that_is_wrongly_compressed_is_refused_with_200() -> None:
    async with serving(Shop()) as client:
        headers = {**AUTHORIZED, "Content-Encoding": "gzip"}
        response = await client.post("/payme", data=b"this is not gzip", headers=headers)

        assert response.status == 200
        assert code_of(await response.json()) == -32700


async def answer_to(client: TestClient[web.Request, web.Application], head: bytes, body: bytes) -> bytes:
    """Send bytes that no HTTP client would send; the whole answer."""
    assert client.port is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port, family=socket.AF_INET)
    writer.write(b"POST /payme HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + head + b"\r\n\r\n" + body)
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 5)
    length = int(answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    answer += await reader.readexactly(length)
    writer.close()
    await writer.wait_closed()
    return answer


async def test_credentials_that_are_not_even_text_are_refused() -> None:
    async with serving(Shop()) as client:
        body = body_of()
        answer = await answer_to(client, b"Authorization: Basic \xff\xfe\r\nContent-Length: %d" % len(body), body)

        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert code_of(json.loads(answer.partition(b"\r\n\r\n")[2])) == -32504


async def test_a_body_that_never_arrives_is_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.web.payme.BODY_TIMEOUT", 0.05)
    async with serving(Shop()) as client:
        head = f"Content-Length: 50\r\nAuthorization: {AUTHORIZED['Authorization']}".encode()
        answer = await answer_to(client, head, b'{"id": 1')

        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert code_of(json.loads(answer.partition(b"\r\n\r\n")[2])) == -32700


async def test_repeats_are_equal_byte_for_byte_over_http() -> None:
    shop = Shop()
    order = await shop.payments.buy(ALI, ALGEBRA)
    time = milliseconds(shop.clock())
    calls = [
        body_of(
            "CreateTransaction",
            {"id": payme_id(1), "time": time, "amount": PRICE.tiyin, "account": {"order_id": order.code}},
        ),
        body_of("PerformTransaction", {"id": payme_id(1)}),
        body_of("CancelTransaction", {"id": payme_id(1), "reason": 5}),
    ]
    async with serving(shop) as client:
        for body in calls:
            answers = []
            for _ in range(3):
                response = await client.post("/payme", data=body, headers=AUTHORIZED)
                answers.append(await response.read())
                shop.clock.forward(minutes=3)

            assert "result" in json.loads(answers[0])
            assert len(set(answers)) == 1


async def test_the_statement_is_cut_by_paymes_time_with_both_ends_and_sorted() -> None:
    shop = Shop()
    desk = desk_of(shop)
    now = milliseconds(shop.clock())
    orders = await shop.payments.make_test_orders(4)
    for number, (order, age) in enumerate(zip(orders, (10, 30, 20, 40), strict=True)):
        assert code_of(await desk.create(payme_id(number), order.code, order.price.tiyin, now - age)) == 0
        shop.clock.forward(seconds=5)

    listed = (await desk.statement(now - 30, now - 10))["result"]["transactions"]

    assert [line["time"] for line in listed] == [now - 30, now - 20, now - 10]
    assert set(listed[0]) == {
        *("id", "time", "amount", "account", "create_time", "perform_time"),
        *("cancel_time", "transaction", "state", "reason", "receivers"),
    }
    assert isinstance(listed[0]["transaction"], str)
    assert (await desk.statement(now, now - 10**6))["result"] == {"transactions": []}
    assert len((await desk.statement(-(10**30), 10**30))["result"]["transactions"]) == 4


FISCAL = {
    "receipt_id": 121,
    "status_code": 0,
    "message": "accepted",
    "terminal_id": "EP000000000025",
    "fiscal_sign": "800031554082",
    "qr_code_url": "https://ofd.example/?t=EP1&r=121",
    "date": "20260302120000",
}


async def paid_order(shop: Shop, desk: Desk) -> str:
    order = await shop.payments.buy(ALI, ALGEBRA)
    await desk.create(payme_id(1), order.code, PRICE.tiyin, milliseconds(shop.clock()))
    await desk.perform(payme_id(1))
    return order.code


async def test_a_fiscal_receipt_is_kept_for_the_payment_and_for_the_refund() -> None:
    shop = Shop()
    desk = desk_of(shop)
    code = await paid_order(shop, desk)

    first = await desk.call("SetFiscalData", id=payme_id(1), type="PERFORM", fiscal_data=FISCAL)
    await desk.cancel(payme_id(1))
    second = await desk.call("SetFiscalData", id=payme_id(1), type="CANCEL", fiscal_data=FISCAL)

    assert first["result"] == second["result"] == {"success": True}
    assert len(shop.tables.receipts) == 2
    assert (await shop.payments.page(ALI, code)).receipt_url == FISCAL["qr_code_url"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"id": payme_id(9)}, -32001),
        ({"id": "x"}, -32001),
        ({"id": 5}, -32602),
        ({"type": "perform"}, -32602),
        ({"type": ["PERFORM"]}, -32602),
        ({"type": None}, -32602),
        ({"fiscal_data": None}, -32602),
        ({"fiscal_data": []}, -32602),
        ({"fiscal_data": {**FISCAL, "message": "\0"}}, -32602),
        ({"fiscal_data": {**FISCAL, "message": "\ud800"}}, -32602),
        ({"fiscal_data": {**FISCAL, "message": "x" * 3000}}, -32602),
        ({"fiscal_data": {**FISCAL, "terminal_id": {}}}, -32602),
        ({"fiscal_data": {**FISCAL, "receipt_id": 2**63}}, -32602),
        ({"fiscal_data": {**FISCAL, "status_code": "0"}}, -32602),
        ({"fiscal_data": {**FISCAL, "status_code": 2**31}}, -32602),
        ({"fiscal_data": {**FISCAL, "qr_code_url": "javascript:alert(1)"}}, -32602),
    ],
)
async def test_a_wrong_fiscal_receipt_is_refused(changes: dict[str, Any], code: int) -> None:
    shop = Shop()
    desk = desk_of(shop)
    await paid_order(shop, desk)

    answer = await desk.call(
        "SetFiscalData", **{"id": payme_id(1), "type": "PERFORM", "fiscal_data": FISCAL, **changes}
    )

    assert code_of(answer) == code
    assert shop.tables.receipts == {}


async def test_the_receipts_detail_comes_from_the_order_as_it_was_made() -> None:
    shop = Shop()
    shop.payments = PaymentService(
        begin=shop.database.begin,
        read=shop.database.read,
        now=shop.clock,
        terms=Terms(fiscal=FiscalCodes(ikpu="10305008003000000", package_code="1514296", vat_percent=12)),
    )
    order = await shop.payments.buy(ALI, ALGEBRA)

    answer = await desk_of(shop).check(order.code, PRICE.tiyin)

    item = {
        "title": "Algebra",
        "price": PRICE.tiyin,
        "count": 1,
        "code": "10305008003000000",
        "package_code": "1514296",
        "vat_percent": 12,
    }
    assert answer["result"] == {"allow": True, "detail": {"receipt_type": 0, "items": [item]}}


class BrokenDoor:
    """Fails a number of times with an error, then opens."""

    def __init__(self, shop: Shop, error: BaseException, times: int) -> None:
        self.calls = 0
        self._shop = shop
        self._error = error
        self._times = times

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[UnitOfWork]:
        self.calls += 1
        if self.calls <= self._times:
            raise self._error
        async with self._shop.database.begin() as uow:
            yield uow


def errors_of_a_database() -> list[BaseException]:
    import asyncpg

    return [
        asyncpg.SerializationError("serialization"),
        asyncpg.DeadlockDetectedError("deadlock"),
        asyncpg.AdminShutdownError("shutdown"),
        asyncpg.ConnectionDoesNotExistError("gone"),
        asyncpg.InterfaceError("connection is closed"),
        ConnectionRefusedError("refused"),
    ]


@pytest.mark.parametrize("error", errors_of_a_database(), ids=lambda error: type(error).__name__)
async def test_a_passing_failure_is_tried_once_more(error: BaseException) -> None:
    shop = Shop()
    door = BrokenDoor(shop, error, times=1)
    merchant = PaymeMerchant(begin=door.begin, read=door.begin, now=shop.clock)

    answer = await Desk(payme_handler(merchant, [KEY])).perform(payme_id(1))

    assert code_of(answer) == -31003
    assert door.calls == 2


@pytest.mark.parametrize(
    "error", [*errors_of_a_database(), RuntimeError("bug")], ids=lambda error: type(error).__name__
)
async def test_a_lasting_failure_is_a_system_error_with_200(error: BaseException) -> None:
    shop = Shop()
    door = BrokenDoor(shop, error, times=10)
    merchant = PaymeMerchant(begin=door.begin, read=door.begin, now=shop.clock)

    answer = await Desk(payme_handler(merchant, [KEY])).perform(payme_id(1))

    assert code_of(answer) == -32400
    assert door.calls <= 2


async def test_a_database_that_does_not_even_give_up_does_not_hold_the_answer() -> None:
    shop = Shop()
    stuck, unstuck = asyncio.Event(), asyncio.Event()

    @asynccontextmanager
    async def frozen() -> AsyncIterator[UnitOfWork]:
        try:
            await asyncio.Event().wait()
        finally:
            stuck.set()
            await unstuck.wait()
        yield  # pyright: ignore[reportReturnType]

    merchant = PaymeMerchant(begin=frozen, read=frozen, now=shop.clock)
    desk = Desk(payme_handler(merchant, [KEY], answer_timeout=0.05))

    answer = await asyncio.wait_for(desk.perform(payme_id(1)), 2)
    await asyncio.wait_for(stuck.wait(), 2)
    unstuck.set()

    assert code_of(answer) == -32400

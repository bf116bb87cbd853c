"""`/payme`: Payme's server calls, `PaymeMerchant` decides. Every answer is HTTP 200: any other is a failure to Payme.

Order of checks: POST → authorisation → JSON → envelope → method → parameters.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, assert_never

import asyncpg
import structlog
from aiohttp import ClientPayloadError, StreamReader, web

from bot.metrics import PAYME_CALLS
from bot.web.payme_errors import SYSTEM, error_body, refusal_of
from bot.web.payme_rpc import (
    ACCOUNT_FIELD,
    BAD_REQUEST,
    FORBIDDEN,
    NOT_JSON,
    NOT_POST,
    Call,
    Cancel,
    Check,
    CheckState,
    Create,
    Door,
    Perform,
    Refused,
    RequestId,
    SetFiscalData,
    Statement,
    parse_call,
    parse_json,
    request_id,
)
from domain.errors import DomainError
from domain.language import Language
from domain.payments.errors import ChangedMeanwhile
from domain.payments.merchant import PaymeMerchant
from domain.payments.model import Order
from domain.payments.payme import Transaction

log = structlog.get_logger()

Handler = Callable[[web.Request], Awaitable[web.Response]]

MAX_BODY = 64 * 1024
BODY_TIMEOUT = 4.0
"""Seconds for a body to arrive."""
ANSWER_TIMEOUT = 4.0
"""Seconds for the database; with the body's, an answer takes less than Payme's patience of about ten."""

_PASSING = (
    ChangedMeanwhile,
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    # The connection was terminated while it lay in the pool, and its end is not known there yet.
    asyncpg.InternalClientError,
    OSError,
)
"""What a second try, on another connection, may get over. Every method is harmless when repeated."""


def payme_handler(merchant: PaymeMerchant, keys: Sequence[str], *, answer_timeout: float = ANSWER_TIMEOUT) -> Handler:
    """The handler for every HTTP method of `/payme`.

    `keys`: the cash desk's keys that are accepted (production, test); with none, every call is refused.
    """
    door = Door(keys)
    endpoint = _Endpoint(merchant, answer_timeout)

    async def handle(request: web.Request) -> web.Response:
        if request.method != "POST":
            return _failed(None, NOT_POST, "method")
        is_admitted = door.admits(request.headers.getall("Authorization", []))
        envelope: Any = None
        refusal: Refused | None = None
        try:
            envelope = parse_json(await _body(request))
        except Refused as error:
            refusal = error
        echoed = request_id(envelope)
        if not is_admitted:
            log.warning("payme.forbidden")
            return _failed(echoed, FORBIDDEN, "Authorization")
        if refusal is not None:
            log.info("payme.refused", code=refusal.code)
            return _failed(echoed, refusal.code, refusal.field)
        return await endpoint.answer(envelope, echoed)

    return handle


async def _body(request: web.Request) -> bytes:
    """The raw body, whatever its content type says."""
    if (request.content_length or 0) > MAX_BODY:
        raise Refused(BAD_REQUEST, "body")
    content = request.content
    try:
        # Payme's bodies come together with their headers: there is nothing to wait for.
        body = content.read_nowait() if content.is_eof() else await _arriving(content)
    except (OSError, ClientPayloadError, web.RequestPayloadError) as error:
        # Too slow (TimeoutError is an OSError), wrongly encoded, or the caller has gone away.
        raise Refused(NOT_JSON, "body") from error
    if len(body) > MAX_BODY:
        raise Refused(BAD_REQUEST, "body")
    return body


async def _arriving(content: StreamReader) -> bytes:
    """At most a chunk more than is taken."""
    body = bytearray()
    async with asyncio.timeout(BODY_TIMEOUT):
        async for chunk in content.iter_any():
            body += chunk
            if len(body) > MAX_BODY:
                break
    return bytes(body)


class _Endpoint:
    def __init__(self, merchant: PaymeMerchant, answer_timeout: float) -> None:
        self._merchant = merchant
        self._answer_timeout = answer_timeout
        self._late: set[asyncio.Task[dict[str, Any]]] = set()

    async def answer(self, envelope: Any, echoed: RequestId) -> web.Response:
        try:
            call = parse_call(envelope)
        except Refused as refusal:
            log.info("payme.refused", code=refusal.code)
            return _failed(echoed, refusal.code, refusal.field)
        method = type(call).__name__
        try:
            result = await self._in_time(call)
        except DomainError as error:
            code, field = refusal_of(error, call)
            log.info("payme.refused", method=method, code=code, error=type(error).__name__)
            return _failed(echoed, code, field, method)
        except TimeoutError:
            log.error("payme.too_slow", method=method)
        except _PASSING as error:
            log.error("payme.unavailable", method=method, cause=type(error).__name__)
        except Exception:
            # Any other status than 200 tells Payme nothing; whatever broke, nothing was committed.
            log.exception("payme.failed", method=method)
        else:
            PAYME_CALLS.labels(method, 0).inc()
            return _reply({"jsonrpc": "2.0", "id": echoed, "result": result})
        return _failed(echoed, SYSTEM, "system", method)

    async def _in_time(self, call: Call) -> dict[str, Any]:
        """Does not wait for a stuck database to confirm that it gives up: the answer leaves in time all the same."""
        work = asyncio.ensure_future(self._twice(call))
        try:
            done, _ = await asyncio.wait({work}, timeout=self._answer_timeout)
        except asyncio.CancelledError:
            work.cancel()
            raise
        if done:
            return work.result()
        self._late.add(work)
        work.add_done_callback(self._forget)
        work.cancel()
        raise TimeoutError

    def _forget(self, work: asyncio.Task[dict[str, Any]]) -> None:
        self._late.discard(work)
        if not work.cancelled() and work.exception() is not None:
            log.warning("payme.late_failure", error=type(work.exception()).__name__)

    async def _twice(self, call: Call) -> dict[str, Any]:
        try:
            return await self._run(call)
        except _PASSING as error:
            log.warning("payme.retried", method=type(call).__name__, error=type(error).__name__)
        return await self._run(call)

    async def _run(self, call: Call) -> dict[str, Any]:
        merchant = self._merchant
        match call:
            case Check(request):
                return _allowed(await merchant.check_perform(request))
            case Create(request):
                # Told to the payment history only: no money has moved.
                return _created(await merchant.create(request))
            case Perform(payme_id):
                transaction = await merchant.perform(payme_id)
                result = _performed(transaction)
            case Cancel(request):
                transaction = await merchant.cancel(request)
                result = _cancelled(transaction)
            case CheckState(payme_id):
                return _state(await merchant.check(payme_id))
            case Statement(request):
                return {"transactions": [_statement_line(line) for line in await merchant.statement(request)]}
            case SetFiscalData(payme_id, receipt):
                await merchant.set_fiscal_data(payme_id, receipt)
                log.info("payme.receipt", transaction=payme_id, kind=receipt.kind)
                return {"success": True}
            case _:
                assert_never(call)
        log.info(
            "payme.answered",
            method=type(call).__name__,
            transaction=transaction.payme_id,
            order=transaction.order_id,
            state=int(transaction.state),
        )
        return result


def _allowed(order: Order) -> dict[str, Any]:
    """With what the fiscal receipt needs, when the merchant's codes are known."""
    if order.fiscal is None:
        return {"allow": True}
    item = {
        "title": order.title.read_in(Language.UZ),
        "price": order.price.tiyin,
        "count": 1,
        "code": order.fiscal.ikpu,
        "package_code": order.fiscal.package_code,
        "vat_percent": order.fiscal.vat_percent,
    }
    return {"allow": True, "detail": {"receipt_type": 0, "items": [item]}}


def _created(transaction: Transaction) -> dict[str, Any]:
    return {
        "create_time": transaction.create_time,
        "transaction": str(transaction.id),
        "state": int(transaction.state),
        "receivers": None,
    }


def _performed(transaction: Transaction) -> dict[str, Any]:
    return {
        "transaction": str(transaction.id),
        "perform_time": transaction.perform_time,
        "state": int(transaction.state),
    }


def _cancelled(transaction: Transaction) -> dict[str, Any]:
    return {
        "transaction": str(transaction.id),
        "cancel_time": transaction.cancel_time,
        "state": int(transaction.state),
    }


def _state(transaction: Transaction) -> dict[str, Any]:
    return {
        "create_time": transaction.create_time,
        "perform_time": transaction.perform_time,
        "cancel_time": transaction.cancel_time,
        "transaction": str(transaction.id),
        "state": int(transaction.state),
        "reason": transaction.reason,
    }


def _statement_line(transaction: Transaction) -> dict[str, Any]:
    return {
        "id": transaction.payme_id,
        "time": transaction.time,
        "amount": transaction.amount,
        "account": {ACCOUNT_FIELD: transaction.order_code},
        **_state(transaction),
        "receivers": None,
    }


def _failed(echoed: RequestId, code: int, field: str, method: str = "unknown") -> web.Response:
    PAYME_CALLS.labels(method, code).inc()
    return _reply({"jsonrpc": "2.0", "id": echoed, "error": error_body(code, field)})


def _reply(body: dict[str, Any]) -> web.Response:
    # ASCII with escapes, because an echoed id may hold half of a surrogate pair, which UTF-8 cannot write.
    return web.Response(body=json.dumps(body, allow_nan=False).encode("ascii"), content_type="application/json")

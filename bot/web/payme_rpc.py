"""JSON-RPC as Payme speaks it: a body becomes a typed request, or a refusal with one of the protocol's own codes.

Source: developer.help.paycom.uz, "Merchant API": the request's format, the general errors, the data types.
"""

import binascii
import hmac
import json
import math
from base64 import b64decode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from domain.payments.payme import (
    CancelRequest,
    CheckRequest,
    CreateRequest,
    FiscalReceipt,
    Milliseconds,
    PaymeId,
    ReceiptKind,
    StatementRequest,
    is_link,
    is_payme_id,
)

RequestId = str | int | float | None

NOT_POST: Final = -32300
NOT_JSON: Final = -32700
BAD_REQUEST: Final = -32600
UNKNOWN_METHOD: Final = -32601
BAD_RECEIPT: Final = -32602
FORBIDDEN: Final = -32504

LOGIN = b"Paycom"
ACCOUNT_FIELD = "order_id"

_MAX_TEXT = 2_000
_MAX_BIGINT = 2**63 - 1
_MAX_REASON = 2**31 - 1
_FIRST_TIME, _AFTER_TIMES = 10**12, 10**13
_MAX_ECHOED_METHOD = 128


class Refused(Exception):
    """The request is refused before any rule is asked. `field` says what is wrong with it."""

    def __init__(self, code: int, field: str) -> None:
        super().__init__(f"{code}: {field}")
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class Check:
    request: CheckRequest


@dataclass(frozen=True, slots=True)
class Create:
    request: CreateRequest


@dataclass(frozen=True, slots=True)
class Perform:
    payme_id: str


@dataclass(frozen=True, slots=True)
class Cancel:
    request: CancelRequest


@dataclass(frozen=True, slots=True)
class CheckState:
    payme_id: str


@dataclass(frozen=True, slots=True)
class Statement:
    request: StatementRequest


@dataclass(frozen=True, slots=True)
class SetFiscalData:
    payme_id: str
    receipt: FiscalReceipt


Call = Check | Create | Perform | Cancel | CheckState | Statement | SetFiscalData


class Door:
    """Lets in whoever sends `Basic base64(Paycom:<key>)` with one of the cash desk's keys; without a key, nobody."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._accepted = tuple(LOGIN + b":" + key.encode() for key in keys if key)

    def admits(self, headers: Sequence[str]) -> bool:
        """`headers`: every Authorization header of the request. Compared in constant time, with every key."""
        if len(headers) != 1:
            return False
        scheme, _space, token = headers[0].partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            given = b64decode(token.strip(" ").encode("ascii"), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            return False
        matches = [hmac.compare_digest(given, accepted) for accepted in self._accepted]
        return any(matches)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


class Ambiguous(dict[str, Any]):
    """An object in which one name stands twice: whoever reads it may read another amount than whoever wrote it."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    return made if len(made) == len(pairs) else Ambiguous(made)


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)


def parse_json(body: bytes) -> Any:
    """Strict JSON in UTF-8; refuses NaN and Infinity, numbers of thousands of digits, endless nesting."""
    try:
        return _decoder.decode(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused(NOT_JSON, "body") from error


def request_id(envelope: Any) -> RequestId:
    """The id to send back: whatever JSON-RPC permits as one, else null."""
    value = envelope.get("id") if isinstance(envelope, dict) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return None if isinstance(value, float) and not math.isfinite(value) else value


def parse_call(envelope: Any) -> Call:
    """The typed request: first the envelope is checked, then the method, then its parameters."""
    if not isinstance(envelope, dict) or isinstance(envelope, Ambiguous):
        raise Refused(BAD_REQUEST, "body")
    if envelope.get("jsonrpc", "2.0") != "2.0":
        raise Refused(BAD_REQUEST, "jsonrpc")
    if "id" not in envelope or (envelope["id"] is not None and request_id(envelope) is None):
        raise Refused(BAD_REQUEST, "id")
    method: Any = envelope.get("method")
    if not isinstance(method, str):
        raise Refused(BAD_REQUEST, "method")
    params: Any = envelope.get("params")
    if not isinstance(params, dict) or isinstance(params, Ambiguous):
        raise Refused(BAD_REQUEST, "params")
    parser = _METHODS.get(method)
    if parser is None:
        raise Refused(UNKNOWN_METHOD, method[:_MAX_ECHOED_METHOD])
    return parser(params)


Params = Mapping[str, Any]
T = TypeVar("T")


def _required(params: Params, name: str, kind: type[T]) -> T:
    value = params.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise Refused(BAD_REQUEST, name)
    return value


def _account(params: Params) -> str:
    """A malformed account value names no order; it is not a malformed request."""
    account = _required(params, "account", dict)
    if isinstance(account, Ambiguous):
        raise Refused(BAD_REQUEST, "account")
    value = account.get(ACCOUNT_FIELD)
    return value if isinstance(value, str) else ""


def _time(params: Params) -> Milliseconds:
    """A moment in milliseconds has 13 digits."""
    value = _required(params, "time", int)
    if not _FIRST_TIME <= value < _AFTER_TIMES:
        raise Refused(BAD_REQUEST, "time")
    return Milliseconds(value)


def _check(params: Params) -> Check:
    return Check(CheckRequest(account=_account(params), amount=_required(params, "amount", int)))


def _create(params: Params) -> Create:
    payme_id = _required(params, "id", str)
    if not is_payme_id(payme_id):
        raise Refused(BAD_REQUEST, "id")
    return Create(
        CreateRequest(
            payme_id=PaymeId(payme_id),
            time=_time(params),
            account=_account(params),
            amount=_required(params, "amount", int),
        )
    )


def _perform(params: Params) -> Perform:
    return Perform(_required(params, "id", str))


def _cancel(params: Params) -> Cancel:
    reason = _required(params, "reason", int)
    if not 0 < reason <= _MAX_REASON:
        raise Refused(BAD_REQUEST, "reason")
    return Cancel(CancelRequest(payme_id=_required(params, "id", str), reason=reason))


def _check_state(params: Params) -> CheckState:
    return CheckState(_required(params, "id", str))


def _statement(params: Params) -> Statement:
    return Statement(StatementRequest(start=_required(params, "from", int), end=_required(params, "to", int)))


def _set_fiscal_data(params: Params) -> SetFiscalData:
    """This method alone has a code of its own for bad parameters."""
    payme_id, kind, data = params.get("id"), params.get("type"), params.get("fiscal_data")
    if not isinstance(payme_id, str):
        raise Refused(BAD_RECEIPT, "id")
    if kind not in ("PERFORM", "CANCEL"):
        raise Refused(BAD_RECEIPT, "type")
    if not isinstance(data, dict) or isinstance(data, Ambiguous):
        raise Refused(BAD_RECEIPT, "fiscal_data")
    status = data.get("status_code", 0)
    if isinstance(status, bool) or not isinstance(status, int) or abs(status) > _MAX_REASON:
        raise Refused(BAD_RECEIPT, "status_code")
    url = _receipt_text(data, "qr_code_url")
    if url and not is_link(url):
        raise Refused(BAD_RECEIPT, "qr_code_url")
    receipt = FiscalReceipt(
        kind=ReceiptKind(kind),
        status_code=status,
        receipt_id=_receipt_text(data, "receipt_id"),
        message=_receipt_text(data, "message"),
        terminal_id=_receipt_text(data, "terminal_id"),
        fiscal_sign=_receipt_text(data, "fiscal_sign"),
        qr_code_url=url,
        date=_receipt_text(data, "date"),
    )
    return SetFiscalData(payme_id, receipt)


def _receipt_text(data: Params, name: str) -> str:
    """Numbers are kept as their digits: receipts number themselves either way."""
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused(BAD_RECEIPT, name)
    if isinstance(value, int) and abs(value) > _MAX_BIGINT:
        raise Refused(BAD_RECEIPT, name)
    text = str(value)
    if len(text) > _MAX_TEXT or not _is_storable(text):
        raise Refused(BAD_RECEIPT, name)
    return text


def _is_storable(text: str) -> bool:
    """PostgreSQL keeps neither NUL nor half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


_METHODS = {
    "CheckPerformTransaction": _check,
    "CreateTransaction": _create,
    "PerformTransaction": _perform,
    "CancelTransaction": _cancel,
    "CheckTransaction": _check_state,
    "GetStatement": _statement,
    "SetFiscalData": _set_fiscal_data,
}

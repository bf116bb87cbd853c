"""The rows of an export: what an accountant reads about orders, and sums of what moved.

Texts never become formulas: whoever opens the file in a spreadsheet runs nothing that a student typed as a name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from domain.language import Language
from domain.learning.model import ProductKind
from domain.money import TIYIN_PER_SOM
from domain.payments.desk_ports import ExportLine
from domain.payments.model import OrderState, Rail
from domain.users.names import tidy

Cell = str | int | Decimal | datetime | None

COLUMNS = (
    "order",
    "created",
    "paid",
    "closed",
    "student_id",
    "student",
    "kind",
    "title",
    "state",
    "rail",
    "price",
    "stars",
    "refunded",
    "external_id",
)
"""What the cells of a row are, in their order. Moments are in the centre's time zone, amounts in so'm."""

SUM_COLUMNS = ("rail", "kind", "payments", "received", "stars", "refunds", "returned", "stars_returned", "left")

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_ERRORS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})
_MAX_CELL = 32_000
"""A spreadsheet's cell takes 32,767 characters."""


@lru_cache(maxsize=4096)
def text_cell(text: str) -> str:
    """One visible line that no spreadsheet takes for a formula or an error value."""
    is_plain = text.isascii() and text.isprintable() and not text.startswith(" ")
    line = (text if is_plain else tidy(text))[:_MAX_CELL]
    return f"'{line}" if line.startswith(_FORMULA) or line in _ERRORS else line


def soms(tiyin: int) -> int | Decimal:
    """So'm as a number; with tiyin only where there are any."""
    whole, rest = divmod(tiyin, TIYIN_PER_SOM)
    return whole if rest == 0 else Decimal(tiyin) / TIYIN_PER_SOM


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """How states, rails and kinds of products are called in the reader's language."""

    language: Language
    states: Mapping[OrderState, str]
    rails: Mapping[Rail, str]
    kinds: Mapping[ProductKind, str]


def row_of(line: ExportLine, zone: ZoneInfo, words: Words) -> tuple[Cell, ...]:
    """The cells of one order, by COLUMNS."""
    order = line.order
    rail = order.paid_by or order.reserved_by
    return (
        text_cell(order.code),
        local(order.created_at, zone),
        local(order.paid_at, zone),
        local(order.closed_at, zone),
        line.student_id,
        text_cell(line.student_name),
        words.kinds[order.product.kind],
        text_cell(order.title.read_in(words.language)),
        words.states[order.state],
        words.rails[rail] if rail is not None else "",
        soms(order.price.tiyin),
        order.stars if order.paid_by is Rail.STARS else None,
        soms(line.refunded) if line.refunded else None,
        text_cell(line.external_id),
    )


def local(moment: datetime | None, zone: ZoneInfo) -> datetime | None:
    """The wall clock's time, to the second and without a zone, as spreadsheets keep it."""
    return None if moment is None else moment.astimezone(zone).replace(microsecond=0, tzinfo=None)


@dataclass(slots=True)
class _Sum:
    payments: int = 0
    received: int = 0
    stars: int = 0
    refunds: int = 0
    returned: int = 0
    stars_returned: int = 0


@dataclass(slots=True)
class Sums:
    """What was received and given back, by rail and kind of product: of the exported orders, the movements from `since`
    on and before `until` (None: whenever)."""

    since: datetime | None = None
    until: datetime | None = None
    _sums: dict[tuple[Rail, ProductKind], _Sum] = field(default_factory=dict[tuple[Rail, ProductKind], _Sum])

    def add(self, line: ExportLine) -> None:
        order = line.order
        if order.paid_by is None:
            return
        found = self._sums.setdefault((order.paid_by, order.product.kind), _Sum())
        stars = (order.stars or 0) if order.paid_by is Rail.STARS else 0
        if self._is_meant(order.paid_at):
            found.payments += 1
            found.received += order.price.tiyin
            found.stars += stars
        if order.state is OrderState.REFUNDED and self._is_meant(order.closed_at):
            found.refunds += 1
            found.returned += line.refunded
            found.stars_returned += stars

    def _is_meant(self, moment: datetime | None) -> bool:
        if moment is None:
            return False
        return (self.since is None or self.since <= moment) and (self.until is None or moment < self.until)

    def rows(self, words: Words) -> Iterator[tuple[Cell, ...]]:
        """By SUM_COLUMNS, in the order of rails and kinds."""
        for rail in Rail:
            for kind in ProductKind:
                one = self._sums.get((rail, kind))
                if one is None or not (one.payments or one.refunds):
                    continue
                yield (
                    words.rails[rail],
                    words.kinds[kind],
                    one.payments,
                    soms(one.received),
                    one.stars,
                    one.refunds,
                    soms(one.returned),
                    one.stars_returned,
                    soms(one.received - one.returned),
                )

"""What calls of a model cost, and how much of it a person and the centre may spend.

Money is counted in micro-dollars, millionths of a US dollar: a price of one dollar for a million tokens is one
micro-dollar a token, so sums stay whole numbers.
"""

from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from typing import NewType
from zoneinfo import ZoneInfo

from domain.courses.model import LessonId
from domain.errors import InvalidInput
from domain.users.model import UserId

CallId = NewType("CallId", int)
BudgetVersion = NewType("BudgetVersion", int)
"""Counts the changes of the budgets; 0 is what the operator has set."""

MICROS = 1_000_000
"""Micro-dollars in a dollar."""
MAX_LIMIT = 10**12
"""Tokens or micro-dollars; it keeps every sum inside a bigint."""
CHARACTERS_A_TOKEN = 2
"""A careful guess: Uzbek in both alphabets and Russian take about two to three characters a token, English four."""


class Feature(StrEnum):
    """What a model was called for."""

    TUTOR = "tutor"
    QUESTIONS = "questions"
    PRACTICE = "practice"
    PHOTOS = "photos"
    SPEECH = "speech"
    OTHER = "other"
    """Nobody's in particular: it counts for the centre alone."""


class CallOutcome(StrEnum):
    """How a call of a model ended."""

    OPEN = "open"
    """It is under way, and what it may cost is reserved."""
    DONE = "done"
    STOPPED = "stopped"
    """Whoever asked wanted no more of it."""
    BUSY = "busy"
    FAILED = "failed"
    REFUSED = "refused"
    LOST = "lost"
    """Its process vanished: it counts as reserved."""


class Whose(StrEnum):
    """Whose purse a call is paid from; every call is paid from both."""

    PERSON = "person"
    """Each person's own."""
    CENTRE = "centre"


class Period(StrEnum):
    DAY = "day"
    MONTH = "month"

    def start(self, day: date) -> date:
        return day if self is Period.DAY else day.replace(day=1)

    def end(self, day: date) -> date:
        """The first day after it."""
        if self is Period.DAY:
            return day + timedelta(days=1)
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


class Unit(StrEnum):
    """What a limit counts."""

    TOKENS = "tokens"
    MONEY = "money"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most so much in a period; None: no limit."""

    tokens: int | None = None
    micros: int | None = None

    def of(self, unit: Unit) -> int | None:
        return self.tokens if unit is Unit.TOKENS else self.micros


@dataclass(frozen=True, slots=True, kw_only=True)
class Budgets:
    """The four limits that every call keeps to."""

    person_day: Limit = field(default_factory=Limit)
    person_month: Limit = field(default_factory=Limit)
    centre_day: Limit = field(default_factory=Limit)
    centre_month: Limit = field(default_factory=Limit)

    def limit(self, whose: Whose, period: Period) -> Limit:
        return {
            (Whose.PERSON, Period.DAY): self.person_day,
            (Whose.PERSON, Period.MONTH): self.person_month,
            (Whose.CENTRE, Period.DAY): self.centre_day,
            (Whose.CENTRE, Period.MONTH): self.centre_month,
        }[whose, period]

    def with_limit(self, whose: Whose, period: Period, unit: Unit, amount: int | None) -> "Budgets":
        """The same with one number changed. Raises InvalidInput for what is no limit."""
        if amount is not None and not 0 < amount <= MAX_LIMIT:
            raise InvalidInput("limit", "range")
        old = self.limit(whose, period)
        changed = Limit(
            tokens=amount if unit is Unit.TOKENS else old.tokens, micros=amount if unit is Unit.MONEY else old.micros
        )
        names = {each.name: getattr(self, each.name) for each in fields(self)}
        return Budgets(**{**names, f"{whose}_{period}": changed})


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSheet:
    """The budgets as they are now."""

    version: BudgetVersion
    budgets: Budgets


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """Dollars for a million tokens, and for a minute of speech."""

    tokens_in: Decimal = Decimal(0)
    tokens_out: Decimal = Decimal(0)
    minute: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """The size of a call: what it has used, or may use at most."""

    tokens_in: int = 0
    tokens_out: int = 0
    seconds: int = 0
    """Of speech."""

    @property
    def tokens(self) -> int:
        return self.tokens_in + self.tokens_out

    def cost(self, price: Price) -> int:
        """Micro-dollars, rounded up: many small calls must not be free."""
        exact = (
            self.tokens_in * price.tokens_in
            + self.tokens_out * price.tokens_out
            + self.seconds * price.minute * MICROS / 60
        )
        return int(exact.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Payer:
    """For what and for whom a model is called; the lesson says which course it is about."""

    feature: Feature
    user_id: UserId | None = None
    lesson_id: LessonId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCall:
    """A call before it is made, with the most that it may cost."""

    payer: Payer
    model: str
    day: date
    """The centre's."""
    at_most: Measure
    micros: int
    started_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnd:
    """What a call came to."""

    outcome: CallOutcome
    used: Measure
    micros: int
    is_counted: bool
    """By the server; otherwise by a careful guess."""
    latency_ms: int
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Full:
    """The purse that a call does not fit into."""

    whose: Whose
    period: Period


def guessed_tokens(characters: int) -> int:
    return -(-characters // CHARACTERS_A_TOKEN)


def centre_day(now: datetime, timezone: str) -> date:
    return now.astimezone(ZoneInfo(timezone)).date()


def read_limit(text: str, unit: Unit) -> int | None:
    """What an admin types: `0` for no limit, `200 000`, `1,5` dollars. Raises InvalidInput."""
    plain = "".join(text.split()).removeprefix("$").removesuffix("$").replace("’", "").replace("'", "")
    number = plain.replace(",", ".", 1)
    whole, _, rest = number.partition(".")
    digits = whole.isascii() and whole.isdigit() and len(whole) <= 12
    if not digits or (rest and not (rest.isascii() and rest.isdigit() and len(rest) <= 6)) or number.endswith("."):
        raise InvalidInput("limit", "number")
    if unit is Unit.TOKENS:
        # A point or a comma in a number of tokens separates thousands, if anything: too easily misread.
        if rest:
            raise InvalidInput("limit", "number")
        amount = int(whole)
    else:
        amount = int(Decimal(number) * MICROS)
    if amount > MAX_LIMIT:
        raise InvalidInput("limit", "range")
    return amount or None

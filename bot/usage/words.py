"""How costs are said."""

from bot.i18n import N_, _, current_language, ngettext
from domain.language import Language
from domain.usage.model import MICROS, Budgets, Feature, Limit, Period, Unit, Whose
from domain.usage.ports import Spent

FEATURES: dict[Feature, str] = {
    Feature.TUTOR: N_("Tutor"),
    Feature.QUESTIONS: N_("Writing questions"),
    Feature.PRACTICE: N_("Practice sets"),
    Feature.PHOTOS: N_("Reading photos"),
    Feature.SPEECH: N_("Listening"),
    Feature.OTHER: N_("Other"),
}
LIMITS: dict[tuple[Whose, Period], str] = {
    (Whose.PERSON, Period.DAY): N_("👤 One person a day"),
    (Whose.PERSON, Period.MONTH): N_("👤 One person a month"),
    (Whose.CENTRE, Period.DAY): N_("🏫 The centre a day"),
    (Whose.CENTRE, Period.MONTH): N_("🏫 The centre a month"),
}
_CENT = MICROS // 100


def number(count: int) -> str:
    """With spaces that do not break."""
    return f"{count:,}".replace(",", "\u00a0")


def dollars(micros: int) -> str:
    """Cents, and the tenths of a thousandth of what is below a cent: calls of small models cost less than one."""
    places = 2 if micros == 0 or micros >= _CENT else 4
    text = f"{micros / MICROS:,.{places}f}".replace(",", "\u00a0")
    return "$" + (text if current_language() is Language.EN else text.replace(".", ","))


def tokens(count: int) -> str:
    return ngettext("{n} token", "{n} tokens", count).format(n=number(count))


def calls(count: int) -> str:
    return ngettext("{n} call", "{n} calls", count).format(n=number(count))


def amount(unit: Unit, value: int | None) -> str:
    if value is None:
        return _("no limit")
    return tokens(value) if unit is Unit.TOKENS else dollars(value)


def both(spent: Spent) -> str:
    return f"{dollars(spent.micros)} · {tokens(spent.tokens)}"


def share(spent: Spent, limit: Limit) -> str | None:
    """How much of a limit is used, by whichever of its numbers is nearer; None without a limit."""
    shares = [
        used / most for used, most in ((spent.tokens, limit.tokens), (spent.micros, limit.micros)) if most is not None
    ]
    return f"{min(max(shares), 9.99):.0%}" if shares else None


def limit_label(budgets: Budgets, whose: Whose, period: Period, unit: Unit) -> str:
    return f"{_(LIMITS[whose, period])}: {amount(unit, budgets.limit(whose, period).of(unit))}"


def limit_key(whose: Whose, period: Period, unit: Unit) -> str:
    return f"{whose}_{period}_{unit}"


def limit_of(key: object) -> tuple[Whose, Period, Unit] | None:
    """What a button names; None for a forged one."""
    names = {limit_key(whose, period, unit): (whose, period, unit) for whose, period in LIMITS for unit in Unit}
    return names.get(key) if isinstance(key, str) else None

from collections import defaultdict
from datetime import date, timedelta
from html import escape
from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import Safe, _, calendar_day, month_and_year
from bot.services import current_user, services
from bot.usage.words import FEATURES, amount, both, calls, dollars, limit_key, limit_label, limit_of, share
from domain.usage.model import Feature, Period, Unit, Whose
from domain.usage.ports import Place, Total
from domain.usage.service import DAYS_SHOWN, Overview
from domain.users.model import UserId


async def usage_home(**data: Any) -> dict[str, Any]:
    overview = await services(data).usage.overview(current_user(data).id)
    budgets = overview.sheet.budgets
    day = share(overview.day, budgets.limit(Whose.CENTRE, Period.DAY))
    month = share(overview.month, budgets.limit(Whose.CENTRE, Period.MONTH))
    failures = sum(total.failures for total in overview.totals if total.day == overview.today)
    return {
        "month": month_and_year(overview.today),
        "today_spent": both(overview.day),
        "month_spent": both(overview.month),
        "day_share": day,
        "month_share": month,
        "days": Safe(_days(overview)),
        "features": Safe(_features(overview)),
        "has_calls": bool(overview.totals),
        "is_empty": not overview.totals,
        "failures": failures,
        "has_failures": failures > 0,
    }


def _days(overview: Overview) -> str:
    """The last days, the newest first; quiet ones too, so that a silence is seen."""
    sums: defaultdict[date, int] = defaultdict(int)
    counts: defaultdict[date, int] = defaultdict(int)
    for total in overview.totals:
        sums[total.day] += total.micros
        counts[total.day] += total.calls
    days = [overview.today - timedelta(days=back) for back in range(DAYS_SHOWN)]
    return "\n".join(f"{calendar_day(day)}: {dollars(sums[day])} ({calls(counts[day])})" for day in days)


def _features(overview: Overview) -> str:
    since = Period.MONTH.start(overview.today)
    sums: defaultdict[Feature, list[Total]] = defaultdict(list)
    for total in overview.totals:
        if total.day >= since:
            sums[total.feature].append(total)
    ranked = sorted(sums.items(), key=lambda item: -sum(total.micros for total in item[1]))
    return "\n".join(
        f"{escape(_(FEATURES[feature]), quote=False)}: {dollars(sum(total.micros for total in totals))}"
        f" ({calls(sum(total.calls for total in totals))})"
        for feature, totals in ranked
    )


async def usage_people(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    page = await services(data).usage.spenders(current_user(data).id, after=place_shown(dialog_manager))
    dialog_manager.dialog_data["next"] = list(page.next) if page.next else None
    lines = [
        f"{escape(spender.name, quote=False) or spender.user_id}: {both(spender.spent)}" for spender in page.spenders
    ]
    return {
        "month": month_and_year(page.month),
        "people": Safe("\n".join(lines)),
        "has_people": bool(lines),
        "is_empty": not lines,
        "has_next": page.next is not None,
        "is_later": place_shown(dialog_manager) is not None,
    }


def place_shown(manager: DialogManager) -> Place | None:
    """Where the shown page begins."""
    place = manager.dialog_data.get("place")
    if not isinstance(place, list) or len(place) != 3:
        return None
    return int(place[0]), int(place[1]), UserId(int(place[2]))


async def usage_budgets(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    sheet = await services(data).usage.budgets(current_user(data).id)
    return {
        "limits": [
            (limit_key(whose, period, unit), limit_label(sheet.budgets, whose, period, unit))
            for whose in Whose
            for period in Period
            for unit in Unit
        ],
        "may_undo": sheet.version > 0 and dialog_manager.dialog_data.get("changed") == sheet.version,
    }


async def usage_limit(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    sheet = await services(data).usage.budgets(current_user(data).id)
    whose, period, unit = limit_of(dialog_manager.dialog_data.get("limit")) or (
        Whose.CENTRE,
        Period.MONTH,
        Unit.MONEY,
    )
    return {
        "limit": limit_label(sheet.budgets, whose, period, unit),
        "now": amount(unit, sheet.budgets.limit(whose, period).of(unit)),
        "is_money": unit is Unit.MONEY,
        "is_tokens": unit is Unit.TOKENS,
    }

"""Tuition in words: amounts, days, months, bills."""

from collections.abc import Iterable, Sequence
from datetime import date

from bot.i18n import N_, Safe, _, calendar_day, money, money_sum, month_and_year
from domain.payments.model import Rail
from domain.tuition.account import Account, BillLine, BillState
from domain.tuition.model import PaymentSchedule

SHOWN_BILLS = 12

MARKS = {
    BillState.PAID: "✅",
    BillState.PART_PAID: "🟡",
    BillState.OPEN: "⚪️",
    BillState.OVERDUE: "🔴",
    BillState.VOID: "✖️",
}

RAILS: dict[Rail, str] = {
    Rail.PAYME: "Payme",
    Rail.STARS: "Telegram Stars",
    Rail.CASH: N_("cash or transfer"),
}


def bill_line(line: BillLine) -> str:
    """One bill in one line: `🔴 September 2026: 250 000 so‘m left of 400 000 so‘m`."""
    amount = money(line.bill.amount)
    facts = {"month": month_and_year(line.bill.month), "amount": amount, "left": money_sum(line.left)}
    match line.state:
        case BillState.PAID:
            sentence = _("{month}: {amount}, paid")
        case BillState.VOID:
            sentence = _("{month}: {amount}, voided")
        case BillState.OPEN:
            facts["due"] = calendar_day(line.bill.due_on)
            sentence = _("{month}: {amount}, to be paid by {due}")
        case BillState.PART_PAID | BillState.OVERDUE if line.covered:
            sentence = _("{month}: {left} left of {amount}")
        case _:
            facts["due"] = calendar_day(line.bill.due_on)
            sentence = _("{month}: {amount}, was due on {due}")
    return f"{MARKS[line.state]} {sentence.format(**facts)}"


def bill_lines(lines: Sequence[BillLine]) -> Safe:
    """The newest bills, the newest first; names of months and amounts carry no markup."""
    return Safe("\n".join(bill_line(line) for line in list(lines)[: -SHOWN_BILLS - 1 : -1]))


def schedule_facts(schedule: PaymentSchedule, today: date) -> dict[str, object]:
    """What sentences about a schedule are made of."""
    return {
        "name": schedule.name,
        "amount": money(schedule.amount),
        "day": schedule.day_of_month,
        "starts": calendar_day(schedule.starts_on),
        "begins_later": schedule.starts_on > today,
        "ends": calendar_day(schedule.ends_on) if schedule.ends_on else "",
        "will_end": schedule.ends_on is not None and not schedule.is_over(today),
        "is_over": schedule.is_over(today),
        "is_endless": schedule.ends_on is None,
    }


def standing(account: Account) -> str:
    """`debt 400 000 so‘m`, `paid ahead 100 000 so‘m`, or nothing owed."""
    if account.debt:
        return _("debt {amount}").format(amount=money_sum(account.debt))
    if account.prepaid:
        return _("paid ahead {amount}").format(amount=money_sum(account.prepaid))
    return _("nothing owed")


def mark_of(account: Account, today: date) -> str:
    if account.overdue(today):
        return "🔴"
    return "⚪️" if account.debt else "✅"


def joined(lines: Iterable[str]) -> Safe:
    return Safe("\n".join(lines))

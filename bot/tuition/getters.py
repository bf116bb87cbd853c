"""What a student sees of their tuition."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import calendar_day, money, money_sum, shorten
from bot.services import current_user, services
from bot.tuition.words import bill_lines, mark_of, schedule_facts, standing
from domain.learning.model import ProductKind


async def my_accounts(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    tuition = services(dialog_manager).tuition
    accounts = await tuition.mine(current_user(dialog_manager).id)
    lines = [
        (
            account.schedule.id,
            f"{mark_of(account, tuition.today)} {shorten(account.schedule.name, 28)} · {standing(account)}",
        )
        for account in accounts
    ]
    return {"accounts": lines, "is_empty": not lines}


async def my_page(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    tuition = services(dialog_manager).tuition
    account = await tuition.account(current_user(dialog_manager).id, given(dialog_manager, "schedule_id"))
    today = tuition.today
    schedule, debt, overdue = account.schedule, account.debt, account.overdue(today)
    upcoming = account.next_due(today)
    is_going_on = account.is_member and not schedule.is_over(today)
    is_sold = services(dialog_manager).payments.sells(ProductKind.TUITION)
    ahead = debt + schedule.amount.tiyin
    return {
        **schedule_facts(schedule, today),
        "debt": money_sum(debt),
        "has_debt": bool(debt),
        "overdue": money_sum(overdue),
        "is_late": bool(overdue),
        "is_only_due": bool(debt) and not overdue,
        "prepaid": money_sum(account.prepaid),
        "has_prepaid": bool(account.prepaid),
        "is_even": account.balance == 0 and bool(account.bills),
        "next_amount": money(upcoming.amount) if upcoming else "",
        "next_day": calendar_day(upcoming.due_on) if upcoming else "",
        "has_next": upcoming is not None,
        "bills": bill_lines(account.lines(today)),
        "has_bills": bool(account.bills),
        "has_left": not account.is_member,
        "can_pay_debt": is_sold and bool(debt),
        "can_pay_ahead": is_sold and is_going_on and ahead <= account.most.tiyin,
        "ahead": money_sum(ahead),
        "can_type": is_sold and (is_going_on or bool(debt)),
        "is_desk_only": not is_sold and (is_going_on or bool(debt)),
        "most": money(account.most),
    }


async def join_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    tuition = services(dialog_manager).tuition
    found = await tuition.look_at(current_user(dialog_manager).id, given(dialog_manager, "code"))
    return {
        **schedule_facts(found.schedule, tuition.today),
        "is_member": found.is_member,
        "is_new": not found.is_member,
    }

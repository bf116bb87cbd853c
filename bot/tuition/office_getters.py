"""What admins see of tuition."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from aiogram import Bot
from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import _, day, money, money_sum, shorten
from bot.services import current_user, services
from bot.tuition.words import RAILS, bill_line, bill_lines, joined, mark_of, schedule_facts, standing
from domain.money import Money
from domain.tuition.account import Account
from domain.tuition.model import PaymentSchedule
from domain.tuition.office import Book, Page
from domain.tuition.ports import Payment


async def admitted(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """For screens that show nothing of their own, and are for admins all the same."""
    await services(dialog_manager).tuition_office.admit(current_user(dialog_manager).id)
    data = dialog_manager.dialog_data
    amount = data.get("amount")
    return {
        "name": data.get("name", ""),
        "amount": money_sum(amount) if amount else "",
        "day": data.get("day", ""),
    }


async def schedule_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    office = services(dialog_manager).tuition_office
    found = await office.schedules(current_user(dialog_manager).id)
    lines = [
        (summary.schedule.id, _schedule_line(summary.schedule, summary.members, summary.debt, office.today))
        for summary in found
    ]
    debt = sum(summary.debt for summary in found)
    return {"schedules": lines, "is_empty": not lines, "debt": money_sum(debt), "has_debt": bool(debt)}


def _schedule_line(schedule: PaymentSchedule, members: int, debt: int, today: date) -> str:
    name = shorten(schedule.name, 24)
    mark = "🗄" if schedule.is_over(today) else "🔴" if debt else "🎓"
    return f"{mark} {name} · 👥 {members}" + (f" · {money_sum(debt)}" if debt else "")


async def debtor_list(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    found = await services(dialog_manager).tuition_office.debtors(current_user(dialog_manager).id)
    lines = [
        (
            f"{debtor.schedule_id}:{debtor.member.user_id}",
            f"{shorten(debtor.member.full_name, 18)} · {money_sum(debtor.debt)} · {shorten(debtor.schedule_name, 16)}",
        )
        for debtor in found
    ]
    return {"debtors": lines, "is_empty": not lines, "has_debtors": bool(lines)}


async def book_page(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    book = await _book(dialog_manager)
    today = services(dialog_manager).tuition_office.today
    debt = sum(account.debt for account in book.accounts)
    return {
        **schedule_facts(book.schedule, today),
        "count": len(book.members),
        "has_members": bool(book.members),
        "is_empty": not book.members,
        "members": [(account.member.user_id, _member_line(account, today)) for account in book.members],
        "debt": money_sum(debt),
        "has_debt": bool(debt),
        "former": [(account.member.user_id, _member_line(account, today)) for account in book.former_debtors],
        "former_count": len(book.former_debtors),
        "has_former": bool(book.former_debtors),
        "is_running": not book.schedule.is_over(today),
    }


def _member_line(account: Account, today: date) -> str:
    return f"{mark_of(account, today)} {shorten(account.member.full_name, 28)} · {standing(account)}"


async def link_page(dialog_manager: DialogManager, bot: Bot, **_data: Any) -> dict[str, Any]:
    book = await _book(dialog_manager)
    link = f"https://t.me/{(await bot.me()).username}?start=s_{book.schedule.join_code}"
    text = _("Join {name} here").format(name=book.schedule.name)
    return {
        "name": book.schedule.name,
        "link": link,
        "share": "https://t.me/share/url?" + urlencode({"url": link, "text": text}),
    }


async def found_people(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    book = await _book(dialog_manager)
    words: str = dialog_manager.dialog_data.get("words", "")
    people = await services(dialog_manager).tuition_office.find_people(current_user(dialog_manager).id, words)
    inside = {account.member.user_id for account in book.members}
    lines = [
        (
            person.user_id,
            ("✅ " if person.user_id in inside else "➕ ")
            + shorten(person.full_name, 32)
            + (f" @{person.username}" if person.username else ""),
        )
        for person in people
    ]
    return {
        "name": book.schedule.name,
        "words": words,
        "people": lines,
        "has_found": bool(lines),
        "is_question": not words,
        "is_nobody": bool(words) and not lines,
    }


async def account_page(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await _page(dialog_manager)
    office = services(dialog_manager).tuition_office
    admin = current_user(dialog_manager)
    account, today = page.account, office.today
    return {
        **_account_facts(account),
        "bills": bill_lines(account.lines(today)),
        "has_bills": bool(account.bills),
        "payments": joined(_payment_line(payment, admin.timezone) for payment in page.payments),
        "has_payments": bool(page.payments),
        "is_member": account.is_member,
        "has_left": not account.is_member,
        "can_void": any(not bill.is_void for bill in account.bills),
    }


async def cash_question(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await _page(dialog_manager)
    typed: int = dialog_manager.dialog_data.get("cash", 0)
    return {
        **_account_facts(page.account),
        "cash": money(Money(typed)),
        "debt": money_sum(page.account.debt),
        "has_debt": bool(page.account.debt),
    }


async def voidable_bills(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await _page(dialog_manager)
    today = services(dialog_manager).tuition_office.today
    lines = [line for line in page.account.lines(today) if not line.bill.is_void]
    chosen = next((line for line in lines if line.bill.id == dialog_manager.dialog_data.get("bill_id")), None)
    return {
        **_account_facts(page.account),
        "bills": [(line.bill.id, bill_line(line)) for line in reversed(lines)],
        "is_empty": not lines,
        "bill": bill_line(chosen) if chosen else "",
    }


async def _book(manager: DialogManager) -> Book:
    return await services(manager).tuition_office.book(current_user(manager).id, given(manager, "schedule_id"))


async def _page(manager: DialogManager) -> Page:
    return await services(manager).tuition_office.page(
        current_user(manager).id, given(manager, "schedule_id"), given(manager, "user_id")
    )


def _account_facts(account: Account) -> dict[str, Any]:
    member = account.member
    return {
        "student": member.full_name + (f" (@{member.username})" if member.username else ""),
        "name": account.schedule.name,
        "amount": money(account.schedule.amount),
        "standing": standing(account),
    }


def _payment_line(payment: Payment, timezone: str) -> str:
    """`💳 5 September 2026: 400 000 so‘m, Payme`."""
    facts = {
        "day": day(payment.at, timezone),
        "amount": money_sum(abs(payment.amount)),
        "rail": _(RAILS[payment.rail]),
    }
    if payment.amount < 0:
        return "↩️ " + _("{day}: {amount} given back, {rail}").format(**facts)
    return "💳 " + _("{day}: {amount}, {rail}").format(**facts)

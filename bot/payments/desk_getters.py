"""What the staff desk shows."""

from collections.abc import Sequence
from html import escape
from typing import Any

from aiogram_dialog import DialogManager

from bot.dialogs import given
from bot.i18n import Safe, _, current_language, day, day_and_time, money, money_sum, ngettext, shorten
from bot.payments.desk_filter import chips, shown_filter
from bot.payments.desk_words import (
    KINDS,
    RAILS,
    REASONS,
    STATES,
    amount,
    difference_sentence,
    history_sentence,
    rail_word,
    reason_word,
    state_word,
)
from bot.payments.getters import MARKS
from bot.services import current_user, services
from domain.learning.model import ProductKind
from domain.payments.desk import HISTORY_PAGE
from domain.payments.desk_ports import DeskLine, Dossier, Movements, Person
from domain.payments.model import EntryKind, Order, OrderId, OrderState, Rail
from domain.payments.reconciliation import Difference, Reconciliation

DIFFERENCES_PAGE = 4


async def desk_home(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user, desk = current_user(dialog_manager), services(dialog_manager).desk
    numbers, last = await desk.numbers(user.id)
    lines = [_movement_line(one) for one in numbers.movements]
    return {
        "day": day(desk.midnight(), desk.zone.key),
        "movements": Safe("\n".join(lines)),
        "has_movements": bool(lines),
        "is_quiet": not lines,
        "open_orders": numbers.open_orders,
        "waiting_proofs": numbers.waiting_proofs,
        "refunds_under_way": numbers.refunds_under_way,
        **_last_facts(last, user.timezone),
    }


def _movement_line(one: Movements) -> str:
    value = amount(one.stars, Rail.STARS) if one.rail is Rail.STARS else money_sum(one.amount)
    rail = escape(rail_word(one.rail))
    if one.kind is EntryKind.REFUND:
        return ngettext("↩️ {rail}: −{value} ({n} refund)", "↩️ {rail}: −{value} ({n} refunds)", one.count).format(
            rail=rail, value=value, n=one.count
        )
    return ngettext("✅ {rail}: {value} ({n} payment)", "✅ {rail}: {value} ({n} payments)", one.count).format(
        rail=rail, value=value, n=one.count
    )


def _last_facts(last: Reconciliation | None, timezone: str) -> dict[str, Any]:
    count = last.difference_count if last else 0
    return {
        "compared": day_and_time(last.at, timezone) if last else "",
        "differences": count,
        "is_in_order": last is not None and count == 0,
        "has_differences": count > 0,
        "was_never_compared": last is None,
        "was_compared": last is not None,
    }


async def desk_orders(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user, desk = current_user(dialog_manager), services(dialog_manager).desk
    wanted = shown_filter(dialog_manager)
    pages: list[int] = dialog_manager.dialog_data.get("pages", [])
    page = await desk.orders(user.id, wanted, OrderId(pages[-1]) if pages else None)
    return {
        **chips(wanted, desk),
        "orders": [(line.order.code, _order_line(line)) for line in page.lines],
        "page": len(pages) + 1,
        "is_empty": not page.lines,
        "has_orders": bool(page.lines),
        "has_older": page.has_more,
        "has_newer": bool(pages),
        "has_pages": page.has_more or bool(pages),
    }


def _order_line(line: DeskLine) -> str:
    order = line.order
    title = shorten(order.title.read_in(current_language()), 22)
    # A phone cuts the end of a long button, and the amount is what must be seen.
    return f"{MARKS[order.state]} {shorten(line.student.full_name, 18)} · {money(order.price)} · {title}"


async def state_list(**_data: Any) -> dict[str, Any]:
    return {"states": [(state.value, f"{MARKS[state]} {state_word(state)}") for state in STATES]}


async def rail_list(**_data: Any) -> dict[str, Any]:
    return {"rails": [(rail.value, rail_word(rail)) for rail in RAILS]}


async def desk_order(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user, desk = current_user(dialog_manager), services(dialog_manager).desk
    code = given(dialog_manager, "code")
    dossier = await desk.dossier(user.id, code)
    pages = max(-(-dossier.history_length // HISTORY_PAGE), 1)
    page = min(dialog_manager.dialog_data.get("history", pages - 1), pages - 1)
    history = await desk.history(user.id, code, page)
    lines = [
        " · ".join(
            escape(words, quote=False)
            for words in (day_and_time(line.at, user.timezone), history_sentence(line), line.actor or "")
            if words
        )
        for line in history
    ]
    order, refund = dossier.order, dossier.refund
    providers_ids = [one.external_id for one in dossier.payments if one.rail is not Rail.CASH]
    payme_ids = [one.external_id for one in dossier.payments if one.rail is Rail.PAYME and not one.is_returned]
    return {
        **order_facts(dossier, user.timezone),
        "payments": Safe("\n".join(f"<code>{escape(one)}</code>" for one in providers_ids)),
        "has_payments": bool(providers_ids),
        "receipts": _receipt_links(dossier),
        "has_receipts": bool(dossier.receipts),
        "history": Safe("\n".join(f"• {line}" for line in lines)),
        "history_page": page + 1,
        "history_pages": pages,
        "has_history_pages": pages > 1,
        "can_refund": order.state is OrderState.PAID and refund is None,
        "is_refund_waiting": refund is not None,
        "asker": refund.asked_by.full_name if refund else "",
        "asked": day_and_time(refund.asked_at, user.timezone) if refund else "",
        "refund_reason": reason_word(refund.reason) if refund else "",
        "is_at_payme": refund is not None and order.paid_by is Rail.PAYME,
        "is_at_telegram": refund is not None and order.paid_by is Rail.STARS,
        "payme_id": payme_ids[0] if payme_ids else "",
        "cabinet_url": dialog_manager.middleware_data["settings"].payme.payme_cabinet_url,
    }


def order_facts(dossier: Dossier, timezone: str) -> dict[str, Any]:
    """What sentences about somebody's order are made of."""
    order = dossier.order
    rail = order.paid_by or order.reserved_by
    return {
        "mark": MARKS[order.state],
        "code": order.code,
        "title": order.title.read_in(current_language()),
        "kind": _(KINDS[order.product.kind]),
        "student": person_words(dossier.student),
        "name": dossier.student.full_name,
        "price": price_words(order),
        "state": state_word(order.state),
        "rail": rail_word(rail) if rail else "",
        "has_rail": rail is not None,
        "created": day_and_time(order.created_at, timezone),
        "expires": day_and_time(order.expires_at, timezone),
        "paid": day_and_time(order.paid_at, timezone) if order.paid_at else "",
        "closed": day_and_time(order.closed_at, timezone) if order.closed_at else "",
        "is_waiting": order.state is OrderState.OPEN,
        "was_paid": order.paid_at is not None,
        "is_closed": order.closed_at is not None,
        "opens": order.product.kind is not ProductKind.TUITION,
        "is_open": dossier.is_open,
        "is_test": order.is_test,
    }


def person_words(person: Person) -> str:
    return f"{person.full_name} (@{person.username})" if person.username else person.full_name


def price_words(order: Order) -> str:
    """The price; of what was paid in Stars, those too."""
    if order.paid_by is Rail.STARS and order.stars is not None:
        return f"{money(order.price)} = {amount(order.stars, Rail.STARS)}"
    return money(order.price)


def _receipt_links(dossier: Dossier) -> Safe:
    lines: list[str] = []
    for receipt in dossier.receipts:
        words = escape(_("Receipt of the refund") if receipt.is_refund else _("Receipt of the payment"), quote=False)
        link = f'<a href="{escape(receipt.url)}">{words}</a>' if receipt.url else words
        lines.append(f"{link} {escape(receipt.receipt_id, quote=False)}".rstrip())
    return Safe("\n".join(lines))


async def refund_reasons(**_data: Any) -> dict[str, Any]:
    return {"reasons": [(key, _(words)) for key, words in REASONS.items()]}


async def refund_effect(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    """What a confirmation would do, exactly."""
    user, desk = current_user(dialog_manager), services(dialog_manager).desk
    dossier = await desk.dossier(user.id, given(dialog_manager, "code"))
    order = dossier.order
    is_tuition = order.product.kind is ProductKind.TUITION
    nonce: str | None = dialog_manager.dialog_data.get("nonce")
    can_refund = order.state is OrderState.PAID and dossier.refund is None and nonce is not None
    returned = amount(order.stars, Rail.STARS) if order.paid_by is Rail.STARS else money(order.price)
    return {
        **order_facts(dossier, user.timezone),
        "returned": returned,
        "reason": reason_word(dialog_manager.dialog_data.get("reason", "")),
        "by_payme": can_refund and order.paid_by is Rail.PAYME,
        "by_stars": can_refund and order.paid_by is Rail.STARS,
        "by_cash": can_refund and order.paid_by is Rail.CASH,
        "is_at_once": can_refund and order.paid_by is not Rail.PAYME,
        "closes": can_refund and not is_tuition,
        "lowers_balance": can_refund and is_tuition,
        "is_void": not can_refund,
        "confirmations": [(nonce, _("↩️ Yes, give {amount} back").format(amount=returned))] if can_refund else [],
    }


async def books_page(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    result = await services(dialog_manager).books.result(user.id, given(dialog_manager, "reconciliation_id"))
    facts = _last_facts(result, user.timezone)
    if result is None:
        return {**facts, "counted": 0, "codes": [], "has_pages": False}
    pages = max(-(-len(result.differences) // DIFFERENCES_PAGE), 1)
    page = min(dialog_manager.dialog_data.get("page", 0), pages - 1)
    shown = result.differences[page * DIFFERENCES_PAGE :][:DIFFERENCES_PAGE]
    codes = dict.fromkeys(one.code for one in shown if one.code)
    return {
        **facts,
        "since": day(result.since, user.timezone),
        "until": day_and_time(result.until, user.timezone),
        "counted": result.counted,
        "sums": "\n".join(
            f"{rail_word(one.rail)}: {amount(one.recorded, one.rail)} · {amount(one.entered, one.rail)}"
            for one in result.tallies
        ),
        "has_sums": bool(result.tallies),
        "lines": Safe("\n\n".join(_difference_lines(shown))),
        "codes": [(code, _("Open order {code}").format(code=code)) for code in codes],
        "page": page + 1,
        "pages": pages,
        "has_pages": pages > 1,
    }


def _difference_lines(differences: Sequence[Difference]) -> list[str]:
    return [
        (f"<code>{one.code}</code>\n" if one.code else "") + f"⚠️ {escape(difference_sentence(one), quote=False)}"
        for one in differences
    ]

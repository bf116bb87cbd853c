"""Invoices in Telegram Stars: shown, paid after the bot's consent, refunded."""

import asyncio
import secrets

from bot.sandbox.core import Core, Request, method
from bot.sandbox.errors import QUERY_TOO_OLD, UserError, bad_request
from bot.sandbox.sending import send
from bot.sandbox.state import Chat, Json

_TITLE, _DESCRIPTION, _PAYLOAD = 32, 255, 128
_ANSWER_WITHIN = 10.0


@method("sendInvoice")
def send_invoice(core: Core, request: Request) -> Json:
    core.writable_chat(request["chat_id"])
    if not 1 <= len(request["title"]) <= _TITLE:
        raise bad_request("INVOICE_TITLE_INVALID")
    if not 1 <= len(request["description"]) <= _DESCRIPTION:
        raise bad_request("INVOICE_DESCRIPTION_INVALID")
    if not 1 <= len(request["payload"].encode()) <= _PAYLOAD:
        raise bad_request("INVOICE_PAYLOAD_INVALID")
    prices: list[Json] = request["prices"]
    if request["currency"] != "XTR" or request.get("provider_token"):
        raise bad_request("PAYMENT_PROVIDER_INVALID" if request["currency"] != "XTR" else "STARS_INVOICE_INVALID")
    if len(prices) != 1 or prices[0]["amount"] <= 0:
        raise bad_request("CURRENCY_TOTAL_AMOUNT_INVALID")
    markup: Json = request.get("reply_markup") or {}
    rows = [row for row in markup.get("inline_keyboard", []) if row]
    if rows and not rows[0][0].get("pay"):
        raise bad_request("REPLY_MARKUP_BUY_EMPTY")
    invoice = {
        "title": request["title"],
        "description": request["description"],
        "start_parameter": request.get("start_parameter") or "",
        "currency": "XTR",
        "total_amount": prices[0]["amount"],
    }
    message = send(core, request, {"invoice": invoice})
    key = f"invoice:{message['chat']['id']}:{message['message_id']}"
    core.state.put("payment", key, {"payload": request["payload"], "paid": False})
    return message


@method("answerPreCheckoutQuery")
def answer_pre_checkout_query(core: Core, request: Request) -> bool:
    waiting = core.pre_checkouts.pop(request["pre_checkout_query_id"], None)
    if waiting is None or waiting.done():
        raise bad_request(QUERY_TOO_OLD)
    if not request["ok"] and not request.get("error_message"):
        core.pre_checkouts[request["pre_checkout_query_id"]] = waiting
        raise bad_request("error message can't be empty")
    waiting.set_result({"ok": request["ok"], "error": request.get("error_message")})
    return True


@method("refundStarPayment")
def refund_star_payment(core: Core, request: Request) -> bool:
    key = f"charge:{request['telegram_payment_charge_id']}"
    row = core.state.tables["payment"].get(key)
    if row is None or row["user_id"] != request["user_id"]:
        raise bad_request("CHARGE_ID_EMPTY" if row is None else "USER_ID_INVALID")
    if row["refunded"]:
        raise bad_request("CHARGE_ALREADY_REFUNDED")
    core.state.put("payment", key, {**row, "refunded": True})
    refund = {name: row["payment"][name] for name in ("currency", "total_amount", "invoice_payload")}
    refund["telegram_payment_charge_id"] = request["telegram_payment_charge_id"]
    # As on Telegram, the bot itself is named as the sender of the news.
    core.receive(core.find_chat(request["user_id"]), {"refunded_payment": refund, "from": core.bot})
    return True


@method("getMyStarBalance")
def get_my_star_balance(core: Core, request: Request) -> Json:
    charges = [row for key, row in core.state.tables["payment"].items() if key.startswith("charge:")]
    return {"amount": sum(row["payment"]["total_amount"] for row in charges if not row["refunded"])}


async def pay(core: Core, chat: Chat, message_id: int) -> Json:
    """The person pays an invoice: the bot is asked first, and has ten seconds to agree."""
    record = chat.messages.get(message_id)
    origin = (record.message.get("invoice") and f"invoice:{chat.id}:{message_id}") if record else None
    row = core.state.tables["payment"].get(origin) if origin else None
    if record is None or origin is None or row is None:
        raise UserError(404, "there is no such invoice")
    if row["paid"]:
        raise UserError(409, "the invoice is already paid")
    invoice = record.message["invoice"]
    query_id = str(core.state.next_id("other")) + secrets.token_hex(4)
    payment = {"currency": "XTR", "total_amount": invoice["total_amount"], "invoice_payload": row["payload"]}
    waiting: asyncio.Future[Json] = asyncio.get_running_loop().create_future()
    core.pre_checkouts[query_id] = waiting
    core.push("pre_checkout_query", {"id": query_id, "from": core.persona(chat).as_user(), **payment}, chat)
    core.state.flush()
    try:
        answer = await asyncio.wait_for(waiting, _ANSWER_WITHIN)
    except TimeoutError:
        core.pre_checkouts.pop(query_id, None)
        raise UserError(504, "the bot did not answer in time, nothing was paid") from None
    if not answer["ok"]:
        core.state.emit(chat, "toast", text=answer["error"], show_alert=True, url=None)
        return answer
    if core.state.tables["payment"][origin]["paid"]:
        raise UserError(409, "the invoice is already paid")
    charge = f"stx{secrets.token_urlsafe(24)}"
    paid = {**payment, "telegram_payment_charge_id": charge, "provider_payment_charge_id": f"{chat.id}_{message_id}"}
    core.state.put("payment", origin, {**row, "paid": True})
    kept = {"user_id": chat.id, "payment": paid, "refunded": False, "title": invoice["title"]}
    core.state.put("payment", f"charge:{charge}", kept)
    core.receive(chat, {"successful_payment": paid})
    core.state.emit(chat, "invoice_paid", message_id=message_id, message=record.message)
    return {"ok": True, "telegram_payment_charge_id": charge}

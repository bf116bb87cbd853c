"""The cashier's words in three languages, and its looks: a stage prop that the product's catalogues do not know."""

from collections.abc import Mapping
from html import escape
from typing import Any

from aiohttp import web

TEXTS: Mapping[str, Mapping[str, str]] = {
    "uz": {
        "title": "To‘lov",
        "sandbox": "sinov kassasi, haqiqiy pul yechilmaydi",
        "merchant": "Qabul qiluvchi",
        "order": "Buyurtma",
        "soum": "so‘m",
        "pay": "To‘lash",
        "cancel": "Bekor qilish",
        "paid": "To‘lov o‘tdi",
        "cancelled": "To‘lov bekor qilindi",
        "back": "Suhbatga qaytish",
        "foreign": "Bu havola boshqa qabul qiluvchiga tegishli.",
        "no_answer": "Qabul qiluvchi javob bermadi. Birozdan so‘ng qayta urinib ko‘ring.",
        "cabinet": "Kabinet",
        "sales": "To‘lovlar",
        "no_sales": "Hali to‘lov yo‘q.",
        "number": "Tranzaksiya",
        "performed": "To‘langan",
        "cancelled_on": "Qaytarilgan",
        "return": "Pulni qaytarish",
        "returned": "Pul to‘lovchiga qaytarildi.",
        "send_receipt": "Fiskal chekni yuborish",
        "receipt_sent": "Fiskal chek yuborildi.",
        "receipt": "Fiskal chek",
        "refund_receipt": "Qaytarish cheki",
        "unknown": "Bunday to‘lov yo‘q.",
        "vat": "QQS",
        "package": "O‘ram kodi",
    },
    "ru": {
        "title": "Оплата",
        "sandbox": "учебная касса, настоящие деньги не списываются",
        "merchant": "Получатель",
        "order": "Заказ",
        "soum": "сум",
        "pay": "Оплатить",
        "cancel": "Отменить",
        "paid": "Оплата прошла",
        "cancelled": "Оплата отменена",
        "back": "Вернуться в чат",
        "foreign": "Эта ссылка выписана другому получателю.",
        "no_answer": "Получатель не ответил. Попробуйте ещё раз чуть позже.",
        "cabinet": "Кабинет",
        "sales": "Платежи",
        "no_sales": "Платежей пока нет.",
        "number": "Транзакция",
        "performed": "Оплачено",
        "cancelled_on": "Возвращено",
        "return": "Вернуть деньги",
        "returned": "Деньги вернулись плательщику.",
        "send_receipt": "Отправить фискальный чек",
        "receipt_sent": "Фискальный чек отправлен.",
        "receipt": "Фискальный чек",
        "refund_receipt": "Чек возврата",
        "unknown": "Такого платежа нет.",
        "vat": "НДС",
        "package": "Код упаковки",
    },
    "en": {
        "title": "Payment",
        "sandbox": "practice cashier, no real money is taken",
        "merchant": "Recipient",
        "order": "Order",
        "soum": "UZS",
        "pay": "Pay",
        "cancel": "Cancel",
        "paid": "Payment complete",
        "cancelled": "Payment cancelled",
        "back": "Back to the chat",
        "foreign": "This link belongs to another recipient.",
        "no_answer": "The recipient did not answer. Please try again a little later.",
        "cabinet": "Cabinet",
        "sales": "Payments",
        "no_sales": "There are no payments yet.",
        "number": "Transaction",
        "performed": "Paid",
        "cancelled_on": "Returned",
        "return": "Return the money",
        "returned": "The money went back to the payer.",
        "send_receipt": "Send the fiscal receipt",
        "receipt_sent": "The fiscal receipt is sent.",
        "receipt": "Fiscal receipt",
        "refund_receipt": "Receipt of the refund",
        "unknown": "There is no such payment.",
        "vat": "VAT",
        "package": "Package code",
    },
}

STYLE = """
:root {
  color-scheme: light dark;
  --ink: #12211f; --soft: #5d706d; --paper: #fff; --ground: #eef4f3; --accent: #0f9d8f; --line: #dde7e5; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8f1ef; --soft: #9bb0ac; --paper: #16211f; --ground: #0d1514; }
  :root { --accent: #22a899; --line: #263532; --bad: #ff8f85; }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: var(--ground); color: var(--ink); font: 16px/1.45 system-ui, sans-serif;
}
main {
  width: min(100vw, 400px); background: var(--paper); padding: 24px;
  border-radius: 20px; box-shadow: 0 12px 40px rgb(0 40 36 / .12);
}
header { display: flex; flex-direction: column; gap: 2px; padding-bottom: 14px; border-bottom: 1px solid var(--line); }
header b { font-size: 20px; color: var(--accent); }
header small { color: var(--soft); }
.sum { font-size: 34px; font-weight: 700; margin: 20px 0 12px; letter-spacing: -.02em; }
.sum span { font-size: 18px; color: var(--soft); font-weight: 500; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 6px 16px; margin: 0 0 20px; }
dt { color: var(--soft); }
dd { margin: 0; text-align: right; font-weight: 600; overflow-wrap: anywhere; }
button, .back {
  display: block; width: 100%; padding: 14px; margin-top: 10px; border: 0; border-radius: 14px; background: transparent;
  color: var(--accent); font: inherit; font-weight: 600; text-align: center; text-decoration: none; cursor: pointer;
}
button.pay, .back { background: var(--accent); color: #fff; }
:is(button, .back):focus-visible { outline: 3px solid var(--soft); outline-offset: 2px; }
.error {
  padding: 12px 14px; border-radius: 12px; color: var(--bad);
  background: color-mix(in srgb, var(--bad) 10%, transparent);
}
.mark {
  width: 64px; height: 64px; margin: 24px auto 8px; border-radius: 50%; display: grid; place-items: center;
  font-size: 32px; color: #fff; background: var(--accent);
}
.mark.cancelled { background: var(--soft); }
h2 { text-align: center; margin: 8px 0 12px; }
.mark ~ .sum { text-align: center; }
.languages { display: flex; gap: 16px; padding-top: 12px; font-size: 14px; }
.languages a { color: var(--accent); }
.sale { padding: 16px 0; border-bottom: 1px solid var(--line); }
.sale .sum { font-size: 22px; margin: 0 0 10px; }
.sale dl { margin-bottom: 4px; font-size: 14px; }
.sale a { color: var(--accent); }
.good { padding: 12px 14px; border-radius: 12px; background: color-mix(in srgb, var(--accent) 12%, transparent); }
.next { display: block; margin-top: 12px; text-align: center; color: var(--soft); font-size: 13px; }
"""


def sentence(error: Mapping[str, Any], language: str) -> str:
    """The merchant's message in the payer's language, with its code for the developer."""
    message: Any = error.get("message")
    if isinstance(message, Mapping):
        message = message.get(language) or next(iter(message.values()), "")
    return f"{message or TEXTS[language]['no_answer']} ({error.get('code')})"


def shell(title: str, inner: str, language: str) -> str:
    """A whole page of Payme's."""
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
        f"<main><header><b>Payme</b><small>{escape(TEXTS[language]['sandbox'])}</small></header>{inner}</main></html>"
    )


def html(body: str, status: int = 200) -> web.Response:
    """No scripts, nothing from elsewhere, nothing kept."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'"
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=body, status=status, content_type="text/html", headers=headers)

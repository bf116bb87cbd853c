"""Payme's error codes and their sentences for the payer, in the three languages that the protocol asks for.

Source: developer.help.paycom.uz, "Merchant API": general errors and the errors of each method.
"""

from typing import Any, Final, NamedTuple

from bot.web.payme_rpc import (
    ACCOUNT_FIELD,
    BAD_RECEIPT,
    BAD_REQUEST,
    FORBIDDEN,
    NOT_JSON,
    NOT_POST,
    UNKNOWN_METHOD,
    Call,
    Check,
)
from domain.errors import DomainError
from domain.payments.errors import (
    ForeignTransaction,
    OrderBusy,
    OrderClosed,
    OrderFinal,
    OrderGone,
    OrderPaid,
    ReceiptGone,
    TransactionClosed,
    TransactionGone,
    WrongAmount,
)

SYSTEM: Final = -32400
WRONG_AMOUNT: Final = -31001
NO_TRANSACTION: Final = -31003
NOT_CANCELLABLE: Final = -31007
IMPOSSIBLE: Final = -31008
NO_ORDER: Final = -31050
PAID_ORDER: Final = -31051
BUSY_ORDER: Final = -31052
CLOSED_ORDER: Final = -31053
NO_RECEIPT: Final = -32001


class Refusal(NamedTuple):
    code: int
    field: str
    """Which part of the request it is about."""


REFUSALS: dict[type[DomainError], Refusal] = {
    OrderGone: Refusal(NO_ORDER, ACCOUNT_FIELD),
    OrderPaid: Refusal(PAID_ORDER, ACCOUNT_FIELD),
    OrderClosed: Refusal(CLOSED_ORDER, ACCOUNT_FIELD),
    # The sandbox's checklist asks for this code when a second transaction is created for a busy order.
    OrderBusy: Refusal(IMPOSSIBLE, ACCOUNT_FIELD),
    WrongAmount: Refusal(WRONG_AMOUNT, "amount"),
    TransactionGone: Refusal(NO_TRANSACTION, "id"),
    TransactionClosed: Refusal(IMPOSSIBLE, "id"),
    ForeignTransaction: Refusal(IMPOSSIBLE, "id"),
    OrderFinal: Refusal(NOT_CANCELLABLE, "id"),
    ReceiptGone: Refusal(NO_RECEIPT, "id"),
}
_UNFORESEEN = Refusal(SYSTEM, "system")


def refusal_of(error: DomainError, call: Call) -> Refusal:
    """What a rule's refusal is in the protocol. CheckPerformTransaction knows account errors only."""
    if isinstance(error, OrderBusy) and isinstance(call, Check):
        return Refusal(BUSY_ORDER, ACCOUNT_FIELD)
    return REFUSALS.get(type(error), _UNFORESEEN)


def error_body(code: int, field: str) -> dict[str, Any]:
    return {"code": code, "message": _MESSAGES[code], "data": field}


def _message(uz: str, ru: str, en: str) -> dict[str, str]:
    return {"ru": ru, "uz": uz, "en": en}


_MESSAGES: dict[int, dict[str, str]] = {
    NOT_POST: _message(
        "So‘rov POST usulida yuborilishi kerak.",
        "Запрос должен быть отправлен методом POST.",
        "The request must be sent by POST.",
    ),
    NOT_JSON: _message("JSON o‘qilmadi.", "Не удалось разобрать JSON.", "The JSON could not be read."),
    BAD_REQUEST: _message(
        "So‘rov maydonlari yetishmaydi yoki noto‘g‘ri turda.",
        "Поля запроса отсутствуют или имеют неверный тип.",
        "Fields of the request are missing or of a wrong type.",
    ),
    BAD_RECEIPT: _message(
        "Fiskal chek maydonlari noto‘g‘ri.", "Неверные поля фискального чека.", "The fiscal receipt's fields are wrong."
    ),
    UNKNOWN_METHOD: _message("Bunday usul yo‘q.", "Такого метода нет.", "There is no such method."),
    FORBIDDEN: _message(
        "Bu usulni bajarish uchun huquq yetarli emas.",
        "Недостаточно привилегий для выполнения метода.",
        "Not enough privileges to call this method.",
    ),
    SYSTEM: _message(
        "Tizimda nosozlik. Birozdan so‘ng qayta urinib ko‘ring.",
        "Сбой в системе. Попробуйте ещё раз немного позже.",
        "The system has failed. Please try again a little later.",
    ),
    WRONG_AMOUNT: _message(
        "Summa buyurtma narxiga teng emas.",
        "Сумма не равна цене заказа.",
        "The amount is not the order's price.",
    ),
    NO_TRANSACTION: _message("Tranzaksiya topilmadi.", "Транзакция не найдена.", "The transaction was not found."),
    NOT_CANCELLABLE: _message(
        "Buyurtma to‘liq bajarilgan, uni bekor qilib bo‘lmaydi.",
        "Заказ выполнен полностью, отменить его нельзя.",
        "The order is fully delivered and cannot be cancelled.",
    ),
    IMPOSSIBLE: _message(
        "Bu amalni hozir bajarib bo‘lmaydi.",
        "Эту операцию сейчас выполнить нельзя.",
        "This operation is not possible now.",
    ),
    NO_ORDER: _message("Bunday buyurtma yo‘q.", "Такого заказа нет.", "There is no such order."),
    PAID_ORDER: _message("Buyurtma allaqachon to‘langan.", "Заказ уже оплачен.", "The order has been paid already."),
    BUSY_ORDER: _message(
        "Buyurtma uchun to‘lov allaqachon boshlangan.",
        "Оплата этого заказа уже началась.",
        "A payment of this order is under way already.",
    ),
    CLOSED_ORDER: _message(
        "Buyurtma yopilgan. Botda yangi buyurtma oching.",
        "Заказ закрыт. Оформите новый заказ в боте.",
        "The order is closed. Please make a new order in the bot.",
    ),
    NO_RECEIPT: _message("Chek topilmadi.", "Чек не найден.", "The receipt was not found."),
}

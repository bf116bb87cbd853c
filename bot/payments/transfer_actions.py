"""What a student does to pay by a transfer."""

import mimetypes
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button

from bot.dialogs import given
from bot.i18n import _
from bot.payments.errors import input_sentence
from bot.payments.states import show_known_order, show_order, show_transfer
from bot.services import current_user, services
from domain.errors import InvalidInput
from domain.payments.errors import OrderBusy, OrderClosed, OrderPaid, RailClosed
from domain.payments.proofs import Receipt

_ANY = "application/octet-stream"


async def take_receipt(message: Message, _widget: Any, manager: DialogManager) -> None:
    """Send the photo or file for checking; of an album the first picture."""
    manager.show_mode = ShowMode.DELETE_AND_SEND
    receipt = receipt_of(message)
    if receipt is None:
        return
    album = message.media_group_id
    if album is not None and album == manager.dialog_data.get("album"):
        await message.answer(_("One picture, please. I took the first one: it is being checked."))
        return
    try:
        await services(manager).proofs.submit(current_user(manager).id, given(manager, "code"), receipt)
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    except (OrderBusy, OrderClosed, OrderPaid, RailClosed):
        await message.answer(_("I cannot take a receipt for this order now. The reason is below 👇"))
        return
    manager.dialog_data["album"] = album


def receipt_of(message: Message) -> Receipt | None:
    """The photo or file of the message; the domain decides whether it can be a receipt."""
    if message.photo:
        largest = message.photo[-1]
        return Receipt(
            file_id=largest.file_id,
            file_unique_id=largest.file_unique_id,
            is_photo=True,
            mime="image/jpeg",
            size=largest.file_size or 0,
        )
    if message.document:
        file = message.document
        told = (file.mime_type or _ANY).lower()
        guessed = mimetypes.guess_type(file.file_name or "")[0] or _ANY
        return Receipt(
            file_id=file.file_id,
            file_unique_id=file.file_unique_id,
            is_photo=False,
            mime=guessed if told == _ANY else told,
            size=file.file_size or 0,
        )
    return None


async def withdraw(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await services(manager).proofs.withdraw(current_user(manager).id, given(manager, "code"))
    await query.answer(_("The receipt is taken back."))


async def order_again(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """A new order of the same thing, straight to where its receipt is sent."""
    payments, user_id = services(manager).payments, current_user(manager).id
    product = (await payments.order(user_id, given(manager, "code"))).product
    if not payments.sells(product.kind):
        await show_order(manager, product)
        return
    order = await payments.buy(user_id, product)
    await show_transfer(manager, order.code)


async def to_order(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_known_order(manager, given(manager, "code"))

"""What an admin does with receipts."""

from typing import Any

import structlog
from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.dialogs import given
from bot.i18n import _
from bot.links import number_in
from bot.payments.errors import input_sentence
from bot.payments.proof_getters import decider_name
from bot.payments.states import ProofDesk, show_desk, show_proof, show_waiting_proofs
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.errors import InvalidInput
from domain.files import FileMissing, Storage
from domain.payments.errors import ProofDecided, ProofGone
from domain.payments.proofs import ProofId, ProofPage, ProofState
from domain.users.model import UserId

log = structlog.get_logger()

_SUFFIXES = {b"%PDF": ".pdf", b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png"}


def proof_number(value: str) -> ProofId:
    """Raises ProofGone for what is no number."""
    number = number_in(value)
    if number is None:
        raise ProofGone
    return ProofId(number)


def shown_proof(manager: DialogManager) -> ProofId:
    return ProofId(given(manager, "proof_id"))


async def shown_page(manager: DialogManager) -> ProofPage:
    return await services(manager).proofs.proof(current_user(manager).id, shown_proof(manager))


async def confirm(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The receipt that was shown, and no other: one that was replaced or decided since stays as it is."""
    admin_id, proof_id = current_user(manager).id, shown_proof(manager)
    try:
        await services(manager).proofs.confirm(admin_id, proof_id)
    except ProofDecided:
        await query.answer(decision_sentence(await shown_page(manager), admin_id), show_alert=True)
    else:
        log.info("proof.confirmed", admin_id=admin_id, proof_id=proof_id)
        await query.answer(_("Confirmed. The student is told."))
    await manager.switch_to(ProofDesk.proof)


async def reject(query: CallbackQuery, _select: Select[str], manager: DialogManager, reason: str) -> None:
    try:
        await _reject(manager, reason)
    except ProofDecided:
        await query.answer(decision_sentence(await shown_page(manager), current_user(manager).id), show_alert=True)
    else:
        await query.answer(_("Rejected. The student is told why."))
    await manager.switch_to(ProofDesk.proof)


async def type_reason(message: Message, _widget: Any, manager: DialogManager) -> None:
    manager.show_mode = ShowMode.DELETE_AND_SEND
    try:
        await _reject(manager, message.text or "")
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    except ProofDecided:
        await message.answer(decision_sentence(await shown_page(manager), current_user(manager).id), parse_mode=None)
    await manager.switch_to(ProofDesk.proof)


async def _reject(manager: DialogManager, reason: str) -> None:
    admin_id, proof_id = current_user(manager).id, shown_proof(manager)
    await services(manager).proofs.reject(admin_id, proof_id, reason)
    log.info("proof.rejected", admin_id=admin_id, proof_id=proof_id)


def decision_sentence(page: ProofPage, reader_id: UserId) -> str:
    """Who was faster, as plain text; the readers themselves after a tap that was worked on twice."""
    is_mine = page.proof.decided_by == reader_id
    match page.proof.state:
        case ProofState.CONFIRMED if is_mine:
            return _("You have confirmed it.")
        case ProofState.REJECTED if is_mine:
            return _("You have rejected it.")
        case ProofState.CONFIRMED:
            return _("{name} has already confirmed it.").format(name=decider_name(page))
        case ProofState.REJECTED:
            return _("{name} has already rejected it.").format(name=decider_name(page))
        case ProofState.WITHDRAWN:
            return _("The student has taken it back.")
        case ProofState.WAITING:
            return _("It still waits for a decision.")


async def send_original(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """The file as it was kept, below the screen."""
    page = await shown_page(manager)
    storage: Storage = manager.middleware_data["storage_of_files"]
    try:
        content = await storage.get(page.proof.sha256 or "")
    except FileMissing:
        await query.answer(_("The original cannot be reached right now."), show_alert=True)
        return
    suffix = next((suffix for magic, suffix in _SUFFIXES.items() if content.startswith(magic)), "")
    file = BufferedInputFile(content, f"{page.order.code}-{page.proof.id}{suffix}")
    await manager.middleware_data["bot"].send_document(
        current_user(manager).id, file, disable_content_type_detection=True
    )
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def open_waiting(query: CallbackQuery, _select: Any, manager: DialogManager, proof_id: ProofId) -> None:
    await show_proof(manager, proof_id)


async def open_next(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    next_id = (await shown_page(manager)).next_id
    if next_id is None:
        await show_waiting_proofs(manager)
    else:
        await show_proof(manager, next_id)


async def open_successor(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    successor_id = (await shown_page(manager)).successor_id
    if successor_id is not None:
        await show_proof(manager, successor_id)


async def to_waiting(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_waiting_proofs(manager)


async def to_desk(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_desk(manager)


async def to_menu(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_menu(manager)

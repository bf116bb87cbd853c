"""What an admin sees of receipts. Whether they may is decided by the service, on every screen."""

from typing import Any

from aiogram.enums import ContentType
from aiogram_dialog import DialogManager
from aiogram_dialog.api.entities import MediaAttachment, MediaId

from bot.dialogs import given
from bot.i18n import _, current_language, day_and_time, money, shorten
from bot.payments.proof_words import REASONS, reason_sentence
from bot.services import current_user, services
from domain.learning.model import ProductKind
from domain.payments.proofs import PaymentProof, ProofPage, ProofState
from domain.users.model import User

_NAME = 48
_TITLE = 80


async def waiting_proofs(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    waiting = await services(dialog_manager).proofs.waiting(user.id)
    lines: list[str] = []
    buttons: list[tuple[int, str]] = []
    for number, proof in enumerate(waiting.oldest, start=1):
        name, price = shorten(proof.student_name, _NAME), money(proof.price)
        title = shorten(proof.title.read_in(current_language()), _TITLE)
        lines.append(f"{number}. {name} · {title} · {price} · {day_and_time(proof.sent_at, user.timezone)}")
        buttons.append((proof.id, f"{number}. {shorten(name, 24)} · {price}"))
    return {
        "count": waiting.count,
        "shown": len(lines),
        "is_cut": waiting.count > len(lines),
        "is_empty": not lines,
        "lines": "\n".join(lines),
        "proofs": buttons,
    }


async def proof_page(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    page = await services(dialog_manager).proofs.proof(user.id, given(dialog_manager, "proof_id"))
    proof, order = page.proof, page.order
    can_decide = page.is_waiting and proof.user_id != user.id
    kind = order.product.kind
    return {
        "receipt": attachment(proof),
        "code": order.code,
        "student": who(page.student),
        "name": shorten(page.student.full_name, _NAME),
        "title": shorten(order.title.read_in(current_language()), _TITLE),
        "price": money(order.price),
        "sent": day_and_time(proof.sent_at, user.timezone),
        "decider": decider_name(page),
        "decided": day_and_time(proof.decided_at, user.timezone) if proof.decided_at else "",
        "reason": reason_sentence(proof.reason) if proof.reason else "",
        "is_waiting": page.is_waiting,
        "is_own": page.is_waiting and not can_decide,
        "is_decided": not page.is_waiting,
        "is_confirmed": proof.state is ProofState.CONFIRMED,
        "is_rejected": proof.state is ProofState.REJECTED,
        "is_withdrawn": proof.state is ProofState.WITHDRAWN,
        "can_decide": can_decide,
        "opens_course": can_decide and kind is ProductKind.COURSE,
        "opens_lesson": can_decide and kind is ProductKind.LESSON,
        "opens_nothing": can_decide and kind is ProductKind.TUITION,
        "twins": ", ".join(f"{twin.order_code} ({shorten(twin.student_name, _NAME)})" for twin in page.twins),
        "successor_id": page.successor_id,
        "next_id": page.next_id,
        "waiting_count": page.waiting_count,
        "is_kept": proof.sha256 is not None,
    }


async def reason_list(**_data: Any) -> dict[str, Any]:
    return {"reasons": [(reason.value, _(sentence)) for reason, sentence in REASONS.items()]}


def who(student: User) -> str:
    name = shorten(student.full_name, _NAME)
    return f"{name} (@{student.username})" if student.username else name


def decider_name(page: ProofPage) -> str:
    return shorten(page.decider.full_name, _NAME) if page.decider is not None else ""


def attachment(proof: PaymentProof) -> MediaAttachment:
    kind = ContentType.PHOTO if proof.is_photo else ContentType.DOCUMENT
    return MediaAttachment(kind, file_id=MediaId(proof.file_id, proof.file_unique_id))

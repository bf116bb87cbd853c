"""Banks of a course, and the questions in one."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course
from bot.courses.question_states import BankDesk, show_bank, show_editor, show_question_choice, show_question_export
from bot.courses.question_words import KINDS, answers, explanation, labels, question_line
from bot.courses.states import CourseDesk, ask_for_questions, show_course_desk
from bot.i18n import _
from bot.services import current_user, services
from domain.quizzes.bank_model import Sieve
from domain.quizzes.draft import DIFFICULTIES
from domain.quizzes.errors import QuestionGone
from domain.quizzes.importing.imports import Target
from domain.quizzes.keys import QuestionKind
from domain.quizzes.model import QuestionId
from domain.quizzes.settings import BankId


async def banks(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    found = await services(dialog_manager).banks.banks(current_user(dialog_manager).id, shown_course(dialog_manager))
    archived = dialog_manager.dialog_data.get("archived")
    return {
        "banks": [(bank.id, f"🗂 {bank.title} · {bank.question_count} ❓") for bank in found],
        "is_empty": not found,
        "archived": archived["title"] if archived else None,
    }


async def type_bank(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    actor_id, course_id = current_user(manager).id, shown_course(manager)
    bank = await services(manager).banks.add_bank(actor_id, course_id, message.text)
    await show_bank(manager, course_id, bank.id)
    return True


async def choose_bank(query: CallbackQuery, select: Select[int], manager: DialogManager, bank_id: int) -> None:
    await show_bank(manager, shown_course(manager), BankId(bank_id))


async def back_to_course(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager), CourseDesk.more)


async def bank_page(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    data = dialog_manager.dialog_data
    keys = data.get("keys", [])
    sieve = _sieve(dialog_manager)
    page = await services(dialog_manager).banks.page(
        current_user(dialog_manager).id, _bank(dialog_manager), sieve, QuestionId(keys[-1]) if keys else None
    )
    data["next_key"] = page.questions[-1].id if page.has_more else None
    data["topics"] = [topic for topic, _count in page.topics][:50]
    sieved = [
        f"🔎 {sieve.words}" if sieve.words else "",
        f"🏷 {sieve.topic}" if sieve.topic else "",
        f"📶 {sieve.difficulty}/5" if sieve.difficulty else "",
        _(KINDS[sieve.kind]) if sieve.kind else "",
    ]
    removed = data.get("removed")
    return {
        "title": page.bank.title,
        "question_count": page.bank.question_count,
        "questions": [(question.id, f"❓ {question_line(question.draft)}") for question in page.questions],
        "is_empty": not page.bank.question_count,
        "is_none": bool(page.bank.question_count) and not page.questions,
        "sieved": " · ".join(piece for piece in sieved if piece) or None,
        "has_more": page.has_more,
        "has_earlier": bool(keys),
        "removed": removed["line"] if removed else None,
        "topics": [(number, f"🏷 {topic}") for number, topic in enumerate(data["topics"])],
        "levels": [(level, f"📶 {level}") for level in DIFFICULTIES],
        "kinds": [(kind.value, _(name)) for kind, name in KINDS.items()],
    }


async def later(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    if (key := manager.dialog_data.get("next_key")) is not None:
        manager.dialog_data["keys"] = [*manager.dialog_data.get("keys", []), key]


async def earlier(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["keys"] = manager.dialog_data.get("keys", [])[:-1]


async def find(message: Message, manager: DialogManager) -> bool:
    """Words find questions."""
    if message.text is None or message.text.startswith("/"):
        return False
    manager.dialog_data.update(words=message.text[:100], keys=[])
    manager.show_mode = ShowMode.DELETE_AND_SEND
    return True


async def all_questions(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data.update(words="", topic=None, level=None, kind=None, keys=[])


async def sieve_topic(query: CallbackQuery, select: Select[int], manager: DialogManager, number: int) -> None:
    topics = manager.dialog_data.get("topics", [])
    if number < len(topics):
        manager.dialog_data.update(topic=topics[number], keys=[])
    await manager.switch_to(BankDesk.bank)


async def sieve_level(query: CallbackQuery, select: Select[int], manager: DialogManager, level: int) -> None:
    if level in DIFFICULTIES:
        manager.dialog_data.update(level=level, keys=[])
    await manager.switch_to(BankDesk.bank)


async def sieve_kind(query: CallbackQuery, select: Select[str], manager: DialogManager, kind: str) -> None:
    if kind in set(QuestionKind):
        manager.dialog_data.update(kind=kind, keys=[])
    await manager.switch_to(BankDesk.bank)


async def rename(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).banks.rename_bank(current_user(manager).id, _bank(manager), message.text)
    await manager.switch_to(BankDesk.bank)
    return True


async def archive(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    actor_id, bank_id = current_user(manager).id, _bank(manager)
    page = await services(manager).banks.page(actor_id, bank_id, Sieve())
    await services(manager).banks.archive_bank(actor_id, bank_id)
    manager.dialog_data["archived"] = {"bank_id": bank_id, "title": page.bank.title}
    await manager.switch_to(BankDesk.banks)


async def restore(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    archived = manager.dialog_data.pop("archived", None)
    if archived is not None:
        await services(manager).banks.restore_bank(current_user(manager).id, BankId(archived["bank_id"]))


async def add_question(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_editor(manager, shown_course(manager), bank_id=_bank(manager))


async def import_questions(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    bank_id = _bank(manager)
    await services(manager).question_imports.admit(current_user(manager).id, Target(bank_id=bank_id))
    await ask_for_questions(manager, bank_id=bank_id)


async def choose_several(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Of those that are shown."""
    sieve = {name: manager.dialog_data.get(name) for name in ("topic", "level", "kind", "words")}
    await show_question_choice(manager, shown_course(manager), bank_id=_bank(manager), sieve=sieve)


async def copy_question(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    question_id = manager.dialog_data["question_id"]
    await show_question_choice(manager, shown_course(manager), bank_id=_bank(manager), to_copy=question_id)


async def download(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_question_export(manager, shown_course(manager), bank_id=_bank(manager))


async def choose_question(query: CallbackQuery, select: Select[int], manager: DialogManager, question_id: int) -> None:
    manager.dialog_data["question_id"] = question_id
    await manager.switch_to(BankDesk.question)


async def question_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    question_id = QuestionId(dialog_manager.dialog_data["question_id"])
    try:
        question = await services(dialog_manager).banks.question(current_user(dialog_manager).id, question_id)
    except QuestionGone:
        return {"question": None, "is_gone": True}
    draft = question.draft
    return {
        "question": draft.text.read_in(next(iter(draft.text.variants))),
        "answers": answers(draft),
        "labels": labels(draft),
        "explanation": explanation(draft),
        "is_gone": False,
    }


async def edit(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    question_id = manager.dialog_data["question_id"]
    await show_editor(manager, shown_course(manager), bank_id=_bank(manager), question_id=question_id)


async def remove(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    actor_id, question_id = current_user(manager).id, QuestionId(manager.dialog_data["question_id"])
    try:
        question = await services(manager).banks.question(actor_id, question_id)
    except QuestionGone:
        await query.answer(_("It is no longer there."))
    else:
        await services(manager).banks.retire_question(actor_id, question_id)
        manager.dialog_data["removed"] = {"question_id": question_id, "line": question_line(question.draft)}
    await manager.switch_to(BankDesk.bank)


async def put_back(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    removed = manager.dialog_data.pop("removed", None)
    if removed is not None:
        await services(manager).banks.put_back(current_user(manager).id, QuestionId(removed["question_id"]))


def _bank(manager: DialogManager) -> BankId:
    data = manager.start_data
    return BankId(data.get("bank_id") or 0) if isinstance(data, dict) else BankId(0)


def _sieve(manager: DialogManager) -> Sieve:
    data = manager.dialog_data
    kind = data.get("kind")
    return Sieve(
        topic=data.get("topic"),
        difficulty=data.get("level"),
        kind=QuestionKind(kind) if kind else None,
        words=data.get("words", ""),
    )

"""What a teacher does with questions that a model writes."""

from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode, StartMode

from bot.courses.states import show_lesson_desk
from bot.dialogs import given
from bot.i18n import _, current_language
from bot.links import number_in
from bot.quizzes.states import Generating
from bot.services import current_user, services
from domain.courses.model import LessonId
from domain.language import Language
from domain.quizzes.generation_errors import GenerationGone
from domain.quizzes.generation_model import COUNTS, GenerationId, Order, Proposal, ProposalId, ReviewPage, Scope
from domain.quizzes.keys import QuestionKind
from domain.quizzes.typed import draft_of_typed

MIXED = (QuestionKind.SINGLE, QuestionKind.MULTIPLE, QuestionKind.TRUE_FALSE, QuestionKind.SHORT)
DIFFICULTIES = (None, 2, 3, 4)
"""Mixed, easy, medium, hard."""


def lesson_asked(manager: DialogManager) -> LessonId:
    return LessonId(given(manager, "lesson_id"))


def generation_shown(manager: DialogManager) -> GenerationId:
    return GenerationId(manager.dialog_data.get("generation_id") or given(manager, "generation_id"))


async def next_scope(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    is_lesson = manager.dialog_data.get("scope", Scope.LESSON) == Scope.LESSON
    manager.dialog_data["scope"] = (Scope.SECTION if is_lesson else Scope.LESSON).value


async def next_count(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    place = COUNTS.index(manager.dialog_data.get("count", COUNTS[0]))
    manager.dialog_data["count"] = COUNTS[(place + 1) % len(COUNTS)]


async def next_kinds(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    manager.dialog_data["mixed"] = not manager.dialog_data.get("mixed", False)


async def next_difficulty(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    place = DIFFICULTIES.index(manager.dialog_data.get("difficulty"))
    manager.dialog_data["difficulty"] = DIFFICULTIES[(place + 1) % len(DIFFICULTIES)]


async def next_language(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    known = list(Language)
    place = known.index(Language(manager.dialog_data.get("language", current_language())))
    manager.dialog_data["language"] = known[(place + 1) % len(known)].value


async def begin(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await _order(manager, Scope(manager.dialog_data.get("scope", Scope.LESSON)), None)


async def send_material(message: Message, widget: Any, manager: DialogManager) -> None:
    """A text, typed, pasted or forwarded; a caption counts too."""
    text = message.text or message.caption
    if not text:
        await message.answer(_("Please send the material as text. Files cannot be read here yet."))
        return
    await _order(manager, Scope.MATERIAL, text)


async def stop(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await services(manager).generations.stop(current_user(manager).id, generation_shown(manager))
    await query.answer(_("Stopped. What has come so far is here."))


async def refresh(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    """The window is drawn again from what is stored."""


async def decide(query: CallbackQuery, widget: Any, manager: DialogManager, item: str) -> None:
    """`item` is `<verb>-<proposal>`: a second tap is about the same question, not about the next one."""
    verb, _separator, number = item.partition("-")
    proposal_id = ProposalId(number_in(number) or 0)
    generations, actor_id = services(manager).generations, current_user(manager).id
    manager.dialog_data.pop("dropped", None)
    match verb:
        case "take":
            await generations.take(actor_id, proposal_id)
            await query.answer(_("✅ It is in the quiz now."))
        case "drop":
            await generations.drop(actor_id, proposal_id)
            manager.dialog_data["dropped"] = proposal_id
            await query.answer(_("🗑 Dropped."))
        case "edit":
            if all(item.id != proposal_id for item in (await page_shown(manager)).waiting):
                raise GenerationGone(proposal_id)
            manager.dialog_data["edited"] = proposal_id
            await manager.switch_to(Generating.edit)
        case _:
            raise GenerationGone(proposal_id)


async def take_good(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    taken = await services(manager).generations.take_good(current_user(manager).id, generation_shown(manager))
    manager.dialog_data.pop("dropped", None)
    await query.answer(_("✅ In the quiz now: {n}").format(n=taken))


async def undo(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    dropped = manager.dialog_data.pop("dropped", None)
    if dropped is not None:
        await services(manager).generations.bring_back(current_user(manager).id, ProposalId(dropped))


async def send_edit(message: Message, widget: Any, manager: DialogManager) -> None:
    page = await page_shown(manager)
    draft = draft_of_typed(page.generation.order.language, message.text or "")
    edited = ProposalId(manager.dialog_data["edited"])
    await services(manager).generations.rewrite(current_user(manager).id, edited, draft)
    manager.show_mode = ShowMode.DELETE_AND_SEND
    manager.dialog_data["shown"] = edited
    await manager.switch_to(Generating.review)


async def order_more(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    await manager.start(Generating.order, data={"lesson_id": lesson_asked(manager)}, mode=StartMode.RESET_STACK)


async def to_lesson(query: CallbackQuery, widget: Any, manager: DialogManager) -> None:
    lesson_id = lesson_asked(manager)
    work = await services(manager).authoring.lesson_work(current_user(manager).id, lesson_id)
    await show_lesson_desk(manager, work.course.id, lesson_id)


async def open_generation(manager: DialogManager, rest: str) -> bool:
    """The link `gn_<generation>`; only those who teach its lesson find something there."""
    number = number_in(rest)
    if number is None:
        return False
    page = await services(manager).generations.review(current_user(manager).id, GenerationId(number))
    data = {"lesson_id": page.generation.lesson_id, "generation_id": number}
    await manager.start(Generating.review, data=data, mode=StartMode.RESET_STACK)
    return True


async def page_shown(manager: DialogManager) -> ReviewPage:
    return await services(manager).generations.review(current_user(manager).id, generation_shown(manager))


def proposal_on(page: ReviewPage, manager: DialogManager) -> Proposal | None:
    """The one that was just edited, else the first that waits."""
    wanted = manager.dialog_data.get("shown")
    return next((item for item in page.waiting if item.id == wanted), page.waiting[0] if page.waiting else None)


async def _order(manager: DialogManager, scope: Scope, material: str | None) -> None:
    data = manager.dialog_data
    order = Order(
        scope=scope,
        material=material,
        count=data.get("count", COUNTS[0]),
        kinds=MIXED if data.get("mixed") else (QuestionKind.SINGLE,),
        difficulty=data.get("difficulty"),
        language=Language(data.get("language", current_language())),
    )
    generation_id = await services(manager).generations.order(current_user(manager).id, lesson_asked(manager), order)
    await manager.start(
        Generating.review,
        data={"lesson_id": lesson_asked(manager), "generation_id": generation_id},
        mode=StartMode.RESET_STACK,
    )

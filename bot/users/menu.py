"""The main menu: the next useful thing first."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Group
from aiogram_dialog.widgets.text import Format

from bot.courses.states import show_studio
from bot.dialogs import Dialog, Window
from bot.i18n import Label, T, _, current_language
from bot.learning.states import show_catalogue, show_lesson, show_my_courses
from bot.notes.states import show_notes
from bot.payments.states import show_desk, show_orders
from bot.quizzes.states import show_results
from bot.review.states import show_review
from bot.services import current_user, services
from bot.tutor.states import ask_tutor
from bot.users.states import MainMenu, show_profile, show_settings
from bot.users.teachers import send_invitation
from domain.courses.model import LessonId


async def main_menu(**data: Any) -> dict[str, Any]:
    """One statement: where to go on, and what waits to be reviewed."""
    user = current_user(data)
    home = await services(data).home.home(user.id)
    return {
        "name": user.full_name,
        "lesson": home.place.lesson_title.read_in(current_language()) if home.place else None,
        "cards": home.cards_left,
        "is_new": home.place is None,
        "may_teach": user.may_teach,
        "is_admin": user.is_admin,
        "payments": f"💼 {_('Payments of the centre')}" if user.is_admin else _("💳 My payments"),
    }


async def go_on(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """To the lesson that is next now, which another device may have finished since the menu was drawn."""
    user = current_user(manager)
    following = await services(manager).learning.lesson_to_continue(user.id)
    await _read(manager, following[0] if following else None)


async def begin(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _read(manager, await services(manager).learning.first_lesson(current_user(manager).id))


async def open_my_courses(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_my_courses(manager)


async def open_review(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_review(manager)


async def open_catalogue(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_catalogue(manager)


async def open_payments(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """As the command /payments: the desk for admins, one's own for everybody else."""
    await (show_desk if current_user(manager).is_admin else show_orders)(manager)


async def open_tutor(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await ask_tutor(manager)


async def open_results(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_results(manager)


async def open_notes(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_notes(manager)


async def open_studio(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_studio(manager)


async def invite_teacher(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The menu is sent again below the link."""
    await send_invitation(manager.middleware_data["bot"], current_user(manager), services(manager).users)
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def open_profile(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_profile(manager)


async def open_settings(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_settings(manager)


async def _read(manager: DialogManager, lesson_id: LessonId | None) -> None:
    if lesson_id is None:
        await show_catalogue(manager)
    else:
        await show_lesson(manager, lesson_id)


dialog = Dialog(
    Window(
        T("👋 <b>Hello, {name}!</b>"),
        T("Let us begin with your first lesson.", when="is_new"),
        Button(Label("▶️ Continue: {lesson}"), id="continue", on_click=go_on, when="lesson"),
        Button(Label("🚀 Start learning"), id="begin", on_click=begin, when="is_new"),
        Button(
            Label("🔁 {cards} to review", "🔁 {cards} to review", count="cards"),
            id="review",
            on_click=open_review,
            when="cards",
        ),
        Group(
            Button(Label("🎒 My courses"), id="my_courses", on_click=open_my_courses),
            Button(Label("📚 Catalogue"), id="catalogue", on_click=open_catalogue),
            Button(Label("🤖 Ask the tutor"), id="tutor", on_click=open_tutor),
            Button(Label("📊 Results"), id="results", on_click=open_results),
            Button(Label("📒 My notes"), id="notes", on_click=open_notes),
            Button(Format("{payments}"), id="payments", on_click=open_payments),
            Button(Label("👤 My profile"), id="profile", on_click=open_profile),
            Button(Label("⚙️ Settings"), id="settings", on_click=open_settings),
            Button(Label("✏️ Teach"), id="teach", on_click=open_studio, when="may_teach"),
            Button(Label("🎓 Invite a teacher"), id="invite", on_click=invite_teacher, when="is_admin"),
            width=2,
        ),
        state=MainMenu.main,
        getter=main_menu,
        preview_data={
            "name": "Ali Karimov",
            "lesson": "Foizlar",
            "cards": 7,
            "is_new": False,
            "may_teach": True,
            "is_admin": True,
            "payments": "💼 Payments of the centre",
        },
    ),
)

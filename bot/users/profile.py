"""What people see and change about themselves."""

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Group, Start

from bot.dialogs import Dialog, Window
from bot.i18n import Label, T, _
from bot.services import current_user, services
from bot.users.getters import profile_card, settings_page
from bot.users.states import Leaving, Profile, Questions, show_menu, show_public_profile


async def open_menu(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_menu(manager)


async def open_public_profile(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_public_profile(manager)


async def log_out(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    user = current_user(manager)
    await services(manager).users.log_out(user.id)
    await manager.reset_stack()
    await manager.middleware_data["bot"].send_message(
        user.id,
        _("You are logged out. I will not write to you until you send /start. Your courses and progress are kept."),
    )


profile_dialog = Dialog(
    Window(
        T("👤 <b>{name}</b>"),
        T("{role} · with us since {since}"),
        T("📱 {phone}"),
        T("🌐 {language}"),
        T("📚 {subjects}", when="subjects"),
        T("{goal}", when="goal"),
        T("⏱ {minutes} minute a day", "⏱ {minutes} minutes a day", count="minutes", when="minutes"),
        T("🎓 {course_count} course", "🎓 {course_count} courses", count="course_count"),
        T("✅ {lessons_done} lesson done", "✅ {lessons_done} lessons done", count="lessons_done"),
        Group(
            Start(Label("✏️ Name"), id="name", state=Questions.name),
            Start(Label("📱 Phone"), id="phone", state=Questions.phone),
            Start(Label("📚 Subjects"), id="subjects", state=Questions.subjects),
            Start(Label("🎯 Goal"), id="goal", state=Questions.goal),
            Start(Label("⏱ Minutes a day"), id="minutes", state=Questions.minutes),
            Start(Label("🌐 Language"), id="language", state=Questions.language),
            width=2,
        ),
        Button(Label("🪪 Public profile"), id="public", on_click=open_public_profile),
        Button(Label("🏠 Menu"), id="menu", on_click=open_menu),
        state=Profile.card,
        getter=profile_card,
        preview_data={
            "name": "Ali Karimov",
            "role": "Student",
            "since": "1 September 2026",
            "phone": "+998 ••• 67",
            "language": "O‘zbekcha",
            "subjects": "Matematika",
            "goal": "Pass an exam",
            "minutes": 15,
            "course_count": 2,
            "lessons_done": 7,
        },
    ),
    Window(
        T("⚙️ <b>Settings</b>"),
        T("🌐 {language}"),
        T("{goal}", when="goal"),
        T("⏱ {minutes} minute a day", "⏱ {minutes} minutes a day", count="minutes", when="minutes"),
        Group(
            Start(Label("🌐 Language"), id="language", state=Questions.language),
            Start(Label("📚 Subjects"), id="subjects", state=Questions.subjects),
            Start(Label("🎯 Goal"), id="goal", state=Questions.goal),
            Start(Label("⏱ Minutes a day"), id="minutes", state=Questions.minutes),
            width=2,
        ),
        Button(Label("🏠 Menu"), id="menu", on_click=open_menu),
        state=Profile.settings,
        getter=settings_page,
        preview_data={"language": "O‘zbekcha", "goal": "Pass an exam", "minutes": 15},
    ),
)

leaving_dialog = Dialog(
    Window(
        T("🚪 <b>Log out?</b>"),
        T("I will not write to you until you send /start. Your courses and progress are kept."),
        Button(Label("Log out"), id="log_out", on_click=log_out),
        Button(Label("Stay"), id="stay", on_click=open_menu),
        state=Leaving.confirm,
        preview_data={},
    ),
)

"""Somebody's public card, as others see it."""

from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager, StartMode
from aiogram_dialog.widgets.kbd import Button, CopyText
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices, given
from bot.i18n import Label, Safe, T, current_language, shorten
from bot.learning.states import show_course
from bot.links import number_in
from bot.services import current_user, services
from bot.users.public_words import link_lines, profile_link, skill_line
from bot.users.states import PublicCard, show_menu, show_public_card, show_public_profile
from domain.courses.model import CourseId

_TITLE = 48


async def public_card(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    """Read anew each time: its owner may have closed it meanwhile."""
    card = await services(data).profiles.public_card(current_user(data).id, given(dialog_manager, "code"))
    language = current_language()
    return {
        "name": card.name,
        "is_teacher": card.is_teacher,
        "bio": card.bio,
        "location": card.location,
        "username": card.username,
        "links": link_lines(card.links),
        "skills": "\n".join(f"• {skill_line(skill)}" for skill in card.skills),
        "courses": [(course.id, shorten(f"📖 {course.title.read_in(language)}", _TITLE)) for course in card.courses],
        "link": await profile_link(dialog_manager.middleware_data["bot"], card.code),
        "is_own": card.is_own,
        "is_closed": not card.is_open,
        "is_bare": not (card.bio or card.location or card.links or card.skills or card.courses),
    }


async def open_course(query: CallbackQuery, widget: Any, manager: DialogManager, course_id: int) -> None:
    await show_course(manager, CourseId(course_id))


async def change_own(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_public_profile(manager)


async def leave(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Back to the screen that opened the card, else to the menu."""
    if len(manager.current_stack().intents) > 1:
        await manager.done()
    else:
        await show_menu(manager)


async def public_card_link(manager: DialogManager, code: str) -> bool:
    """The deep link `u_<code>`. Raises ProfileGone."""
    await services(manager).profiles.public_card(current_user(manager).id, code)
    await show_public_card(manager, code, StartMode.RESET_STACK)
    return True


def _row_id(raw: str) -> int:
    return number_in(raw) or 0


public_card_dialog = Dialog(
    Window(
        T("👤 <b>{name}</b>"),
        T("🎓 Teacher", when="is_teacher"),
        T("📍 {location}", when="location"),
        T("\n{bio}", when="bio"),
        T("\nThere is nothing more here yet.", when="is_bare"),
        T("\n<b>Skills</b>\n{skills}", when="skills"),
        T("\n✈️ On Telegram: @{username}", when="username"),
        T("{links}", when="links"),
        T("\n🔒 Your profile is closed: only you see this.", when="is_closed"),
        choices(id="course", items="courses", on_click=open_course, type_factory=_row_id),
        CopyText(Label("🔗 Copy the link"), Format("{link}")),
        Button(Label("✏️ Change my profile"), id="change", on_click=change_own, when="is_own"),
        Button(Label("⬅️ Back"), id="back", on_click=leave),
        state=PublicCard.card,
        getter=public_card,
        preview_data={
            "name": "Dilnoza Rahimova",
            "is_teacher": True,
            "location": "Samarqand",
            "bio": "Matematikani sodda tushuntiraman.",
            "skills": "• Algebra ★★★★★",
            "username": "dilnoza",
            "links": Safe('🔗 YouTube: <a href="https://youtube.com/@dilnoza">youtube.com/@dilnoza</a>'),
            "courses": [(1, "📖 Foizlar")],
            "link": "https://t.me/ustoz_bot?start=u_abcdefghijklmnop",
            "is_own": True,
        },
    ),
)

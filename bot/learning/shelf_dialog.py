"""One's own courses, and the progress in them."""

from operator import itemgetter
from typing import Any

from aiogram.types import CallbackQuery
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button, Row, Select
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import Label, Safe, T
from bot.learning.actions import open_course, to_catalogue, to_menu
from bot.learning.course_extras import open_own_certificates
from bot.learning.shelf_getters import courses, progress
from bot.learning.states import MyCourses, Standing, show_catalogue, show_lesson, show_my_courses, show_progress
from bot.row_ids import row_id
from bot.services import current_user, services


async def turn_to(query: CallbackQuery, _select: Select[str], manager: DialogManager, section: str) -> None:
    manager.dialog_data.update(section=section, keys=[])


async def later(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Behind the last line that was shown; the keys of the earlier pages stay, to go back by them."""
    if (key := manager.dialog_data.get("next_key")) is not None:
        manager.dialog_data["keys"] = [*manager.dialog_data.get("keys", []), key]


async def earlier(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    manager.dialog_data["keys"] = manager.dialog_data.get("keys", [])[:-1]


async def go_on(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    """Where that is now: another device may have finished the lesson since the screen was drawn."""
    place = await services(manager).shelf.place(current_user(manager).id)
    if place is None:
        await show_catalogue(manager)
    else:
        await show_lesson(manager, place.lesson_id)


async def to_progress(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_progress(manager)


async def to_my_courses(query: CallbackQuery, _button: Button, manager: DialogManager) -> None:
    await show_my_courses(manager)


_PAGES = Row(
    Button(Label("⬅️ Earlier"), id="previous_page", on_click=earlier, when="has_previous"),
    Button(Label("Later ➡️"), id="next_page", on_click=later, when="has_next"),
)
_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_CONTINUE = Button(Label("▶️ Continue: {lesson}"), id="continue", on_click=go_on, when="lesson")
_STOPPED = T("⏸ You stopped in <b>{lesson}</b>: {time}, part {part}", when="time")
_PLACE_PREVIEW: dict[str, Any] = {"lesson": "Foiz nima?", "part": 3, "time": "12:40"}

my_courses_dialog = Dialog(
    Window(
        T("🎒 <b>My courses</b> · in progress", when="is_active"),
        T("🎒 <b>My courses</b> · finished", when="is_completed"),
        T("🎒 <b>My courses</b> · left", when="is_cancelled"),
        _STOPPED,
        Format("\n{lines}", when="lines"),
        T("\nYou have no courses yet. Choose one in the catalogue: many lessons are free.", when="has_no_active"),
        T("\nNo course is finished yet. The next lesson brings you closer.", when="has_no_completed"),
        T("\nYou have left no course.", when="has_no_cancelled"),
        _CONTINUE,
        choices(id="course", items="courses", on_click=open_course, type_factory=row_id),
        _PAGES,
        choices(id="section", items="sections", on_click=turn_to, key=itemgetter(0), columns=2),
        Row(
            Button(Label("📊 Progress"), id="progress", on_click=to_progress),
            Button(Label("📚 Catalogue"), id="catalogue", on_click=to_catalogue),
        ),
        Button(Label("🎓 My certificates"), id="certificates", on_click=open_own_certificates),
        _MENU,
        state=MyCourses.list,
        getter=courses,
        preview_data={
            "is_active": True,
            **_PLACE_PREVIEW,
            "lines": Safe("▰▰▰▰▰▱▱▱▱▱ 50% · Foizlar"),
            "courses": [(1, "📖 Foizlar"), (2, "📖 Kvadrat tenglamalar")],
            "sections": [("completed", "✅ Finished"), ("cancelled", "🗂 Left")],
            "has_next": True,
        },
    ),
)

progress_dialog = Dialog(
    Window(
        T("📊 <b>My progress</b>"),
        _STOPPED,
        Format("\n{lines}", when="lines"),
        T("\nNothing is begun yet. Join a course, and here you will see how far you are.", when="is_empty"),
        _CONTINUE,
        _PAGES,
        Button(Label("🎒 My courses"), id="my_courses", on_click=to_my_courses),
        Button(Label("📚 Catalogue"), id="catalogue", on_click=to_catalogue, when="is_empty"),
        _MENU,
        state=Standing.courses,
        getter=progress,
        preview_data={**_PLACE_PREVIEW, "lines": Safe("<b>Foizlar</b>\n▰▰▰▰▰▱▱▱▱▱ 50%"), "has_next": True},
    ),
)

"""What a teacher sets about a course as a whole."""

from aiogram.types import BufferedInputFile, CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.at_hand import shown_course
from bot.courses.category_actions import first_page
from bot.courses.category_getters import place_of
from bot.courses.errors import MISSING
from bot.courses.materials import material_of
from bot.courses.settings_getters import candidate_list, shown_settings
from bot.courses.settings_states import (
    CourseOptions,
    show_co_teachers,
    show_course_options,
    show_translations,
)
from bot.courses.states import show_course_desk
from bot.i18n import _, day_and_time
from bot.services import current_user, services
from bot.tutor.states import show_tutor_mode
from domain.courses.materials import Upload
from domain.courses.model import CourseId, Level
from domain.courses.settings import parse_percent, proposed_slug
from domain.files import FileMissing, Storage
from domain.language import Language


async def open_options(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """From the course's desk."""
    await show_course_options(manager, shown_course(manager))


async def back_to_course(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_course_desk(manager, shown_course(manager))


async def open_teachers(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_co_teachers(manager, shown_course(manager))


async def open_translations(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_translations(manager, shown_course(manager))


async def open_tutor_mode(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_tutor_mode(manager, shown_course(manager))


async def begin_category(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """From the category above the course's own, where its neighbours are."""
    page = await shown_settings(manager)
    manager.dialog_data["place"] = page.path[-1].parent_id
    await first_page(manager, "places")
    await manager.switch_to(CourseOptions.category)


async def put_here(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    place = place_of(manager)
    if place is None:
        return
    await services(manager).course_settings.move(current_user(manager).id, shown_course(manager), place)
    await query.answer(_("Saved."))
    await manager.switch_to(CourseOptions.main)


async def choose_level(query: CallbackQuery, select: Select[str], manager: DialogManager, level: str) -> None:
    """No level is one of the choices; what is none of them changes nothing."""
    if level and level not in set(Level):
        return
    chosen = Level(level) if level else None
    await services(manager).course_settings.set_level(current_user(manager).id, shown_course(manager), chosen)
    await query.answer(_("Saved."))
    await manager.switch_to(CourseOptions.main)


async def choose_language(query: CallbackQuery, select: Select[str], manager: DialogManager, language: str) -> None:
    if language in set(Language):
        await services(manager).course_settings.set_language(
            current_user(manager).id, shown_course(manager), Language(language)
        )
        await query.answer(_("Saved."))
    await manager.switch_to(CourseOptions.main)


async def send_cover(message: Message, manager: DialogManager) -> bool:
    if not message.photo:
        return False
    upload = material_of(message, manager.middleware_data["bot"].id)
    if not isinstance(upload, Upload):
        return False
    await services(manager).course_settings.set_cover(current_user(manager).id, shown_course(manager), upload)
    await message.answer(_("🖼 The cover is saved."))
    await manager.switch_to(CourseOptions.main)
    return True


async def show_cover(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The picture as a message of its own, and the screen below it."""
    bot = manager.middleware_data["bot"]
    storage: Storage = manager.middleware_data["storage_of_files"]
    cover = await services(manager).course_settings.cover(current_user(manager).id, shown_course(manager))
    if cover is None:
        return
    if cover.telegram_file_id is not None and cover.bot_id == bot.id:
        await bot.send_photo(query.from_user.id, cover.telegram_file_id)
    else:
        try:
            content = await storage.get(cover.sha256 or "")
        except FileMissing:
            await query.answer(_("The picture cannot be shown right now. Please send it again."), show_alert=True)
            return
        await bot.send_photo(query.from_user.id, BufferedInputFile(content, cover.name or "cover.jpg"))
    manager.show_mode = ShowMode.DELETE_AND_SEND


async def remove_cover(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).course_settings.remove_cover(current_user(manager).id, shown_course(manager))
    await query.answer(_("The course has no cover now."))
    await manager.switch_to(CourseOptions.main)


async def type_slug(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).course_settings.set_slug(current_user(manager).id, shown_course(manager), message.text)
    await manager.switch_to(CourseOptions.main)
    return True


async def use_proposal(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    page = await shown_settings(manager)
    slug = proposed_slug(page.course)
    if slug is not None:
        await services(manager).course_settings.set_slug(current_user(manager).id, page.course.id, slug)
        await query.answer(_("Saved."))
    await manager.switch_to(CourseOptions.main)


async def remove_slug(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).course_settings.set_slug(current_user(manager).id, shown_course(manager), None)
    await query.answer(_("The link has the code again."))
    await manager.switch_to(CourseOptions.main)


async def give_certificate(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """For all lessons, whatever the quizzes say; a percentage may be typed."""
    await _set_certificate(manager, has_certificate=True)
    await query.answer(_("Saved."))


async def give_no_certificate(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _set_certificate(manager, has_certificate=False)
    await query.answer(_("Saved."))


async def type_percent(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await services(manager).course_settings.set_certificate(
        current_user(manager).id, shown_course(manager), has_certificate=True, percent=parse_percent(message.text)
    )
    await manager.switch_to(CourseOptions.main)
    return True


async def begin_candidates(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data.pop("words", None)
    manager.dialog_data.pop("before", None)
    await manager.switch_to(CourseOptions.candidates)


async def type_words(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    manager.dialog_data["words"] = message.text[:100]
    return True


async def more_candidates(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    shown = (await candidate_list(manager))["candidates"]
    manager.dialog_data["before"] = shown[-1][0] if shown else None


async def all_candidates(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """From the first page, without the words."""
    manager.dialog_data.pop("words", None)
    manager.dialog_data.pop("before", None)


async def require(query: CallbackQuery, select: Select[int], manager: DialogManager, course_id: int) -> None:
    await services(manager).course_settings.require(
        current_user(manager).id, shown_course(manager), CourseId(course_id)
    )
    await manager.switch_to(CourseOptions.prerequisites)


async def unrequire(query: CallbackQuery, select: Select[int], manager: DialogManager, course_id: int) -> None:
    await services(manager).course_settings.unrequire(
        current_user(manager).id, shown_course(manager), CourseId(course_id)
    )
    await query.answer(_("It is not asked for any more."))


async def type_moment(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    user = current_user(manager)
    plan = await services(manager).publication.plan(user.id, shown_course(manager), message.text)
    if plan.course.publish_at is not None:
        when = day_and_time(plan.course.publish_at, user.timezone)
        lines = [_("⏰ The course publishes itself on {when}.").format(when=when)]
        if plan.missing:
            lines += ["", _("Until then, please:"), *(_(MISSING[missing]) for missing in plan.missing)]
        await message.answer("\n".join(lines))
    await manager.switch_to(CourseOptions.main)
    return True


async def cancel_plan(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await services(manager).publication.cancel(current_user(manager).id, shown_course(manager))
    await query.answer(_("It waits until you publish it yourself."))
    await manager.switch_to(CourseOptions.main)


async def _set_certificate(manager: DialogManager, *, has_certificate: bool) -> None:
    await services(manager).course_settings.set_certificate(
        current_user(manager).id, shown_course(manager), has_certificate=has_certificate
    )
    await manager.switch_to(CourseOptions.main)

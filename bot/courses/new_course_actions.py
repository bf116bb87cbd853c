"""The answers that make a new course. They are kept with the dialog, so that a restart loses none."""

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.kbd import Button, Select

from bot.courses.category_actions import first_page
from bot.courses.category_getters import place_of
from bot.courses.states import NewCourse, show_course_desk
from bot.i18n import _
from bot.services import current_user, services
from domain.courses.model import CategoryId, Sale
from domain.courses.pricing import parse_price
from domain.courses.wording import clean_description, clean_title
from domain.money import Money


async def type_title(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    manager.dialog_data["title"] = clean_title(message.text)
    await manager.switch_to(NewCourse.subject)
    return True


async def choose_subject(query: CallbackQuery, select: Select[int], manager: DialogManager, category_id: int) -> None:
    """A subject with branches asks for one of them."""
    manager.dialog_data["category_id"] = manager.dialog_data["place"] = category_id
    page = await services(manager).categories.page(current_user(manager).id, CategoryId(category_id))
    await first_page(manager, "places")
    await manager.switch_to(NewCourse.branch if page.branches else NewCourse.description)


async def put_here(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """The course goes where one has gone down to."""
    place = place_of(manager)
    if place is None:
        await manager.switch_to(NewCourse.subject)
        return
    manager.dialog_data["category_id"] = place
    await manager.switch_to(NewCourse.description)


async def type_subject(message: Message, manager: DialogManager) -> bool:
    """An admin opens a new subject by typing its name; a teacher chooses among those that there are."""
    user = current_user(manager)
    if message.text is None or not user.is_admin:
        return False
    manager.dialog_data["category_id"] = await services(manager).authoring.add_subject(user.id, message.text)
    await manager.switch_to(NewCourse.description)
    return True


async def type_description(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    manager.dialog_data["description"] = clean_description(message.text)
    await manager.switch_to(NewCourse.price)
    return True


async def skip_description(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    manager.dialog_data["description"] = None
    await manager.switch_to(NewCourse.price)


async def make_free(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _make(manager, Sale.FREE, None)


async def sell_lessons(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await query.answer(_("Sold lesson by lesson. Set the price of each lesson on its own screen."), show_alert=True)
    await _make(manager, Sale.LESSONS, None)


async def type_amount(message: Message, manager: DialogManager) -> bool:
    if message.text is None:
        return False
    await _make(manager, Sale.COURSE, parse_price(message.text))
    return True


async def _make(manager: DialogManager, sale: Sale, price: Money | None) -> None:
    data = manager.dialog_data
    course = await services(manager).authoring.new_course(
        current_user(manager).id,
        CategoryId(data["category_id"]),
        data["title"],
        description=data.get("description"),
        sale=sale,
        price=price,
    )
    await show_course_desk(manager, course.id, show_mode=ShowMode.SEND)

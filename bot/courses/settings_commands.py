"""The command of the category tree, and the link that makes a co-teacher."""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.courses.settings_states import show_categories, show_course_invitation
from bot.courses.states import show_course_desk
from bot.i18n import N_, current_language
from bot.links import LinkHandler
from bot.menu import ADMINS, MenuCommand
from bot.services import current_user, services
from domain.errors import NotAllowed

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("categories", N_("Subjects and branches"), ADMINS),)

router = Router(name="course_settings")


@router.message(Command("categories", ignore_case=True))
async def categories(message: Message, dialog_manager: DialogManager) -> None:
    """Before any screen is closed for another: whoever may not change the tree stays where they are."""
    if not current_user(dialog_manager).is_admin:
        raise NotAllowed
    await show_categories(dialog_manager)


async def co_teacher_link(manager: DialogManager, token: str) -> bool:
    """The deep link `ct_<token>`. Raises CourseInvitationSpent, NotYetTeacher."""
    welcome = await services(manager).co_teaching.look_at(current_user(manager).id, token)
    if welcome.is_member:
        await show_course_desk(manager, welcome.course.id)
    else:
        title = welcome.course.title.read_in(current_language())
        await show_course_invitation(manager, title, welcome.token_hash)
    return True


LINKS: dict[str, LinkHandler] = {"ct": co_teacher_link}

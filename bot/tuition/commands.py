from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram_dialog import DialogManager

from bot.i18n import N_
from bot.links import LinkHandler, number_in
from bot.menu import ADMINS, MenuCommand
from bot.services import current_user, services
from bot.tuition.states import show_join, show_my_tuition, show_schedules, show_tuition_page
from domain.tuition.model import ScheduleId

COMMANDS: tuple[MenuCommand, ...] = (MenuCommand("tuition", N_("Monthly tuition"), ADMINS),)

router = Router(name="tuition")


@router.message(Command("tuition", ignore_case=True))
async def tuition(message: Message, dialog_manager: DialogManager) -> None:
    """The office for admins, one's own for everybody else."""
    if current_user(dialog_manager).is_admin:
        await show_schedules(dialog_manager)
    else:
        await show_my_tuition(dialog_manager)


async def join_link(manager: DialogManager, code: str) -> bool:
    """Raises ScheduleGone for a link that was renewed or never was one."""
    await services(manager).tuition.look_at(current_user(manager).id, code)
    await show_join(manager, code)
    return True


async def own_link(manager: DialogManager, rest: str) -> bool:
    """One's own tuition, from a message about a bill. Raises ScheduleGone."""
    schedule_id = number_in(rest)
    if schedule_id is None:
        return False
    account = await services(manager).tuition.account(current_user(manager).id, ScheduleId(schedule_id))
    await show_tuition_page(manager, account.schedule.id)
    return True


LINKS: dict[str, LinkHandler] = {"s": join_link, "b": own_link}

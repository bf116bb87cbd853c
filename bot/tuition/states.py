from aiogram.fsm.state import State, StatesGroup
from aiogram_dialog import DialogManager, ShowMode, StartMode

from bot.services import current_user, services
from domain.tuition.model import ScheduleId
from domain.users.model import UserId


class MyTuition(StatesGroup):
    """A student's own."""

    list = State()
    page = State()
    amount = State()
    join = State()


class TuitionOffice(StatesGroup):
    schedules = State()
    debtors = State()


class NewTuition(StatesGroup):
    """What a new schedule is asked, in this order."""

    name = State()
    amount = State()
    day = State()
    start = State()


class TuitionBook(StatesGroup):
    """One schedule where admins work on it."""

    book = State()
    former = State()
    link = State()
    renew = State()
    edit = State()
    name = State()
    amount = State()
    day = State()
    end = State()
    search = State()


class TuitionAccount(StatesGroup):
    """One student's account in one schedule, for admins."""

    page = State()
    cash = State()
    confirm_cash = State()
    bills = State()
    reason = State()
    remove = State()


async def show_my_tuition(manager: DialogManager) -> None:
    """The student's own tuition: the list, or the page when there is only one."""
    accounts = await services(manager).tuition.mine(current_user(manager).id)
    if len(accounts) == 1:
        await show_tuition_page(manager, accounts[0].schedule.id)
    else:
        await manager.start(MyTuition.list, mode=StartMode.RESET_STACK)


async def show_tuition_page(manager: DialogManager, schedule_id: ScheduleId) -> None:
    """One's own account: bills, balance, ways to pay. What is shown is decided by the service: ScheduleGone."""
    await manager.start(MyTuition.page, data={"schedule_id": schedule_id}, mode=StartMode.RESET_STACK)


async def show_join(manager: DialogManager, code: str) -> None:
    await manager.start(MyTuition.join, data={"code": code}, mode=StartMode.RESET_STACK)


async def show_schedules(manager: DialogManager) -> None:
    """For admins: OfficeOnly for everybody else."""
    await manager.start(TuitionOffice.schedules, mode=StartMode.RESET_STACK)


async def begin_schedule(manager: DialogManager) -> None:
    await manager.start(NewTuition.name, mode=StartMode.RESET_STACK)


async def show_schedule(
    manager: DialogManager,
    schedule_id: ScheduleId,
    state: State = TuitionBook.book,
    show_mode: ShowMode | None = None,
) -> None:
    """A schedule's members and debts, for admins."""
    await manager.start(state, data={"schedule_id": schedule_id}, mode=StartMode.RESET_STACK, show_mode=show_mode)


async def show_tuition_account(
    manager: DialogManager, schedule_id: ScheduleId, user_id: UserId, show_mode: ShowMode | None = None
) -> None:
    """Somebody's bills and payments in a schedule, for admins."""
    data = {"schedule_id": schedule_id, "user_id": user_id}
    await manager.start(TuitionAccount.page, data=data, mode=StartMode.RESET_STACK, show_mode=show_mode)

"""People of a centre that bills tuition, and its clock moved by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.client import SandboxUser
from db.jobs import SqlJobs
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.money import Money
from domain.payments.model import OrderCode, Rail
from domain.payments.settlement import accept_payment
from domain.tuition.model import PaymentSchedule, ScheduleId
from domain.tuition.office import TuitionOffice
from domain.tuition.ports import BILL_SCHEDULE_JOB
from domain.users.model import UserId
from tests.bot.conftest import Centre

MONTHLY = Money.soms(400_000)


def zone_at(hour: int) -> str:
    """A time zone whose clocks show about this hour now: quiet hours are the same at any time of the test's day."""
    ahead = (hour - datetime.now(UTC).hour + 11) % 24 - 11
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"


@dataclass
class School:
    centre: Centre
    admin: SandboxUser

    def __post_init__(self) -> None:
        database = Database(self.centre.pool)
        self.database = database
        self.office = TuitionOffice(begin=database.begin, read=database.read, now=utc_now)

    async def student(self, language: str = "en", *, name: str = "Ali Karimov", hour: int = 12) -> SandboxUser:
        student = await self.centre.student(language, name=name)
        await self.centre.pool.execute("update users set timezone = $2 where id = $1", student.id, zone_at(hour))
        return student

    async def schedule(self, *students: SandboxUser, name: str = "Matematika 9-A") -> PaymentSchedule:
        """Due today; the students are in it and their bills are issued."""
        schedule = await self.office.open(
            UserId(self.admin.id),
            name=name,
            amount=MONTHLY,
            day_of_month=self.office.today.day,
            starts_on=self.office.today,
        )
        for student in students:
            await self.office.take_in(UserId(self.admin.id), schedule.id, UserId(student.id))
        return schedule

    async def due_in(self, days: int, student: SandboxUser, name: str) -> None:
        """A schedule whose only bill is due so many days from today, or was, and the morning's job."""
        due_on = self.office.today + timedelta(days=days)
        schedule = await self.office.open(
            UserId(self.admin.id), name=name, amount=MONTHLY, day_of_month=due_on.day, starts_on=due_on
        )
        await self.centre.pool.execute(
            "insert into schedule_members (schedule_id, user_id, joined_on) values ($1, $2, $3)",
            schedule.id,
            student.id,
            due_on,
        )
        await self.bill(schedule.id)

    async def page(self, student: SandboxUser, schedule_id: ScheduleId) -> str:
        """The student's own page, once nothing more is on its way to them."""

        async def is_quiet() -> bool:
            return "queued" not in await self.statuses(student)

        await self.until(is_quiet)
        await student.start(f"b_{schedule_id}")
        await student.settle()
        return (await student.last_message()).text

    async def bill(self, schedule_id: ScheduleId) -> None:
        """What the clock does each morning."""
        async with self.centre.pool.acquire() as connection:
            await SqlJobs(connection).enqueue(BILL_SCHEDULE_JOB, {"schedule_id": schedule_id})

    async def pay(self, student: SandboxUser) -> str:
        """Pay the order that is shown, on Payme's page; its code."""
        link = next(button.url for button in await student.buttons() if button.url)
        assert link is not None
        assert (await self.centre.client.pay(link))["ok"]
        return await self.centre.pool.fetchval(
            "select code from orders where user_id = $1 order by id desc limit 1", student.id
        )

    async def settle_quietly(self, code: str) -> None:
        """The order is paid without a word, as if its notice were still on its way."""
        async with self.database.begin() as uow:
            order = await uow.orders.lock_code(OrderCode(code))
            assert order is not None
            await accept_payment(uow, order, Rail.PAYME, f"quiet:{code}", utc_now())
            await uow.commit()

    async def statuses(self, student: SandboxUser, kind: str = "bill") -> list[str]:
        rows = await self.centre.pool.fetch(
            "select status from notifications where user_id = $1 and kind = $2 order by id", student.id, kind
        )
        return [row["status"] for row in rows]

    async def until(self, is_so: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(20):
            while not await is_so():
                await asyncio.sleep(0.02)


async def press(person: SandboxUser, *buttons: str) -> str:
    """Press one after another; the newest screen's text."""
    for button in buttons:
        await person.press(button)
        await person.settle()
    return (await person.last_message()).text


async def say(person: SandboxUser, text: str) -> str:
    await person.send(text)
    await person.settle()
    return (await person.last_message()).text


@pytest.fixture
async def school(centre: Centre) -> School:
    return await school_in(centre)


async def school_in(centre: Centre, language: str = "en") -> School:
    admin = await centre.student(language, name="Anora Yusupova")
    await centre.pool.execute("update users set role = 'admin' where id = $1", admin.id)
    return School(centre=centre, admin=admin)

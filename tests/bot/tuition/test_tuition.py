"""Monthly tuition in the chat: joining, bills, reminders, paying in parts."""

import pytest

from bot.sandbox.client import SandboxUser
from domain.tuition.model import BillId
from tests.bot.conftest import Centre
from tests.bot.tuition.conftest import School, press, say, school_in, zone_at

LANGUAGES = ["en", "uz", "ru"]
FULL, PART, REST = "400\u00a0000", "150\u00a0000", "250\u00a0000"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_bill_arrives_is_paid_in_two_parts_and_is_settled(centre: Centre, language: str) -> None:
    school = await school_in(centre)
    student = await school.student(language)

    await school.schedule(student)
    bill = await student.wait_for(FULL)
    assert "Matematika 9-A" in bill.text
    page = await press(student, "💳")
    assert "⚪️" in page
    await press(student, "✏️")
    order = await say(student, "150 ming")
    assert PART in order
    await school.pay(student)
    arrived = await student.wait_for(lambda message: PART in message.text and REST in message.text)
    await student.push(arrived.buttons[0])
    await student.settle()

    page = (await student.last_message()).text
    assert "🟡" in page
    assert REST in page
    order = await press(student, REST)
    assert REST in order
    await school.pay(student)
    await student.wait_for(lambda message: "✅" in message.text and REST in message.text and FULL not in message.text)
    page = await say(student, "/tuition")

    assert "✅" in page
    assert "🟡" not in page
    assert await school.statuses(student) == ["sent"]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_link_shows_what_it_costs_and_asks_before_one_joins(centre: Centre, language: str) -> None:
    school = await school_in(centre)
    student = await school.student(language)
    schedule = await school.schedule(name="Fizika 10-B")

    await student.start(f"s_{schedule.join_code}")
    await student.settle()
    question = (await student.last_message()).text
    members = "select count(*) from schedule_members where schedule_id = $1"
    assert "Fizika 10-B" in question
    assert FULL in question
    assert await centre.pool.fetchval(members, schedule.id) == 0

    await press(student, "✅")

    assert await centre.pool.fetchval(members, schedule.id) == 1
    await school.until(lambda: told(school, student))


async def told(school: School, student: SandboxUser) -> bool:
    return await school.statuses(student) == ["sent"]


async def test_a_newcomer_who_follows_the_link_registers_and_then_is_asked(centre: Centre, school: School) -> None:
    schedule = await school.schedule(name="Kimyo 8")
    newcomer = await centre.person("en")

    await newcomer.start(f"s_{schedule.join_code}")
    await newcomer.settle()
    await centre.pool.execute("update users set step = 'done' where id = $1", newcomer.id)
    await newcomer.start(f"s_{schedule.join_code}")
    await newcomer.settle()

    assert "Kimyo 8" in (await newcomer.last_message()).text


@pytest.mark.parametrize(
    "payload", ["s_", "s_1", f"s_{'A' * 22}", "s_../../etc/passwd", "b_1x", "b_", "b_999999999999"]
)
async def test_a_link_that_leads_nowhere_is_answered_kindly(school: School, payload: str) -> None:
    student = await school.student()

    await student.start(payload)
    await student.settle()

    assert (await student.last_message()).buttons


async def test_the_tuition_of_somebody_else_is_not_shown(school: School) -> None:
    owner, stranger = await school.student(), await school.student(name="Vali Olimov")
    schedule = await school.schedule(owner, name="Yopiq guruh")

    await stranger.start(f"b_{schedule.id}")
    await stranger.settle()

    said = "\n".join(message.text for message in await stranger.messages() if not message.from_me)
    assert "Yopiq guruh" not in said
    assert "not yours" in said


async def test_a_paid_bill_is_not_reminded_of_and_the_reminder_is_dropped_quietly(school: School) -> None:
    student = await school.student(hour=2)
    schedule = await school.schedule(student)
    await student.start(f"b_{schedule.id}")
    await student.settle()
    await press(student, FULL)
    code = await school.centre.pool.fetchval("select code from orders where user_id = $1", student.id)
    await school.settle_quietly(code)
    await deliver_again(school, student, hour=12)

    await school.until(lambda: is_settled(school, student))

    assert await school.statuses(student) == ["dropped"]
    said = [message.text for message in await student.messages() if not message.from_me]
    assert not any("is due on" in text for text in said)


async def test_the_same_reminder_goes_out_when_nobody_has_paid(school: School) -> None:
    """The control of the test above: only the payment is missing."""
    student = await school.student(hour=2)
    await school.schedule(student)
    await deliver_again(school, student, hour=12)

    await student.wait_for("is due on")
    await school.until(lambda: is_settled(school, student))

    assert await school.statuses(student) == ["sent"]


async def test_at_night_a_reminder_waits_for_the_morning(school: School) -> None:
    student = await school.student(hour=2)

    await school.schedule(student)
    await school.bill((await school.schedule(student, name="Tungi")).id)
    await deliver_again(school, student, hour=2)
    await school.until(lambda: nothing_runs(school, student))

    assert await school.statuses(student) == ["queued", "queued"]
    said = [message.text for message in await student.messages() if not message.from_me]
    assert not any(FULL in text for text in said)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("days", "english"), [(3, "to be paid by"), (0, "is due on"), (-3, "is still open")])
async def test_each_stage_of_a_bill_has_its_words(centre: Centre, language: str, days: int, english: str) -> None:
    school = await school_in(centre)
    student = await school.student(language)

    await school.due_in(days, student, "Bosqich")

    reminder = await student.wait_for("Bosqich")
    assert FULL in reminder.text
    assert "{" not in reminder.text
    assert language != "en" or english in reminder.text


async def test_a_bill_that_is_eleven_days_late_is_not_reminded_of_any_more(school: School) -> None:
    student = await school.student()

    await school.due_in(-11, student, "Kech")
    await school.until(lambda: nothing_runs(school, student))

    assert len(await bills_of(school, student)) == 1
    assert await school.statuses(student) == []


async def test_whoever_has_blocked_the_bot_is_not_called_and_gets_what_still_counts_later(school: School) -> None:
    student = await school.student()
    await student.block()
    await school.centre.client.settle()

    async def is_kept() -> bool:
        return await school.statuses(student) == ["blocked", "blocked"]

    before = len(school.centre.sandbox.calls)
    await school.due_in(0, student, "Birinchi")
    await school.due_in(0, student, "Ikkinchi")
    await school.until(is_kept)
    calls = [call for call in list(school.centre.sandbox.calls)[before:] if call.chat_id == student.id]
    await school.centre.pool.execute(
        "update bills set voided_at = now(), voided_by = $2, void_reason = 'agreed'"
        " where user_id = $1 and schedule_id = (select id from payment_schedules where name = 'Birinchi')",
        student.id,
        school.admin.id,
    )
    await student.unblock()

    await student.wait_for("Ikkinchi")
    await school.until(lambda: is_settled(school, student))
    assert calls == []
    assert sorted(await school.statuses(student)) == ["dropped", "sent"]
    assert not any("Birinchi" in message.text for message in await student.messages())


async def test_who_pays_in_two_places_chooses_one(school: School) -> None:
    student = await school.student()
    await school.schedule(student, name="Ona tili")
    await school.schedule(student, name="Tarix")
    await student.wait_for("Tarix")

    page = await say(student, "/tuition")
    assert "Tuition" in page
    page = await press(student, "Ona tili")

    assert "Ona tili" in page
    assert "To pay: " + FULL in page


async def test_the_morning_job_issues_each_bill_once_however_often_it_runs(school: School) -> None:
    student = await school.student()
    schedule = await school.schedule(student)

    for _ in range(5):
        await school.bill(schedule.id)
    await school.until(lambda: nothing_runs(school, student))

    assert len(await bills_of(school, student)) == 1
    assert await school.statuses(student) == ["sent"]


async def test_paying_a_month_ahead_covers_it_and_shows_the_balance(school: School) -> None:
    student = await school.student()
    schedule = await school.schedule(student)
    await school.page(student, schedule.id)

    await press(student, "800\u00a0000")
    await school.pay(student)
    await student.wait_for("Paid ahead: " + FULL)

    page = await say(student, "/tuition")
    assert FULL in page
    assert "Paid ahead" in page


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        ("abc", "as a number"),
        ("0", "smallest amount"),
        ("999", "smallest amount"),
        ("-5000", "as a number"),
        ("99999999999999999999", "too much"),
        ("4800001", "too much"),
        ("1.5", "as a number"),
    ],
)
async def test_an_amount_that_does_not_fit_is_explained_and_the_screen_stays(
    school: School, typed: str, answer: str
) -> None:
    student = await school.student()
    schedule = await school.schedule(student)
    await school.page(student, schedule.id)
    await press(student, "✏️")

    await say(student, typed)

    said = [message.text for message in await student.messages() if not message.from_me]
    assert any(answer in text for text in said[-2:])
    assert "How much would you like to pay" in said[-1]
    assert await school.centre.pool.fetchval("select count(*) from orders where user_id = $1", student.id) == 0


async def test_ten_taps_on_pay_are_one_order(school: School) -> None:
    student = await school.student()
    schedule = await school.schedule(student)
    await school.page(student, schedule.id)
    button = await student.button(FULL)

    for _ in range(10):
        await student.push(button)
    await school.centre.settle(student)

    assert await school.centre.pool.fetchval("select count(*) from orders where user_id = $1", student.id) == 1


async def test_payments_lead_to_the_debt_and_an_order_of_tuition_leads_back(school: School) -> None:
    student = await school.student()
    schedule = await school.schedule(student)
    await school.page(student, schedule.id)

    await say(student, "/payments")
    page = await press(student, "🎓 Tuition")
    assert "To pay: " + FULL in page
    await press(student, FULL)
    page = await press(student, "Open my tuition")

    assert "To pay: " + FULL in page


async def test_who_belongs_nowhere_reads_so(school: School) -> None:
    student = await school.student()

    assert "no monthly tuition" in await say(student, "/tuition")


async def test_a_refund_opens_the_bill_again_and_says_what_is_left(school: School) -> None:
    student = await school.student()
    schedule = await school.schedule(student)
    await school.page(student, schedule.id)
    await press(student, FULL)
    link = next(button.url for button in await student.buttons() if button.url)
    assert link is not None
    await school.centre.client.pay(link)
    await student.wait_for("Nothing is left to pay")

    await school.centre.client.cancel(link)

    returned = await student.wait_for("Left to pay: " + FULL)
    assert "money goes back" in returned.text


async def bills_of(school: School, student: SandboxUser) -> list[BillId]:
    rows = await school.centre.pool.fetch("select id from bills where user_id = $1 order by id", student.id)
    return [BillId(row["id"]) for row in rows]


async def deliver_again(school: School, student: SandboxUser, *, hour: int) -> None:
    """The student lives where it is that hour, and what waits for them is tried now."""
    await school.centre.pool.execute("update users set timezone = $2 where id = $1", student.id, zone_at(hour))
    async with school.database.begin() as uow:
        rows = await school.centre.pool.fetch(
            "select id from notifications where user_id = $1 and status = 'queued'", student.id
        )
        for row in rows:
            await uow.jobs.enqueue("deliver_notification", {"notification_id": row["id"]})
        await uow.commit()


async def is_settled(school: School, student: SandboxUser) -> bool:
    return "queued" not in await school.statuses(student)


async def nothing_runs(school: School, student: SandboxUser) -> bool:
    """No job of now about this student waits any more; those of the morning do."""
    return not await school.centre.pool.fetchval(
        """
        select exists (
            select from pgqueuer q, lateral (select convert_from(q.payload, 'UTF8')::jsonb as said) p
            where q.execute_after <= now() and q.status in ('queued', 'picked') and case q.entrypoint
                when 'deliver_notification' then (p.said ->> 'notification_id')::bigint in
                    (select id from notifications where user_id = $1)
                when 'bill_schedule' then (p.said ->> 'schedule_id')::bigint in
                    (select schedule_id from schedule_members where user_id = $1)
            end
        )
        """,
        student.id,
    )

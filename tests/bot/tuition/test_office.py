"""Tuition at the office: making schedules, members, cash, bills that nobody owes."""

import pytest

from domain.money import Money
from domain.users.model import UserId
from tests.bot.conftest import Centre
from tests.bot.tuition.conftest import School, press, say, school_in

LANGUAGES = ["en", "uz", "ru"]
FULL, HALF = "400\u00a0000", "200\u00a0000"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_an_admin_makes_a_schedule_and_adds_a_student_who_gets_the_bill(centre: Centre, language: str) -> None:
    school = await school_in(centre, language)
    admin, student = school.admin, await school.student(name=f"Nodira {language} Saidova")
    today = school.office.today

    await say(admin, "/tuition")
    await press(admin, "➕")
    await say(admin, f"Guruh {language}")
    await say(admin, "400 ming")
    await say(admin, str(today.day))
    desk = await say(admin, today.strftime("%d.%m.%Y"))
    assert f"Guruh {language}" in desk
    assert FULL in desk

    await press(admin, "➕")
    await say(admin, f"nodira {language}")
    await press(admin, f"Nodira {language}")

    bill = await student.wait_for(f"Guruh {language}")
    assert FULL in bill.text
    row = await centre.pool.fetchrow(
        "select s.amount_tiyin, s.day_of_month, s.starts_on, s.created_by from payment_schedules s"
        " join schedule_members m on m.schedule_id = s.id where m.user_id = $1",
        student.id,
    )
    assert row is not None
    assert tuple(row) == (40_000_000, today.day, today, admin.id)


async def test_what_does_not_fit_is_explained_at_every_question(school: School) -> None:
    admin = school.admin
    await say(admin, "/tuition")
    await press(admin, "New schedule")

    for text, answer in (("🙂", "at least one letter"), ("x" * 81, "80 characters")):
        await answered(school, text, answer, "Type the name")
    await say(admin, "Guruh")
    for text, answer in (("free", "number"), ("0", "smallest"), ("500", "smallest"), ("999999999", "too much")):
        await answered(school, text, answer, "How much is a month")
    await say(admin, "400000")
    for text in ("0", "32", "first", "-1", "1.5"):
        await answered(school, text, "from 1 to 31", "By which day")
    await say(admin, "31")
    for text in ("tomorrow", "31.02.2027", "1.1.1999"):
        await answered(school, text, "01.09.2026", "From when on")
    assert (
        await school.centre.pool.fetchval("select count(*) from payment_schedules where created_by = $1", admin.id) == 0
    )

    await press(admin, "From today on")
    assert "Nobody is on the list yet" in (await admin.last_message()).text


async def answered(school: School, text: str, answer: str, screen: str) -> None:
    await say(school.admin, text)
    said = [message.text for message in await school.admin.messages() if not message.from_me]
    assert any(answer in sentence for sentence in said[-2:]), said[-2:]
    assert screen in said[-1]


async def test_a_sticker_where_a_text_is_expected_is_answered(school: School) -> None:
    await say(school.admin, "/tuition")
    await press(school.admin, "New schedule")

    await school.admin.send_sticker(wait=False)
    await school.admin.settle()

    said = [message.text for message in await school.admin.messages() if not message.from_me]
    assert "type the name" in said[-2]


async def test_cash_is_recorded_once_however_often_confirm_is_tapped(school: School) -> None:
    student = await school.student(name="Jasur Toshev")
    schedule = await school.schedule(student, name="Naqd guruhi")
    await open_account(school, "Naqd guruhi", "Jasur")

    await press(school.admin, "Record cash")
    await say(school.admin, "200 000")
    confirm = await school.admin.button("Record " + HALF)
    for _ in range(5):
        await school.admin.push(confirm)
    await school.centre.settle(school.admin)

    told = await student.wait_for("has arrived")
    assert "Left to pay: " + HALF in told.text
    page = (await school.admin.last_message()).text
    assert HALF in page
    rows = await school.centre.pool.fetch(
        "select e.rail, e.amount_tiyin, e.external_id from payment_entries e join orders o on o.id = e.order_id"
        " where o.product_kind = 'tuition' and o.product_id = $1",
        schedule.id,
    )
    assert [(row["rail"], row["amount_tiyin"]) for row in rows] == [("cash", 20_000_000)]
    assert rows[0]["external_id"].startswith(f"desk:{school.admin.id}:")


async def test_a_bill_is_voided_with_a_reason_and_is_owed_no_more(school: School) -> None:
    student = await school.student(name="Bobur Aliyev")
    schedule = await school.schedule(student, name="Kasal guruhi")
    await open_account(school, "Kasal guruhi", "Bobur")

    await press(school.admin, "Void a bill", FULL)
    await answered(school, "?", "in a few words", "Why is the bill voided")
    page = await say(school.admin, "Kasal edi")

    assert "nothing owed" in page
    assert "voided" in page
    row = await school.centre.pool.fetchrow(
        "select voided_by, void_reason from bills where schedule_id = $1", schedule.id
    )
    assert row is not None
    assert tuple(row) == (school.admin.id, "Kasal edi")


async def test_a_removed_student_keeps_the_debt_and_is_listed_among_former_ones(school: School) -> None:
    student = await school.student(name="Sherzod Qodirov")
    schedule = await school.schedule(student, name="Ketgan guruh")
    await open_account(school, "Ketgan guruh", "Sherzod")

    page = await press(school.admin, "Remove", "Remove")

    assert "Nobody is on the list" in page
    await press(school.admin, "former student")
    assert "Sherzod" in "".join(button.text for button in (await school.admin.last_message()).buttons)
    assert (await school.office.book(UserId(school.admin.id), schedule.id)).former_debtors[0].debt == 40_000_000


async def test_the_amount_the_day_the_name_and_the_end_are_changed(school: School) -> None:
    schedule = await school.schedule(name="Eski nom")
    await open_schedule(school, "Eski nom")

    await press(school.admin, "Change", "Amount")
    assert "500\u00a0000" in await say(school.admin, "500 ming")
    await press(school.admin, "Change", "Day")
    assert "by day 28" in await say(school.admin, "28")
    await press(school.admin, "Change", "Rename")
    assert "Yangi nom" in await say(school.admin, "Yangi nom")
    await press(school.admin, "Change", "End")
    await answered(school, "01.01.2024", "has passed", "Which is the last day")
    assert "31 May 2090" in await say(school.admin, "31.05.2090")
    await press(school.admin, "Change", "End", "Without an end")
    assert "without an end" in (await school.admin.last_message()).text

    changed = (await school.office.book(UserId(school.admin.id), schedule.id)).schedule
    assert (changed.name, changed.amount.tiyin, changed.day_of_month, changed.ends_on) == (
        "Yangi nom",
        50_000_000,
        28,
        None,
    )


async def test_markup_in_a_name_stays_text(school: School) -> None:
    student = await school.student()
    await school.schedule(student, name="<b>A & B</b>")

    bill = await student.wait_for("A & B")

    assert "<b>A & B</b>" in bill.text


async def test_a_new_link_closes_the_old_one(school: School) -> None:
    student = await school.student()
    schedule = await school.schedule(name="Havola guruhi")
    await open_schedule(school, "Havola guruhi")
    old = await press(school.admin, "Link to join")
    assert schedule.join_code in old

    new = await press(school.admin, "new link", "new link")

    assert schedule.join_code not in new
    await student.start(f"s_{schedule.join_code}")
    await student.settle()
    assert not any("Havola guruhi" in message.text for message in await student.messages())


async def test_the_history_says_who_took_cash_at_the_desk(school: School) -> None:
    student = await school.student(name="Naqd To‘lovchi")
    schedule = await school.schedule(student, name="Naqd guruhi")
    order = await school.office.take_cash(
        UserId(school.admin.id), schedule.id, UserId(student.id), Money.soms(200_000), "one tap"
    )

    async with school.database.read() as uow:
        history = await uow.desk.history(order.code, 0, 10)

    (paid,) = [line for line in history if line.event == "paid"]
    assert paid.actor == await school.centre.pool.fetchval("select full_name from users where id = $1", school.admin.id)


async def test_debtors_are_listed_and_lead_to_their_account(school: School) -> None:
    student = await school.student(name="Qarzdor Qarzdorov")
    schedule = await school.schedule(student, name="Qarz guruhi")
    await school.office.take_cash(
        UserId(school.admin.id), schedule.id, UserId(student.id), Money.soms(200_000), "one tap"
    )
    await say(school.admin, "/tuition")

    await press(school.admin, "Who owes")
    page = await find(school, "Qarzdor")

    assert "debt " + HALF in page


async def test_who_is_no_admin_any_more_gets_nowhere_on_a_screen_that_was_left_open(school: School) -> None:
    student = await school.student(name="Hujum Qurboni")
    await school.schedule(student, name="Ochiq ekran")
    await open_account(school, "Ochiq ekran", "Hujum")
    await press(school.admin, "Record cash")
    await school.centre.pool.execute("update users set role = 'student' where id = $1", school.admin.id)

    await say(school.admin, "400000")

    said = "\n".join(message.text for message in (await school.admin.messages())[-3:])
    assert "work of the centre's admins" in said
    paid = "select count(*) from payment_entries e join orders o on o.id = e.order_id where o.user_id = $1"
    assert await school.centre.pool.fetchval(paid, student.id) == 0


async def test_a_teachers_tuition_command_shows_their_own(centre: Centre) -> None:
    teacher = await centre.teacher()

    assert "no monthly tuition" in await say(teacher, "/tuition")


async def open_schedule(school: School, name: str) -> str:
    await say(school.admin, "/tuition")
    return await find(school, name)


async def find(school: School, name: str) -> str:
    """Leaf through the list up to the button, and press it."""
    while not any(name in button.text for button in await school.admin.buttons()):
        await school.admin.press(">", exact=True)
        await school.admin.settle()
    return await press(school.admin, name)


async def open_account(school: School, schedule: str, student: str) -> str:
    await open_schedule(school, schedule)
    return await press(school.admin, student)

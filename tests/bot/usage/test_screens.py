"""What the models cost, as an admin sees and bounds it."""

import io

import pytest
from openpyxl import load_workbook

from bot.sandbox.client import SandboxUser
from tests.bot.conftest import Centre


async def admin_of(centre: Centre, language: str = "en") -> SandboxUser:
    admin = await centre.student(language, name="Rustam Aliyev")
    await centre.pool.execute("update users set role = 'admin' where id = $1", admin.id)
    return admin


@pytest.fixture
async def spent(centre: Centre) -> int:
    """A student who has cost something this month."""
    student = await centre.student("en", name="=Ali <b>Valiyev</b>")
    today = "(now() at time zone 'Asia/Tashkent')::date"
    await centre.pool.execute("delete from usage_budgets")
    await centre.pool.execute(
        f"insert into usage_totals values ({today}, 'tutor', 7, 1, 5000, 2000, 0, 1230000) on conflict do nothing"
    )
    for payer in (0, student.id):
        for period, start in (("day", today), ("month", f"date_trunc('month', {today})::date")):
            await centre.pool.execute(
                f"insert into usage_purses values ($1, $2, {start}, 7000, 1230000) on conflict do nothing",
                payer,
                period,
            )
    return student.id


async def test_the_admin_sees_days_features_and_people(centre: Centre, spent: int) -> None:
    admin = await admin_of(centre)
    home = await admin.send("/usage")
    assert "Today: $1.23" in home.text
    assert "Tutor: $1.23 (7 calls)" in home.text
    assert "1 call failed today" in home.text

    await admin.tap("By person")
    await admin.settle()
    people = await admin.last_message()

    assert "=Ali <b>Valiyev</b>: $1.23" in people.text


async def test_a_limit_is_changed_in_the_chat_and_taken_back(centre: Centre, spent: int) -> None:
    admin = await admin_of(centre)
    await admin.send("/usage")
    await admin.tap("Budgets")
    await admin.settle()
    await admin.tap("The centre a month: no limit")
    await admin.settle()
    await admin.type("a lot")
    await admin.settle()
    assert any("I need one number" in message.text for message in await admin.messages())

    await admin.press("Leave it")
    await admin.settle()
    await admin.press("One person a month: no limit")
    await admin.settle()
    await admin.type("50 000")
    await admin.settle()
    assert "✅ Changed" in (await admin.last_message()).text
    assert any("One person a month: 50\u00a0000 tokens" in button.text for button in await admin.buttons())

    await admin.press("Undo")
    await admin.settle()
    last = await admin.last_message()

    assert not any("50\u00a0000" in button.text for button in last.buttons)
    assert not any("Undo" in button.text for button in last.buttons)


async def test_the_workbook_has_days_and_people_and_no_formula(centre: Centre, spent: int) -> None:
    admin = await admin_of(centre)
    await admin.send("/usage")
    await admin.tap("Excel")
    sent = await admin.wait_for(lambda message: message.kind == "document", timeout=15)

    file = f"{centre.url}/sandbox/files/{sent.raw['document']['file_id']}"
    async with centre.client.session.get(file) as response:
        book = load_workbook(io.BytesIO(await response.read()))
    days, people = book.worksheets
    assert [cell.value for cell in days[2]][1:5] == ["Tutor", 7, 1, 5000]
    row = next(row for row in people.iter_rows(min_row=2) if row[0].value == spent)
    assert (row[1].value, row[1].data_type, row[3].value) == ("=Ali <b>Valiyev</b>", "s", 1.23)


@pytest.mark.parametrize("role", ["student", "teacher"])
async def test_nobody_else_sees_it_and_forged_taps_change_nothing(centre: Centre, spent: int, role: str) -> None:
    admin, person = await admin_of(centre), await centre.student("en")
    await centre.pool.execute("update users set role = $2 where id = $1", person.id, role)
    await admin.send("/usage")
    await admin.tap("Budgets")
    await admin.settle()
    shown = await admin.last_message()

    refused = await person.send("/usage")
    for button in shown.buttons:
        assert button.data is not None
        await person.forge(refused.id, button.data)
    await person.settle()

    assert "You cannot do that here." in refused.text
    assert not any("$1.23" in message.text for message in await person.messages())
    assert await centre.pool.fetchval("select count(*) from usage_budgets") == 0


async def test_an_admin_who_is_none_any_more_changes_nothing(centre: Centre, spent: int) -> None:
    admin = await admin_of(centre)
    await admin.send("/usage")
    await admin.tap("Budgets")
    await admin.settle()
    await admin.press("One person a month: no limit")
    await admin.settle()
    await centre.pool.execute("update users set role = 'student' where id = $1", admin.id)

    await admin.type("1")
    await admin.settle()

    assert await centre.pool.fetchval("select count(*) from usage_budgets") == 0

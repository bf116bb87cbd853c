"""Refunds at the desk on the two rails that end them at once: Stars by Telegram, transfers by hand."""

from tests.bot.conftest import Centre
from tests.bot.payments import stars_world, test_transfer
from tests.bot.payments.test_desk import admin_of, choose, find, last_toast, press, state_of


async def test_stars_go_back_by_telegram_and_the_course_closes(centre: Centre) -> None:
    student = await centre.student(name="Yulduz Sinova")
    code = await stars_world.bought(centre, student)
    admin = await admin_of(centre)

    await find(admin, code)
    await press(admin, "✅ Yulduz", "↩️")
    question = await choose(admin, 0)
    assert "Give 600 ⭐ back?" in question.text
    assert "Telegram returns the Stars at once." in question.text
    await press(admin, "↩️ Yes")

    await student.wait_for("↩️")
    assert await state_of(centre, code) == "refunded"
    shown = await press(admin, "🔄")
    assert "Telegram returned 600 Stars" in shown.text
    assert "Refund finished" in shown.text
    assert not (await stars_world.order_row(centre, code))["is_open"]


async def test_a_transfer_goes_back_by_hand_and_the_course_closes(centre: Centre) -> None:
    student, admin = await centre.student(name="Naqd Sinov"), await admin_of(centre)
    code = await test_transfer.order_of(centre, student)
    proof_id = await test_transfer.send_receipt(centre, student)
    await test_transfer.check(admin, proof_id)
    await test_transfer.decide(admin, "✅", "✅")
    await student.wait_for(lambda message: any("c_" in (button.data or "") for button in message.buttons))
    await admin.send("/payments")
    await admin.settle()

    await find(admin, code)
    order = await press(admin, "✅ Naqd")
    assert f"proof:{proof_id}" not in order.text
    await press(admin, "↩️")
    question = await choose(admin, 1)
    assert "You hand the money back" in question.text
    assert "Naqd Sinov loses access." in question.text
    await press(admin, "↩️ Yes")

    assert (await last_toast(admin)).text == "Refunded. The student is being told."
    await student.wait_for("↩️")
    assert await state_of(centre, code) == "refunded"
    grants = "select count(*) from access_grants where user_id = $1 and revoked_at is null"
    assert await centre.pool.fetchval(grants, student.id) == 0
    shown = await admin.last_message()
    assert "Refund asked for: Bought by mistake" in shown.text
    assert not [button for button in shown.buttons if "↩️" in button.text]


async def test_a_reason_may_be_typed_in_place_of_a_button(centre: Centre) -> None:
    student = await centre.student(name="Sabab Sinov")
    code = await stars_world.bought(centre, student)
    admin = await admin_of(centre)
    await find(admin, code)
    await press(admin, "✅ Sabab", "↩️")

    await admin.send("Moved to <another> town")
    await admin.settle()

    question = await admin.last_message()
    assert "Reason: Moved to <another> town" in question.text
    assert await state_of(centre, code) == "paid"


async def test_the_amount_stands_where_a_phone_does_not_cut_it_off(centre: Centre) -> None:
    student = await centre.student(name="Uzun " + "I" * 60)
    await stars_world.bought(centre, student)
    admin = await admin_of(centre)

    listed = await find(admin, "Uzun")

    (line,) = [button.text for button in listed.buttons if "Uzun" in button.text and "✅" in button.text]
    assert "so'm" in line[:36]

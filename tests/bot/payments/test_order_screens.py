"""The order's screen while the world goes on: what cannot be paid any more offers no way to pay it."""

import asyncio

import pytest

from bot.jobs.slots import ORDERS_SWEEP_JOB
from bot.sandbox.client import Message, SandboxUser
from db.jobs import SqlJobs
from domain.jobs import JobPayload
from domain.payments.upkeep import REDRAW_ORDER_JOB
from tests.bot.conftest import Centre
from tests.bot.payments.test_paying import newest_order, order_course


async def run_job(centre: Centre, name: str, payload: JobPayload | None = None) -> None:
    """Enqueue it, and wait until it and the redrawing that it may have caused are done."""
    async with centre.pool.acquire() as connection, connection.transaction():
        await SqlJobs(connection).enqueue(name, payload or {})
    waiting = "select exists (select from pgqueuer where entrypoint = any($1::text[]))"
    async with asyncio.timeout(20):
        while await centre.pool.fetchval(waiting, [name, REDRAW_ORDER_JOB]):
            await asyncio.sleep(0.02)


async def message_of(student: SandboxUser, message_id: int) -> Message:
    return next(message for message in await student.messages() if message.id == message_id)


async def redrawn(student: SandboxUser, message_id: int) -> Message:
    """The message once its pay button is gone."""
    async with asyncio.timeout(20):
        while True:
            message = await message_of(student, message_id)
            if not any(button.url for button in message.buttons):
                return message
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("language", ["en", "uz", "ru"])
async def test_the_arrived_payment_takes_the_pay_buttons_away(centre: Centre, language: str) -> None:
    student = await centre.student(language)
    code = await ordered(centre, student)
    screen = await student.last_message()
    link = next(button.url for button in screen.buttons if button.url)
    assert link is not None

    await centre.client.pay(link)

    told = await redrawn(student, screen.id)
    assert code in told.text
    assert [button.data for button in told.buttons] == [f"go:o_{code}"]


async def ordered(centre: Centre, student: SandboxUser) -> str:
    """An open order whose screen is shown; its code."""
    course = await centre.pool.fetchval(
        "select code from courses where sale = 'course' and status = 'published' order by id limit 1"
    )
    await student.start(f"c_{course}")
    await centre.settle(student)
    card = await student.last_message()
    await student.push(next(button for button in card.buttons if "🛒" in button.text))
    await centre.settle(student)
    return await newest_order(centre, student)


async def test_the_button_of_a_redrawn_screen_opens_the_order_as_it_is_now(centre: Centre) -> None:
    student = await centre.student()
    link = await order_course(centre, student)
    screen = await student.last_message()
    await centre.client.pay(link)
    await redrawn(student, screen.id)
    await student.wait_for("has arrived")

    await student.press("Open the order")
    await centre.settle(student)

    assert "Paid on" in (await student.last_message()).text
    assert await student.button("Open what I bought")


async def test_an_order_whose_time_is_over_says_so_by_itself(centre: Centre) -> None:
    student = await centre.student()
    await order_course(centre, student)
    code, screen = await newest_order(centre, student), await student.last_message()
    await centre.pool.execute("update orders set expires_at = now() - interval '1 second' where code = $1", code)

    await run_job(centre, ORDERS_SWEEP_JOB)

    told = await redrawn(student, screen.id)
    assert "time for paying this order is over" in told.text
    await student.press("Open the order")
    await centre.settle(student)
    await student.press("Order again")
    await centre.settle(student)
    assert await newest_order(centre, student) != code
    assert (await student.button("Pay with Payme")).url


async def test_whoever_has_gone_on_to_another_screen_keeps_it(centre: Centre) -> None:
    student = await centre.student()
    await order_course(centre, student)
    code = await newest_order(centre, student)
    await student.press("Menu")
    await centre.settle(student)
    menu = await student.last_message()
    await centre.pool.execute("update orders set expires_at = now() - interval '1 second' where code = $1", code)

    await run_job(centre, ORDERS_SWEEP_JOB)

    assert await centre.pool.fetchval("select state from orders where code = $1", code) == "expired"
    assert str(await message_of(student, menu.id)) == str(menu)


async def test_a_screen_that_tells_the_truth_already_is_left_as_it_is(centre: Centre) -> None:
    student = await centre.student()
    link = await order_course(centre, student)
    code = await newest_order(centre, student)
    await centre.client.pay(link)
    await student.wait_for("has arrived")
    await student.start(f"o_{code}")
    await centre.settle(student)
    screen = await student.last_message()
    assert await student.button("Open what I bought")

    await run_job(centre, REDRAW_ORDER_JOB, {"user_id": student.id, "order_code": code})

    assert str(await message_of(student, screen.id)) == str(screen)


async def test_an_order_reserved_for_a_receipt_offers_no_other_way(centre: Centre) -> None:
    student = await centre.student()
    await order_course(centre, student)
    code = await newest_order(centre, student)
    await centre.pool.execute("update orders set reserved_by = 'cash' where code = $1", code)

    await student.start(f"o_{code}")
    await centre.settle(student)

    screen = await student.last_message()
    assert "receipt is being checked" in screen.text
    unfit = ("Pay ", "Cancel", "Check the payment")
    assert not any(word in button.text for button in screen.buttons for word in unfit)
    assert await student.button("My receipt")


async def test_a_payment_that_has_begun_at_payme_is_continued_there_only(centre: Centre) -> None:
    student = await centre.student()
    await order_course(centre, student)
    code = await newest_order(centre, student)
    await centre.pool.execute(
        "insert into payme_transactions (payme_id, order_id, time, amount, create_time)"
        " select $2, id, $3, price_tiyin, $3 from orders where code = $1",
        code,
        f"{student.id:024x}",
        await centre.pool.fetchval("select (extract(epoch from now()) * 1000)::bigint"),
    )

    await student.start(f"o_{code}")
    await centre.settle(student)

    screen = await student.last_message()
    assert "payment with Payme has begun" in screen.text
    assert [button.text for button in screen.buttons if "Pay " in button.text and button.url is None] == []
    assert await student.button("Pay with Payme")


async def test_an_invoice_in_stars_goes_when_the_order_was_paid_elsewhere(centre: Centre) -> None:
    student = await centre.student()
    link = await order_course(centre, student)
    screen = await student.last_message()
    await student.press("Stars")
    await centre.settle(student)
    invoice = next(message for message in await student.messages() if message.kind == "invoice")

    await centre.client.pay(link)
    await redrawn(student, screen.id)

    assert invoice.id not in [message.id for message in await student.messages()]


async def test_the_details_of_a_transfer_go_when_the_orders_time_is_over(centre: Centre) -> None:
    student = await centre.student()
    await order_course(centre, student)
    code = await newest_order(centre, student)
    await student.press("Pay by transfer")
    await centre.settle(student)
    screen = await student.last_message()
    await centre.pool.execute("update orders set expires_at = now() - interval '1 second' where code = $1", code)

    await run_job(centre, ORDERS_SWEEP_JOB)

    told = await message_of(student, screen.id)
    assert "time for paying this order is over" in told.text
    assert [button.data for button in told.buttons] == [f"go:o_{code}"]

"""Paying, as students do it: the order's screen, Payme's page, the message when the money has come."""

import pytest

from bot.sandbox.client import SandboxUser
from tests.bot.conftest import Centre


async def link_to(centre: Centre, sale: str) -> str:
    """The deep link of the demo's course that is sold like this."""
    return "c_" + await centre.pool.fetchval(
        "select code from courses where sale = $1 and status = 'published' order by id", sale
    )


async def order_course(centre: Centre, student: SandboxUser) -> str:
    """Press Buy on the card of the course that is sold whole; the link to Payme's page."""
    await student.start(await link_to(centre, "course"))
    await student.settle()
    await student.press("Buy for")
    await student.settle()
    link = (await student.button("Pay with Payme")).url
    assert link is not None
    return link


async def newest_order(centre: Centre, student: SandboxUser) -> str:
    return await centre.pool.fetchval("select code from orders where user_id = $1 order by id desc limit 1", student.id)


async def test_a_course_is_bought_and_the_student_is_told_and_led_to_it(centre: Centre) -> None:
    student = await centre.student()
    link = await order_course(centre, student)

    await centre.client.pay(link)
    await student.wait_for("has arrived")
    await student.press("Open the course")
    await student.settle()
    assert "Paid" in (await student.last_message()).text


async def test_a_lesson_is_bought_by_itself(centre: Centre) -> None:
    student = await centre.student()
    lesson_id = await centre.pool.fetchval(
        "select l.id from lessons l join courses c on c.id = l.course_id"
        " where c.sale = 'lessons' and l.price_tiyin is not null and not l.is_preview order by l.id limit 1"
    )
    await student.start(f"l_{lesson_id}")
    await student.settle()
    await student.press("Buy for")
    await student.settle()
    link = (await student.button("Pay with Payme")).url
    assert link is not None

    await centre.client.pay(link)
    await student.wait_for("has arrived")
    await student.press("Open the lesson")
    await student.settle()

    assert "🔒" not in (await student.last_message()).text


async def test_pressing_check_before_paying_says_that_nothing_has_come_yet(centre: Centre) -> None:
    student = await centre.student()
    await order_course(centre, student)

    await student.press("Check the payment")
    await student.settle()

    assert "not arrived yet" in (await student.toasts())[-1].text


async def test_ten_taps_on_buy_make_one_order(centre: Centre) -> None:
    student = await centre.student()
    code = (await link_to(centre, "course")).removeprefix("c_")
    # A lesson's screen has no picture, so that its message is still there for the second tap.
    lesson_id = await centre.pool.fetchval(
        "select max(l.id) from lessons l join courses c on c.id = l.course_id where c.code = $1 and not l.is_preview",
        code,
    )
    await student.start(f"l_{lesson_id}")
    await student.settle()
    button = await student.button("Buy for")

    for _ in range(10):
        await student.push(button)
    await student.settle()

    assert await centre.pool.fetchval("select count(*) from orders where user_id = $1", student.id) == 1


async def test_an_order_is_given_up_and_ordered_again(centre: Centre) -> None:
    student = await centre.student()
    await order_course(centre, student)
    first = await newest_order(centre, student)

    await student.press("Cancel the order")
    await student.settle()
    assert "cancelled" in (await student.last_message()).text
    await student.press("Order again")
    await student.settle()

    assert await newest_order(centre, student) != first
    assert (await student.button("Pay with Payme")).url


async def test_a_refund_closes_the_course_and_tells_the_student(centre: Centre) -> None:
    student = await centre.student()
    link = await order_course(centre, student)
    await centre.client.pay(link)
    await student.wait_for("has arrived")

    assert (await centre.client.cancel(link))["ok"]

    await student.wait_for("and it is closed")
    await student.press("Order")
    await student.settle()
    assert "cancelled" in (await student.last_message()).text


async def test_who_comes_back_after_a_refund_does_not_hear_that_the_course_is_open(centre: Centre) -> None:
    student = await centre.student()
    link = await order_course(centre, student)
    await student.send("/logout")
    await centre.settle(student)
    await student.press("Log out")
    await centre.settle(student)
    await centre.client.pay(link)
    assert (await centre.client.cancel(link))["ok"]

    await student.type("/start")

    await student.wait_for("and it is closed")
    texts = [message.text for message in await student.messages()]
    assert not any("has arrived" in text for text in texts)


async def test_payments_lists_ones_own_orders_and_opens_them(centre: Centre) -> None:
    student = await centre.student()
    await student.send("/payments")
    await student.settle()
    assert "not bought anything" in (await student.last_message()).text

    await order_course(centre, student)
    await student.send("/payments")
    await student.settle()
    await student.press("⏳")
    await student.settle()

    assert await newest_order(centre, student) in (await student.last_message()).text


@pytest.mark.parametrize("payload", ["o_0123456789AB", "o_", "o_../..", "o_1"])
async def test_an_unknown_order_link_leads_kindly_to_the_menu(centre: Centre, payload: str) -> None:
    student = await centre.student()

    await student.start(payload)
    await student.settle()

    assert (await student.last_message()).buttons


async def test_another_students_order_link_shows_nothing_of_it(centre: Centre) -> None:
    owner, stranger = await centre.student(), await centre.student()
    await order_course(centre, owner)
    code = await newest_order(centre, owner)

    await stranger.start(f"o_{code}")
    await stranger.settle()

    said = "\n".join(message.text for message in await stranger.messages() if not message.from_me)
    assert code not in said
    assert "no such order" in said

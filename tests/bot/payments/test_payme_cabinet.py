"""What the centre's staff does in Payme's cabinet reaches the student."""

import aiohttp

from bot.sandbox.client import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.payments.test_paying import order_course


async def paid(centre: Centre, student: SandboxUser) -> str:
    """A course that is bought; Payme's id of the transaction."""
    await centre.client.pay(await order_course(centre, student))
    await student.wait_for("has arrived")
    return await centre.pool.fetchval(
        "select t.payme_id from payme_transactions t join orders o on o.id = t.order_id where o.user_id = $1",
        student.id,
    )


async def test_money_that_staff_returns_closes_the_course_and_is_told(centre: Centre) -> None:
    student = await centre.student()
    payme_id = await paid(centre, student)

    assert (await centre.client.return_money(payme_id))["ok"]

    await student.wait_for("money goes back")
    open_grants = "select count(*) from access_grants where user_id = $1 and revoked_at is null"
    assert await centre.pool.fetchval(open_grants, student.id) == 0


async def test_the_fiscal_receipt_comes_to_the_student_and_opens(centre: Centre) -> None:
    student = await centre.student()
    payme_id = await paid(centre, student)

    assert (await centre.client.send_receipt(payme_id))["ok"]

    message = await student.wait_for("fiscal receipt")
    (link,) = [button.url for button in message.buttons if button.url]
    async with aiohttp.ClientSession() as browser, browser.get(link) as response:
        assert "149 000" in await response.text()


async def test_the_order_leads_to_its_receipt(centre: Centre) -> None:
    student = await centre.student()
    payme_id = await paid(centre, student)
    await centre.client.send_receipt(payme_id)
    await student.wait_for("fiscal receipt")

    await student.send("/payments")
    await centre.settle(student)
    await student.press("✅")
    await centre.settle(student)

    assert (await student.button("Fiscal receipt")).url

"""Orders for Stars in the running centre, and what only Telegram can say, said by somebody else."""

import asyncio
import secrets
from typing import Any

from bot.sandbox.client import Message, SandboxUser
from db.unit_of_work import Database
from domain.payments.model import OrderCode
from domain.payments.ports import RefundRequest
from domain.payments.stars import StarsRail
from domain.users.model import UserId
from tests.bot.conftest import Centre
from tests.centre import ADMIN_ID

STARS = 600


async def order_for_stars(centre: Centre, student: SandboxUser, sale: str = "course") -> str:
    """Order what is sold like this, at a price in Stars; the order's code. Its screen is open."""
    if sale == "course":
        link = "c_" + await centre.pool.fetchval(
            "select code from courses where sale = 'course' and status = 'published' order by id limit 1"
        )
    else:
        link = "l_" + str(
            await centre.pool.fetchval(
                "select l.id from lessons l join courses c on c.id = l.course_id where c.sale = 'lessons'"
                " and l.price_tiyin is not null and not l.is_preview order by l.id limit 1"
            )
        )
    await student.start(link)
    await student.settle()
    await student.press("Buy for")
    await student.settle()
    newest = "select code from orders where user_id = $1 order by id desc limit 1"
    code: str = await centre.pool.fetchval(newest, student.id)
    await centre.pool.execute("update orders set stars = $2 where code = $1", code, STARS)
    await look_at(student, code)
    return code


async def look_at(student: SandboxUser, code: str) -> None:
    await student.start(f"o_{code}")
    await student.settle()


async def invoice(student: SandboxUser) -> Message:
    """Press ⭐ on the order's screen; the invoice that comes."""
    shown = {message.id for message in await student.messages()}
    await student.tap("⭐")
    message = await student.wait_for(lambda one: one.kind == "invoice" and one.id not in shown)
    await student.settle()
    return message


async def bought(centre: Centre, student: SandboxUser, sale: str = "course") -> str:
    code = await order_for_stars(centre, student, sale)
    message = await invoice(student)
    assert (await student.pay_invoice(message.id))["ok"]
    await student.wait_for("has arrived")
    return code


async def order_row(centre: Centre, code: str) -> Any:
    return await centre.pool.fetchrow(
        "select o.id, o.state, o.paid_by, o.reserved_by,"
        " exists (select from access_grants g where g.order_id = o.id and g.revoked_at is null) as is_open"
        " from orders o where o.code = $1",
        code,
    )


async def charges(centre: Centre, student: SandboxUser) -> list[Any]:
    return await centre.pool.fetch("select * from star_payments where user_id = $1 order by paid_at", student.id)


async def until(centre: Centre, query: str, *arguments: Any) -> None:
    """Wait until the database answers yes."""
    async with asyncio.timeout(40):
        while not await centre.pool.fetchval(query, *arguments):
            await asyncio.sleep(0.02)


async def ask_refund(centre: Centre, code: str) -> None:
    """As the staff's desk does: the request and the job in one transaction."""
    async with Database(centre.pool).begin() as uow:
        order = await uow.orders.lock_code(OrderCode(code))
        assert order is not None
        admin = await uow.users.get(UserId(ADMIN_ID))
        request = RefundRequest(
            order_id=order.id,
            requested_by=admin.id if admin else order.user_id,
            reason="asked",
            requested_at=order.created_at,
        )
        assert await uow.orders.request_refund(request)
        await StarsRail().refund(uow, order, order.created_at)
        await uow.commit()


def say_paid(
    centre: Centre,
    payer: SandboxUser,
    payload: str,
    *,
    stars: int = STARS,
    charge_id: str | None = None,
    is_real: bool = True,
) -> str:
    """Telegram's message that somebody has paid. `is_real`: the sandbox knows the charge and can return it."""
    core = centre.sandbox.core
    charge_id = charge_id or f"forged-{secrets.token_hex(12)}"
    payment = {
        "currency": "XTR",
        "total_amount": stars,
        "invoice_payload": payload,
        "telegram_payment_charge_id": charge_id,
        "provider_payment_charge_id": "x",
    }
    if is_real:
        core.state.put("payment", f"charge:{charge_id}", {"user_id": payer.id, "payment": payment, "refunded": False})
    core.receive(core.state.chat(payer.id), {"successful_payment": payment})
    core.state.flush()
    return charge_id


async def ask_to_pay(
    centre: Centre, payer: SandboxUser, payload: str, *, stars: int = STARS, currency: str = "XTR"
) -> dict[str, Any]:
    """Telegram's question before it charges; the bot's answer."""
    core = centre.sandbox.core
    query_id = secrets.token_hex(12)
    answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    core.pre_checkouts[query_id] = answer
    chat = core.state.chat(payer.id)
    question = {"currency": currency, "total_amount": stars, "invoice_payload": payload}
    core.push("pre_checkout_query", {"id": query_id, "from": core.persona(chat).as_user(), **question}, chat)
    core.state.flush()
    return await asyncio.wait_for(answer, 10)

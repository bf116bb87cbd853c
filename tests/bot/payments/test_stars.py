"""Paying in Telegram Stars, as students do it and as forgers try to."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.i18n import _, speaking
from bot.middlewares import BURST
from bot.payments import stars as chat
from bot.payments.errors import SENTENCES
from domain.language import Language, Text
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.payments.errors import OrderBusy, OrderClosed, OrderPaid, RailClosed, StarsRefused
from domain.payments.model import Order, OrderCode, OrderId
from domain.users.model import UserId
from tests.bot.conftest import Centre
from tests.bot.payments.stars_world import (
    STARS,
    ask_refund,
    ask_to_pay,
    bought,
    charges,
    invoice,
    look_at,
    order_for_stars,
    order_row,
    say_paid,
    until,
)
from tests.centre import ADMIN_ID
from tests.domain.payments.fakes import NOON

OPENS_COURSE = "\nThe payment opens every lesson of the course, for good."
LANGUAGES = pytest.mark.parametrize("language", [Language.UZ, Language.RU, Language.EN])
FORGERS, FORGED_BY_EACH = 5, 20


@LANGUAGES
async def test_a_course_is_bought_for_stars_in_each_language(centre: Centre, language: Language) -> None:
    student = await centre.student()
    code = await order_for_stars(centre, student)
    await centre.pool.execute("update users set language = $2 where id = $1", student.id, language)
    await look_at(student, code)

    message = await invoice(student)
    shown = message.raw["invoice"]
    answer = await student.pay_invoice(message.id)
    await until(centre, "select state = 'paid' from orders where code = $1", code)
    await until(centre, "select count(*) = 1 from notifications where user_id = $1 and status = 'sent'", student.id)

    assert answer["ok"]
    assert (shown["currency"], shown["total_amount"], shown["start_parameter"]) == ("XTR", STARS, f"o_{code}")
    assert 1 <= len(shown["title"]) <= 32
    assert code in shown["description"]
    with speaking(language):
        assert _(OPENS_COURSE).strip() in shown["description"]
    row = await order_row(centre, code)
    assert (row["state"], row["paid_by"], row["is_open"]) == ("paid", "stars", True)
    [charge] = await charges(centre, student)
    assert (charge["charge_id"], charge["stars"]) == (answer["telegram_payment_charge_id"], STARS)


async def test_the_student_hears_of_it_once_and_goes_on_from_there(centre: Centre) -> None:
    student = await centre.student()

    await bought(centre, student, "lessons")
    await student.press("Open the lesson")
    await student.settle()

    [told] = [message.text for message in await student.messages() if "has arrived" in message.text]
    assert f"{STARS} ⭐" in told


async def test_a_new_invoice_takes_the_place_of_the_old_one(centre: Centre) -> None:
    student = await centre.student()
    await order_for_stars(centre, student)

    first, second = await invoice(student), await invoice(student)

    left = [message.id for message in await student.messages() if message.kind == "invoice"]
    assert left == [second.id] != [first.id]


@LANGUAGES
async def test_an_order_that_was_given_up_takes_its_invoice_along_and_is_declined_in_their_language(
    centre: Centre, language: Language
) -> None:
    student = await centre.student()
    code = await order_for_stars(centre, student)
    await invoice(student)
    await student.press("Cancel the order")
    await student.settle()
    await centre.pool.execute("update users set language = $2 where id = $1", student.id, language)

    # Their other device may still show it.
    answer = await ask_to_pay(centre, student, f"order:{code}")

    assert not [message for message in await student.messages() if message.kind == "invoice"]
    with speaking(language):
        assert answer == {"ok": False, "error": _(SENTENCES[OrderClosed])}
    assert (await order_row(centre, code))["state"] == "cancelled"
    assert not await charges(centre, student)


async def test_an_invoice_that_was_left_behind_is_declined(centre: Centre) -> None:
    student = await centre.student()
    code = await order_for_stars(centre, student)
    message = await invoice(student)
    await centre.pool.execute("update orders set state = 'cancelled', closed_at = now() where code = $1", code)

    answer = await student.pay_invoice(message.id)

    assert (answer["ok"], answer["error"]) == (False, SENTENCES[OrderClosed])


async def test_each_refusal_says_what_to_do(centre: Centre) -> None:
    student, stranger = await centre.student(), await centre.student()
    paid = await bought(centre, student, "lessons")
    code = await order_for_stars(centre, student)
    payload = f"order:{code}"

    refusals = [
        (await ask_to_pay(centre, student, f"order:{paid}"), OrderPaid),
        (await ask_to_pay(centre, stranger, payload), StarsRefused),
        (await ask_to_pay(centre, student, payload, stars=STARS - 1), StarsRefused),
        (await ask_to_pay(centre, student, payload, currency="UZS"), StarsRefused),
        (await ask_to_pay(centre, student, f"{payload} "), StarsRefused),
        (await ask_to_pay(centre, student, ""), StarsRefused),
    ]
    agreed = await ask_to_pay(centre, student, payload)
    again = await ask_to_pay(centre, student, payload)

    assert [answer for answer, _cause in refusals] == [
        {"ok": False, "error": SENTENCES[cause]} for _answer, cause in refusals
    ]
    assert agreed["ok"]
    assert again == {"ok": False, "error": SENTENCES[OrderBusy]}
    assert RailClosed in SENTENCES
    assert (await order_row(centre, code))["reserved_by"] == "stars"


async def test_a_database_that_hangs_is_not_answered_with_silence(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = await centre.student()
    code = await order_for_stars(centre, student)
    monkeypatch.setattr(chat, "PATIENCE", 0.3)

    async with centre.pool.acquire() as connection, connection.transaction():
        await connection.execute("select from orders where code = $1 for update", code)
        answer = await ask_to_pay(centre, student, f"order:{code}")

    assert not answer["ok"]
    assert "nothing was charged" in answer["error"]
    assert (await order_row(centre, code))["reserved_by"] is None
    assert (await ask_to_pay(centre, student, f"order:{code}"))["ok"]


async def test_an_answer_that_comes_too_late_frees_the_order(centre: Centre) -> None:
    student = await centre.student()
    code = await order_for_stars(centre, student)
    core = centre.sandbox.core
    who = core.state.chat(student.id)
    question = {"currency": "XTR", "total_amount": STARS, "invoice_payload": f"order:{code}"}

    core.push("pre_checkout_query", {"id": "nobody-waits", "from": core.persona(who).as_user(), **question}, who)
    async with asyncio.timeout(10):
        while not any(call.method == "answerPreCheckoutQuery" and "nobody-waits" in str(call) for call in core.calls):
            await asyncio.sleep(0.02)
    await until(centre, "select reserved_by is null from orders where code = $1", code)

    assert (await ask_to_pay(centre, student, f"order:{code}"))["ok"]


async def test_staffs_refund_returns_the_stars_and_closes_the_course(centre: Centre) -> None:
    student = await centre.student()
    code = await bought(centre, student)
    [charge] = await charges(centre, student)

    await ask_refund(centre, code)
    await student.wait_for("and it is closed")

    row = await order_row(centre, code)
    assert (row["state"], row["is_open"]) == ("refunded", False)
    assert centre.sandbox.core.state.tables["payment"][f"charge:{charge['charge_id']}"]["refunded"]
    told = [message for message in await student.messages() if "and it is closed" in message.text]
    assert len(told) == 1
    entries = "select array_agg(amount_tiyin > 0 order by id) from payment_entries where order_id = $1"
    assert await centre.pool.fetchval(entries, row["id"]) == [True, False]


async def test_a_refund_that_telegram_makes_of_its_own_accord_closes_the_course(centre: Centre) -> None:
    student = await centre.student()
    code = await bought(centre, student)
    [charge] = await charges(centre, student)
    core = centre.sandbox.core
    refund = {
        "currency": "XTR",
        "total_amount": STARS,
        "invoice_payload": f"order:{code}",
        "telegram_payment_charge_id": charge["charge_id"],
    }

    for _time in range(3):
        core.receive(core.state.chat(student.id), {"refunded_payment": refund, "from": core.bot})
    core.state.flush()
    await student.wait_for("and it is closed")
    await centre.settle(student)

    assert (await order_row(centre, code))["state"] == "refunded"
    assert sum("and it is closed" in message.text for message in await student.messages()) == 1


async def test_a_second_payment_comes_back_by_itself_and_the_course_stays(centre: Centre) -> None:
    student = await centre.student()
    code = await bought(centre, student)

    say_paid(centre, student, f"order:{code}")
    told = await student.wait_for("Stars back")

    assert str(STARS) in told.text
    assert (await order_row(centre, code))["is_open"]
    first, second = await charges(centre, student)
    assert (first["is_surplus"], first["refunded_at"]) == (False, None)
    assert (second["is_surplus"], second["refunded_at"] is not None) == (True, True)
    await student.press("Order", exact=False)
    await student.settle()
    assert code in (await student.last_message()).text


async def test_what_telegram_will_not_return_is_laid_before_an_admin(centre: Centre) -> None:
    admin = await centre.person(user_id=ADMIN_ID, name="Anora Admin")
    await admin.send("/start")
    await centre.settle(admin)
    student = await centre.student()
    code = await bought(centre, student)

    charge_id = say_paid(centre, student, f"order:{code}", is_real=False)
    await until(
        centre,
        "select exists (select from notifications where kind = 'refund_to_make' and data->>'charge_id' = $1)",
        charge_id,
    )

    assert (await order_row(centre, code))["is_open"]


async def test_forged_payments_for_another_order_never_unlock(centre: Centre) -> None:
    """PAY-12. The sandbox knows half of the charges: those go back; the others are laid before the admins."""
    owner = await centre.student()
    forgers = [await centre.student() for _number in range(FORGERS)]
    code = await order_for_stars(centre, owner)
    payloads = [f"order:{code}", f"order:{code}\u200b", code, f"ORDER:{code}", f"order:{code};order:{code}"]

    for number in range(FORGED_BY_EACH):
        for forger in forgers:
            say_paid(centre, forger, payloads[number % len(payloads)], is_real=number % 2 == 0)
    say_paid(centre, owner, f"order:{code}", stars=1)
    everybody = [owner.id, *(forger.id for forger in forgers)]
    kept = "select count(*) = $2 from star_payments where user_id = any($1) and is_surplus"
    await until(centre, kept, everybody, FORGERS * FORGED_BY_EACH + 1)

    row = await order_row(centre, code)
    assert (row["state"], row["is_open"]) == ("open", False)
    assert await centre.pool.fetchval("select count(*) from access_grants where user_id = any($1)", everybody) == 0
    strays = "select bool_and(order_id is null) from star_payments where user_id = any($1)"
    assert await centre.pool.fetchval(strays, everybody[1:])


async def test_the_owners_own_payment_does_unlock(centre: Centre) -> None:
    """The negative control of the test above: the same message, from the right person, opens."""
    owner = await centre.student()
    code = await order_for_stars(centre, owner)

    charge_id = say_paid(centre, owner, f"order:{code}")
    for _time in range(3):
        say_paid(centre, owner, f"order:{code}", charge_id=charge_id)
    await until(centre, "select state = 'paid' from orders where code = $1", code)
    await centre.settle(owner)

    assert (await order_row(centre, code))["is_open"]
    assert len(await charges(centre, owner)) == 1


async def test_every_question_is_answered_within_ten_seconds_however_many_come(centre: Centre) -> None:
    """Questions about money are never too fast: more than the throttle would let pass, all of them answered."""
    owner, forger = await centre.student(), await centre.student()
    code = await order_for_stars(centre, owner)
    started = time.monotonic()

    answers = await asyncio.gather(*(ask_to_pay(centre, forger, f"order:{code}") for _number in range(int(BURST) + 30)))

    assert time.monotonic() - started < 10
    assert {answer["ok"] for answer in answers} == {False}
    assert (await order_row(centre, code))["reserved_by"] is None


async def test_telegrams_own_command_for_help_with_payments_is_answered(centre: Centre) -> None:
    student = await centre.student()

    await student.send("/paysupport")
    await student.settle()

    assert "/payments" in (await student.last_message()).text


@given(title=st.text(min_size=1, max_size=400).filter(str.strip), kind=st.sampled_from(ProductKind))
def test_an_invoice_is_never_longer_than_telegram_takes(title: str, kind: ProductKind) -> None:
    order = Order(
        id=OrderId(1),
        code=OrderCode("7K2M9QXW4TBN"),
        user_id=UserId(1),
        product=Product(kind, 1),
        course_id=None,
        title=Text({Language.UZ: title}),
        price=Money.soms(1),
        created_at=NOON,
        expires_at=NOON,
    )

    for language in Language:
        with speaking(language):
            words = chat.invoice_words(order)

        assert 1 <= len(words.title) <= 32
        assert 1 <= len(words.description) <= 255
        assert order.code in words.description
        assert words.title == title or words.title.endswith("…")


def test_a_long_title_is_cut_between_words_and_told_in_full_below() -> None:
    title = "Quadratic equations and the parabola"

    assert chat.cut(title, 32) == "Quadratic equations and the…"
    assert chat.cut("a" * 40, 32) == "a" * 31 + "…"

"""The staff desk, as admins use it: looking for orders, refunds, files for the accountant, and the books."""

import asyncio
import csv
import io
import itertools

import pytest
from openpyxl import load_workbook

from bot.i18n import speaking
from bot.links import Go
from bot.payments import desk_export
from bot.payments.desk_words import difference_sentence, history_sentence
from bot.sandbox.client import Button, Message, SandboxUser, Toast
from domain.language import Language
from domain.payments.desk_ports import HistoryLine
from domain.payments.model import Rail
from domain.payments.reconciliation import Difference, DifferenceKind
from tests.bot.conftest import Centre
from tests.domain.payments.fakes import NOON

LANGUAGES = ["en", "uz", "ru"]
_names = (f"Sinov{number} O‘quvchi" for number in itertools.count(1))


async def admin_of(centre: Centre, language: str = "en") -> SandboxUser:
    """An admin who looks at the desk."""
    admin = await centre.student(language, name="Rustam Aliyev")
    await centre.pool.execute("update users set role = 'admin' where id = $1", admin.id)
    await admin.send("/payments")
    await admin.settle()
    return admin


async def paid_order(centre: Centre, student: SandboxUser) -> tuple[str, str]:
    """A course bought by Payme; the order's code and the link that it was paid by."""
    course = await centre.pool.fetchval(
        "select code from courses where sale = 'course' and status = 'published' order by id"
    )
    await student.start(f"c_{course}")
    await student.settle()
    await student.press("🛒")
    await student.settle()
    link = next(button.url for button in await student.buttons() if button.url and "/cashier/" in button.url)
    assert link is not None
    await centre.client.pay(link)
    await student.wait_for("✅")
    await student.settle()
    row = await centre.pool.fetchrow("select code from orders where user_id = $1 order by id desc limit 1", student.id)
    assert row is not None
    return row["code"], link


async def buyer(centre: Centre, language: str = "en") -> tuple[SandboxUser, str, str, str]:
    """A student with a name of their own who has bought a course: the student, the name, the code, the link."""
    name = next(_names)
    student = await centre.student(language, name=name)
    code, link = await paid_order(centre, student)
    return student, name, code, link


async def press(admin: SandboxUser, *buttons: str) -> Message:
    for button in buttons:
        await admin.tap(button)
        await admin.settle()
    return await admin.last_message()


async def find(admin: SandboxUser, words: str) -> Message:
    """From the desk to the orders of one student."""
    await press(admin, "📋", "👤")
    await admin.type(words)
    await admin.settle()
    return await admin.last_message()


async def choose(admin: SandboxUser, number: int) -> Message:
    """Press the button of this place, counted from 0, of the newest message."""
    await admin.push((await admin.last_message()).buttons[number])
    await admin.settle()
    return await admin.last_message()


async def last_toast(admin: SandboxUser) -> Toast:
    return (await admin.toasts())[-1]


async def state_of(centre: Centre, code: str) -> str:
    return await centre.pool.fetchval("select state from orders where code = $1", code)


async def requests_of(centre: Centre, code: str) -> int:
    return await centre.pool.fetchval(
        "select count(*) from refund_requests q join orders o on o.id = q.order_id where o.code = $1", code
    )


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_payment_is_found_refunded_in_the_cabinet_and_the_course_closes(centre: Centre, language: str) -> None:
    student, name, code, link = await buyer(centre, language)
    admin = await admin_of(centre, language)
    assert "Payme" in (await admin.last_message()).text

    listed = await find(admin, name.lower().replace("‘", "'"))
    assert [button.text for button in listed.buttons if name[:15] in button.text and "✅" in button.text]
    shown = await press(admin, f"✅ {name[:10]}")
    assert code in shown.text
    assert name in shown.text
    await press(admin, "↩️")
    confirmation = await choose(admin, 0)
    assert code in confirmation.text
    assert "149" in confirmation.text or "000" in confirmation.text
    waiting = await press(admin, "↩️")
    payme_id = await centre.pool.fetchval(
        "select payme_id from payme_transactions t join orders o on o.id = t.order_id where o.code = $1", code
    )
    assert payme_id in waiting.text
    cabinet = next(button.url for button in waiting.buttons if button.url)
    assert cabinet is not None
    assert cabinet.startswith(centre.url)
    assert await state_of(centre, code) == "paid"

    assert (await centre.client.cancel(link))["ok"]

    await student.wait_for("↩️")
    closed = await press(admin, "🔄")
    assert await state_of(centre, code) == "refunded"
    assert not [button for button in closed.buttons if button.url or "↩️" in button.text]


async def test_everybody_else_sees_their_own_payments_only(centre: Centre) -> None:
    _student, _name, code, _link = await buyer(centre)
    stranger, teacher = await centre.student(), await centre.teacher()

    for person in (stranger, teacher):
        await person.send("/payments")
        await person.settle()
        assert "💼" not in (await person.last_message()).text
        for payload in (f"d_{code}", "books_1"):
            await person.start(payload)
            await person.settle()
        said = "\n".join(message.text for message in await person.messages() if not message.from_me)
        assert code not in said
        assert "You cannot do that here." in said


async def test_an_admin_reaches_their_own_payments_from_the_desk(centre: Centre) -> None:
    admin = await admin_of(centre)

    assert "My payments" in (await press(admin, "💳")).text


async def test_whoever_is_no_admin_any_more_presses_in_vain(centre: Centre) -> None:
    _student, name, code, _link = await buyer(centre)
    admin = await admin_of(centre)
    await find(admin, name)
    await press(admin, f"✅ {name[:10]}", "↩️")
    await choose(admin, 0)
    await centre.pool.execute("update users set role = 'student' where id = $1", admin.id)

    await press(admin, "↩️ Yes")

    assert await requests_of(centre, code) == 0


async def refund_button(admin: SandboxUser, name: str) -> Button:
    """Ask for the refund of this student's order, up to the question."""
    await find(admin, name)
    await press(admin, f"✅ {name[:10]}", "↩️")
    await choose(admin, 0)
    return await admin.button("↩️ Yes")


async def test_a_stale_confirmation_has_no_effect(centre: Centre) -> None:
    _student, name, code, _link = await buyer(centre)
    admin = await admin_of(centre)
    old = await refund_button(admin, name)
    assert old.message_id is not None
    assert old.data is not None
    await press(admin, "⬅️", "↩️")
    await choose(admin, 1)

    await admin.forge((await admin.last_message()).id, old.data)
    await admin.settle()

    assert await requests_of(centre, code) == 0
    assert "out of date" in (await last_toast(admin)).text


async def test_a_confirmation_of_another_admin_has_no_effect(centre: Centre) -> None:
    _student, name, code, _link = await buyer(centre)
    admin, other = await admin_of(centre), await admin_of(centre)
    button = await refund_button(admin, name)
    assert button.data is not None

    await other.forge((await other.last_message()).id, button.data)
    await other.settle()

    assert await requests_of(centre, code) == 0


async def test_an_order_that_was_refunded_meanwhile_is_not_refunded_again(centre: Centre) -> None:
    _student, name, code, link = await buyer(centre)
    admin = await admin_of(centre)
    button = await refund_button(admin, name)
    assert (await centre.client.cancel(link))["ok"]

    await admin.push(button)
    await admin.settle()

    assert await requests_of(centre, code) == 0
    assert "Only a paid order" in (await last_toast(admin)).text


async def test_a_refund_is_withdrawn_and_the_reason_stays_in_the_history(centre: Centre) -> None:
    _student, name, code, _link = await buyer(centre)
    admin = await admin_of(centre)
    await find(admin, name)
    await press(admin, f"✅ {name[:10]}", "↩️", "✏️")
    await admin.type("=1+1 <b>two words</b>")
    await admin.settle()
    await press(admin, "↩️ Yes")

    withdrawn = await press(admin, "✖️")

    assert await requests_of(centre, code) == 1
    assert "=1+1 <b>two words</b>" in withdrawn.text
    assert "Refund withdrawn" in withdrawn.text
    assert [button for button in withdrawn.buttons if "↩️" in button.text]


async def test_filters_are_chips_that_a_tap_takes_away(centre: Centre) -> None:
    _student, name, _code, _link = await buyer(centre)
    admin = await admin_of(centre)
    await find(admin, name)
    await press(admin, "📌", "✅", "🏦", "Payme", "📅", "Today")

    full = await admin.last_message()
    assert [button.text for button in full.buttons if button.text.startswith("✖️ ")][:3] == [
        "✖️ Paid",
        "✖️ Payme",
        f"✖️ {name}",
    ]
    assert any(name[:10] in button.text and "✅" in button.text for button in full.buttons)
    unpaid = await press(admin, "✖️ Paid", "📌", "⏳")
    assert "no such orders" in unpaid.text
    assert not [button for button in unpaid.buttons if "📊" in button.text]
    everything = await press(admin, "✖️ Show all")
    assert not [button for button in everything.buttons if "✖️ Payme" in button.text]


@pytest.mark.parametrize("typed", ["32.13.2026", "yesterday", "2026-02-30", "5.3.2026 - 1.3.2026", "1" * 60])
async def test_a_day_that_is_none_is_asked_for_again(centre: Centre, typed: str) -> None:
    admin = await admin_of(centre)
    await press(admin, "📋", "📅")

    await admin.type(typed)
    await admin.settle()

    said = [message.text for message in await admin.messages() if not message.from_me]
    assert "first day" in said[-2] or "do not know that day" in said[-2]
    assert "21.11.2026" in said[-1]


async def document_of(centre: Centre, admin: SandboxUser) -> tuple[str, bytes]:
    message = await admin.wait_for(lambda message: message.kind == "document")
    document = message.raw["document"]
    async with centre.client.session.get(f"{centre.url}/sandbox/files/{document['file_id']}") as response:
        return document["file_name"], await response.read()


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_list_goes_to_an_excel_file(centre: Centre, language: str) -> None:
    _student, name, code, _link = await buyer(centre)
    admin = await admin_of(centre, language)
    await find(admin, name)

    await press(admin, "📊")
    file_name, content = await document_of(centre, admin)

    assert file_name.startswith("payments-")
    assert file_name.endswith(".xlsx")
    book = load_workbook(io.BytesIO(content))
    orders, sums = book.worksheets
    assert orders.freeze_panes == "A2"
    headings, row = list(orders.iter_rows(values_only=True))
    assert len(headings) == len(row) == 14
    assert (row[0], row[4], row[5], row[9]) == (code, _student.id, name, "Payme")
    price = await centre.pool.fetchval("select price_tiyin from orders where code = $1", code)
    assert row[10] == price / 100
    total = list(sums.iter_rows(values_only=True))[1]
    assert (total[0], total[2], total[3]) == ("Payme", 1, price / 100)


@pytest.mark.parametrize(("language", "delimiter"), [("en", ","), ("uz", ";"), ("ru", ";")])
async def test_hostile_names_stay_text_in_every_file(centre: Centre, language: str, delimiter: str) -> None:
    student, _name, code, _link = await buyer(centre)
    hostile = '=HYPERLINK("http://evil.example";"x")\r\n\u202e+1;"a",b'
    await centre.pool.execute("update users set full_name = $2 where id = $1", student.id, hostile)
    admin = await admin_of(centre, language)
    await find(admin, code)

    await press(admin, "📄")
    _file_name, content = await document_of(centre, admin)
    await press(admin, "📊")
    message = await admin.wait_for(lambda one: one.kind == "document" and one.raw["document"]["file_name"][-1] == "x")
    file = f"{centre.url}/sandbox/files/{message.raw['document']['file_id']}"
    async with centre.client.session.get(file) as response:
        book = load_workbook(io.BytesIO(await response.read()))

    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=delimiter))
    assert [len(row) for row in rows] == [14, 14]
    assert rows[1][0] == code
    assert rows[1][5].startswith("'=HYPERLINK")
    for cell in [*rows[1], *(str(value) for value in list(book.worksheets[0].values)[1] if value is not None)]:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert not set(cell) & {"\r", "\n", "\u202e"}
    assert all(cell.data_type != "f" for row in book.worksheets[0].iter_rows() for cell in row)


async def test_the_books_are_compared_on_demand_and_a_difference_leads_to_its_order(centre: Centre) -> None:
    student, _name, code, _link = await buyer(centre)
    admin = await admin_of(centre)
    await centre.pool.execute("update orders set created_at = created_at - interval '1 hour' where code = $1", code)
    # As if it had happened long enough ago.
    await centre.pool.execute(
        "update access_grants set revoked_at = now() - interval '2 minutes', granted_at = now() - interval '3 minutes'"
        " where user_id = $1",
        student.id,
    )
    await age(centre, code)

    await press(admin, "⚖️", "🔄")
    data = Go(payload=f"d_{code}").pack()
    notice = await admin.wait_for(lambda message: any(button.data == data for button in message.buttons))
    assert "in the books" in notice.text
    await admin.push(next(button for button in notice.buttons if (button.data or "").startswith("go:books_")))
    await admin.settle()
    page = await admin.last_message()
    assert code in page.text
    assert "not open to the student" in page.text
    shown = await press(admin, f"Open order {code}")
    assert code in shown.text

    await centre.pool.execute("update access_grants set revoked_at = null where user_id = $1", student.id)
    await age(centre, code)


async def age(centre: Centre, code: str) -> None:
    """Everything about the order happened five minutes ago: what has just changed is left to the next comparison."""
    async with centre.pool.acquire() as connection, connection.transaction():
        await connection.execute("set local session_replication_role = replica")
        for statement in (
            "update orders set paid_at = paid_at - interval '5 minutes' where id = $1",
            "update payment_entries set created_at = created_at - interval '5 minutes' where order_id = $1",
            "update access_grants set granted_at = granted_at - interval '5 minutes' where order_id = $1",
            "update payme_transactions set perform_time = perform_time - 300000 where order_id = $1",
            "update payme_transactions set create_time = create_time - 300000 where order_id = $1",
        ):
            order_id = await connection.fetchval("select id from orders where code = $1", code)
            await connection.execute(statement, order_id)


async def test_ten_taps_on_a_file_make_one_file(centre: Centre) -> None:
    _student, name, _code, _link = await buyer(centre)
    admin = await admin_of(centre)
    await find(admin, name)
    button = await admin.button("📊")

    await asyncio.gather(*(admin.push(button) for _ in range(10)))
    await document_of(centre, admin)
    await admin.settle()

    files = [message for message in await admin.messages() if message.kind == "document"]
    assert 1 <= len(files) < 10


async def test_a_long_export_says_how_far_it_is_and_cleans_up(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    _student, name, _code, _link = await buyer(centre)
    admin = await admin_of(centre)
    await find(admin, name)
    monkeypatch.setattr(desk_export, "PROGRESS_AFTER", -1.0)

    await press(admin, "📄")
    await document_of(centre, admin)
    await admin.settle()

    progress = [event for event in admin.events if "1 order so far" in str(event.get("message"))]
    assert progress
    assert not [message for message in await admin.messages() if "so far" in message.text]


async def test_a_file_that_telegram_would_not_take_is_explained(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    _student, name, _code, _link = await buyer(centre)
    admin = await admin_of(centre)
    await find(admin, name)
    monkeypatch.setattr(desk_export, "MAX_BYTES", 10)

    await press(admin, "📄")

    await admin.wait_for("too large for Telegram")


async def test_whoever_is_no_admin_any_more_gets_no_file(centre: Centre) -> None:
    _student, name, _code, _link = await buyer(centre)
    admin = await admin_of(centre)
    await find(admin, name)
    button = await admin.button("📄")
    await centre.pool.execute("update users set role = 'teacher' where id = $1", admin.id)

    await admin.push(button)
    await admin.settle()

    assert not [message for message in await admin.messages() if message.kind == "document"]


async def test_every_sentence_of_the_desk_speaks_all_languages() -> None:
    for language in Language:
        with speaking(language):
            for kind in DifferenceKind:
                assert difference_sentence(Difference(kind=kind, rail=Rail.STARS, expected=1, found=-2))
            for event in ("ordered", "paid", "stars_paid", "proof_rejected", "never heard of"):
                assert history_sentence(
                    HistoryLine(at=NOON, event=event, actor=None, data={"price": 5, "rail": "cash"})
                )


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_menu_leads_an_admin_to_the_desk_and_on_to_tuition(centre: Centre, language: str) -> None:
    admin = await admin_of(centre, language)
    await admin.send("/menu")
    await admin.settle()

    assert "📋" in " ".join(button.text for button in (await press(admin, "💼")).buttons)
    assert "➕" in " ".join(button.text for button in (await press(admin, "🎓")).buttons)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_menu_leads_a_student_to_their_own_payments(centre: Centre, language: str) -> None:
    student = await centre.student(language)
    await student.send("/menu")
    await student.settle()

    assert "💳" in (await press(student, "💳")).text

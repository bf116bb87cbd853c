"""Paying by a transfer, as students and admins do it: the receipt, the decision, what each of them is told."""

import asyncio
import itertools
import struct

import pytest

from bot.i18n import speaking
from bot.links import Go
from bot.payments.proof_words import REASONS, reason_sentence
from bot.sandbox.client import Message, SandboxUser
from bot.sandbox.files import Upload
from domain.files import sha256_of
from domain.language import Language
from domain.payments.proofs import RejectReason
from tests.bot.conftest import Centre

LANGUAGES = ["en", "uz", "ru"]
_numbers = itertools.count()


def picture() -> bytes:
    """A PNG of its own as far as Telegram looks into it."""
    size = struct.pack(">II", 600, 800)
    return b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + size + f"receipt {next(_numbers)}".encode()


async def admin_of(centre: Centre, language: str = "en", name: str = "Rustam Aliyev") -> SandboxUser:
    admin = await centre.student(language, name=name)
    await centre.pool.execute("update users set role = 'admin' where id = $1", admin.id)
    return admin


async def order_of(centre: Centre, student: SandboxUser) -> str:
    """Order the course that is sold whole, and look at where its receipt is sent; the order's code."""
    course = await centre.pool.fetchval(
        "select code from courses where sale = 'course' and status = 'published' order by id"
    )
    await student.start(f"c_{course}")
    await student.settle()
    await student.press("🛒")
    await student.settle()
    code = await centre.pool.fetchval("select code from orders where user_id = $1 order by id desc limit 1", student.id)
    await student.start(f"rt_{code}")
    await student.settle()
    return code


async def send_receipt(centre: Centre, student: SandboxUser, content: bytes | None = None) -> int:
    """Send a photo for the order that is shown; the receipt's number."""
    await student.upload(content or picture(), name="chek.png", kind="photo")
    await student.settle()
    return await newest_proof(centre, student)


async def newest_proof(centre: Centre, student: SandboxUser) -> int:
    return await centre.pool.fetchval(
        "select id from payment_proofs where user_id = $1 order by id desc limit 1", student.id
    )


async def screen_of(admin: SandboxUser) -> Message:
    """The screen that the admin works on: notices about other people's receipts may come below it at any time."""
    messages = reversed(await admin.messages())
    return next(one for one in messages if any(not (b.data or "go:").startswith("go:") for b in one.buttons))


async def check(admin: SandboxUser, proof_id: int) -> Message:
    """Press the button below the notice of this receipt."""
    data = Go(payload=f"r_{proof_id}").pack()
    notice = await admin.wait_for(lambda message: any(button.data == data for button in message.buttons), timeout=30)
    await admin.push(next(button for button in notice.buttons if button.data == data))
    await admin.settle()
    return await screen_of(admin)


async def decide(admin: SandboxUser, *buttons: str) -> Message:
    for button in buttons:
        await admin.press(button)
        await admin.settle()
    return await screen_of(admin)


async def state_of(centre: Centre, proof_id: int) -> str:
    return await centre.pool.fetchval("select state from payment_proofs where id = $1", proof_id)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_receipt_is_sent_checked_and_opens_the_course(centre: Centre, language: str) -> None:
    student, admin = await centre.student(language), await admin_of(centre, language)
    code = await order_of(centre, student)
    asked = await student.last_message()
    assert code in asked.text
    assert "8600 0000 0000 0000" in asked.text
    copies = [button.raw["copy_text"]["text"] for button in asked.buttons if "copy_text" in button.raw]
    assert copies == ["8600000000000000", code]

    proof_id = await send_receipt(centre, student)
    assert "⏳" in (await student.last_message()).text
    shown = await check(admin, proof_id)
    assert shown.kind == "photo"
    assert code in shown.text
    assert "Ali Karimov" in shown.text
    asked_again = await decide(admin, "✅")
    assert "Ali Karimov" in asked_again.text
    assert await state_of(centre, proof_id) == "waiting", "nothing happens before it is confirmed once more"
    decided = await decide(admin, "✅")

    assert "Rustam Aliyev" in decided.text
    assert await state_of(centre, proof_id) == "confirmed"
    await student.wait_for(lambda message: any("c_" in (button.data or "") for button in message.buttons))
    await student.start(f"rt_{code}")
    await student.settle()
    assert "✅" in (await student.last_message()).text
    assert await centre.pool.fetchval("select is_photo from payment_proofs where id = $1", proof_id)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_rejected_receipt_is_explained_and_another_one_is_taken(centre: Centre, language: str) -> None:
    student, admin = await centre.student(language), await admin_of(centre, language)
    await order_of(centre, student)
    first = await send_receipt(centre, student)
    await check(admin, first)
    with speaking(Language(language)):
        reason = reason_sentence(RejectReason.OTHER_AMOUNT)

    decided = await decide(admin, "❌", reason)

    assert reason in decided.text
    notice = await student.wait_for(lambda message: "❌" in message.text and reason in message.text)
    await student.push(next(button for button in notice.buttons if "rt_" in (button.data or "")))
    await student.settle()
    assert reason in (await student.last_message()).text
    second = await send_receipt(centre, student)
    assert second != first
    assert await state_of(centre, second) == "waiting"
    assert await state_of(centre, first) == "rejected"


async def test_a_reason_of_ones_own_is_typed_and_stays_text(centre: Centre) -> None:
    student, admin = await centre.student(), await admin_of(centre)
    await order_of(centre, student)
    proof_id = await send_receipt(centre, student)
    await check(admin, proof_id)
    await decide(admin, "Reject", "Another reason")

    await admin.send("x" * 201)
    await admin.settle()
    assert await state_of(centre, proof_id) == "waiting"
    await admin.send("<b>Sent to 'old' card</b> & {code}")
    await admin.settle()

    assert await state_of(centre, proof_id) == "rejected"
    assert "<b>Sent to 'old' card</b> & {code}" in (await screen_of(admin)).text
    await student.wait_for("<b>Sent to 'old' card</b> & {code}")


async def test_a_reason_may_be_typed_in_place_of_a_button(centre: Centre) -> None:
    student, admin = await centre.student(), await admin_of(centre)
    await order_of(centre, student)
    proof_id = await send_receipt(centre, student)
    await check(admin, proof_id)
    await decide(admin, "Reject")

    await admin.send("This card is not ours")
    await admin.settle()

    assert await state_of(centre, proof_id) == "rejected"
    await student.wait_for("This card is not ours")


async def test_who_comes_second_reads_who_was_first(centre: Centre) -> None:
    student = await centre.student()
    first, second = await admin_of(centre, name="Anora Saidova"), await admin_of(centre)
    await order_of(centre, student)
    proof_id = await send_receipt(centre, student)
    for admin in (first, second):
        await check(admin, proof_id)
        await decide(admin, "Confirm")
    await decide(first, "Yes,")

    shown = await decide(second, "Yes,")

    assert "Anora Saidova has already confirmed it." in (await second.toasts())[-1].text
    assert "Anora Saidova confirmed it" in shown.text
    entries = "select count(*) from payment_entries e join payment_proofs p on p.order_id = e.order_id where p.id = $1"
    assert await centre.pool.fetchval(entries, proof_id) == 1


async def test_an_own_tap_that_is_worked_on_twice_is_no_reproach(centre: Centre) -> None:
    student, admin = await centre.student(), await admin_of(centre)
    await order_of(centre, student)
    proof_id = await send_receipt(centre, student)
    await check(admin, proof_id)
    await decide(admin, "Confirm")
    await centre.pool.execute(
        "update payment_proofs set state = 'confirmed', decided_by = $2, decided_at = now() where id = $1",
        proof_id,
        admin.id,
    )

    await decide(admin, "Yes,")

    assert (await admin.toasts())[-1].text == "You have confirmed it."


async def test_two_admins_who_confirm_at_the_same_moment_book_it_once(centre: Centre) -> None:
    student = await centre.student()
    admins = [await admin_of(centre, name=name) for name in ("Anora Saidova", "Rustam Aliyev")]
    await order_of(centre, student)
    proof_id = await send_receipt(centre, student)
    for admin in admins:
        await check(admin, proof_id)
        await decide(admin, "Confirm")

    await asyncio.gather(*(admin.tap("Yes,") for admin in admins))
    for admin in admins:
        await centre.settle(admin)

    entries = "select count(*) from payment_entries e join payment_proofs p on p.order_id = e.order_id where p.id = $1"
    assert await centre.pool.fetchval(entries, proof_id) == 1
    for admin in admins:
        assert "confirmed it" in (await screen_of(admin)).text


async def test_a_confirmation_of_a_replaced_receipt_has_no_effect_and_leads_to_the_new_one(centre: Centre) -> None:
    student, admin = await centre.student(), await admin_of(centre)
    await order_of(centre, student)
    first = await send_receipt(centre, student)
    await check(admin, first)
    await decide(admin, "Confirm")
    second = await send_receipt(centre, student)

    shown = await decide(admin, "Yes,")

    assert (await state_of(centre, first), await state_of(centre, second)) == ("withdrawn", "waiting")
    assert "took it back" in shown.text
    await decide(admin, "Newer receipt", "Confirm", "Yes,")
    assert await state_of(centre, second) == "confirmed"


async def test_a_foreign_tap_on_confirm_has_no_effect(centre: Centre) -> None:
    student, admin = await centre.student(), await admin_of(centre)
    await order_of(centre, student)
    proof_id = await send_receipt(centre, student)
    await check(admin, proof_id)
    await decide(admin, "Confirm")
    data = (await admin.button("Yes,")).data
    assert data is not None
    mine = (await student.last_message()).id

    await student.forge(mine, data)
    await centre.settle(student)

    assert await state_of(centre, proof_id) == "waiting"


async def test_an_admin_who_is_none_any_more_confirms_nothing(centre: Centre) -> None:
    student, admin = await centre.student(), await admin_of(centre)
    await order_of(centre, student)
    proof_id = await send_receipt(centre, student)
    await check(admin, proof_id)
    await decide(admin, "Confirm")
    await centre.pool.execute("update users set role = 'student' where id = $1", admin.id)

    await admin.tap("Yes,")
    await centre.settle(admin)

    assert await state_of(centre, proof_id) == "waiting"
    assert "cannot do that" in (await admin.toasts())[-1].text


@pytest.mark.parametrize("role", ["student", "teacher"])
async def test_students_and_teachers_see_no_receipts_of_others(centre: Centre, role: str) -> None:
    owner = await centre.student(name="Malika Yusupova")
    await order_of(centre, owner)
    proof_id = await send_receipt(centre, owner)
    stranger = await (centre.student() if role == "student" else centre.teacher())

    await stranger.start(f"r_{proof_id}")
    await stranger.settle()

    said = [message for message in await stranger.messages() if not message.from_me]
    assert not any(message.kind == "photo" or "Malika" in message.text for message in said)
    assert any("cannot do that" in message.text for message in said)


async def test_a_receipt_is_taken_back_and_the_order_can_be_paid_by_payme_again(centre: Centre) -> None:
    student = await centre.student()
    code = await order_of(centre, student)
    proof_id = await send_receipt(centre, student)

    await student.press("Take the receipt back")
    await student.settle()

    assert await state_of(centre, proof_id) == "withdrawn"
    assert "taken back" in (await student.toasts())[-1].text
    await student.start(f"o_{code}")
    await student.settle()
    assert any(button.url for button in (await student.last_message()).buttons)


@pytest.mark.parametrize(
    ("name", "kind", "content_type"),
    [
        ("chek.zip", "document", "application/zip"),
        ("chek.html", "document", "text/html"),
        ("chek.svg", "document", "image/svg+xml"),
        ("chek.ogg", "voice", "audio/ogg"),
        ("chek.mp4", "video", "video/mp4"),
    ],
)
async def test_other_files_get_a_kind_sentence_and_the_screen_stays(
    centre: Centre, name: str, kind: str, content_type: str
) -> None:
    student = await centre.student()
    code = await order_of(centre, student)

    await student.upload(b"no receipt at all", name=name, kind=kind, content_type=content_type)
    await student.settle()

    said = [message.text for message in await student.messages() if not message.from_me]
    assert "a photo, a screenshot or a PDF" in said[-2]
    assert code in said[-1]
    assert await newest_proof(centre, student) is None


async def test_a_text_in_place_of_the_receipt_gets_a_kind_sentence(centre: Centre) -> None:
    student = await centre.student()
    code = await order_of(centre, student)

    await student.send("I have paid already!")
    await student.settle()

    said = [message.text for message in await student.messages() if not message.from_me]
    assert "a photo, a screenshot or a PDF" in said[-2]
    assert code in said[-1]


async def test_a_pdf_is_shown_to_the_admin_and_its_original_is_kept(centre: Centre) -> None:
    student, admin = await centre.student(), await admin_of(centre)
    await order_of(centre, student)
    content = b"%PDF-1.4 receipt " + picture()

    await student.upload(content, name="=cmd|'..\\chek.pdf", kind="document", content_type="application/pdf")
    await student.settle()
    proof_id = await newest_proof(centre, student)

    async with asyncio.timeout(20):
        while not await centre.pool.fetchval("select sha256 from payment_proofs where id = $1", proof_id):
            await asyncio.sleep(0.05)
    assert await centre.pool.fetchval("select sha256 from payment_proofs where id = $1", proof_id) == sha256_of(content)
    assert (await check(admin, proof_id)).kind == "document"
    await decide(admin, "The original file")
    original = next(
        message for message in reversed(await admin.messages()) if message.kind == "document" and not message.text
    )
    assert original.raw["document"]["file_name"].endswith(f"-{proof_id}.pdf")
    assert original.raw["document"]["file_size"] == len(content)


async def test_the_next_receipt_is_one_tap_away_and_the_list_shows_them(centre: Centre) -> None:
    await centre.pool.execute(
        "update payment_proofs set state = 'withdrawn', decided_by = user_id, decided_at = now()"
        " where state = 'waiting'"
    )
    admin = await admin_of(centre)
    people = [await centre.student(name=name) for name in ("Birinchi Talaba", "Ikkinchi Talaba", "Uchinchi Talaba")]
    numbers: list[int] = []
    for student in people:
        await order_of(centre, student)
        numbers.append(await send_receipt(centre, student))
    await check(admin, numbers[0])

    listed = await decide(admin, "All receipts")
    first = await decide(admin, "1. Birinchi")
    decided = await decide(admin, "Confirm", "Yes,")
    following = await decide(admin, "Next (2 wait)")

    assert "3 receipts are waiting" in listed.text
    assert all(name in listed.text for name in ("1. Birinchi", "2. Ikkinchi", "3. Uchinchi"))
    assert "Birinchi" in first.text
    assert "confirmed it" in decided.text
    assert "Ikkinchi" in following.text


async def test_a_receipt_that_was_used_before_is_pointed_out(centre: Centre) -> None:
    honest, other, admin = await centre.student(name="Halol Talaba"), await centre.student(), await admin_of(centre)
    content = picture()
    code = await order_of(centre, honest)
    await send_receipt(centre, honest, content)
    await order_of(centre, other)
    proof_id = await send_receipt(centre, other, content)

    shown = await check(admin, proof_id)
    asked = await decide(admin, "Confirm")

    for screen in (shown, asked):
        assert "The same file was sent for another order" in screen.text
        assert f"{code} (Halol Talaba)" in screen.text


async def test_an_order_that_ran_out_says_so_and_leads_to_a_new_one(centre: Centre) -> None:
    student = await centre.student()
    code = await order_of(centre, student)
    await centre.pool.execute("update orders set expires_at = now() - interval '1 minute' where code = $1", code)

    await student.upload(picture(), name="chek.png", kind="photo")
    await student.settle()

    assert await newest_proof(centre, student) is None
    assert "order again" in (await student.last_message()).text
    await student.press("Order again")
    await student.settle()
    assert code not in (await student.last_message()).text
    await send_receipt(centre, student)
    assert await newest_proof(centre, student) is not None


async def test_another_students_transfer_link_shows_nothing(centre: Centre) -> None:
    owner, stranger = await centre.student(), await centre.student()
    code = await order_of(centre, owner)

    await stranger.start(f"rt_{code}")
    await stranger.settle()

    said = "\n".join(message.text for message in await stranger.messages() if not message.from_me)
    assert code not in said
    assert "no such order" in said


async def test_of_an_album_the_first_picture_is_the_receipt(centre: Centre) -> None:
    student = await centre.student()
    await order_of(centre, student)
    core = centre.sandbox.core
    photos = [core.files.add("photo", Upload("chek.png", picture())) for _ in range(3)]

    for photo in photos:
        core.receive(core.state.chat(student.id), {"photo": [photo], "media_group_id": "13579"})
    await centre.settle(student)

    rows = await centre.pool.fetch("select file_id, state from payment_proofs where user_id = $1", student.id)
    assert [tuple(row.values()) for row in rows] == [(photos[0]["file_id"], "waiting")]
    assert any("One picture, please" in message.text for message in await student.messages())
    assert "being checked" in (await student.last_message()).text


async def test_a_receipt_that_telegram_has_lost_can_still_be_decided(centre: Centre) -> None:
    student, admin = await centre.student(), await admin_of(centre)
    await order_of(centre, student)
    proof_id = await send_receipt(centre, student)
    shown = await check(admin, proof_id)
    await centre.pool.execute(
        "update payment_proofs set file_id = 'another bot''s', file_unique_id = 'lost' where id = $1", proof_id
    )

    edited = await decide(admin, "Confirm")
    sent = await check(admin, proof_id)
    decided = await decide(admin, "Confirm", "Yes,")

    assert (shown.kind, edited.kind, sent.kind) == ("photo", "text", "text")
    assert "confirmed it" in decided.text
    assert await state_of(centre, proof_id) == "confirmed"


async def test_the_longest_names_fit_below_the_picture(centre: Centre) -> None:
    student, admin = await centre.student(), await admin_of(centre)
    code = await order_of(centre, student)
    content = picture()
    proof_id = await send_receipt(centre, student, content)
    for _ in range(4):
        twin = await centre.student(name="Q" * 100)
        await order_of(centre, twin)
        await send_receipt(centre, twin, content)
    await centre.pool.execute("update users set full_name = $2 where id in ($1, $3)", student.id, "Ў" * 100, admin.id)
    await centre.pool.execute(
        "update orders set title = jsonb_build_object('uz', $2::text) where code = $1", code, "&" * 300
    )

    screens = [await check(admin, proof_id), *[await decide(admin, button) for button in ("Confirm", "Back", "Reject")]]
    await decide(admin, "Another reason")
    await admin.send("<" * 200)
    await admin.settle()
    screens.append(await screen_of(admin))

    assert all(screen.kind == "photo" and len(screen.text) <= 1024 for screen in screens)
    assert "<" * 200 in screens[-1].text


def test_every_usual_reason_has_words() -> None:
    assert set(REASONS) == set(RejectReason)

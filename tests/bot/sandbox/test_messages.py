import asyncio
from typing import Any

import aiohttp
import pytest
from aiogram import methods
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramUnauthorizedError,
)
from aiogram.types import (
    BufferedInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)

from bot.sandbox import SandboxError, Toast
from tests.bot.sandbox.conftest import ALI, MALIKA, Rig, make_bot

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc00000030101"
    "00c9fe92ef0000000049454e44ae426082"
)
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def keyboard(*texts: str) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=t, callback_data=t.lower())] for t in texts]
    )


async def refused(call: Any) -> str:
    with pytest.raises(TelegramBadRequest) as error:
        await call
    return error.value.message.removeprefix("Bad Request: ")


async def test_the_limits_of_a_text_are_telegrams(rig: Rig) -> None:
    assert (await rig.bot.send_message(ALI, "<b>" + "😀" * 2048 + "</b>", parse_mode="HTML")).text == "😀" * 2048
    assert await refused(rig.bot.send_message(ALI, "😀" * 2048 + "x")) == "message is too long"
    assert await refused(rig.bot.send_message(ALI, "<b> </b>", parse_mode="HTML")) == "message text is empty"
    assert await refused(rig.bot.send_message(ALI, "x", parse_mode="Nonsense")) == "unsupported parse_mode"
    photo = BufferedInputFile(PNG, "a.png")
    assert await refused(rig.bot.send_photo(ALI, photo, caption="x" * 1025)) == "message caption is too long"


async def test_unknown_parameters_fields_and_methods_are_refused(rig: Rig) -> None:
    async with aiohttp.ClientSession(f"{rig.url}/bot42:sandbox/") as session:

        async def call(method: str, **params: Any) -> tuple[int, str]:
            async with session.post(method, json=params) as response:
                return response.status, (await response.json())["description"]

        assert await call("sendMessage", chat_id=ALI, text="x", txt="y") == (
            400,
            'Bad Request: unknown parameter "txt" of sendMessage',
        )
        assert await call("sendMessage", chat_id=ALI) == (400, 'Bad Request: parameter "text" is required')
        buttons = {"inline_keyboard": [[{"text": "a", "calback_data": "b"}]]}
        status, text = await call("sendMessage", chat_id=ALI, text="x", reply_markup=buttons)
        assert (status, "calback_data" in text) == (400, True)
        assert await call("sendTelepathy", chat_id=ALI) == (404, "Not Found")
        assert await call("sendGift", user_id=ALI) == (404, "Not Found")


async def test_a_wrong_token_is_unauthorized(rig: Rig) -> None:
    stranger = make_bot(rig.url, "42:wrong")
    with pytest.raises(TelegramUnauthorizedError):
        await stranger.get_me()
    await stranger.session.close()


async def test_who_never_started_the_bot_is_not_found(rig: Rig) -> None:
    assert await refused(rig.bot.send_message(MALIKA, "hi")) == "chat not found"
    assert await refused(rig.bot.send_message(-100500, "hi")) == "chat not found"


async def test_buttons_are_checked(rig: Rig) -> None:
    async def send(**button: Any) -> str:
        markup = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="x", **button)]])
        return await refused(rig.bot.send_message(ALI, "x", reply_markup=markup))

    assert await send(callback_data="ж" * 33) == "BUTTON_DATA_INVALID"
    assert await send() == ("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    assert await send(url="nonsense") == "inline keyboard button URL 'nonsense' is invalid: Wrong HTTP URL"
    await rig.bot.send_message(
        ALI,
        "x",
        reply_markup=InlineKeyboardMarkup(
            inline_keyboard=[[InlineKeyboardButton(text="x", callback_data="я" * 32, style="success")]]
        ),
    )


async def test_an_edit_without_a_change_is_refused_and_a_real_one_is_shown(rig: Rig) -> None:
    sent = await rig.bot.send_message(ALI, "one", reply_markup=keyboard("A"))
    assert await refused(sent.edit_text("one", reply_markup=keyboard("A"))) == NOT_MODIFIED
    edited = await sent.edit_text("one")
    assert not isinstance(edited, bool)
    assert edited.reply_markup is None
    assert await refused(sent.edit_reply_markup()) == NOT_MODIFIED
    await sent.edit_text("two", link_preview_options=LinkPreviewOptions(is_disabled=True))
    assert (await rig.ali.last_message()).text == "two"


async def test_messages_that_are_gone_or_not_the_bots_cannot_be_edited(rig: Rig) -> None:
    own = (await rig.ali.messages())[0]
    assert await refused(rig.bot.edit_message_text("x", chat_id=ALI, message_id=999)) == "message to edit not found"
    assert await refused(rig.bot.edit_message_text("x", chat_id=ALI, message_id=own.id)) == "message can't be edited"
    sent = await rig.bot.send_message(ALI, "x")
    assert await refused(sent.edit_caption(caption="y")) == "there is no caption in the message to edit"
    markup = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="K")]])
    fixed = await rig.bot.send_message(ALI, "x", reply_markup=markup)
    assert await refused(fixed.edit_text("y")) == "message can't be edited"


async def test_deleting_follows_the_48_hours(rig: Rig) -> None:
    first, second = [await rig.bot.send_message(ALI, text) for text in ("1", "2")]
    assert await first.delete()
    assert await refused(first.delete()) == "message to delete not found"
    rig.clock.advance(49 * 3600)
    assert await refused(second.delete()) == "message can't be deleted for everyone"
    assert await rig.bot.delete_messages(ALI, [first.message_id])
    assert [m.text for m in await rig.ali.messages()] == ["/start", "2"]


async def test_a_tap_is_answered_once_and_only_while_fresh(rig: Rig) -> None:
    await rig.bot.send_message(ALI, "x", reply_markup=keyboard("Go", "Stop"))
    await rig.ali.tap("Go")
    [update] = await rig.updates()
    query = update.callback_query
    assert query is not None
    assert query.data == "go"
    assert await query.as_(rig.bot).answer("ok", show_alert=True)
    again = await refused(query.as_(rig.bot).answer())
    assert again == "query is too old and response timeout expired or query ID is invalid"
    await rig.ali.settle()
    assert await rig.ali.toasts() == [Toast("ok", show_alert=True, url=None)]
    await rig.ali.tap("Stop")
    [late] = await rig.updates()
    rig.clock.advance(151)
    assert late.callback_query is not None
    assert await refused(late.callback_query.as_(rig.bot).answer()) == again
    answers = [(tap.data, tap.answered_at is not None) for tap in rig.sandbox.taps.values()]
    assert answers == [("go", True), ("stop", False)]


async def test_a_forged_tap_reaches_the_bot_even_without_its_message(rig: Rig) -> None:
    sent = await rig.bot.send_message(ALI, "x")
    await sent.delete()
    await rig.ali.forge(sent.message_id, "unlock:1")
    [update] = await rig.updates()
    assert update.callback_query is not None
    assert update.callback_query.data == "unlock:1"
    assert update.callback_query.message is not None
    assert update.callback_query.message.date == 0


async def test_a_blocked_bot_gets_403_until_it_is_unblocked(rig: Rig) -> None:
    await rig.ali.block()
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await rig.bot.send_message(ALI, "x")
    with pytest.raises(SandboxError, match="blocked"):
        await rig.ali.type("hello")
    await rig.ali.unblock()
    await rig.bot.send_message(ALI, "x")
    changes = [u.my_chat_member for u in await rig.updates()]
    assert [c and c.new_chat_member.status for c in changes] == ["kicked", "member"]


async def test_files_keep_their_ids_and_refuse_strangers(rig: Rig) -> None:
    document = BufferedInputFile(b"%PDF-1.4 hello", "lesson.pdf")
    sent = await rig.bot.send_document(ALI, document, caption="<i>read</i>", parse_mode="HTML", protect_content=True)
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.mime_type) == ("lesson.pdf", "application/pdf")
    assert sent.has_protected_content
    again = await rig.bot.send_document(ALI, sent.document.file_id)
    assert again.document == sent.document
    wrong = await refused(rig.bot.send_document(ALI, "BQAC-nonsense"))
    assert wrong == "wrong file identifier/HTTP URL specified"
    assert await refused(rig.bot.send_photo(ALI, sent.document.file_id)) == "can't use file of type Document as Photo"
    assert await refused(rig.bot.send_photo(ALI, BufferedInputFile(b"text", "a.png"))) == "IMAGE_PROCESS_FAILED"
    file = await rig.bot.get_file(sent.document.file_id)
    assert file.file_path is not None
    content = await rig.bot.download_file(file.file_path)
    assert content is not None
    assert content.read() == b"%PDF-1.4 hello"


async def test_a_file_over_20_megabytes_cannot_be_fetched_by_the_bot(rig: Rig) -> None:
    await rig.ali.upload(b"x" * (20 * 2**20 + 1), name="big.bin", wait=False)
    [update] = await rig.updates()
    assert update.message is not None
    assert update.message.document is not None
    assert await refused(rig.bot.get_file(update.message.document.file_id)) == "file is too big"


async def test_the_page_reads_parts_of_a_film(rig: Rig) -> None:
    await rig.ali.upload(b"0123456789", name="film.mp4", kind="video", content_type="video/mp4", wait=False)
    [message] = [m for m in await rig.ali.messages() if m.kind == "video"]
    path = f"{rig.url}/sandbox/files/{message.raw['video']['file_id']}"
    async with aiohttp.ClientSession() as session:
        async with session.get(path, headers={"Range": "bytes=2-4"}) as response:
            assert (response.status, await response.read()) == (206, b"234")
            assert response.headers["Content-Range"] == "bytes 2-4/10"
        async with session.get(path, headers={"Range": "bytes=20-"}) as response:
            assert response.status == 416


async def test_an_album_keeps_together_and_does_not_mix(rig: Rig) -> None:
    photo = BufferedInputFile(PNG, "a.png")
    sent = await rig.bot.send_media_group(
        ALI, [InputMediaPhoto(media=photo, caption="one"), InputMediaPhoto(media=photo)]
    )
    assert len({m.media_group_id for m in sent}) == 1
    assert sent[0].photo is not None
    assert sent[0].photo[-1].width == 1
    mixed = [InputMediaPhoto(media=photo), InputMediaDocument(media=BufferedInputFile(b"x", "x.txt"))]
    assert await refused(rig.bot.send_media_group(ALI, mixed)) == "Document can't be mixed with other media types"


async def test_protected_messages_are_not_forwarded_and_copies_are_new(rig: Rig) -> None:
    secret = await rig.bot.send_message(ALI, "secret", protect_content=True)
    assert await refused(secret.forward(ALI)) == "message can't be forwarded"
    with pytest.raises(SandboxError, match="protected"):
        await rig.ali.forward(secret.message_id)
    copy = await rig.bot.copy_message(ALI, ALI, secret.message_id)
    assert copy.message_id > secret.message_id
    assert await refused(rig.bot.copy_message(ALI, ALI, 999)) == "message to copy not found"


async def test_a_reply_keyboard_stays_until_it_is_removed_and_shares_the_contact(rig: Rig) -> None:
    rows = [[KeyboardButton(text="Share", request_contact=True)]]
    await rig.bot.send_message(ALI, "phone?", reply_markup=ReplyKeyboardMarkup(keyboard=rows, one_time_keyboard=True))
    await rig.ali.tap("Share")
    [update] = await rig.updates()
    assert update.message is not None
    contact = update.message.contact
    assert contact is not None
    assert (contact.user_id, contact.phone_number) == (ALI, "+998901112233")
    await rig.bot.send_message(ALI, "thanks", reply_markup=ReplyKeyboardRemove())
    assert (await rig.ali.chat())["reply_keyboard"] is None


async def test_somebody_elses_contact_can_be_shared_too(rig: Rig) -> None:
    await rig.ali.send_contact(phone_number="+998935556677", user_id=MALIKA, first_name="Malika", wait=False)
    [update] = await rig.updates()
    assert update.message is not None
    assert update.message.contact is not None
    assert update.message.contact.user_id == MALIKA


async def test_a_reply_to_a_missing_message_is_refused_unless_allowed(rig: Rig) -> None:
    missing = ReplyParameters(message_id=777)
    assert await refused(rig.bot.send_message(ALI, "x", reply_parameters=missing)) == "message to be replied not found"
    allowed = ReplyParameters(message_id=777, allow_sending_without_reply=True)
    assert (await rig.bot.send_message(ALI, "x", reply_parameters=allowed)).reply_to_message is None


async def test_every_answer_is_a_telegram_type_without_foreign_fields(rig: Rig) -> None:
    await rig.ali.upload(PNG, name="a.png", content_type="image/png", wait=False)
    await rig.ali.send_sticker(wait=False)
    await rig.ali.send_location(41.3, 69.2, wait=False)
    await rig.ali.quiz_poll("2+2?", ["3", "4"], 1, "count", wait=False)
    for update in await rig.updates():
        assert update.message is not None
        assert not update.model_extra
        assert not update.message.model_extra
    chat = await rig.bot.get_chat(ALI)
    assert (chat.first_name, chat.model_extra) == ("Ali", {})
    assert not (await rig.bot.get_me()).model_extra


async def test_the_client_says_which_buttons_there_are(rig: Rig) -> None:
    await rig.bot.send_message(ALI, "x", reply_markup=keyboard("Buy", "Back"))
    with pytest.raises(AssertionError, match=r"no button 'Sell'; there are \['Buy', 'Back'\]"):
        await rig.ali.press("Sell")


async def test_send_returns_the_reply_and_press_the_edit(rig: Rig) -> None:
    async def answer() -> None:
        [asked] = await rig.bot.get_updates(timeout=5)
        await rig.bot.send_message(ALI, "hello", reply_markup=keyboard("More"))
        [tapped] = await rig.bot.get_updates(offset=asked.update_id + 1, timeout=5)
        assert tapped.callback_query is not None
        assert tapped.callback_query.message is not None
        await rig.bot.edit_message_text("more", chat_id=ALI, message_id=tapped.callback_query.message.message_id)
        await rig.bot.answer_callback_query(tapped.callback_query.id)
        await rig.bot.get_updates(offset=tapped.update_id + 1, timeout=0)

    task = asyncio.create_task(answer())
    assert (await rig.ali.send("hi")).text == "hello"
    assert str(await rig.ali.press("More")) == "'more' []"
    await task
    await rig.ali.settle()
    assert rig.problems() == []


async def test_settle_names_what_the_bot_owes(rig: Rig) -> None:
    await rig.ali.type("anybody there?")
    with pytest.raises(SandboxError, match="updates are not acknowledged"):
        await rig.ali.settle(timeout=0.2)


async def test_reactions_pins_and_commands_reach_the_page(rig: Rig) -> None:
    from aiogram.types import BotCommand, BotCommandScopeChat, ReactionTypeEmoji

    sent = await rig.bot.send_message(ALI, "x")
    await sent.react([ReactionTypeEmoji(emoji="🎉")])
    assert await refused(sent.react([ReactionTypeEmoji(emoji="🧨")])) == "REACTION_INVALID"
    await sent.pin()
    await rig.bot.set_my_commands([BotCommand(command="start", description="Start")])
    await rig.bot.set_my_commands([BotCommand(command="boshla", description="Boshlash")], language_code="uz")
    chat = await rig.ali.chat()
    assert chat["pinned"] == [sent.message_id]
    assert await rig.ali.commands() == ["boshla"]
    own = [BotCommand(command="admin", description="Rule")]
    await rig.bot.set_my_commands(own, scope=BotCommandScopeChat(chat_id=ALI))
    assert await rig.ali.commands() == ["admin"]
    assert [c.command for c in await rig.bot.get_my_commands()] == ["start"]
    bad = [BotCommand(command="Bad!", description="x")]
    assert await refused(rig.bot.set_my_commands(bad)) == "BOT_COMMAND_INVALID"


async def test_methods_in_any_case_and_by_get_are_understood(rig: Rig) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{rig.url}/bot42:sandbox/GETME") as response:
        assert (await response.json())["result"]["username"] == "ustoz_sandbox_bot"


async def test_an_unknown_method_of_aiogram_is_not_found(rig: Rig) -> None:
    with pytest.raises(TelegramNotFound):
        await rig.bot(methods.GetAvailableGifts())


async def test_files_of_an_album_come_in_order_with_one_id(rig: Rig) -> None:
    ali = rig.ali

    await ali.upload_album([(f"{number}.pdf", b"%PDF") for number in range(3)], kind="document", caption="Three")
    await ali.upload_album([("alone.png", PNG)], kind="photo")

    updates = [update.message for update in await rig.updates() if update.message]
    sent = [message for message in updates if message.document]
    assert [message.document.file_name for message in sent if message.document] == ["0.pdf", "1.pdf", "2.pdf"]
    assert len({message.media_group_id for message in sent}) == 1
    assert sent[0].media_group_id
    assert [message.caption for message in sent] == ["Three", None, None]
    assert [message.media_group_id for message in updates if message.photo] == [None]


@pytest.mark.parametrize(
    ("kind", "reason"), [("photo", "does not mix"), ("voice", "no albums of"), ("document", "at most 10")]
)
async def test_an_album_takes_what_the_apps_let_into_one(rig: Rig, kind: str, reason: str) -> None:
    ali = rig.ali
    for number in range(10 if kind == "document" else 1):
        await ali.upload(b"%PDF", name=f"{number}.pdf", kind="document", album="77", wait=False)

    with pytest.raises(SandboxError, match=reason):
        await ali.upload(PNG, name="one.png", kind=kind, album="77", wait=False)
    with pytest.raises(SandboxError, match="digits"):
        await ali.upload(PNG, name="one.png", kind="photo", album="7 7", wait=False)

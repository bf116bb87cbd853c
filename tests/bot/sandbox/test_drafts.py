import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InputRichBlockThinking, InputRichMessage

from bot.sandbox import SandboxError
from tests.bot.sandbox.conftest import ALI, Rig


async def test_a_draft_is_shown_until_the_real_message_comes(rig: Rig) -> None:
    await rig.bot.send_message_draft(ALI, 5, text="<b>so", parse_mode=None)
    await rig.bot.send_message_draft(ALI, 5, text="<b>so far</b>", parse_mode="HTML")
    draft = (await rig.ali.chat())["draft"]
    assert (draft["draft_id"], draft["html"]) == (5, "<b>so far</b>")
    await rig.bot.send_message(ALI, "done")
    assert (await rig.ali.chat())["draft"] is None
    await rig.ali.next_event(lambda event: event["type"] == "draft_end")


async def test_a_rich_draft_may_think(rig: Rig) -> None:
    thinking = InputRichMessage(blocks=[InputRichBlockThinking(text="Looking it up")])
    await rig.bot.send_rich_message_draft(ALI, 1, thinking)
    assert "Looking it up" in (await rig.ali.chat())["draft"]["rich_html"]
    with pytest.raises(TelegramBadRequest, match="thinking blocks are allowed only in drafts"):
        await rig.bot.send_rich_message(ALI, thinking)


async def test_the_stop_button_tells_the_bot_and_silences_the_draft(rig: Rig) -> None:
    await rig.bot.send_message_draft(ALI, 9, text="long answer", can_stop=True)
    await rig.ali.wait_for_draft("long")
    await rig.ali.stop()
    [update] = await rig.updates()
    assert update.stopped_message_generation is not None
    assert update.stopped_message_generation.draft_id == 9
    await rig.bot.send_message_draft(ALI, 9, text="even longer", can_stop=True)
    assert (await rig.ali.chat())["draft"] is None
    with pytest.raises(SandboxError, match="nothing to stop"):
        await rig.ali.stop()


async def test_a_stopped_draft_may_be_kept(rig: Rig) -> None:
    await rig.bot.send_message_draft(ALI, 9, text="half", can_stop=True, keep_on_stop=True)
    await rig.ali.stop()
    draft = (await rig.ali.chat())["draft"]
    assert (draft["html"], draft["can_stop"]) == ("half", False)


async def test_a_forgotten_draft_vanishes(rig: Rig) -> None:
    await rig.bot.send_message_draft(ALI, 9, text="half")
    draft = rig.sandbox.core.state.chats[ALI].draft
    assert draft is not None
    assert draft.timer is not None
    draft.timer._run()
    draft.timer.cancel()
    assert (await rig.ali.chat())["draft"] is None


async def test_drafts_are_refused_without_an_id_and_outside_private_chats(rig: Rig) -> None:
    with pytest.raises(TelegramBadRequest, match="DRAFT_ID_INVALID"):
        await rig.bot.send_message_draft(ALI, 0, text="x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await rig.bot.send_message_draft(-100123, 1, text="x")

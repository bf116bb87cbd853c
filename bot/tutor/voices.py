"""Questions that are spoken: taken, shown as text, corrected, asked."""

from dataclasses import replace
from typing import Any

import structlog
from aiogram import Bot, Router
from aiogram.enums import ChatAction, ContentType
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager, ShowMode
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Cancel

from bot.dialogs import Dialog, Window, given
from bot.i18n import N_, Label, T, _, speaking
from bot.sender import Sender
from bot.services import Services, current_user, services
from bot.telegram_files import download
from bot.tutor.states import continue_doubt, shown_lesson, shown_session
from bot.tutor.turns import let_wait, write_answer
from bot.tutor.voice_states import SpokenText, correct_spoken
from bot.tutor.voice_words import VoiceTap, VoiceWish, spoken_buttons, spoken_text
from domain.errors import InvalidInput
from domain.jobs import JobPayload
from domain.tutor.errors import AnswerRunning, NoModel
from domain.tutor.model import MAX_QUESTION
from domain.tutor.speech import said
from domain.tutor.turns import MAX_VOICE_BYTES, SpokenId, SpokenQuestion, SpokenState, Voice

log = structlog.get_logger()
router = Router(name="tutor_voices")


async def take_voice(message: Message, _widget: Any, manager: DialogManager) -> None:
    """A voice message or a recording, in the conversation and about the lesson that are shown."""
    manager.show_mode = ShowMode.NO_UPDATE
    sound = message.voice or message.audio
    if sound is None:
        return
    voice = Voice(
        message_id=message.message_id,
        file_id=sound.file_id,
        seconds=sound.duration,
        size=sound.file_size or 0,
        session_id=shown_session(manager),
        lesson_id=shown_lesson(manager),
    )
    speech = services(manager).speech
    try:
        await speech.take(current_user(manager).id, voice)
    except NoModel:
        await message.answer(_("I cannot hear voice messages here. Please type your question 👇"))
    except InvalidInput:
        await message.answer(_("🎙 This recording is empty. Please record it again, or type your question."))
    else:
        # The job that hears it speaks next; until then the chat shows that it has begun.
        bot: Bot = manager.middleware_data["bot"]
        await bot.send_chat_action(message.chat.id, ChatAction.TYPING)


@router.callback_query(VoiceTap.filter())
async def tap(query: CallbackQuery, callback_data: VoiceTap, dialog_manager: DialogManager, **data: Any) -> None:
    speech, user = services(data).speech, current_user(data)
    spoken = await speech.own(user.id, SpokenId(callback_data.spoken_id))
    bot: Bot = data["bot"]
    match callback_data.wish:
        case VoiceWish.ASK:
            await _ask(query, spoken, dialog_manager)
            return
        case VoiceWish.CORRECT if spoken.state is SpokenState.HEARD:
            await correct_spoken(dialog_manager, spoken.id)
        case VoiceWish.DROP:
            await speech.drop(user.id, spoken.id)
        case VoiceWish.RETRY if spoken.state is SpokenState.FAILED:
            await speech.retry(user.id, spoken.id)
        case _:
            # A stale button: what is below the recording now is the truth.
            pass
    await query.answer()
    await show_spoken(bot, await speech.own(user.id, spoken.id))


async def take_words(message: Message, _widget: Any, manager: DialogManager) -> None:
    """The corrected words are the question: they are asked at once."""
    speech, user = services(manager).speech, current_user(manager)
    try:
        spoken = await speech.correct(user.id, SpokenId(given(manager, "spoken_id")), message.text or "")
    except InvalidInput:
        await message.answer(
            _("That is too long: {limit} characters at most. Please ask the main thing first.").format(
                limit=MAX_QUESTION
            )
        )
        return
    await manager.done(show_mode=ShowMode.NO_UPDATE)
    await _ask(message, spoken, manager)


async def spoken_words(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    spoken = await services(data).speech.own(current_user(data).id, SpokenId(given(dialog_manager, "spoken_id")))
    return {"text": spoken.text or ""}


async def _ask(event: CallbackQuery | Message, spoken: SpokenQuestion, manager: DialogManager) -> None:
    """Raises QuestionTaken for a second tap."""
    tutor, user = services(manager).tutor, current_user(manager)
    bot: Bot = manager.middleware_data["bot"]
    message = event if isinstance(event, Message) else event.message
    where = {"lesson_id": spoken.lesson_id, "session_id": spoken.session_id}
    try:
        running = await tutor.ask(user.id, spoken.text or "", **where, once=said(spoken))
    except AnswerRunning:
        if isinstance(message, Message):
            await let_wait(
                message, tutor, user.id, spoken.text or "", **where, message_id=spoken.message_id, once=said(spoken)
            )
    else:
        write_answer(manager, running)
        await continue_doubt(manager, running.session.id, is_shown=False)
    if isinstance(event, CallbackQuery):
        await event.answer(_("💭 Thinking…"))
    await show_spoken(bot, await services(manager).speech.own(user.id, spoken.id))


async def show_spoken(bot: Bot, spoken: SpokenQuestion) -> int:
    """Below the recording, in the message that has told of it from the start, or in a new one; its id."""
    text, markup = spoken_text(spoken), spoken_buttons(spoken)
    if spoken.progress_id is not None:
        try:
            await bot.edit_message_text(
                text, chat_id=spoken.user_id, message_id=spoken.progress_id, reply_markup=markup
            )
        except TelegramBadRequest as error:
            if "not modified" not in error.message:
                log.info("speech.told_anew", reason=error.message)
                return (await bot.send_message(spoken.user_id, text, reply_markup=markup)).message_id
        return spoken.progress_id
    return (await bot.send_message(spoken.user_id, text, reply_markup=markup)).message_id


class VoiceJobs:
    """The job that hears recordings."""

    def __init__(self, services: Services, bot: Bot, sender: Sender) -> None:
        self._services = services
        self._speech = services.speech
        self._bot = bot
        self._sender = sender

    async def hear(self, payload: JobPayload) -> None:
        """`spoken_id`. Twice is once: what was heard is only shown again."""
        found = await self._speech.waiting(SpokenId(int(payload["spoken_id"] or 0)))
        if found is None:
            return
        spoken, user = found
        if spoken.state is SpokenState.WAITING:
            with speaking(user.language):
                spoken = await self._tell(spoken)
            audio = await download(self._bot, spoken.file_id, at_most=MAX_VOICE_BYTES)
            spoken = await self._speech.hear(spoken, audio, user.language)
            log.info("speech.heard", spoken_id=spoken.id, state=spoken.state.value, seconds=spoken.seconds)
        with speaking(user.language):
            await self._tell(spoken)

    async def _tell(self, spoken: SpokenQuestion) -> SpokenQuestion:
        await self._sender.turn(spoken.user_id)
        try:
            shown = await show_spoken(self._bot, spoken)
        except TelegramForbiddenError:
            log.info("tutor.user_left", user_id=spoken.user_id)
            return spoken
        if shown != spoken.progress_id:
            await self._speech.note_progress(spoken.id, shown)
        return replace(spoken, progress_id=shown)


voice_dialog = Dialog(
    Window(
        T("✏️ <b>What did you say?</b>"),
        T("I heard (tap to copy):\n<code>{text}</code>"),
        T("\nType it as it should be, and I ask it 👇"),
        MessageInput(take_words, content_types=ContentType.TEXT),
        Cancel(Label("⬅️ Back")),
        state=SpokenText.correcting,
        getter=spoken_words,
        preview_data={"text": "Kvadrat tenglama nechta ildizga ega?"},
        hint=N_("Please type the right words."),
    ),
)

"""The jobs that let a model write: how far it is, and a word when it is done."""

from contextlib import suppress

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InlineKeyboardMarkup

from bot.i18n import _, ngettext, speaking
from bot.links import go_button
from bot.quizzes.generation_words import TROUBLES
from domain.jobs import JobPayload
from domain.quizzes.generating import Generator
from domain.quizzes.generation_model import Generation, GenerationId, GenerationState, Tally
from domain.quizzes.practice import PracticeMaker
from domain.quizzes.practice_model import PracticeId, PracticeState
from domain.unit_of_work import Begin

log = structlog.get_logger()


class GenerationJobs:
    def __init__(self, read: Begin, generator: Generator, maker: PracticeMaker, begin: Begin, bot: Bot) -> None:
        self._read = read
        self._begin = begin
        self._generator = generator
        self._maker = maker
        self._bot = bot

    async def generate(self, payload: JobPayload) -> None:
        """`generation_id`. Run again, it goes on where it stopped; one that has ended is told once more at most."""
        generation_id = GenerationId(int(payload["generation_id"] or 0))
        async with self._read() as uow:
            found = await uow.generations.get(generation_id)
            teacher = await uow.users.get(found.asked_by) if found else None
        if found is None or teacher is None:
            return
        with speaking(teacher.language):
            ended = await self._generator.run(generation_id, self._tell)
            if ended is None:
                return
            async with self._read() as uow:
                tally = await uow.generations.tally(generation_id)
            await self._end(ended, tally)
        log.info("generation.ended", generation_id=generation_id, state=ended.state.value, tokens=ended.tokens)

    async def practise(self, payload: JobPayload) -> None:
        """`practice_id`. A set that was made already is only told of again."""
        made = await self._maker.make(PracticeId(int(payload["practice_id"] or 0)))
        if made is None:
            return
        practice, student = made
        with speaking(student.language):
            if practice.state is PracticeState.READY:
                text = _("🎯 Your practice is ready.")
                button = go_button(_("▶️ Practise"), f"pr_{practice.id}")
            else:
                text = _("🎯 The practice could not be made this time. It was not counted; please try again later.")
                button = go_button(_("⬅️ Back to the lesson"), f"l_{practice.lesson_id}")
            await self._say(student.id, text, InlineKeyboardMarkup(inline_keyboard=[[button]]))

    async def _tell(self, generation: Generation, tally: Tally) -> None:
        text = _("⏳ I am writing questions: {ready} of {wanted}…").format(
            ready=min(tally.offered, tally.wanted), wanted=tally.wanted
        )
        markup = InlineKeyboardMarkup(inline_keyboard=[[go_button(_("👀 Look or stop"), f"gn_{generation.id}")]])
        if generation.progress_id is not None:
            with suppress(TelegramBadRequest, TelegramForbiddenError):
                await self._bot.edit_message_text(
                    text, chat_id=generation.asked_by, message_id=generation.progress_id, reply_markup=markup
                )
            return
        message_id = await self._say(generation.asked_by, text, markup)
        if message_id is not None:
            await self._note(generation, message_id)

    async def _end(self, generation: Generation, tally: Tally) -> None:
        """The last word, as a new message: it is news, and edits make no sound."""
        if generation.progress_id is not None:
            with suppress(TelegramBadRequest, TelegramForbiddenError):
                await self._bot.delete_message(generation.asked_by, generation.progress_id)
        if generation.state is GenerationState.STOPPED:
            # They stopped it themselves, on a screen that shows what came.
            return
        lines: list[str] = []
        if generation.trouble is not None:
            lines.append(_(TROUBLES[generation.trouble]))
        if tally.offered:
            lines.append(
                ngettext(
                    "🤖 {n} question waits for your eyes. Nothing is live until you take it.",
                    "🤖 {n} questions wait for your eyes. Nothing is live until you take them.",
                    tally.offered,
                ).format(n=tally.offered)
            )
        button = go_button(_("👀 Review"), f"gn_{generation.id}")
        await self._say(generation.asked_by, "\n".join(lines), InlineKeyboardMarkup(inline_keyboard=[[button]]))
        await self._note(generation, None)

    async def _note(self, generation: Generation, message_id: int | None) -> None:
        async with self._begin() as uow:
            await uow.generations.note_progress(generation.id, message_id)
            await uow.commit()

    async def _say(self, chat_id: int, text: str, markup: InlineKeyboardMarkup) -> int | None:
        try:
            return (await self._bot.send_message(chat_id, text, reply_markup=markup)).message_id
        except TelegramForbiddenError:
            return None

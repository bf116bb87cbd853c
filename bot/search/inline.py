"""Inline mode: `@bot algebra` in any chat finds courses, and sends one's card there.

Only what everybody sees is found, in each course's own language, so that Telegram may show one answer to all who ask
the same.
"""

import math
import re
from html import escape

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Filter
from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultsButton,
    InlineQueryResultUnion,
    InputTextMessageContent,
    LinkPreviewOptions,
    Message,
)
from aiogram_dialog import DialogManager, ShowMode

from bot.course_words import facts_line
from bot.i18n import _, shorten, speaking
from bot.limits import cut
from bot.links import Links, open_link
from bot.services import Services
from bot.users.states import show_menu
from domain.courses.model import Course
from domain.learning.browsing import Key
from domain.search.model import Place
from domain.users.model import User

RESULTS = 20
"""On one page."""
CACHE_SECONDS = 60
"""For so long Telegram may answer the same question by itself; a new course is found a minute later."""
MAX_DESCRIPTION = 400

_POPULAR = re.compile(r"p:(\d{1,15}):(\d{1,15})")
_FOUND = re.compile(r"s:(\d{1,3}(?:\.\d{1,20})?):(\d{1,15})")
_LINK = re.compile(r"https://t\.me/\w+\?start=([\w-]{1,64})")

router = Router(name="search_inline")


class ChosenHere(Filter):
    """A result that somebody has sent to the bot itself."""

    async def __call__(self, message: Message) -> bool | dict[str, str]:
        bot = message.via_bot
        if bot is None or message.reply_markup is None or message.bot is None or bot.id != message.bot.id:
            return False
        urls = [button.url or "" for row in message.reply_markup.inline_keyboard for button in row]
        links = [link for url in urls if (link := _LINK.fullmatch(url))]
        return {"payload": links[0][1]} if links else False


@router.inline_query()
async def find(query: InlineQuery, services: Services, bot: Bot) -> None:
    courses, next_offset = await _courses(services, query.query, query.offset)
    name = (await bot.me()).username or ""
    results: list[InlineQueryResultUnion] = [_article(course, name) for course in courses]
    button = None
    if not results and not query.offset:
        button = InlineQueryResultsButton(
            text=_("Nothing found: look through the catalogue"), start_parameter="catalogue"
        )
    try:
        await query.answer(
            results,
            cache_time=CACHE_SECONDS if results else 0,
            is_personal=False,
            next_offset=next_offset,
            button=button,
        )
    except TelegramBadRequest as error:
        # Whoever typed on has asked anew meanwhile: nobody waits for this answer.
        if "query is too old" not in error.message:
            raise


@router.message(ChosenHere())
async def open_chosen(message: Message, payload: str, dialog_manager: DialogManager, links: Links, user: User) -> None:
    """Chosen in the chat with the bot itself, a card need not be tapped once more."""
    dialog_manager.show_mode = ShowMode.SEND
    if not user.is_registered or not await open_link(dialog_manager, payload, links):
        await show_menu(dialog_manager)


async def _courses(services: Services, words: str, offset: str) -> tuple[list[Course], str]:
    """A page of courses and where the next one begins; an offset that is not one of ours begins anew."""
    if not words.strip():
        page = await services.catalogue.popular(_popular_key(offset), RESULTS)
        key = page.last if page.has_next else None
        return [entry.course for entry in page.lines], f"p:{key.value}:{key.id}" if key else ""
    found, is_more = await services.search.public(words, _found_place(offset), RESULTS)
    place = found[-1].place if is_more else None
    return [each.entry.course for each in found], f"s:{place.score!r}:{place.id}" if place else ""


def _popular_key(offset: str) -> Key | None:
    match = _POPULAR.fullmatch(offset)
    return Key(int(match[1]), int(match[2])) if match else None


def _found_place(offset: str) -> Place | None:
    match = _FOUND.fullmatch(offset)
    score = float(match[1]) if match else math.nan
    return Place(score, int(match[2])) if match and math.isfinite(score) else None


def _article(course: Course, bot_name: str) -> InlineQueryResultArticle:
    language = course.language
    title = course.title.read_in(language)
    description = course.description.read_in(language) if course.description else ""
    with speaking(language):
        facts = facts_line(course)
        open_it = _("📖 Open the course")
    about = f"\n\n{escape(cut(description, MAX_DESCRIPTION), quote=False)}" if description else ""
    button = InlineKeyboardButton(text=open_it, url=f"https://t.me/{bot_name}?start=c_{course.code}")
    return InlineQueryResultArticle(
        id=str(course.id),
        title=shorten(title, 120),
        description=facts,
        input_message_content=InputTextMessageContent(
            message_text=f"📚 <b>{escape(title, quote=False)}</b>\n{escape(facts, quote=False)}{about}",
            parse_mode="HTML",
            link_preview_options=LinkPreviewOptions(is_disabled=True),
        ),
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[[button]]),
    )

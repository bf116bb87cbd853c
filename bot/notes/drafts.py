"""A message as a note."""

import re

from aiogram.types import Message

from bot.writing import markdown_of
from domain.notes.model import NoteDraft, Voice

_COMMAND = re.compile(r"/\w+(?:@\w+)?\s*")


def draft_of(message: Message, bot_id: int) -> NoteDraft | None:
    """None for what no note can be: pictures, stickers, files."""
    if message.voice is not None:
        words = message.model_copy(update={"text": message.caption or "", "entities": message.caption_entities})
        voice = Voice(file_id=message.voice.file_id, bot_id=bot_id, duration_seconds=message.voice.duration)
        return _draft(words, bot_id, voice)
    return None if message.text is None else _draft(message, bot_id, None)


def draft_behind_command(message: Message, bot_id: int) -> NoteDraft:
    """What stands behind `/note`, with its formatting; may have no words at all."""
    text = message.text or ""
    command = _COMMAND.match(text)
    start = command.end() if command else 0
    # A command and the spaces behind it take one UTF-16 unit a character, so the places move by as many.
    entities = [
        entity.model_copy(update={"offset": entity.offset - start})
        for entity in message.entities or []
        if entity.offset >= start
    ]
    return _draft(message.model_copy(update={"text": text[start:], "entities": entities}), bot_id, None)


def _draft(message: Message, bot_id: int, voice: Voice | None) -> NoteDraft:
    return NoteDraft(
        text=message.text or "",
        markdown=markdown_of(message),
        voice=voice,
        bot_id=bot_id,
        message_id=message.message_id,
    )

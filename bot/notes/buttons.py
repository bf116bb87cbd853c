"""Buttons below the word that a note was taken. They outlive dialogs, and carry ids only."""

from enum import StrEnum

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.i18n import _
from domain.notes.model import NoteId


class Wish(StrEnum):
    REWRITE = "rewrite"
    DELETE = "delete"
    RESTORE = "restore"
    NOTEBOOK = "notebook"


class NoteTap(CallbackData, prefix="note"):
    wish: Wish
    note_id: int


def under_note(note_id: NoteId) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [_tap(_("✏️ Edit"), Wish.REWRITE, note_id), _tap(_("🗑 Delete"), Wish.DELETE, note_id)],
            [_notebook(note_id)],
        ]
    )


def under_deleted(note_id: NoteId) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[[_tap(_("↩️ Undo"), Wish.RESTORE, note_id)], [_notebook(note_id)]])


def _notebook(note_id: NoteId) -> InlineKeyboardButton:
    return _tap(_("📒 My notes"), Wish.NOTEBOOK, note_id)


def _tap(text: str, wish: Wish, note_id: NoteId) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=NoteTap(wish=wish, note_id=note_id).pack())

"""How a note is called in lists and on its own."""

from bot.i18n import _, current_language, shorten
from domain.notes.model import Note

MAX_LINE = 48


def length_words(seconds: int) -> str:
    """`0:32`, `12:05`."""
    return f"{seconds // 60}:{seconds % 60:02}"


def note_line(note: Note) -> str:
    """One line for a button."""
    if note.voice is None:
        return shorten(f"📝 {note.beginning}", MAX_LINE)
    words = note.beginning or _("Voice note")
    return shorten(f"🎤 {length_words(note.voice.duration_seconds)} · {words}", MAX_LINE)


def lesson_words(note: Note) -> str:
    """`Percents › What is a percent?`; empty for a note about nothing in particular."""
    if note.place is None:
        return ""
    language = current_language()
    course = note.place.course_title.read_in(language)
    return f"{course} › {note.place.lesson_title.read_in(language)}" if note.place.lesson_title else course

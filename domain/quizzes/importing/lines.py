"""The lines of a text, as people of all systems write them, and the lines that say something about a question."""

import re
from collections.abc import Sequence

from domain.folding import fold

_SPACES = str.maketrans(
    {
        "\u00a0": " ", "\u202f": " ", "\u2007": " ", "\u2009": " ", "\t": " ",
        "\ufeff": None, "\u200b": None, "\u200e": None, "\u200f": None, "\u00ad": None,
    }
)  # fmt: skip
_MANY_SPACES = re.compile(" {9,}")
_BREAKS = re.compile("\r\n?|[\u2028\u2029\x0b\x0c\x85]")

_WORDS: dict[str, tuple[str, ...]] = {
    "answer": (
        "Javob", "Javobi", "To‘g‘ri javob", "To‘g‘ri javobi", "Жавоб", "Жавоби", "Тўғри жавоб", "Ответ",
        "Правильный ответ", "Верный ответ", "Answer", "Correct answer", "Right answer", "Correct", "Ans",
    ),
    "explanation": (
        "Izoh", "Izohi", "Tushuntirish", "Yechim", "Yechimi", "Изоҳ", "Тушунтириш", "Ечим", "Пояснение", "Объяснение",
        "Решение", "Комментарий", "Explanation", "Solution", "Feedback",
    ),
    "topic": ("Mavzu", "Мавзу", "Bo‘lim", "Бўлим", "Тема", "Раздел", "Topic", "Section"),
    "difficulty": ("Qiyinlik", "Qiyinlik darajasi", "Қийинлик", "Сложность", "Уровень сложности", "Difficulty"),
    "points": ("Ball", "Балл", "Баллы", "Points", "Point"),
    "keys": (
        "Javoblar", "To‘g‘ri javoblar", "Javoblari", "Test javoblari", "Kalit", "Kalitlar", "Kaliti", "Test kaliti",
        "Test kalitlari", "Javoblar kaliti", "Жавоблар", "Тўғри жавоблар", "Калит", "Калитлар", "Тест калити", "Ответы",
        "Правильные ответы", "Ключ", "Ключи", "Ключ к тесту", "Ключи к тесту", "Answers", "Answer key", "Keys", "Key",
        "Correct answers",
    ),
}  # fmt: skip
_FIELDS = {fold(word): name for name, words in _WORDS.items() for word in words}
_LONGEST_LABEL = 24
_LABEL = re.compile(r"\s*([^\W\d_][^:=?\n]{0,23}?)\s*[:=]\s*(.*)", re.DOTALL)
_DASHED = re.compile(r"\s*([^\W\d_][^:=?\n]{0,23}?)\s+[-–—]\s+(.*)", re.DOTALL)


def lines_of(text: str) -> Sequence[str]:
    """Without what no eye sees, trimmed; line 1 is the first one."""
    plain = _MANY_SPACES.sub(" ", _BREAKS.sub("\n", text).translate(_SPACES))
    return [line.strip() for line in plain.split("\n")]


def labelled(line: str) -> tuple[str, str] | None:
    """`Javob: B` is ("answer", "B"): what a line says about its question, and what that is."""
    match = _LABEL.match(line) or _DASHED.match(line)
    if match is None:
        return None
    name = _FIELDS.get(fold(match[1]))
    return (name, match[2].strip()) if name else None


def is_key_heading(line: str) -> bool:
    """`Javoblar`, alone on its line."""
    return len(line) <= _LONGEST_LABEL and _FIELDS.get(fold(line).strip(" .:")) == "keys"


def whole_in(text: str) -> int | None:
    """A small whole number at the beginning: `2 ball` is 2."""
    match = re.match(r"\s*([0-9]{1,4})(?![0-9.,])", text)
    return int(match[1]) if match else None

"""The catalogues are complete, agree with the code, and say the same as the English sentences, by Telegram's rules."""

import ast
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.app.routes import SENTENCES
from bot.i18n import LOCALES
from bot.presentation import DESCRIPTION, SHORT_DESCRIPTION
from bot.sentences import MARKS, TAG
from domain.language import Language

CODE = Path(__file__).parent.parent / "bot"
TRANSLATED = [language for language in Language if language is not Language.EN]
PLURAL_FORMS = {Language.UZ: 2, Language.RU: 3}

SAME_IN_BOTH = {
    (Language.UZ, "PDF"),
    (Language.RU, "PDF"),
    (Language.UZ, "📊 Excel"),
    (Language.RU, "📊 Excel"),
    (Language.UZ, "🧩 GIFT"),
    (Language.RU, "🧩 GIFT"),
    (Language.UZ, "🖨 PDF"),
    (Language.RU, "🖨 PDF"),
    (Language.UZ, "Video"),
    (Language.UZ, "Audio"),
    (Language.UZ, "“{title}”"),
}
ENGLISH = frozenset(
    {"the", "and", "your", "you", "are", "of", "please", "with", "for", "this", "that", "not", "it", "can"}
)
LATIN_IN_RUSSIAN = frozenset(
    {
        "PDF",
        "CSV",
        "TXT",
        "GIFT",
        "Excel",
        "Word",
        "Moodle",
        "docx",
        "xlsx",
        "csv",
        "txt",
        "gift",
        "pdf",
        "Markdown",
        "ID",
        "Payme",
        "Telegram",
        "student",
        "teacher",
        "admin",
    }
)

IN_WORKBOOKS = frozenset(
    [
        "uz",
        "ru",
        "en",
        "course",
        "lessons",
        "files",
        "file",
        "more",
        "error",
        "yes",
        "no",
        "percent",
        "certificate",
        "free",
        "beginner",
        "intermediate",
        "advanced",
        "text",
        "photo",
        "video",
        "audio",
        "voice",
        "pdf",
        "slides",
        "document",
        "link",
        "xlsx",
        "XLSX",
        "xls",
        "zip",
        "docx",
        "doc",
        "missing",
        "txt",
    ]
)
"""What teachers write and read in the files of courses, in whatever language they read the rest."""
EXCHANGE = ("bot/courses/import", "bot/courses/export")

BUTTON, TOAST, ABOUT, ABOUT_SHORT, COMMAND = 64, 200, 512, 120, 48
"""Characters: what a button shows, and what Telegram takes; a command's description as a phone shows it."""
SAYS = frozenset({"answer", "send_message", "edit_text", "send_rich", "Const", "Format", "InlineKeyboardButton"})
MAKES_BUTTONS = frozenset({"Label", "go_button", "InlineKeyboardButton", "_tap"})

Forms = tuple[str, ...]
in_every_language = pytest.mark.parametrize("language", TRANSLATED)


def catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


@cache
def translations(language: Language) -> dict[Forms, Forms]:
    """By the English forms; only what is translated and not in doubt."""
    entries = catalogue(LOCALES / language / "LC_MESSAGES" / "messages.po")
    return {
        forms(entry.id): forms(entry.string)
        for entry in entries
        if entry.id and entry.string and not entry.fuzzy and all(forms(entry.string))
    }


def forms(texts: object) -> Forms:
    """Babel's singular is a string, its plural a sequence of them."""
    match texts:
        case str():
            return (texts,)
        case list() | tuple():
            return tuple(map(str, texts))
        case _:
            return ()


@cache
def found_in_the_code() -> dict[Forms, set[str]]:
    """What `make locales` would collect now, with the files that it is in."""
    found: dict[Forms, set[str]] = {}
    for file, _line, sentence, _comments, _context in extract_from_dir(CODE, [("**.py", "bot.sentences:extract")]):
        found.setdefault(forms(sentence), set()).add(f"bot/{file}")
    return found


def pairs(language: Language) -> Iterator[tuple[str, str]]:
    """Every translated form beside an English one that it stands for."""
    for english, translated in translations(language).items():
        yield from ((english[-1], form) for form in translated)


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in Formatter().parse(text) if name is not None}


def emoji(text: str) -> Counter[str]:
    """Unicode calls `№` a symbol, too; it is how some languages write “No.”."""
    return Counter(character for character in text if unicodedata.category(character) == "So" and character != "№")


def words(text: str) -> list[str]:
    """Without tags, placeholders and commands."""
    return re.findall(r"[^\W\d_]+", re.sub(r"\{[^}]*\}|/[a-z]+|https?://\S+", " ", TAG.sub(" ", text)))


def nested(text: str) -> bool:
    stack: list[str] = []
    for tag in TAG.findall(text):
        name = tag.strip("</>").split()[0]
        if not tag.startswith("</"):
            stack.append(name)
        elif not stack or stack.pop() != name:
            return False
    return not stack


@cache
def all_calls() -> list[tuple[str, ast.Call]]:
    """Every call of the product's code with its last name: `query.answer` is an `answer`."""
    return [
        (getattr(node.func, "id", getattr(node.func, "attr", "")), node)
        for path in CODE.rglob("*.py")
        if "sandbox" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    ]


def calls(names: Collection[str]) -> list[ast.Call]:
    return [call for name, call in all_calls() if name in names]


def marked_in(call: ast.Call) -> set[str]:
    """The sentences within the call."""
    return {
        sentence
        for node in ast.walk(call)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS
        for argument in node.args[:2]
        for sentence in literals(argument)
    }


def literals(argument: ast.expr) -> list[str]:
    """A literal, or the fixed pieces of an f-string."""
    pieces = argument.values if isinstance(argument, ast.JoinedStr) else [argument]
    return [piece.value for piece in pieces if isinstance(piece, ast.Constant) and isinstance(piece.value, str)]


def too_long(language: Language, sentences: Collection[str], limit: int) -> list[str]:
    return [form for english, form in pairs(language) if english in sentences and len(form) > limit]


def test_the_template_is_what_the_code_says() -> None:
    template = catalogue(LOCALES / "messages.pot")

    written = {forms(entry.id): {file for file, _line in entry.locations} for entry in template if entry.id}

    assert written == found_in_the_code(), "run `make locales`"


def test_nothing_is_said_past_the_catalogues() -> None:
    """What goes straight to a person is a marked sentence or has no words; the question for the language has three."""
    said = {
        text
        for call in calls(SAYS)
        for argument in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "text"))
        for text in literals(argument)
        if words(text)
    }

    assert {text for text in said if not text.startswith(("Salom! ", "🇺🇿", "🇷🇺", "🇬🇧"))} == set()


@in_every_language
def test_everything_is_translated_and_nothing_is_left_over(language: Language) -> None:
    entries = catalogue(LOCALES / language / "LC_MESSAGES" / "messages.po")

    assert set(translations(language)) == set(found_in_the_code())
    assert not entries.obsolete
    assert not [entry.id for entry in entries if entry.id and entry.fuzzy]


@in_every_language
def test_plurals_have_all_forms(language: Language) -> None:
    entries = catalogue(LOCALES / language / "LC_MESSAGES" / "messages.po")

    assert entries.num_plurals == PLURAL_FORMS[language]
    for english, translated in translations(language).items():
        assert len(translated) == (1 if len(english) == 1 else PLURAL_FORMS[language]), english


@in_every_language
def test_the_header_is_filled_in(language: Language) -> None:
    text = (LOCALES / language / "LC_MESSAGES" / "messages.po").read_text()

    assert catalogue(LOCALES / language / "LC_MESSAGES" / "messages.po").project == "Ustoz"
    assert f'"Language: {language}\\n"' in text
    assert not re.search("PROJECT|ORGANIZATION|FULL NAME|EMAIL@ADDRESS|VERSION", text)


@in_every_language
def test_placeholders_tags_and_emoji_are_those_of_the_english_sentence(language: Language) -> None:
    for english, form in pairs(language):
        assert placeholders(form) == placeholders(english), form
        assert Counter(TAG.findall(form)) == Counter(TAG.findall(english)), form
        assert nested(form), form
        assert emoji(form) == emoji(english), form


@in_every_language
def test_sentences_begin_and_end_with_the_same_space(language: Language) -> None:
    for english, form in pairs(language):
        core = english.strip()
        assert form == english.replace(core, form.strip()), form
        assert form.count("\n") == english.count("\n"), form
        assert "  " not in form, form


@in_every_language
def test_no_english_is_left(language: Language) -> None:
    for english, form in pairs(language):
        assert form != english or (language, english) in SAME_IN_BOTH, form
        assert not ENGLISH & {word.lower() for word in words(form)}, form


@in_every_language
def test_no_word_mixes_the_scripts(language: Language) -> None:
    for _english, form in pairs(language):
        for word in words(form):
            scripts = {unicodedata.name(letter).split()[0] for letter in word}
            assert len(scripts) == 1, f"{word} in {form}"


def test_uzbek_is_written_in_latin() -> None:
    for _english, form in pairs(Language.UZ):
        assert not re.search("[\u0400-\u04ff]", form), form


def test_russian_keeps_only_names_in_latin() -> None:
    for english, translated in translations(Language.RU).items():
        is_about_files = any(file.startswith(EXCHANGE) for file in found_in_the_code()[english])
        allowed = LATIN_IN_RUSSIAN | IN_WORKBOOKS if is_about_files else LATIN_IN_RUSSIAN
        for form in translated:
            assert {word for word in words(form) if word.isascii()} <= allowed, form


def test_uzbek_letters_have_their_own_apostrophes() -> None:
    """`‘` makes o‘ and g‘; `’` is the tutuq belgisi, or stands before the ending of a name."""
    for _english, form in pairs(Language.UZ):
        assert not re.search("['`´ʻʼ′]", form), form
        assert not re.search("(?<![oOgG])‘|[oOgG]’|’(?![a-z])", form), form


@in_every_language
def test_quotation_marks_are_the_languages_own(language: Language) -> None:
    foreign = {Language.UZ: '[«»„"]', Language.RU: '[“”„"]'}[language]
    for _english, form in pairs(language):
        assert not re.search(foreign, form), form


@in_every_language
def test_texts_fit_where_telegram_shows_them(language: Language) -> None:
    buttons = {sentence for call in calls(MAKES_BUTTONS) for sentence in marked_in(call)}
    toasts = {sentence for call in calls({"answer"}) if _is_query(call) for sentence in marked_in(call)}
    commands = {sentence for call in calls({"MenuCommand", "BotCommand"}) for sentence in marked_in(call)}

    assert buttons
    assert toasts
    assert commands
    assert not too_long(language, buttons, BUTTON)
    assert not too_long(language, toasts | set(SENTENCES.values()), TOAST)
    assert not too_long(language, commands, COMMAND)
    assert not too_long(language, {DESCRIPTION}, ABOUT)
    assert not too_long(language, {SHORT_DESCRIPTION}, ABOUT_SHORT)


def _is_query(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and getattr(call.func.value, "id", "") == "query"

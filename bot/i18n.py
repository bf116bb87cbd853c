"""Languages of the interface: English sentences in the code, translated when a message is made.

`T` is a line of a message (values are HTML-escaped), `RichLine` a line of a rich message (values are escaped for
Markdown), `Label` the text of a button (plain). All three take a plural form:
`T("{n} lesson", "{n} lessons", count="n")`.
"""

import gettext as stdlib_gettext
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from html import escape as escape_html
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from aiogram.utils.i18n import I18n, gettext, ngettext
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.common import WhenCondition
from aiogram_dialog.widgets.text import Text as TextWidget
from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po

from domain.language import Language
from domain.money import TIYIN_PER_SOM, Money

LOCALES = Path(__file__).parent.parent / "locales"

_ = gettext


def N_(sentence: str) -> str:
    """Mark a sentence for translation that is translated later, by `_`."""
    return sentence


class PoI18n(I18n):
    """Reads the catalogues as translators write them: there is no compiled form to forget."""

    def find_locales(self) -> dict[str, stdlib_gettext.GNUTranslations]:
        return {
            folder.name: _translations(folder / "LC_MESSAGES" / f"{self.domain}.po")
            for folder in sorted(self.path.iterdir())
            if (folder / "LC_MESSAGES" / f"{self.domain}.po").is_file()
        }


def _translations(path: Path) -> stdlib_gettext.GNUTranslations:
    with path.open("rb") as file:
        catalog = read_po(file)
    messages: dict[str | tuple[str, int], str] = {}
    for message in catalog:
        if not message.id or not message.string or message.fuzzy:
            continue
        if isinstance(message.id, list | tuple):
            messages.update({(message.id[0], index): form for index, form in enumerate(message.string) if form})
        else:
            messages[message.id] = str(message.string)
    translations = stdlib_gettext.GNUTranslations()
    # GNUTranslations reads .mo files only; these two are all that its look-ups use.
    vars(translations).update(_catalog=messages, plural=_plural_rule(catalog.plural_expr))
    return translations


def _plural_rule(expression: str) -> Callable[[int], int]:
    return stdlib_gettext.c2py(expression)


@lru_cache
def i18n() -> PoI18n:
    return PoI18n(path=LOCALES, default_locale=Language.EN)


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Everything translated inside is in this language."""
    catalogues = i18n()
    # aiogram's gettext looks for an instance set on the base class.
    token = I18n.set_current(catalogues)
    try:
        with catalogues.use_locale(language):
            yield
    finally:
        I18n.reset_current(token)


def current_language() -> Language:
    return Language(i18n().current_locale)


class Safe(str):
    """A value that is markup already: it is put into a sentence as it is."""

    __slots__ = ()


class _Values:
    """A getter's data, each value escaped when a sentence asks for it."""

    def __init__(self, data: Mapping[str, Any], escape: Callable[[str], str]) -> None:
        self._data = data
        self._escape = escape

    def __getitem__(self, name: str) -> Any:
        value = self._data[name]
        return self._escape(value) if isinstance(value, str) and not isinstance(value, Safe) else value


class _Sentence(TextWidget):
    def __init__(
        self, singular: str, plural: str | None = None, *, count: str = "count", when: WhenCondition = None
    ) -> None:
        super().__init__(when=when)
        self._singular = singular
        self._plural = plural
        self._count = count

    @staticmethod
    def escape(value: str) -> str:
        raise NotImplementedError

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        if self._plural is None:
            template = gettext(self._singular)
        else:
            template = ngettext(self._singular, self._plural, int(data[self._count]))
        return template.format_map(_Values(data, self.escape))


class T(_Sentence):
    """A line of a message in HTML."""

    @staticmethod
    def escape(value: str) -> str:
        return escape_html(value, quote=False)


class RichLine(_Sentence):
    """A line of a rich message in Markdown."""

    @staticmethod
    def escape(value: str) -> str:
        return escape_markdown(value)


class Label(_Sentence):
    """The text of a button: no markup, cut to what a phone shows."""

    @staticmethod
    def escape(value: str) -> str:
        return value

    async def _render_text(self, data: dict[str, Any], manager: DialogManager) -> str:
        return shorten(await super()._render_text(data, manager), 64)


_MARKDOWN = str.maketrans({character: f"\\{character}" for character in "\\`*_{}[]()#+-.!|~>$=^<&"})


def escape_markdown(value: str) -> str:
    """A user's text as plain text inside Markdown."""
    return value.translate(_MARKDOWN)


def shorten(value: str, limit: int) -> str:
    """At most `limit` characters, the cut shown by an ellipsis."""
    return value if len(value) <= limit else value[: limit - 1].rstrip() + "…"


def money(amount: Money) -> str:
    """`150 000 so‘m` with spaces that do not break; tiyin only where there are any."""
    return money_sum(amount.tiyin)


def money_sum(total: int) -> str:
    """As `money`, for a sum in tiyin, however large; not negative."""
    soms, tiyin = divmod(total, TIYIN_PER_SOM)
    digits = f"{soms:,}".replace(",", "\u00a0")
    if tiyin:
        digits += f"{'.' if current_language() is Language.EN else ','}{tiyin:02}"
    return gettext("{amount} so'm").format(amount=digits).replace(" ", "\u00a0")


_DAY = {Language.UZ: "y-'yil' d-MMMM", Language.RU: "d MMMM y", Language.EN: "d MMMM y"}

_MONTH = {Language.UZ: "y-'yil' MMMM", Language.RU: "LLLL y", Language.EN: "LLLL y"}


def day(moment: datetime, timezone: str) -> str:
    language = current_language()
    return format_date(moment.astimezone(ZoneInfo(timezone)), _DAY[language], locale=str(language))


def calendar_day(day: date) -> str:
    """A day of the calendar, which is the same in every time zone."""
    return _format(day, _DAY)


def month_and_year(month: date) -> str:
    return _format(month, _MONTH)


def _format(day: date, patterns: Mapping[Language, str]) -> str:
    language = current_language()
    return format_date(day, patterns[language], locale=str(language))


def day_and_time(moment: datetime, timezone: str) -> str:
    language = current_language()
    return format_datetime(moment.astimezone(ZoneInfo(timezone)), f"{_DAY[language]}, HH:mm", locale=str(language))

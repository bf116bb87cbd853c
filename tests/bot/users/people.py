"""People who register by tapping, whatever the language: buttons are found by their widget, not by their words."""

from aiogram_dialog.utils import split_reply_callback

from bot.i18n import i18n
from bot.sandbox import Button, Message, SandboxUser
from domain.language import Language


def said(sentence: str, language: Language = Language.EN, **values: object) -> str:
    """What a sentence of the code reads in a language, without its markup."""
    text = i18n().gettext(sentence, locale=language)
    return text.replace("<b>", "").replace("</b>", "").format(**values)


def widget_of(button: Button) -> str:
    """The id of a dialog's button, behind the id of its context; with its item, if it is one of several."""
    data = button.data or split_reply_callback(button.text)[1] or ""
    return data.rpartition("\x1d")[2]


async def buttons(person: SandboxUser) -> dict[str, Button]:
    """What can be tapped now: the last message with buttons, and the reply keyboard; by widget."""
    await person.settle()
    keyboard = (await person.chat())["reply_keyboard"] or {"keyboard": []}
    found: dict[str, Button] = {}
    for row, line in enumerate(keyboard["keyboard"]):
        for column, raw in enumerate(line):
            button = Button(raw["text"], None, row, column, raw)
            found["share" if raw.get("request_contact") else widget_of(button)] = button
    if not found:
        # A message about files on their way may stand below the screen.
        screens = [message for message in await person.messages() if message.buttons]
        found = {widget_of(button): button for button in screens[-1].buttons} if screens else {}
    return found


async def tap(person: SandboxUser, widget: str) -> Message:
    """Tap the button of a widget; the bot's last message when everything is done."""
    button = (await buttons(person))[widget]
    await person.tap(button.text, exact=True)
    await person.settle()
    return await person.last_message()


async def say(person: SandboxUser, text: str) -> Message:
    await person.type(text)
    await person.settle()
    return await person.last_message()


async def texts(person: SandboxUser) -> list[str]:
    """Everything that the bot has said and that still stands, oldest first."""
    await person.settle()
    return [message.text for message in await person.messages() if not message.from_me]


async def register(person: SandboxUser, language: Language = Language.EN, payload: str | None = None) -> int:
    """The shortest way in; how many taps it took, the first on Start."""
    await person.start(payload)
    way = (language.value, "use_name", "skip_phone", "start_learning")
    for widget in way:
        await tap(person, widget)
    return 1 + len(way)

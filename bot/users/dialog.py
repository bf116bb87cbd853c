from operator import itemgetter

from aiogram_dialog.widgets.kbd import Button, Cancel, Column, RequestContact
from aiogram_dialog.widgets.markup.reply_keyboard import ReplyKeyboardFactory
from aiogram_dialog.widgets.text import Const, Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id
from bot.users.actions import (
    choose_goal,
    choose_language,
    choose_minutes,
    forget_phone,
    keep_phone,
    share_phone,
    skip_phone,
    skip_question,
    start_learning,
    toggle_subject,
    type_name,
    type_phone,
    use_telegram_name,
)
from bot.users.getters import (
    minutes_question,
    name_question,
    phone_question,
    question,
    subject_question,
)
from bot.users.inputs import SharedContact, TypedText
from bot.users.states import Questions
from domain.users.model import DAILY_MINUTES

_SKIP = Button(Label("Skip"), id="skip", on_click=skip_question, when="is_registering")
_START_LEARNING = Button(
    Label("🚀 Start learning now"), id="start_learning", on_click=start_learning, when="is_registering"
)

dialog = Dialog(
    Window(
        Const("Salom! Tilni tanlang 👇\nЗдравствуйте! Выберите язык 👇\nHello! Choose your language 👇"),
        Column(
            Button(Const("🇺🇿 O‘zbekcha"), id="uz", on_click=choose_language),
            Button(Const("🇷🇺 Русский"), id="ru", on_click=choose_language),
            Button(Const("🇬🇧 English"), id="en", on_click=choose_language),
        ),
        Cancel(Label("⬅️ Back"), when="is_editing"),
        state=Questions.language,
    ),
    Window(
        T("<b>What is your name?</b>", when="is_registering"),
        T("Your name is <b>{name}</b>. Type a new one.", when="is_editing"),
        T("Type it, or take the one from Telegram.", when="suggestion"),
        TypedText(type_name),
        Button(Label("Use “{suggestion}”"), id="use_name", on_click=use_telegram_name, when="suggestion"),
        Cancel(Label("⬅️ Back"), when="is_editing"),
        state=Questions.name,
        getter=name_question,
        preview_data={"name": "Ali Karimov", "suggestion": "Ali Karimov"},
        hint=N_("Please type your name as a text."),
    ),
    Window(
        T("📱 <b>Your phone number</b>"),
        T("Now it is {phone}.", when="phone"),
        T("The centre calls about lessons and payments only. Tap the button below, and Telegram sends the number."),
        SharedContact(share_phone),
        TypedText(type_phone),
        RequestContact(Label("📱 Share my number")),
        Button(Label("Skip"), id="skip_phone", on_click=skip_phone, when="can_skip"),
        Button(Label("🗑 Delete my number"), id="forget_phone", on_click=forget_phone, when="can_forget"),
        Button(Label("⬅️ Back"), id="keep_phone", on_click=keep_phone, when="is_editing"),
        markup_factory=ReplyKeyboardFactory(resize_keyboard=True, one_time_keyboard=True),
        state=Questions.phone,
        getter=phone_question,
        preview_data={"phone": None, "can_skip": True, "can_forget": False},
        hint=N_("Please tap “📱 Share my number” below 👇"),
    ),
    Window(
        T("📚 <b>What do you want to learn?</b>", when="chips"),
        T("Choose as many subjects as you like.", when="chips"),
        T("📚 The first courses are on their way.", when="is_empty"),
        choices(
            id="subject",
            items="chips",
            on_click=toggle_subject,
            text=Format("{item[label]}"),
            key=itemgetter("wish"),
            columns=2,
        ),
        Button(Label("Done"), id="done", on_click=skip_question, when="is_answered"),
        Button(Label("Skip"), id="skip", on_click=skip_question, when="can_skip"),
        _START_LEARNING,
        Cancel(Label("⬅️ Back"), when="is_editing"),
        state=Questions.subjects,
        getter=subject_question,
        preview_data={
            "chips": [{"wish": "-1", "label": "✅ Matematika"}, {"wish": "+2", "label": "🇬🇧 Ingliz tili"}],
            "is_answered": True,
            "can_skip": False,
        },
    ),
    Window(
        T("🎯 <b>What do you learn for?</b>"),
        Column(
            Button(Label("🎯 Pass an exam"), id="exam", on_click=choose_goal),
            Button(Label("🏫 Do better at school"), id="school", on_click=choose_goal),
            Button(Label("💼 Learn for work"), id="work", on_click=choose_goal),
            Button(Label("🌱 Learn for myself"), id="self", on_click=choose_goal),
        ),
        _SKIP,
        _START_LEARNING,
        Cancel(Label("⬅️ Back"), when="is_editing"),
        state=Questions.goal,
    ),
    Window(
        T("⏱ <b>How many minutes a day will you study?</b>"),
        T("A little every day beats a lot once a week."),
        choices(
            id="minutes",
            items="choices",
            on_click=choose_minutes,
            text=Label("{item} min"),
            key=str,
            type_factory=row_id,
            columns=3,
        ),
        _SKIP,
        _START_LEARNING,
        Cancel(Label("⬅️ Back"), when="is_editing"),
        state=Questions.minutes,
        getter=minutes_question,
        preview_data={"choices": DAILY_MINUTES},
    ),
    getter=question,
    preview_data={"is_registering": True, "is_editing": False},
)

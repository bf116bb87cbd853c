"""A teacher orders questions from a model and decides about each of them."""

from html import escape
from operator import itemgetter
from typing import Any

from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, Safe, T, _, current_language
from bot.question_text import asked, has_formula, marked
from bot.quizzes.generation_actions import (
    begin,
    decide,
    next_count,
    next_difficulty,
    next_kinds,
    next_language,
    next_scope,
    order_more,
    page_shown,
    proposal_on,
    refresh,
    send_edit,
    send_material,
    stop,
    take_good,
    to_lesson,
    undo,
)
from bot.quizzes.generation_words import TROUBLES, VERDICTS, block_of, key_lines
from bot.quizzes.states import Generating
from bot.quizzes.window import QuestionWindow
from bot.services import services
from domain.language import Language
from domain.quizzes.generation_model import COUNTS, Scope
from domain.quizzes.keys import QuestionKind

_LANGUAGES = {Language.UZ: "O‘zbekcha", Language.RU: "Русский", Language.EN: "English"}
_DIFFICULTIES = {None: N_("mixed"), 2: N_("easy"), 3: N_("medium"), 4: N_("hard")}
_EDITABLE = (QuestionKind.SINGLE, QuestionKind.MULTIPLE)


async def order_page(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    chosen = dialog_manager.dialog_data
    return {
        "has_model": services(data).generations.is_connected,
        "has_none": not services(data).generations.is_connected,
        "count": chosen.get("count", COUNTS[0]),
        "scope": _("this lesson") if chosen.get("scope", Scope.LESSON) == Scope.LESSON else _("the whole section"),
        "kinds": _("all kinds") if chosen.get("mixed") else _("one right answer"),
        "difficulty": _(_DIFFICULTIES[chosen.get("difficulty")]),
        "language": _LANGUAGES[Language(chosen.get("language", current_language()))],
    }


async def review_page(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await page_shown(dialog_manager)
    generation = page.generation
    shown = proposal_on(page, dialog_manager)
    facts: dict[str, Any] = {
        "is_working": generation.is_working,
        "come": len(page.waiting),
        "wanted": generation.order.count,
        "trouble": _(TROUBLES[generation.trouble]) if generation.trouble and not generation.is_working else None,
        "waiting": len(page.waiting),
        "taken": page.taken,
        "has_taken": page.taken > 0,
        "left_out": page.left_out,
        "has_left_out": page.left_out > 0,
        "good": page.good,
        "has_several_good": page.good > 1 and not generation.is_working,
        "is_done": not generation.is_working and shown is None,
        "is_decided": not generation.is_working and shown is None and page.taken + page.dropped > 0,
        "has_dropped": dialog_manager.dialog_data.get("dropped") is not None,
        "is_shown": shown is not None,
    }
    if shown is None:
        return facts
    language = generation.order.language
    text = shown.draft.text.read_in(language)
    lines = key_lines(shown.draft, language)
    explanation = shown.draft.explanation.read_in(language) if shown.draft.explanation else ""
    is_rich = has_formula([text, *lines, explanation])
    return {
        **facts,
        "is_rich": is_rich,
        "question": asked(text, is_rich=is_rich),
        "options": Safe(("\n\n" if is_rich else "\n").join(marked(line, is_rich=is_rich) for line in lines)),
        "explanation": marked(explanation, is_rich=is_rich) if explanation else None,
        "verdict": _(VERDICTS[shown.verdict]),
        "remark": marked(shown.remark, is_rich=is_rich) if shown.remark else None,
        "decisions": [
            {"id": f"{verb}-{shown.id}", "label": label}
            for verb, label in (("take", _("✅ Take")), ("edit", _("✏️ Edit as text")), ("drop", _("🗑 Drop")))
            if verb != "edit" or shown.draft.kind in _EDITABLE
        ],
    }


async def edit_page(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    page = await page_shown(dialog_manager)
    edited = next((item for item in page.waiting if item.id == dialog_manager.dialog_data.get("edited")), None)
    return {
        "block": Safe(escape(block_of(edited.draft, page.generation.order.language), quote=False) if edited else "–")
    }


_TO_LESSON = Button(Label("⬅️ To the lesson"), id="lesson", on_click=to_lesson)

generating_dialog = Dialog(
    Window(
        T("🤖 <b>Questions by the model</b>\n"),
        T(
            "I write them from {scope}, check each by a second reading, and show them to you. Nothing is live until "
            "you take it.",
            when="has_model",
        ),
        T("Texts are read; files not yet.", when="has_model"),
        T("No model is connected, so I cannot write questions now.", when="has_none"),
        Button(Label("📖 From: {scope}"), id="scope", on_click=next_scope, when="has_model"),
        Row(
            Button(Label("🔢 {count} questions"), id="count", on_click=next_count),
            Button(Label("🎚 {difficulty}"), id="difficulty", on_click=next_difficulty),
            when="has_model",
        ),
        Row(
            Button(Label("❓ {kinds}"), id="kinds", on_click=next_kinds),
            Button(Label("🌐 {language}"), id="language", on_click=next_language),
            when="has_model",
        ),
        Button(Label("▶️ Write them"), id="begin", on_click=begin, when="has_model"),
        SwitchTo(Label("📄 From my own text"), id="material", state=Generating.material, when="has_model"),
        _TO_LESSON,
        state=Generating.order,
        getter=order_page,
        hint=N_("Please choose with the buttons, or tap “From my own text” to send the material."),
        preview_data={
            "has_model": True,
            "has_none": False,
            "count": 5,
            "scope": "shu dars",
            "kinds": "bitta to‘g‘ri javob",
            "difficulty": "aralash",
            "language": "O‘zbekcha",
        },
    ),
    Window(
        T("📄 Send or forward the text that I shall ask about: 200 characters or more."),
        MessageInput(send_material),
        SwitchTo(Label("⬅️ Back"), id="back", state=Generating.order),
        state=Generating.material,
        hint=N_("Please send the material as text."),
        preview_data={},
    ),
    QuestionWindow(
        T("⏳ I am writing: {come} of {wanted}. You get a message when it is done.\n", when="is_working"),
        T("{trouble}\n", when="trouble"),
        Format("{question}\n", when="is_shown"),
        Format("{options}\n", when="is_shown"),
        Format("💡 {explanation}\n", when="explanation"),
        T("{verdict}", when="is_shown"),
        Format("“{remark}”", when="remark"),
        T("\n{waiting} question waits", "\n{waiting} questions wait", count="waiting", when="is_shown"),
        T("✅ Everything is decided.", when="is_decided"),
        T("In the quiz from here: {taken}", when="has_taken"),
        T("Left out by the check: {left_out}", when="has_left_out"),
        choices(
            id="decide",
            items="decisions",
            on_click=decide,
            text=Format("{item[label]}"),
            key=itemgetter("id"),
            columns=3,
            when="is_shown",
        ),
        Button(Label("✅ Take all good ones ({good})"), id="good", on_click=take_good, when="has_several_good"),
        Button(Label("↩️ Undo: bring it back"), id="undo", on_click=undo, when="has_dropped"),
        Row(
            Button(Label("🔄 How far is it?"), id="refresh", on_click=refresh),
            Button(Label("⏹ Stop"), id="stop", on_click=stop),
            when="is_working",
        ),
        Button(Label("🤖 Write more"), id="more", on_click=order_more, when="is_done"),
        _TO_LESSON,
        state=Generating.review,
        getter=review_page,
        hint=N_("Please decide with the buttons below 👇"),
        preview_data={
            "is_shown": True,
            "question": Safe("<b>320 ning 15 foizi nechaga teng?</b>"),
            "options": Safe("▫️ 32\n✅ 48"),
            "explanation": Safe("10% – 32, 5% – 16."),
            "verdict": "🟢 Checked",
            "remark": Safe("…"),
            "waiting": 3,
            "taken": 2,
            "has_taken": True,
            "left_out": 1,
            "has_left_out": True,
            "good": 2,
            "has_several_good": True,
            "decisions": [{"id": "take-1", "label": "✅ Olish"}, {"id": "drop-1", "label": "🗑 Tashlash"}],
            "has_dropped": True,
            "come": 3,
            "wanted": 5,
        },
    ),
    Window(
        T("✏️ Copy the question, change it and send it back:\n"),
        Format("<pre>{block}</pre>"),
        T("\n+ is the right answer, ! explains it."),
        MessageInput(send_edit),
        SwitchTo(Label("⬅️ Back"), id="back", state=Generating.review),
        state=Generating.edit,
        getter=edit_page,
        hint=N_("Please send the question as text with its answers."),
        preview_data={"block": Safe("200 ning 15 foizi?\n+ 30\n- 15")},
    ),
)

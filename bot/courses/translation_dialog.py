"""A course in several languages."""

from aiogram_dialog.widgets.kbd import Button, SwitchTo

from bot.courses.inputs import Sent
from bot.courses.settings_states import CourseTranslations
from bot.courses.translation_actions import (
    back_to_options,
    begin_walk,
    choose_file,
    choose_language,
    choose_text,
    drop_file,
    more_files,
    more_texts,
    open_files,
    open_texts,
    send_file,
    show_whole,
    skip,
    stop,
    type_translation,
)
from bot.courses.translation_getters import (
    file_list,
    text_list,
    translated_file,
    translated_text,
    translation_language,
    translation_languages,
)
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_TO_LANGUAGE = SwitchTo(Label("⬅️ Back"), id="language", state=CourseTranslations.language)
_PREVIEW = {"title": "Foizlar", "language": "🇷🇺 Русский"}

translation_dialog = Dialog(
    Window(
        T("🌐 <b>{title}</b>"),
        T("Taught in: {taught_in}"),
        T("What is not translated is shown in another language. Choose a language to translate into."),
        choices(id="language", items="languages", on_click=choose_language),
        Button(Label("⬅️ Back"), id="options", on_click=back_to_options),
        state=CourseTranslations.languages,
        getter=translation_languages,
        preview_data={
            **_PREVIEW,
            "taught_in": "🇺🇿 O‘zbekcha",
            "languages": [("uz", "🇺🇿 O‘zbekcha · 20/20"), ("ru", "🇷🇺 Русский · 12/20")],
        },
    ),
    Window(
        T("🌐 <b>{title}</b> · {language}"),
        T("{done} of {total} text is there.", "{done} of {total} texts are there.", count="total"),
        T("🎉 Nothing is missing.", when="is_whole"),
        Button(
            Label("▶️ Translate {missing} text", "▶️ Translate {missing} texts", count="missing"),
            id="walk",
            on_click=begin_walk,
            when="is_missing",
        ),
        Button(Label("📋 All texts"), id="texts", on_click=open_texts),
        Button(Label("📎 Files"), id="files", on_click=open_files),
        SwitchTo(Label("⬅️ Other languages"), id="languages", state=CourseTranslations.languages),
        state=CourseTranslations.language,
        getter=translation_language,
        preview_data={**_PREVIEW, "done": 12, "total": 20, "missing": 8, "is_missing": True, "is_whole": False},
    ),
    Window(
        T("🌐 {language} · <b>{where}</b>", when="is_there"),
        T("\n{from_language}:\n<blockquote>{original}</blockquote>", when="has_original"),
        T("\n{language}:\n<blockquote>{current}</blockquote>", when="has_current"),
        T("\n👇 Type how it reads in {language}.", when="is_there"),
        T("It is long: send it in several messages, they are joined.", when="takes_pieces"),
        T("This text is no longer there. Please go on.", when="is_gone"),
        Sent(type_translation),
        Button(Label("📄 Show the whole text"), id="whole", on_click=show_whole, when="is_long"),
        Button(Label("⏭ Skip"), id="skip", on_click=skip, when="is_walk"),
        Button(Label("⏭ Go on"), id="next", on_click=skip, when="goes_on"),
        Button(Label("⬅️ Stop"), id="stop", on_click=stop),
        state=CourseTranslations.text,
        getter=translated_text,
        hint=N_("Please type the translation as a text."),
        preview_data={
            **_PREVIEW,
            "where": "The title of a lesson",
            "from_language": "🇺🇿 O‘zbekcha",
            "original": "Foiz nima?",
            "has_original": True,
            "is_long": True,
            "current": "Что такое процент?",
            "has_current": True,
            "is_there": True,
            "is_gone": False,
            "is_walk": True,
        },
    ),
    Window(
        T("📋 <b>{title}</b> · {language}"),
        T("✅ is there, ▫️ is missing. Choose a text to change it."),
        choices(id="text", items="texts", on_click=choose_text),
        Button(Label("Later ➡️"), id="more", on_click=more_texts, when="has_more"),
        Button(Label("⏮ From the beginning"), id="first", on_click=open_texts, when="is_later"),
        _TO_LANGUAGE,
        state=CourseTranslations.texts,
        getter=text_list,
        preview_data={
            **_PREVIEW,
            "texts": [("t1", "✅ 🎓 Проценты"), ("l5", "▫️ 📖 Foiz nima?")],
            "has_more": True,
            "is_later": True,
        },
    ),
    Window(
        T("📎 <b>{title}</b> · {language}"),
        T("✅ has a file in this language, ▫️ shows that of another one.", when="files"),
        T("There are no files in this course.", when="is_empty"),
        choices(id="file", items="files", on_click=choose_file, type_factory=row_id),
        Button(Label("Later ➡️"), id="more", on_click=more_files, when="has_more"),
        Button(Label("⏮ From the beginning"), id="first", on_click=open_files, when="is_later"),
        _TO_LANGUAGE,
        state=CourseTranslations.files,
        getter=file_list,
        preview_data={
            **_PREVIEW,
            "files": [(1, "▫️ 📄 reja.pdf")],
            "is_empty": False,
            "has_more": True,
            "is_later": True,
        },
    ),
    Window(
        T("📎 {language} · <b>{file}</b>", when="is_there"),
        T("In the lesson “{lesson}”. Languages: {there_are}", when="is_there"),
        T("\n👇 Send the file that readers in {language} get instead.", when="has_none"),
        T("\n👇 Send another file for readers in {language}, or delete theirs.", when="has_own"),
        T("This file is no longer there. Please go back.", when="is_gone"),
        Sent(send_file),
        Button(Label("🗑 Delete the file of this language"), id="drop", on_click=drop_file, when="can_drop"),
        SwitchTo(Label("⬅️ Back"), id="files", state=CourseTranslations.files),
        state=CourseTranslations.file,
        getter=translated_file,
        hint=N_("Please send the file itself, of the same kind as the one that is there."),
        preview_data={
            **_PREVIEW,
            "file": "📄 reja.pdf",
            "lesson": "Foiz nima?",
            "there_are": "🇺🇿 O‘zbekcha",
            "is_there": True,
            "is_gone": False,
            "has_none": True,
            "has_own": False,
            "can_drop": True,
        },
    ),
)

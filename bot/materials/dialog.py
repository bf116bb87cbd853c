"""People's own files: the list, a card, its pages."""

from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.materials.actions import (
    begin,
    begin_reading,
    choose,
    delete,
    find_next,
    find_words,
    forget_words,
    last_page,
    newer,
    newer_shared,
    next_page,
    older,
    older_shared,
    read_again,
    rename,
    show_picture,
    take_file,
    to_menu,
    toggle_share,
    undo,
)
from bot.materials.getters import (
    material_card,
    material_list,
    material_to_rename,
    page_view,
    share_choice,
    shared_list,
)
from bot.materials.inputs import Typed
from bot.materials.states import Materials
from bot.row_ids import row_id

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_TO_LIST = SwitchTo(Label("⬅️ Materials"), id="list", state=Materials.list)
_TO_CARD = SwitchTo(Label("⬅️ Back"), id="card", state=Materials.card)

dialog = Dialog(
    Window(
        T("🗂 <b>My materials</b>"),
        T("\n🗑 The material is deleted.", when="is_deleted"),
        T(
            "\nNothing is here yet. <b>Send me a file</b>: a PDF, Word or PowerPoint, a text or a photo of a page. "
            "I read it, and you find its pages here.",
            when="is_empty",
        ),
        T("Choose one to look into it, or send another file.", when="has_any"),
        Typed(take_file),
        choices(id="material", items="materials", on_click=choose, type_factory=row_id),
        Row(
            Button(Label("⬅️ Newer"), id="newer", on_click=newer, when="has_newer"),
            Button(Label("Older ➡️"), id="older", on_click=older, when="has_older"),
        ),
        Button(Label("↩️ Undo"), id="undo", on_click=undo, when="is_deleted"),
        SwitchTo(Label("👥 From my courses"), id="shared", state=Materials.shared),
        _MENU,
        state=Materials.list,
        getter=material_list,
        hint=N_("Please send a file: a PDF, Word or PowerPoint, a text or a photo. Or choose one below 👇"),
        preview_data={
            "materials": [(1, "📄 Fizika 9-sinf.pdf"), (2, "⏳ Kvadrat tenglamalar.docx")],
            "has_any": True,
            "has_older": True,
        },
    ),
    Window(
        T("👥 <b>From my courses</b>"),
        T(
            "\nNothing yet. What your teachers share with a course that you take comes here.",
            when="is_empty",
        ),
        T("Your teachers have shared these with you.", when="has_any"),
        choices(id="material", items="materials", on_click=choose, type_factory=row_id),
        Row(
            Button(Label("⬅️ Newer"), id="newer", on_click=newer_shared, when="has_newer"),
            Button(Label("Older ➡️"), id="older", on_click=older_shared, when="has_older"),
        ),
        _TO_LIST,
        state=Materials.shared,
        getter=shared_list,
        preview_data={"materials": [(1, "📄 Mavzular.pptx")], "has_any": True},
    ),
    Window(
        T("📄 <b>{name}</b>"),
        T("{facts}"),
        T("{state}", when="is_own"),
        T("{unseen}", when="unseen"),
        T("👥 Shared with: {shared}", when="shared"),
        T("👥 From a course of yours", when="is_others"),
        Button(Label("📖 Read"), id="read", on_click=begin_reading, when="may_read"),
        Button(Label("🔄 How far is it?"), id="refresh", on_click=read_again, when="is_under_way"),
        Row(
            SwitchTo(Label("✏️ Rename"), id="rename", state=Materials.rename, when="is_own"),
            SwitchTo(Label("👥 Share"), id="share", state=Materials.share, when="may_share"),
        ),
        Row(
            Button(Label("🔄 Read again"), id="again", on_click=read_again, when="may_read_again"),
            Button(Label("🗑 Delete"), id="delete", on_click=delete, when="is_own"),
        ),
        Row(_TO_LIST, _MENU),
        state=Materials.card,
        getter=material_card,
        preview_data={
            "name": "Fizika 9-sinf.pdf",
            "facts": "212 bet · 4.1 MB",
            "state": "✅",
            "is_own": True,
            "may_read": True,
            "may_share": True,
            "may_read_again": True,
        },
    ),
    Window(
        T("✏️ <b>What shall it be called?</b>"),
        T("Now: {name}"),
        T("The ending {ending} stays by itself."),
        Typed(rename),
        _TO_CARD,
        state=Materials.rename,
        getter=material_to_rename,
        hint=N_("Please type the new name."),
        preview_data={"name": "scan0001.pdf", "ending": ".pdf"},
    ),
    Window(
        T("👥 <b>Who may read “{name}”?</b>"),
        T("Tap a course: its students and teachers find the material under “From my courses”.", when="has_any"),
        T("You teach no course yet. /mycourses begins one.", when="is_empty"),
        choices(id="course", items="courses", on_click=toggle_share, type_factory=row_id, pages="courses"),
        _TO_CARD,
        state=Materials.share,
        getter=share_choice,
        preview_data={"name": "Mavzular.pptx", "courses": [(1, "✅ Foizlar"), (2, "▫️ Parabola")], "has_any": True},
    ),
    Window(
        T("📖 <b>{name}</b> · {number}/{total}"),
        T("\n🔎 Nothing found for “{words}”. Try another word.", when="is_not_found"),
        T("\n{text}", when="has_text"),
        T("\n⚠️ There is no text on this page.", when="is_blank"),
        T("\nThe page goes on: tap “Show the page” to see all of it.", when="may_show_more"),
        T("\nType a word to find it, or the number of a page."),
        Typed(find_words),
        Row(
            Button(Label("⬅️ Page back"), id="last", on_click=last_page, when="has_last"),
            Button(Label("Next page ➡️"), id="next", on_click=next_page, when="has_next"),
        ),
        Button(Label("🖼 Show the page"), id="picture", on_click=show_picture, when="may_show"),
        Row(
            Button(Label("🔎 Next place"), id="again", on_click=find_next, when="words"),
            Button(Label("✖️ {words_chip}"), id="no_words", on_click=forget_words, when="words"),
        ),
        _TO_CARD,
        state=Materials.page,
        getter=page_view,
        hint=N_("Type a word to find it in this material, or the number of a page."),
        preview_data={
            "name": "Fizika 9-sinf.pdf",
            "number": 12,
            "total": 212,
            "text": "Nyutonning ikkinchi qonuni: F = ma.",
            "has_text": True,
            "words": "qonun",
            "words_chip": "qonun",
            "has_next": True,
            "has_last": True,
            "may_show": True,
        },
    ),
    on_start=begin,
)

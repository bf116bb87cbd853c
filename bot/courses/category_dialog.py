"""The category tree where admins grow it."""

from aiogram_dialog.widgets.kbd import Button, Group, Row, SwitchTo

from bot.courses.category_actions import (
    ask_to_delete,
    begin_move,
    choose_language,
    delete,
    go_into,
    go_out,
    go_up,
    move_here,
    open_branch,
    open_menu,
    shift_down,
    shift_up,
    type_branch,
    type_emoji,
    type_name,
    type_slug,
)
from bot.courses.category_getters import category_question, category_target, category_tree
from bot.courses.inputs import Sent
from bot.courses.settings_states import CategoryDesk
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_BACK = SwitchTo(Label("⬅️ Back"), id="tree", state=CategoryDesk.tree)
_PREVIEW = {
    "path": "📐 Matematika › 📂 Algebra",
    "title": "📂 Algebra",
    "emoji": "📂",
    "slug": "algebra",
    "name": "Algebra",
    "language": "🇺🇿 O‘zbekcha",
    "languages": [("uz", "🇺🇿 O‘zbekcha"), ("ru", "🇷🇺 Русский"), ("en", "🇬🇧 English")],
    "branches": [(1, "📂 Kasrlar · 2"), (2, "📂 Tenglamalar · 4")],
    "is_branch": True,
    "is_top": False,
}

category_dialog = Dialog(
    Window(
        T("🗂 <b>Categories</b>", when="is_top"),
        T(
            "Choose a subject to see its branches. The number is how many published courses are in it.",
            when="top_has_some",
        ),
        T("There are no subjects yet. Add the first one.", when="has_none"),
        T("🗂 <b>{path}</b>", when="is_branch"),
        T("{names}\n🔗 {slug}", when="is_branch"),
        T(
            "{course_count} published course",
            "{course_count} published courses",
            count="course_count",
            when="is_branch",
        ),
        T("There are no branches in it.", when="is_bare"),
        choices(id="branch", items="branches", on_click=open_branch, type_factory=row_id, pages="branches"),
        SwitchTo(Label("➕ Add a subject"), id="add_subject", state=CategoryDesk.add, when="is_top"),
        SwitchTo(Label("➕ Add a branch"), id="add_branch", state=CategoryDesk.add, when="is_branch"),
        Group(
            SwitchTo(Label("🌐 Names"), id="names", state=CategoryDesk.names),
            SwitchTo(Label("😀 Emoji"), id="emoji", state=CategoryDesk.emoji),
            Button(Label("⬆️ Move up"), id="shift_up", on_click=shift_up),
            Button(Label("⬇️ Move down"), id="shift_down", on_click=shift_down),
            Button(Label("↪️ Move elsewhere"), id="move", on_click=begin_move),
            SwitchTo(Label("🔗 Short name"), id="slug", state=CategoryDesk.slug),
            Button(Label("🗑 Delete"), id="delete", on_click=ask_to_delete),
            width=2,
            when="is_branch",
        ),
        Row(
            Button(Label("⬅️ One level up"), id="go_up", on_click=go_up, when="is_branch"),
            Button(Label("🏠 Menu"), id="menu", on_click=open_menu),
        ),
        state=CategoryDesk.tree,
        getter=category_tree,
        preview_data={
            **_PREVIEW,
            "names": "🇺🇿 O‘zbekcha: Algebra\n🇷🇺 Русский: Алгебра",
            "course_count": 6,
            "is_bare": False,
            "has_none": False,
            "top_has_some": False,
        },
    ),
    Window(
        T("🗂 <b>{path}</b>", when="is_branch"),
        T("What is the new branch called? Type its name.", when="is_branch"),
        T("What is the new subject called? Type its name.", when="is_top"),
        Sent(type_branch),
        _BACK,
        state=CategoryDesk.add,
        getter=category_question,
        hint=N_("Please type the name as a text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🗂 <b>{path}</b>"),
        T("In which language do you want to name it?"),
        choices(id="language", items="languages", on_click=choose_language),
        _BACK,
        state=CategoryDesk.names,
        getter=category_question,
        preview_data=_PREVIEW,
    ),
    Window(
        T("🗂 <b>{path}</b>"),
        T("{language}: {name}"),
        T("Type the name in this language."),
        Sent(type_name),
        SwitchTo(Label("⬅️ Back"), id="names", state=CategoryDesk.names),
        state=CategoryDesk.name,
        getter=category_question,
        hint=N_("Please type the name as a text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🗂 <b>{path}</b>"),
        T("Now it has {emoji}. Send one emoji."),
        Sent(type_emoji),
        _BACK,
        state=CategoryDesk.emoji,
        getter=category_question,
        hint=N_("Please send one emoji as a text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🗂 <b>{path}</b>"),
        T("🔗 {slug}"),
        T("Type the new short name: small Latin letters, digits and hyphens."),
        Sent(type_slug),
        _BACK,
        state=CategoryDesk.slug,
        getter=category_question,
        hint=N_("Please type the short name as a text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("↪️ Where shall <b>{moved}</b> move to?"),
        T("Now here: <b>{place}</b>", when="is_branch"),
        T("Now here: the top, among the subjects.", when="is_top"),
        choices(id="place", items="branches", on_click=go_into, type_factory=row_id, pages="places"),
        Button(Label("📥 Put it here"), id="here", on_click=move_here),
        Button(Label("⬆️ One level up"), id="out", on_click=go_out, when="is_branch"),
        SwitchTo(Label("⬅️ Leave it where it is"), id="tree", state=CategoryDesk.tree),
        state=CategoryDesk.move,
        getter=category_target,
        preview_data={**_PREVIEW, "moved": "📂 Kasrlar", "place": "📐 Matematika"},
    ),
    Window(
        T("🗑 Delete <b>{path}</b>? It is empty. This cannot be undone."),
        Button(Label("🗑 Delete it"), id="delete_now", on_click=delete),
        SwitchTo(Label("⬅️ Keep it"), id="tree", state=CategoryDesk.tree),
        state=CategoryDesk.delete,
        getter=category_question,
        preview_data=_PREVIEW,
    ),
)

"""One part of a lesson where its author changes it."""

from aiogram_dialog.widgets.kbd import Button, Group, Row, SwitchTo

from bot.courses.inputs import Sent
from bot.courses.part_actions import (
    add_mine,
    back_to_parts,
    conflict,
    delete_part,
    drop_question,
    edit_text,
    keep_theirs,
    part_card,
    part_down,
    part_up,
    replace_theirs,
    send_file,
    send_text,
    type_duration,
    type_question,
)
from bot.courses.states import PartDesk
from bot.dialogs import Dialog, Window
from bot.i18n import N_, Label, T

_TO_CARD = SwitchTo(Label("⬅️ Back"), id="back", state=PartDesk.card)
_PREVIEW = {
    "part": "🎬 dars.mp4",
    "is_gone": False,
    "kind": "Video",
    "words": "Foiz nima?",
    "is_short": True,
    "url": None,
    "duration": "12:40",
    "question": "200 ning 15 foizi?",
    "options": "✅ 30\n▫️ 15",
    "has_file": True,
    "may_ask": True,
}

part_dialog = Dialog(
    Window(
        T("{part}", when="part"),
        T("⏱ {duration}", when="duration"),
        T("\n❓ {question}\n{options}", when="question"),
        T("This part has been deleted.", when="is_gone"),
        Row(
            Button(Label("⬆️ Up"), id="up", on_click=part_up),
            Button(Label("⬇️ Down"), id="down", on_click=part_down),
            when="part",
        ),
        Group(
            Button(Label("✏️ Edit the text"), id="edit", on_click=edit_text, when="is_text"),
            Button(Label("✏️ Caption"), id="caption", on_click=edit_text, when="has_file"),
            Button(Label("✏️ Title"), id="title", on_click=edit_text, when="is_link"),
            SwitchTo(Label("📎 Replace the file"), id="file", state=PartDesk.file, when="has_file"),
            SwitchTo(Label("🔗 Replace the link"), id="link", state=PartDesk.file, when="is_link"),
            SwitchTo(Label("⏱ Duration"), id="duration", state=PartDesk.duration, when="is_link"),
            SwitchTo(Label("❓ Check question"), id="question", state=PartDesk.question, when="may_ask"),
            Button(Label("🗑 Delete"), id="delete", on_click=delete_part, when="part"),
            width=2,
        ),
        Button(Label("⬅️ All parts"), id="parts", on_click=back_to_parts),
        state=PartDesk.card,
        getter=part_card,
        preview_data=_PREVIEW,
    ),
    Window(
        T("✏️ <b>{kind}</b>"),
        T("<pre>{words}</pre>", when="is_short"),
        T("The text as it is now is above.", when="is_long"),
        T("Copy it, change it and send it here: the new text takes its place.", when="words"),
        T("There is no text yet. Type it and send it here.", when="is_wordless"),
        Sent(send_text),
        _TO_CARD,
        state=PartDesk.text,
        getter=part_card,
        hint=N_("Please send the new text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("{part}", when="part"),
        T("Send the new file or link: it takes this one's place, and everything else stays."),
        Sent(send_file),
        _TO_CARD,
        state=PartDesk.file,
        getter=part_card,
        hint=N_("Please send a file or a link."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("{part}", when="part"),
        T("⏱ How long is it? Type it like 12:40, or 1:02:03 with hours."),
        Sent(type_duration),
        _TO_CARD,
        state=PartDesk.duration,
        getter=part_card,
        hint=N_("Please type the duration like 12:40, or 1:02:03 with hours."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("{part}", when="part"),
        T("\n❓ {question}\n{options}\n", when="question"),
        T("Students answer one question to show that they have really seen it. Type it with 2 to 4 answers:"),
        T("<code>What is 15% of 200?\n+ 30\n- 15\n- 45</code>"),
        T("+ is the right answer."),
        Sent(type_question),
        Button(Label("🗑 No question"), id="none", on_click=drop_question, when="question"),
        _TO_CARD,
        state=PartDesk.question,
        getter=part_card,
        hint=N_("Please type the question with its answers."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("✋ <b>Somebody else has changed this meanwhile.</b>", when="can_replace"),
        T("✋ <b>Somebody else has deleted this meanwhile.</b>", when="is_gone"),
        T("\n👥 Theirs:\n<blockquote>{theirs}</blockquote>", when="theirs"),
        T("\n✏️ Yours:\n<blockquote>{mine}</blockquote>"),
        Button(Label("✏️ Replace theirs"), id="replace", on_click=replace_theirs, when="can_replace"),
        Button(Label("👥 Keep theirs"), id="keep", on_click=keep_theirs),
        Button(Label("➕ Add mine as a new part"), id="add", on_click=add_mine),
        state=PartDesk.conflict,
        getter=conflict,
        hint=N_("Please choose first what happens to the two texts 👇"),
        preview_data={"mine": "Mening matnim", "theirs": "Uning matni", "is_gone": False, "can_replace": True},
    ),
)

"""One lesson where its author fills it."""

from aiogram_dialog.widgets.kbd import Button, Group, Row, SwitchTo

from bot.courses.files_actions import open_files
from bot.courses.getters import (
    lesson_desk,
    lesson_question,
    part_list,
    question_card,
    question_list,
    right_answer,
    title_conflict,
)
from bot.courses.inputs import Sent
from bot.courses.lesson_actions import (
    add_next_lesson,
    archive_lesson,
    back_to_course,
    begin_rename,
    choose_part,
    close_to_everybody,
    forget_added,
    hide_lesson,
    make_free,
    open_to_everybody,
    preview,
    publish_lesson,
    put_back_part,
    restore_lesson,
    retitle,
    send_material,
    take_over,
    type_price,
    type_title,
    undo,
)
from bot.courses.question_import_actions import begin_question_import
from bot.courses.question_links import (
    choose_several,
    copy_question,
    download_questions,
    edit_question,
    open_editor,
    open_quiz_card,
)
from bot.courses.questions import (
    choose_question,
    choose_right_answer,
    delete_question,
    generate_questions,
    leave_poll,
    send_question,
)
from bot.courses.results_actions import open_results
from bot.courses.rules_actions import open_rules
from bot.courses.states import LessonDesk
from bot.courses.tariff_actions import forget_lesson_stars, type_lesson_stars
from bot.courses.tariff_getters import lesson_tariff
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_TO_DESK = SwitchTo(Label("⬅️ Back"), id="desk", state=LessonDesk.desk)
_UNDO = Button(Label("↩️ Undo"), id="undo", on_click=undo, when="can_undo")
_PREVIEW = {
    "number": 2,
    "title": "Chegirmalar",
    "price": "15 000 so‘m",
    "question_count": 3,
    "has_questions": True,
    "added": "📄 plan.pdf",
    "can_undo": True,
}

_GENERATE = Button(Label("🤖 Let the model write"), id="generate", on_click=generate_questions, when="has_model")

lesson_dialog = Dialog(
    Window(
        T("📖 <b>{number}. {title}</b>"),
        T("{rules}", when="rules"),
        T("{course} · {status} · {price}\n"),
        T("{parts}", when="has_parts"),
        T("…and {more_parts} more", "…and {more_parts} more", count="more_parts", when="more_parts"),
        T(
            "❓ {question_count} question",
            "❓ {question_count} questions",
            count="question_count",
            when="has_questions",
        ),
        T("The lesson is empty.", when="is_blank"),
        T("\n✅ Added: {added}", when="added"),
        T(
            "It is larger than {unkept} MB: no copy is kept here, and students get it all the same. Please keep the "
            "original yourself.",
            when="unkept",
        ),
        T(
            "\n👇 <b>Send or forward material here:</b> a text, photo, PDF, slides, video, audio, voice or file. "
            "A test as a file or a quiz poll becomes questions.",
            when="is_blank",
        ),
        T("\n👇 <b>Send or forward more here.</b>", when="has_content"),
        T("Students see it when you publish the course.", when="waits_for_course"),
        Sent(send_material),
        _UNDO,
        Button(Label("↩️ Undo: bring it back"), id="restore", on_click=restore_lesson, when="is_archived"),
        Button(Label("🚀 Publish the new lesson"), id="publish", on_click=publish_lesson, when="can_publish"),
        Group(
            SwitchTo(Label("❓ Add a question"), id="question", state=LessonDesk.question, on_click=forget_added),
            SwitchTo(
                Label("❓ Questions"),
                id="questions",
                state=LessonDesk.questions,
                on_click=forget_added,
                when="has_questions",
            ),
            Button(Label("📊 Quiz results"), id="results", on_click=open_results, when="has_questions"),
            SwitchTo(Label("🗂 Parts"), id="parts", state=LessonDesk.parts, on_click=forget_added, when="has_parts"),
            Button(Label("👁 Preview"), id="preview", on_click=preview, when="has_content"),
            Button(Label("📎 Files"), id="files", on_click=open_files),
            Button(Label("⏰ When it opens"), id="rules", on_click=open_rules),
            Button(Label("✏️ Rename"), id="rename", on_click=begin_rename),
            SwitchTo(
                Label("💰 Price"), id="price", state=LessonDesk.price, on_click=forget_added, when="is_sold_alone"
            ),
            Button(Label("🔓 Open to everybody"), id="open", on_click=open_to_everybody, when="can_open"),
            Button(Label("🔒 Only for those who paid"), id="close", on_click=close_to_everybody, when="can_close"),
            Button(Label("🙈 Hide"), id="hide", on_click=hide_lesson, when="can_hide"),
            Button(Label("🗄 Archive"), id="archive", on_click=archive_lesson, when="can_archive"),
            width=2,
        ),
        Button(Label("➕ Next lesson"), id="next_lesson", on_click=add_next_lesson, when="has_content"),
        Button(Label("⬅️ To the course"), id="course", on_click=back_to_course),
        state=LessonDesk.desk,
        getter=lesson_desk,
        hint=N_(
            "A lesson cannot show this. Send a text, photo, PDF, slides, video, audio, voice or file; "
            "a round video as an ordinary one."
        ),
        preview_data={
            **_PREVIEW,
            "course": "Foizlar",
            "status": "✏️ Draft, only you see it",
            "parts": "1. 📝 Chegirma nima?\n2. 📄 plan.pdf",
            "has_parts": True,
            "more_parts": 0,
            "is_blank": False,
            "has_content": True,
            "can_publish": True,
            "waits_for_course": True,
            "can_hide": True,
            "can_archive": True,
            "is_archived": False,
            "rules": "⏰ 2026-yil 5-dekabr, 09:00",
            "is_sold_alone": True,
            "can_open": True,
            "can_close": True,
        },
    ),
    Window(
        T("❓ <b>A question for “{title}”</b>"),
        T(
            "{question_count} question so far.",
            "{question_count} questions so far.",
            count="question_count",
            when="has_questions",
        ),
        T("\n✅ Added: {added}", when="added"),
        T("\nSend a quiz poll (📎 → Poll → Quiz mode), a whole test as a file (Word, Excel, PDF, TXT), or type it:"),
        T("<code>What is 15% of 200?\n+ 30\n- 15\n- 45\n! 10% is 20, and 5% is 10.</code>"),
        T("+ is the right answer, ! explains it."),
        Sent(send_question),
        _UNDO,
        Button(Label("📥 From a file or polls"), id="import", on_click=begin_question_import),
        _GENERATE,
        Button(Label("🧩 Other kinds of questions"), id="kinds", on_click=open_editor),
        SwitchTo(Label("✅ Done"), id="desk", state=LessonDesk.desk, on_click=forget_added),
        state=LessonDesk.question,
        getter=lesson_question,
        hint=N_("Please send a quiz poll, or type the question with its answers."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("❓ <b>{question}</b>"),
        T("This poll does not show me its right answer. Please choose it:"),
        choices(id="option", items="options", on_click=choose_right_answer, type_factory=row_id),
        Button(Label("✖️ Skip this poll"), id="leave", on_click=leave_poll),
        state=LessonDesk.right_answer,
        getter=right_answer,
        hint=N_("Please choose the right answer first, or skip the poll 👇"),
        preview_data={"question": "200 ning 15 foizi?", "options": [(0, "30"), (1, "15")]},
    ),
    Window(
        T("❓ <b>Questions of this lesson</b>"),
        T("There are no questions left.", when="is_empty"),
        T("\n✅ Added: {added}", when="added"),
        T("Students see them as soon as the lesson is published.", when="waits"),
        _UNDO,
        choices(id="question", items="questions", on_click=choose_question, type_factory=row_id, pages="questions"),
        SwitchTo(Label("❓ Add a question"), id="add", state=LessonDesk.question, on_click=forget_added),
        Button(Label("📥 From a file or polls"), id="import", on_click=begin_question_import),
        Button(Label("⚙️ How the quiz is taken"), id="card", on_click=open_quiz_card),
        _GENERATE,
        Row(
            Button(Label("☑️ Choose several"), id="several", on_click=choose_several),
            Button(Label("📤 Download"), id="export", on_click=download_questions),
            when="question_count",
        ),
        _TO_DESK,
        state=LessonDesk.questions,
        getter=question_list,
        preview_data={
            "questions": [(1, "1. 200 ning 15 foizi?")],
            "is_empty": False,
            "question_count": 1,
            "added": "❓ 30 questions",
            "can_undo": True,
            "waits": True,
        },
    ),
    Window(
        T("❓ <b>{question}</b>\n", when="question"),
        T("{options}", when="question"),
        T("\n💡 {explanation}", when="explanation"),
        T("This question has been deleted.", when="is_gone"),
        Button(Label("✏️ Change"), id="edit", on_click=edit_question, when="question"),
        Button(Label("📋 Copy to…"), id="copy", on_click=copy_question, when="question"),
        Button(Label("🗑 Delete the question"), id="delete", on_click=delete_question, when="question"),
        SwitchTo(Label("⬅️ Back"), id="back", state=LessonDesk.questions),
        state=LessonDesk.question_card,
        getter=question_card,
        preview_data={
            "question": "200 ning 15 foizi?",
            "options": "✅ 30\n▫️ 15",
            "explanation": "10% is 20.",
            "is_gone": False,
        },
    ),
    Window(
        T("🗂 <b>{number}. {title}</b>"),
        T("Choose a part to see, change, move or delete it.", when="has_parts"),
        T("The lesson is empty.", when="is_empty"),
        T("\n🗑 Deleted: {removed}", when="removed"),
        Button(Label("↩️ Undo"), id="put_back", on_click=put_back_part, when="removed"),
        choices(id="part", items="parts", on_click=choose_part, type_factory=row_id, pages="parts"),
        _TO_DESK,
        state=LessonDesk.parts,
        getter=part_list,
        preview_data={
            **_PREVIEW,
            "parts": [(1, "1. 📄 plan.pdf")],
            "is_empty": False,
            "has_parts": True,
            "removed": "📄 plan.pdf",
        },
    ),
    Window(
        T("📖 <b>{number}. {title}</b>"),
        T("Type the new title."),
        Sent(type_title),
        _TO_DESK,
        state=LessonDesk.title,
        getter=lesson_question,
        hint=N_("Please type the title as a text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("📖 <b>{number}. {title}</b>"),
        T("💰 Now: {price}"),
        T("⭐ In Stars: {stars}", when="takes_stars"),
        T("What does this lesson cost, in so'm? For example: 15 000"),
        Sent(type_price),
        Button(Label("🎁 Free"), id="free", on_click=make_free),
        SwitchTo(Label("⭐ Price in Stars"), id="stars", state=LessonDesk.stars, when="takes_stars"),
        _TO_DESK,
        state=LessonDesk.price,
        getter=lesson_tariff,
        hint=N_("Please type the price as a number."),
        preview_data={**_PREVIEW, "stars": "60 Stars, by the rate", "takes_stars": True},
    ),
    Window(
        T("📖 <b>{number}. {title}</b>"),
        T("💰 Now: {price}"),
        T("⭐ In Stars: {stars}"),
        T("How many Stars is this lesson? Type a number, for example 60."),
        Sent(type_lesson_stars),
        Button(
            Label("⚖️ By the rate: {rate} Star", "⚖️ By the rate: {rate} Stars", count="rate"),
            id="rate",
            on_click=forget_lesson_stars,
            when="may_follow_rate",
        ),
        Button(Label("✖️ Not for Stars"), id="none", on_click=forget_lesson_stars, when="may_stop_stars"),
        SwitchTo(Label("⬅️ Back"), id="back", state=LessonDesk.price),
        state=LessonDesk.stars,
        getter=lesson_tariff,
        hint=N_("Please type the number of Stars, like 600."),
        preview_data={**_PREVIEW, "stars": "50 Stars", "rate": 60, "may_follow_rate": True},
    ),
    Window(
        T("✋ <b>Somebody else has changed this meanwhile.</b>"),
        T("\n👥 Theirs:\n<blockquote>{title}</blockquote>"),
        T("\n✏️ Yours:\n<blockquote>{mine}</blockquote>"),
        Button(Label("✏️ Replace theirs"), id="replace", on_click=retitle),
        SwitchTo(Label("👥 Keep theirs"), id="keep", state=LessonDesk.desk),
        state=LessonDesk.conflict,
        getter=title_conflict,
        hint=N_("Please choose first what happens to the two texts 👇"),
        preview_data={**_PREVIEW, "mine": "Chegirmalar va ustamalar"},
    ),
    on_start=take_over,
)

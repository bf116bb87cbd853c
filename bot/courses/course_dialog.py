"""One course where its author works on it."""

from aiogram_dialog.widgets.kbd import Button, CopyText, Group, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.courses.course_actions import (
    archive,
    delete_description,
    make_free,
    open_certificates,
    open_lesson,
    open_studio,
    publish,
    restore,
    sell_lessons,
    type_amount,
    type_description,
    type_title,
    view_as_student,
)
from bot.courses.first_material import send_first_material, type_lessons
from bot.courses.getters import course_desk, course_question
from bot.courses.import_actions import begin_import_here, export_course
from bot.courses.inputs import Sent
from bot.courses.question_links import open_banks
from bot.courses.settings_actions import open_options
from bot.courses.states import CourseDesk
from bot.courses.structure_actions import open_structure
from bot.courses.tariff_actions import forget_course_stars, type_course_stars, type_fiscal_codes, use_usual_codes
from bot.courses.tariff_getters import course_tariff
from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.row_ids import row_id

_TO_DESK = SwitchTo(Label("⬅️ Back"), id="desk", state=CourseDesk.desk)
_PREVIEW = {
    "title": "Foizlar",
    "status": "🟢 Published",
    "price": "150 000 so‘m",
    "description": "Foizlar bilan hayotiy masalalar.",
    "has_description": True,
    "is_sold_by_lesson": False,
    "next_number": 3,
}

course_dialog = Dialog(
    Window(
        T("🎓 <b>{title}</b>"),
        T("{status}"),
        T("⏰ Publishes itself on {moment}", when="is_planned"),
        T("{subject} · 💰 {price}"),
        T("\n{description}\n", when="has_description"),
        T("🔗 {link}", when="is_published"),
        T("{lesson_count} lesson:", "{lesson_count} lessons:", count="lesson_count", when="has_lessons"),
        T(
            "No lessons yet. Add the first one, and then just send me texts, photos, PDFs, videos and quiz polls.",
            when="is_empty",
        ),
        T("\n👇 Whatever you send or forward here becomes a new lesson.", when="takes_material"),
        Sent(send_first_material),
        choices(id="lesson", items="lessons", on_click=open_lesson, type_factory=row_id, pages="lessons"),
        SwitchTo(Label("➕ Add a lesson"), id="add_lesson", state=CourseDesk.lesson),
        Button(Label("🚀 Publish"), id="publish", on_click=publish, when="can_publish"),
        Button(
            Label("🚀 Publish {ready_count} new lesson", "🚀 Publish {ready_count} new lessons", count="ready_count"),
            id="publish_new",
            on_click=publish,
            when="can_publish_new",
        ),
        Button(Label("♻️ Restore"), id="restore", on_click=restore, when="is_archived"),
        Group(
            Button(Label("🧱 Structure"), id="structure", on_click=open_structure, when="has_lessons"),
            SwitchTo(Label("💰 Price"), id="price", state=CourseDesk.price),
            Button(Label("👁 View as student"), id="view", on_click=view_as_student, when="has_lessons"),
            CopyText(Label("🔗 Copy the link"), Format("{link}"), when="is_published"),
            Button(Label("⚙️ Settings"), id="options", on_click=open_options),
            SwitchTo(Label("🧰 More"), id="more", state=CourseDesk.more),
            width=2,
        ),
        Button(Label("⬅️ Your courses"), id="studio", on_click=open_studio),
        state=CourseDesk.desk,
        getter=course_desk,
        hint=N_(
            "A lesson cannot show this. Send a text, photo, PDF, slides, video, audio, voice or file; "
            "a round video as an ordinary one."
        ),
        preview_data={
            **_PREVIEW,
            "subject": "📐 Matematika",
            "lesson_count": 2,
            "has_lessons": True,
            "is_empty": False,
            "lessons": [(1, "1. Foiz nima? · 3 📎 5 ❓"), (2, "✏️ 2. Chegirmalar")],
            "can_publish": True,
            "ready_count": 1,
            "can_publish_new": True,
            "is_published": True,
            "is_archived": True,
            "can_archive": True,
            "takes_material": True,
            "link": "https://t.me/ustoz_bot?start=c_K7Q2M",
        },
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("{status}"),
        T("What is to be done with the course?"),
        Group(
            SwitchTo(Label("✏️ Rename"), id="rename", state=CourseDesk.title),
            SwitchTo(Label("📝 Description"), id="describe", state=CourseDesk.description),
            Button(Label("📥 From Word"), id="import", on_click=begin_import_here, when="can_archive"),
            Button(Label("📤 Export"), id="export", on_click=export_course),
            Button(Label("🗂 Question banks"), id="banks", on_click=open_banks),
            Button(Label("🎓 Certificates"), id="certificates", on_click=open_certificates),
            SwitchTo(Label("🧾 Fiscal codes"), id="fiscal", state=CourseDesk.fiscal, when="may_set_codes"),
            Button(Label("🗄 Archive"), id="archive", on_click=archive, when="can_archive"),
            width=2,
        ),
        _TO_DESK,
        state=CourseDesk.more,
        getter=course_desk,
        preview_data={**_PREVIEW, "can_archive": True, "may_set_codes": True},
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("What is lesson {next_number} called? Type its title."),
        T("Several lines make several lessons; a line like “# Basics” begins a section."),
        Sent(type_lessons),
        _TO_DESK,
        state=CourseDesk.lesson,
        getter=course_question,
        hint=N_("First the lesson's title as a text, please. Then send the material."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("Type the new title."),
        Sent(type_title),
        _TO_DESK,
        state=CourseDesk.title,
        getter=course_question,
        hint=N_("Please type the title as a text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("{description}\n", when="has_description"),
        T("Type the new description."),
        Sent(type_description),
        Button(Label("🗑 No description"), id="none", on_click=delete_description, when="has_description"),
        _TO_DESK,
        state=CourseDesk.description,
        getter=course_question,
        hint=N_("Please type the description as a text."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("💰 Now: {price}"),
        T("⭐ In Stars: {stars}", when="takes_stars"),
        T("Students who have paid keep what they bought."),
        Button(Label("🎁 Free"), id="free", on_click=make_free),
        SwitchTo(Label("🎓 Pay once for the whole course"), id="whole", state=CourseDesk.amount),
        Button(Label("📖 Pay for each lesson"), id="lessons", on_click=sell_lessons),
        SwitchTo(Label("⭐ Price in Stars"), id="stars", state=CourseDesk.stars, when="takes_stars"),
        _TO_DESK,
        state=CourseDesk.price,
        getter=course_tariff,
        preview_data={**_PREVIEW, "stars": "600 Stars, by the rate", "takes_stars": True},
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("💰 Now: {price}"),
        T("⭐ In Stars: {stars}"),
        T("How many Stars is the whole course? Type a number, for example 600."),
        Sent(type_course_stars),
        Button(
            Label("⚖️ By the rate: {rate} Star", "⚖️ By the rate: {rate} Stars", count="rate"),
            id="rate",
            on_click=forget_course_stars,
            when="may_follow_rate",
        ),
        Button(Label("✖️ Not for Stars"), id="none", on_click=forget_course_stars, when="may_stop_stars"),
        SwitchTo(Label("⬅️ Back"), id="back", state=CourseDesk.price),
        state=CourseDesk.stars,
        getter=course_tariff,
        hint=N_("Please type the number of Stars, like 600."),
        preview_data={**_PREVIEW, "stars": "500 Stars", "rate": 600, "may_follow_rate": True},
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("🧾 In fiscal receipts: {fiscal}"),
        T("Type the IKPU, the package code and VAT in one line. Your accountant knows them. For example:"),
        T("<code>10305008002000000 1514296 12%</code>"),
        Sent(type_fiscal_codes),
        Button(Label("🏫 The usual codes of the centre"), id="usual", on_click=use_usual_codes, when="has_own_codes"),
        _TO_DESK,
        state=CourseDesk.fiscal,
        getter=course_tariff,
        hint=N_("Please type three numbers in one line: IKPU, package code, VAT."),
        preview_data={
            **_PREVIEW,
            "fiscal": "IKPU 10305008002000000, package 1514296, VAT 12%",
            "has_own_codes": True,
        },
    ),
    Window(
        T("🎓 <b>{title}</b>"),
        T("How much is the whole course, in so'm? For example: 150 000"),
        Sent(type_amount),
        SwitchTo(Label("⬅️ Back"), id="back", state=CourseDesk.price),
        state=CourseDesk.amount,
        getter=course_question,
        hint=N_("Please type the price as a number."),
        preview_data=_PREVIEW,
    ),
)

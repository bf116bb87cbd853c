"""The learner's screens: finding a course, the course, a lesson's buttons."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.learning.actions import (
    ask,
    buy,
    buy_course,
    continue_course,
    edit_course,
    edit_lesson,
    enrol,
    finish_lesson,
    leave,
    next_lesson,
    next_page,
    open_course,
    open_lesson,
    open_parts,
    open_subject,
    previous_lesson,
    previous_page,
    search,
    send_again,
    take_quiz,
    to_catalogue,
    to_course,
    to_menu,
    to_subject,
)
from bot.learning.getters import catalogue, course_card, found_courses, lesson, my_courses, subject
from bot.learning.states import Catalogue, CourseCard, Lessons, MyCourses

_COURSES = choices(id="course", items="courses", on_click=open_course, type_factory=int)
_PAGES = Row(
    Button(Label("⬅️ Earlier"), id="previous_page", on_click=previous_page, when="has_previous"),
    Button(Label("Later ➡️"), id="next_page", on_click=next_page, when="has_next"),
)
_SEARCH = MessageInput(search, content_types=ContentType.TEXT)
_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_SOME_COURSES = [(1, "📖 Foizlar · 50%"), (2, "Kvadrat tenglamalar · 149 000 so‘m")]
_PAGE_PREVIEW = {"page": 1, "page_count": 2, "has_pages": True, "has_previous": False, "has_next": True}

catalogue_dialog = Dialog(
    Window(
        T("📚 <b>Catalogue</b>"),
        T("Choose a subject, or type a word to search.", when="subjects"),
        T("There are no courses yet. Please come back soon.", when="is_empty"),
        _SEARCH,
        choices(id="subject", items="subjects", on_click=open_subject, type_factory=int),
        _MENU,
        state=Catalogue.subjects,
        getter=catalogue,
        preview_data={"subjects": [(1, "📐 Matematika · 2")], "is_empty": False},
        hint=N_("Please choose a subject below, or type what you want to learn."),
    ),
    Window(
        T("📚 Catalogue › <b>{title}</b>"),
        T("There are no courses in this subject yet.", when="is_empty"),
        T("Page {page} of {page_count}", when="has_pages"),
        _SEARCH,
        _COURSES,
        _PAGES,
        Button(Label("⬅️ Subjects"), id="subjects", on_click=to_catalogue),
        state=Catalogue.courses,
        getter=subject,
        preview_data={"title": "Matematika", "courses": _SOME_COURSES, "is_empty": False, **_PAGE_PREVIEW},
        hint=N_("Please choose a course below, or type what you want to learn."),
    ),
    Window(
        T("🔎 <b>{words}</b>"),
        T("{count} course found", "{count} courses found", when="count"),
        T("Nothing found. Try another word, or look through the subjects.", when="is_empty"),
        _SEARCH,
        _COURSES,
        Button(Label("⬅️ Subjects"), id="subjects", on_click=to_catalogue),
        state=Catalogue.search,
        getter=found_courses,
        preview_data={"words": "foiz", "courses": _SOME_COURSES, "count": 2, "is_empty": False},
        hint=N_("Please choose a course below, or type what you want to learn."),
    ),
)

my_courses_dialog = Dialog(
    Window(
        T("🎒 <b>My courses</b>"),
        T("You have no courses yet. Choose one in the catalogue: many lessons are free.", when="is_empty"),
        T("Page {page} of {page_count}", when="has_pages"),
        _COURSES,
        _PAGES,
        Button(Label("📚 Catalogue"), id="catalogue", on_click=to_catalogue),
        _MENU,
        state=MyCourses.list,
        getter=my_courses,
        preview_data={"courses": _SOME_COURSES, "is_empty": False, **_PAGE_PREVIEW},
    ),
)

course_dialog = Dialog(
    Window(
        T("{subject} › <b>{title}</b>"),
        T("\n{description}", when="has_description"),
        T("\n👤 {teacher}"),
        T("{lesson_count} lesson", "{lesson_count} lessons", count="lesson_count"),
        T("💚 Free", when="is_free"),
        T("💳 The whole course: {price}", when="is_sold_whole"),
        T("💳 Lessons are sold one by one", when="is_sold_by_lesson"),
        T("✅ Paid", when="is_bought"),
        T("📝 Draft: only you see it", when="is_draft"),
        T("\n{bar} {percent}%", when="is_started"),
        T("\nLessons are being prepared.", when="is_empty"),
        Button(Label("▶️ Continue"), id="continue", on_click=continue_course, when="is_started"),
        Button(Label("🛒 Buy for {price}"), id="buy_course", on_click=buy_course, when="is_sold_whole"),
        Button(Label("➕ Join the course"), id="enrol", on_click=enrol, when="can_enrol"),
        choices(id="lesson", items="lessons", on_click=open_lesson, type_factory=int, pages="outline"),
        Button(Label("✏️ Edit the course"), id="edit", on_click=edit_course, when="is_staff"),
        SwitchTo(Label("Leave the course"), id="leave", state=CourseCard.leave, when="is_enrolled"),
        Row(Button(Label("⬅️ Courses"), id="subject", on_click=to_subject), _MENU),
        state=CourseCard.card,
        getter=course_card,
        preview_data={
            "subject": "📐 Matematika",
            "title": "Foizlar",
            "description": "Noldan boshlab.",
            "has_description": True,
            "teacher": "Dilnoza Rahimova",
            "lesson_count": 4,
            "price": "149 000 so‘m",
            "is_sold_whole": True,
            "is_started": True,
            "is_enrolled": True,
            "bar": "▰▰▰▰▰▱▱▱▱▱",
            "percent": 50,
            "lessons": [(1, "✅ 1. Foiz nima?"), (2, "🔒 2. Oshirish va kamaytirish")],
        },
    ),
    Window(
        T("Leave <b>{title}</b>? Your progress and what you paid for stay yours."),
        Button(Label("Leave"), id="leave_now", on_click=leave),
        SwitchTo(Label("⬅️ Stay"), id="stay", state=CourseCard.card),
        state=CourseCard.leave,
        getter=course_card,
        preview_data={"title": "Foizlar"},
    ),
)

lesson_dialog = Dialog(
    Window(
        T("📚 {course}", when="is_flat"),
        T("📚 {course} › {section}", when="section"),
        T("<b>{number} / {lesson_count} · {title}</b>"),
        T("\n🔒 This lesson costs {price}.", when="needs_lesson"),
        T("\n🔒 This lesson is part of the paid course: {price}.", when="needs_course"),
        T("✅ Done", when="is_done"),
        T("📝 Draft: only you see it", when="is_draft"),
        Button(Label("🛒 Buy for {price}"), id="buy", on_click=buy, when="is_locked"),
        Button(Label("📝 Take the quiz"), id="quiz", on_click=take_quiz, when="has_quiz"),
        Button(Label("✅ Done, go on"), id="finish", on_click=finish_lesson, when="can_finish"),
        Button(Label("🤖 Ask the tutor"), id="ask", on_click=ask, when="is_open"),
        Row(
            Button(Label("⬅️ Previous"), id="previous", on_click=previous_lesson, when="has_previous"),
            Button(Label("Next ➡️"), id="next", on_click=next_lesson, when="has_next"),
        ),
        Button(Label("📄 Send the lesson again"), id="again", on_click=send_again, when="is_sent"),
        Button(Label("✏️ Edit the lesson"), id="edit", on_click=edit_lesson, when="is_staff"),
        Row(Button(Label("📖 Course"), id="course", on_click=to_course), _MENU),
        state=Lessons.reading,
        getter=lesson,
        preview_data={
            "title": "Foiz nima?",
            "course": "Foizlar",
            "section": "Asoslar",
            "number": 1,
            "lesson_count": 4,
            "is_open": True,
            "price": "15 000 so‘m",
            "can_finish": True,
            "has_quiz": True,
            "has_next": True,
        },
    ),
    on_start=open_parts,
)

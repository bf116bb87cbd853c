"""Rating a finished course, and reading what others said."""

from aiogram.enums import ContentType
from aiogram_dialog.widgets.input import MessageInput
from aiogram_dialog.widgets.kbd import Button, Row, SwitchTo

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, T
from bot.learning.actions import to_menu
from bot.learning.rating_actions import (
    delete_comment,
    delete_rating,
    give_stars,
    newer_reviews,
    older_reviews,
    open_review,
    show_again,
    to_own_rating,
    to_rated_course,
    to_reviews,
    type_comment,
    type_hide_reason,
)
from bot.learning.rating_getters import CHOICES, one_review, own_rating, review_list
from bot.learning.states import CourseReviews, Ratings
from bot.row_ids import row_id

_MENU = Button(Label("🏠 Menu"), id="menu", on_click=to_menu)
_COURSE = Button(Label("📖 Course"), id="course", on_click=to_rated_course)
_PREVIEW = {
    "title": "Foizlar",
    "choices": CHOICES,
    "asks": True,
    "is_closed": True,
    "is_rated": True,
    "may_change": True,
    "stars": "★★★★☆",
    "comment": "Hammasi tushunarli.",
    "has_no_comment": True,
    "is_hidden": True,
    "hide_reason": "Insults",
}

rating_dialog = Dialog(
    Window(
        T("⭐ <b>{title}</b>"),
        T("How did you like the course?", when="asks"),
        T("Whoever has finished a course may rate it. A few lessons are still waiting for you.", when="is_closed"),
        T("Your rating: {stars}", when="is_rated"),
        T("“{comment}”", when="comment"),
        T("\n🙈 An admin has hidden it: {hide_reason}", when="is_hidden"),
        choices(id="stars", items="choices", on_click=give_stars, type_factory=row_id, when="asks"),
        SwitchTo(Label("⭐ Change the stars"), id="change", state=Ratings.stars, when="may_change"),
        SwitchTo(Label("✏️ Change the sentence"), id="comment", state=Ratings.comment, when="comment"),
        SwitchTo(Label("✏️ Add a sentence"), id="add", state=Ratings.comment, when="has_no_comment"),
        SwitchTo(Label("🗑 Delete the rating"), id="remove", state=Ratings.remove, when="is_rated"),
        Button(Label("💬 All ratings"), id="reviews", on_click=to_reviews),
        Row(_COURSE, _MENU),
        state=Ratings.own,
        getter=own_rating,
        preview_data=_PREVIEW,
    ),
    Window(
        T("⭐ <b>{title}</b>"),
        T("How did you like the course?"),
        choices(id="stars", items="choices", on_click=give_stars, type_factory=row_id),
        SwitchTo(Label("⬅️ Back"), id="back", state=Ratings.own),
        state=Ratings.stars,
        getter=own_rating,
        preview_data=_PREVIEW,
    ),
    Window(
        T("{stars} <b>{title}</b>"),
        T("Thank you! Would you say why, in a sentence? It stands beside your first name."),
        T("\nNow: “{comment}”", when="comment"),
        MessageInput(type_comment, content_types=ContentType.TEXT),
        Button(Label("🗑 Delete the sentence"), id="delete", on_click=delete_comment, when="comment"),
        SwitchTo(Label("✅ Leave it so"), id="done", state=Ratings.own),
        state=Ratings.comment,
        getter=own_rating,
        hint=N_("Please type a sentence, or tap the button below."),
        preview_data=_PREVIEW,
    ),
    Window(
        T("🗑 Delete your rating of <b>{title}</b>?"),
        Button(Label("🗑 Delete"), id="remove_now", on_click=delete_rating),
        SwitchTo(Label("⬅️ Keep it"), id="keep", state=Ratings.own),
        state=Ratings.remove,
        getter=own_rating,
        preview_data=_PREVIEW,
    ),
)

reviews_dialog = Dialog(
    Window(
        T("💬 <b>{title}</b>"),
        T("{average}", when="average"),
        T("Nobody has rated this course yet.", when="is_empty"),
        T("\n{reviews}", when="reviews"),
        choices(id="review", items="choices", on_click=open_review, type_factory=row_id, when="may_hide"),
        Row(
            Button(Label("⬅️ Newer"), id="newer", on_click=newer_reviews, when="has_previous"),
            Button(Label("Older ➡️"), id="older", on_click=older_reviews, when="has_next"),
        ),
        Button(Label("⭐ Rate the course"), id="rate", on_click=to_own_rating, when="may_rate"),
        Button(Label("⭐ My rating"), id="own", on_click=to_own_rating, when="has_own"),
        Row(_COURSE, _MENU),
        state=CourseReviews.list,
        getter=review_list,
        preview_data={
            "title": "Foizlar",
            "average": "★ 4.7 (128)",
            "reviews": "★★★★★ Ali K. · 21 November 2026\nHammasi tushunarli.",
            "is_empty": True,
            "may_hide": True,
            "choices": [(1, "⚖️ ★★★★★ Ali K.")],
            "may_rate": True,
            "has_own": True,
            "has_previous": True,
            "has_next": True,
        },
    ),
    Window(
        T("{review}"),
        T("\n🙈 Hidden: {hide_reason}", when="is_hidden"),
        SwitchTo(Label("🙈 Hide it"), id="hide", state=CourseReviews.reason, when="is_shown"),
        Button(Label("👁 Show it again"), id="show", on_click=show_again, when="is_hidden"),
        SwitchTo(Label("⬅️ Back"), id="back", state=CourseReviews.list),
        state=CourseReviews.one,
        getter=one_review,
        preview_data={
            "review": "★☆☆☆☆ Ali K. · 21 November 2026",
            "is_hidden": True,
            "is_shown": True,
            "hide_reason": "Insults",
        },
    ),
    Window(
        T("{review}"),
        T("\n🙈 Why is it hidden? Type the reason: its author will read it."),
        MessageInput(type_hide_reason, content_types=ContentType.TEXT),
        SwitchTo(Label("⬅️ Keep it"), id="keep", state=CourseReviews.one),
        state=CourseReviews.reason,
        getter=one_review,
        hint=N_("Please type the reason as a text."),
        preview_data={"review": "★☆☆☆☆ Ali K. · 21 November 2026"},
    ),
)

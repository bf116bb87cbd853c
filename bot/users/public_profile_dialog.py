"""One's own public profile: what it tells, and to whom."""

from aiogram_dialog.widgets.kbd import Button, CopyText, Group, Row, SwitchTo
from aiogram_dialog.widgets.text import Format

from bot.dialogs import Dialog, Window, choices
from bot.i18n import N_, Label, Safe, T
from bot.links import number_in
from bot.users.inputs import TypedText
from bot.users.public_profile_actions import (
    add_suggested,
    back_to_profile,
    choose_kind,
    choose_level,
    choose_skill,
    close_to_everyone,
    forget_undo,
    hide_username,
    open_to_everyone,
    renew,
    see_as_others,
    show_username,
    take_bio,
    take_link,
    take_location,
    take_skill,
    type_bio,
    type_link,
    type_location,
    type_skill,
    undo,
)
from bot.users.public_profile_getters import own_link, own_links, own_profile, own_skill, own_skills
from bot.users.states import PublicProfile

_BACK = SwitchTo(Label("⬅️ Back"), id="home", state=PublicProfile.home, on_click=forget_undo)
_TO_SKILLS = SwitchTo(Label("⬅️ Skills"), id="skills", state=PublicProfile.skills)
_TAKEN = T("\n🗑 Taken away.", when="can_undo")
_UNDO = Button(Label("↩️ Undo"), id="undo", on_click=undo, when="can_undo")
_LINKS = Safe('🔗 YouTube: <a href="https://youtube.com/@ali">youtube.com/@ali</a>')


def _row_id(raw: str) -> int:
    """An id from a button; what is no id of any row becomes one that no row has."""
    return number_in(raw) or 0


public_profile_dialog = Dialog(
    Window(
        T("🪪 <b>Public profile</b>"),
        T("🌍 Everyone with the link sees it.", when="is_open"),
        T("🔒 Only you see it.", when="is_closed"),
        T("Your phone number is never shown."),
        T("\n👤 <b>{name}</b>"),
        T("📍 {location}", when="location"),
        T("{bio}", when="bio"),
        T("Tell in a few words who you are and what you like to learn.", when="has_no_bio"),
        T("\n<b>Skills</b>\n{skills}", when="skills"),
        T("\n✈️ On Telegram: @{username}", when="username"),
        T("{links}", when="links"),
        _TAKEN,
        _UNDO,
        Button(Label("🌍 Show it to everyone"), id="open", on_click=open_to_everyone, when="is_closed"),
        Button(Label("🔒 Show it to nobody"), id="close", on_click=close_to_everyone, when="is_open"),
        Group(
            SwitchTo(Label("✏️ About me"), id="bio", state=PublicProfile.bio, on_click=forget_undo),
            SwitchTo(Label("📍 Where I live"), id="location", state=PublicProfile.location, on_click=forget_undo),
            SwitchTo(Label("🔗 Links"), id="links", state=PublicProfile.links, on_click=forget_undo),
            SwitchTo(Label("🎓 Skills"), id="skills", state=PublicProfile.skills, on_click=forget_undo),
            width=2,
        ),
        CopyText(Label("🔗 Copy the link"), Format("{link}"), when="is_open"),
        Row(
            Button(Label("👁 See it as others"), id="see", on_click=see_as_others),
            SwitchTo(Label("♻️ Renew the link"), id="renew", state=PublicProfile.renew, when="is_open"),
        ),
        Button(Label("⬅️ My profile"), id="profile", on_click=back_to_profile),
        state=PublicProfile.home,
        getter=own_profile,
        preview_data={
            "name": "Ali Karimov",
            "is_open": True,
            "bio": "Matematikani yaxshi ko‘raman.",
            "location": "Toshkent",
            "username": "ali",
            "links": _LINKS,
            "skills": "• Algebra ★★★☆☆",
            "link": "https://t.me/ustoz_bot?start=u_abcdefghijklmnop",
            "can_undo": False,
        },
    ),
    Window(
        T("✏️ <b>About me</b>"),
        T("Now: {bio}", when="bio"),
        T("\nType a few words about yourself, 300 characters at most."),
        TypedText(type_bio),
        Button(Label("🗑 Take it away"), id="take", on_click=take_bio, when="bio"),
        _BACK,
        state=PublicProfile.bio,
        getter=own_profile,
        hint=N_("Please type a few words about yourself."),
        preview_data={"bio": "Matematikani yaxshi ko‘raman."},
    ),
    Window(
        T("📍 <b>Where I live</b>"),
        T("Now: {location}", when="location"),
        T("\nType a city or a country. An address is not needed."),
        TypedText(type_location),
        Button(Label("🗑 Take it away"), id="take", on_click=take_location, when="location"),
        _BACK,
        state=PublicProfile.location,
        getter=own_profile,
        hint=N_("Please type a city or a country."),
        preview_data={"location": "Toshkent"},
    ),
    Window(
        T("🔗 <b>Links</b>"),
        T("✈️ On Telegram: @{username}, shown", when="may_hide_username"),
        T("✈️ On Telegram: @{username}, hidden", when="may_show_username"),
        T("✈️ You have no @name in Telegram.", when="has_no_username"),
        T("{links}", when="links"),
        _TAKEN,
        _UNDO,
        Button(Label("👁 Show @{username}"), id="show_username", on_click=show_username, when="may_show_username"),
        Button(Label("🙈 Hide @{username}"), id="hide_username", on_click=hide_username, when="may_hide_username"),
        choices(id="kind", items="kinds", on_click=choose_kind, columns=2),
        _BACK,
        state=PublicProfile.links,
        getter=own_links,
        preview_data={
            "username": "ali",
            "may_show_username": True,
            "kinds": [("instagram", "➕ Instagram"), ("youtube", "✅ YouTube")],
            "links": _LINKS,
            "can_undo": False,
        },
    ),
    Window(
        T("🔗 <b>{place}</b>"),
        T("Now: {url}", when="url"),
        T("\nSend the link, for example: <code>{example}</code>"),
        TypedText(type_link),
        Button(Label("🗑 Take it away"), id="take", on_click=take_link, when="url"),
        SwitchTo(Label("⬅️ Links"), id="links", state=PublicProfile.links),
        state=PublicProfile.link,
        getter=own_link,
        hint=N_("Please send the link as a text."),
        preview_data={"place": "YouTube", "url": "https://youtube.com/@ali", "example": "https://youtube.com/@ali"},
    ),
    Window(
        T("🎓 <b>Skills</b>"),
        T("Tell what you can do, and how well. Others see it on your card.", when="is_empty"),
        T("\nFrom the courses that you have finished: tap to add.", when="has_suggestions"),
        _TAKEN,
        _UNDO,
        choices(id="skill", items="skills", on_click=choose_skill, type_factory=_row_id, pages="skills"),
        choices(id="topic", items="suggestions", on_click=add_suggested, type_factory=_row_id, columns=2),
        SwitchTo(Label("➕ Another skill"), id="new", state=PublicProfile.new_skill, on_click=forget_undo),
        _BACK,
        state=PublicProfile.skills,
        getter=own_skills,
        preview_data={
            "skills": [(1, "Algebra ★★★☆☆")],
            "is_empty": False,
            "suggestions": [(2, "➕ Matematika")],
            "has_suggestions": True,
            "can_undo": False,
        },
    ),
    Window(
        T("🎓 <b>{skill}</b>"),
        T("{stars}"),
        T("\nHow well can you do it? 1: I am beginning. 5: I could teach it."),
        choices(id="level", items="levels", on_click=choose_level, type_factory=_row_id, columns=5),
        Button(Label("🗑 Take it away"), id="take", on_click=take_skill),
        _TO_SKILLS,
        state=PublicProfile.skill,
        getter=own_skill,
        preview_data={"skill": "Algebra", "stars": "★★★☆☆", "levels": [(1, "1"), (2, "2"), (3, "✅ 3")]},
    ),
    Window(
        T("🎓 <b>What can you do?</b>"),
        T("Type it, for example: English, algebra, chess. 40 characters at most."),
        TypedText(type_skill),
        _TO_SKILLS,
        state=PublicProfile.new_skill,
        hint=N_("Please type the skill as a text."),
    ),
    Window(
        T("♻️ <b>Renew the link?</b>"),
        T("The old link, wherever you have sent it, will lead nowhere."),
        Button(Label("♻️ Renew it"), id="renew_now", on_click=renew),
        SwitchTo(Label("⬅️ Keep it"), id="keep", state=PublicProfile.home),
        state=PublicProfile.renew,
    ),
)

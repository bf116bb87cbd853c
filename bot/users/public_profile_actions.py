"""What people change about their public profile."""

from collections.abc import Awaitable
from typing import Any

from aiogram.types import CallbackQuery, Message
from aiogram_dialog import DialogManager
from aiogram_dialog.widgets.kbd import Button

from bot.i18n import _, current_language
from bot.services import current_user, services
from bot.users.errors import input_sentence
from bot.users.public_profile_getters import shown_kind, taken_away
from bot.users.states import PublicProfile, show_profile, show_public_card
from domain.errors import InvalidInput
from domain.users.errors import SkillGone
from domain.users.profile_service import ProfileService
from domain.users.profiles import LinkKind, SkillId


def _profiles(manager: DialogManager) -> ProfileService:
    return services(manager).profiles


async def back_to_profile(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await show_profile(manager)


async def see_as_others(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    profile = await _profiles(manager).own(current_user(manager).id)
    if profile.code is not None:
        await show_public_card(manager, profile.code)


async def open_to_everyone(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _profiles(manager).open_to_everyone(current_user(manager).id, is_public=True)
    await query.answer(_("🌍 Everyone with the link sees your profile now."))


async def close_to_everyone(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _profiles(manager).open_to_everyone(current_user(manager).id, is_public=False)
    await query.answer(_("🔒 Only you see your profile now."))


async def renew(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _profiles(manager).renew_code(current_user(manager).id)
    await query.answer(_("The link is new. The old one leads nowhere now."))
    await manager.switch_to(PublicProfile.home)


async def type_bio(message: Message, text: str, manager: DialogManager) -> None:
    if await _took(message, _profiles(manager).tell_bio(current_user(manager).id, text)):
        await _home(manager)


async def type_location(message: Message, text: str, manager: DialogManager) -> None:
    if await _took(message, _profiles(manager).tell_location(current_user(manager).id, text)):
        await _home(manager)


async def take_bio(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    profile = await _profiles(manager).own(current_user(manager).id)
    await _profiles(manager).tell_bio(profile.user_id, None)
    await _home(manager, what="bio", text=profile.bio)


async def take_location(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    profile = await _profiles(manager).own(current_user(manager).id)
    await _profiles(manager).tell_location(profile.user_id, None)
    await _home(manager, what="location", text=profile.location)


async def show_username(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _profiles(manager).show_username(current_user(manager).id, is_shown=True)


async def hide_username(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    await _profiles(manager).show_username(current_user(manager).id, is_shown=False)


async def choose_kind(query: CallbackQuery, widget: Any, manager: DialogManager, kind: str) -> None:
    if kind in set(LinkKind):
        manager.dialog_data["kind"] = kind
        await manager.switch_to(PublicProfile.link)


async def type_link(message: Message, text: str, manager: DialogManager) -> None:
    if await _took(message, _profiles(manager).set_link(current_user(manager).id, shown_kind(manager), text)):
        await _go(manager, PublicProfile.links)


async def take_link(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    profile, kind = await _profiles(manager).own(current_user(manager).id), shown_kind(manager)
    await _profiles(manager).set_link(profile.user_id, kind, None)
    await _go(manager, PublicProfile.links, what="link", kind=kind.value, text=profile.links.get(kind))


async def choose_skill(query: CallbackQuery, widget: Any, manager: DialogManager, skill_id: int) -> None:
    manager.dialog_data["skill_id"] = skill_id
    await manager.switch_to(PublicProfile.skill)


async def add_suggested(query: CallbackQuery, widget: Any, manager: DialogManager, topic_id: int) -> None:
    skill = await _profiles(manager).add_suggested(current_user(manager).id, topic_id, current_language())
    await choose_skill(query, widget, manager, skill.id)


async def type_skill(message: Message, text: str, manager: DialogManager) -> None:
    try:
        skill = await _profiles(manager).add_skill(current_user(manager).id, text)
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return
    manager.dialog_data["skill_id"] = skill.id
    await _go(manager, PublicProfile.skill)


async def choose_level(query: CallbackQuery, widget: Any, manager: DialogManager, level: int) -> None:
    await _profiles(manager).set_level(current_user(manager).id, _shown_skill(manager), level)


async def take_skill(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    profile, skill_id = await _profiles(manager).own(current_user(manager).id), _shown_skill(manager)
    skill = next((skill for skill in profile.skills if skill.id == skill_id), None)
    if skill is None:
        raise SkillGone(skill_id)
    await _profiles(manager).remove_skill(profile.user_id, skill_id)
    await _go(manager, PublicProfile.skills, what="skill", text=skill.name, level=skill.level)


async def undo(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """Bring back what was taken away last; it was checked when it came, and is checked again."""
    taken = taken_away(manager)
    manager.dialog_data.pop("taken", None)
    if taken is None:
        return
    profiles, user_id = _profiles(manager), current_user(manager).id
    match taken["what"]:
        case "bio":
            await profiles.tell_bio(user_id, taken["text"])
        case "location":
            await profiles.tell_location(user_id, taken["text"])
        case "link":
            await profiles.set_link(user_id, LinkKind(taken["kind"]), taken["text"])
        case _:
            await profiles.add_skill(user_id, taken["text"], taken["level"])


async def forget_undo(query: CallbackQuery, button: Button, manager: DialogManager) -> None:
    """On another screen it is no longer the last thing that was done."""
    manager.dialog_data.pop("taken", None)


def _shown_skill(manager: DialogManager) -> SkillId:
    return SkillId(manager.dialog_data["skill_id"])


async def _took(message: Message, change: Awaitable[None]) -> bool:
    """False, and a sentence, for what does not fit; the screen then stays."""
    try:
        await change
    except InvalidInput as error:
        await message.answer(input_sentence(error))
        return False
    return True


async def _home(manager: DialogManager, **taken: Any) -> None:
    await _go(manager, PublicProfile.home, **taken)


async def _go(manager: DialogManager, state: Any, **taken: Any) -> None:
    manager.dialog_data.pop("taken", None)
    if taken.get("text"):
        manager.dialog_data["taken"] = taken
    await manager.switch_to(state)

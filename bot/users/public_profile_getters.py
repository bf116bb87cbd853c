"""What the screens of one's own public profile show."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.i18n import current_language, shorten
from bot.services import current_user, services
from bot.users.getters import CHOSEN
from bot.users.public_words import LINK_EXAMPLES, link_lines, link_name, profile_link, skill_line, stars
from domain.users.errors import SkillGone
from domain.users.profiles import SKILL_LEVELS, LinkKind, Profile

_LABEL = 48


async def _own(data: dict[str, Any]) -> Profile:
    return await services(data).profiles.own(current_user(data).id)


def taken_away(manager: DialogManager) -> dict[str, Any] | None:
    """What was taken away last, as long as it may be brought back."""
    return manager.dialog_data.get("taken")


def shown_kind(manager: DialogManager) -> LinkKind:
    return LinkKind(manager.dialog_data["kind"])


async def own_profile(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    profile = await _own(data)
    return {
        "name": profile.full_name,
        "is_open": profile.is_open,
        "is_closed": not profile.is_open,
        "bio": profile.bio,
        "has_no_bio": profile.bio is None,
        "location": profile.location,
        "username": profile.username if profile.shows_username else None,
        "links": link_lines(profile.links),
        "skills": "\n".join(f"• {skill_line(skill)}" for skill in profile.skills),
        "link": await profile_link(dialog_manager.middleware_data["bot"], profile.code or ""),
        "can_undo": taken_away(dialog_manager) is not None,
    }


async def own_links(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    profile = await _own(data)
    return {
        "username": profile.username,
        "has_no_username": profile.username is None,
        "may_show_username": profile.username is not None and not profile.shows_username,
        "may_hide_username": profile.username is not None and profile.shows_username,
        "kinds": [
            (kind.value, f"{CHOSEN} {link_name(kind)}" if kind in profile.links else f"➕ {link_name(kind)}")
            for kind in LinkKind
        ],
        "links": link_lines(profile.links),
        "can_undo": taken_away(dialog_manager) is not None,
    }


async def own_link(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    profile, kind = await _own(data), shown_kind(dialog_manager)
    return {"place": link_name(kind), "example": LINK_EXAMPLES[kind], "url": profile.links.get(kind)}


async def own_skills(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    profile = await _own(data)
    language = current_language()
    suggestions = await services(data).profiles.suggestions(current_user(data).id)
    return {
        "skills": [(skill.id, shorten(skill_line(skill), _LABEL)) for skill in profile.skills],
        "is_empty": not profile.skills,
        "suggestions": [(topic.id, shorten(f"➕ {topic.title.read_in(language)}", _LABEL)) for topic in suggestions],
        "has_suggestions": bool(suggestions),
        "can_undo": taken_away(dialog_manager) is not None,
    }


async def own_skill(dialog_manager: DialogManager, **data: Any) -> dict[str, Any]:
    profile = await _own(data)
    skill_id: int = dialog_manager.dialog_data["skill_id"]
    skill = next((skill for skill in profile.skills if skill.id == skill_id), None)
    if skill is None:
        raise SkillGone(skill_id)
    return {
        "skill": skill.name,
        "stars": stars(skill.level),
        "levels": [(level, f"{CHOSEN} {level}" if level == skill.level else str(level)) for level in SKILL_LEVELS],
    }

from typing import Any

from aiogram import types

from bot.i18n import _, current_language, day
from bot.services import current_user, services
from bot.users.words import GOALS, LANGUAGES, ROLES
from domain.errors import InvalidInput
from domain.users.model import DAILY_MINUTES, User
from domain.users.names import clean_name
from domain.users.phone import masked

CHOSEN = "✅"


async def question(**data: Any) -> dict[str, Any]:
    """What all questions share: registration leads on, an edit leads back."""
    user = current_user(data)
    return {"is_registering": not user.is_registered, "is_editing": user.is_registered}


async def name_question(event_from_user: types.User, **data: Any) -> dict[str, Any]:
    user = current_user(data)
    suggestion = _telegram_name(event_from_user)
    is_new = not user.is_registered or suggestion != user.full_name
    return {"name": user.full_name, "suggestion": suggestion if is_new else None}


async def phone_question(**data: Any) -> dict[str, Any]:
    user = current_user(data)
    is_required = services(data).users.phone_required
    return {
        "phone": masked(user.phone) if user.phone else None,
        "can_skip": not user.is_registered and not is_required,
        "can_forget": user.is_registered and user.phone is not None and not is_required,
    }


async def subject_question(**data: Any) -> dict[str, Any]:
    chosen = set(await services(data).users.subjects_of(current_user(data).id))
    entries = await services(data).learning.subjects()
    language = current_language()
    chips = [
        {
            "wish": f"{'-' if entry.category.id in chosen else '+'}{entry.category.id}",
            "label": f"{CHOSEN if entry.category.id in chosen else entry.category.emoji}"
            f" {entry.category.title.read_in(language)}",
        }
        for entry in entries
    ]
    return {
        "chips": chips,
        "is_empty": not chips,
        "is_answered": bool(chosen),
        "can_skip": not chosen and not current_user(data).is_registered,
    }


async def minutes_question(**data: Any) -> dict[str, Any]:
    return {"choices": DAILY_MINUTES}


async def profile_card(**data: Any) -> dict[str, Any]:
    card = await services(data).users.card(current_user(data).id)
    user, language = card.user, current_language()
    return {
        **_facts(user),
        "role": _(ROLES[user.role]),
        "phone": masked(user.phone) if user.phone else _("no number yet"),
        "subjects": ", ".join(title.read_in(language) for title in card.subjects),
        "since": day(user.created_at, user.timezone),
        "course_count": card.course_count,
        "lessons_done": card.lessons_done,
    }


async def settings_page(**data: Any) -> dict[str, Any]:
    return _facts(current_user(data))


def _facts(user: User) -> dict[str, Any]:
    return {
        "name": user.full_name,
        "language": LANGUAGES[user.language],
        "goal": _(GOALS[user.goal]) if user.goal else None,
        "minutes": user.daily_minutes,
    }


def _telegram_name(sender: types.User) -> str | None:
    try:
        return clean_name(sender.full_name)
    except InvalidInput:
        return None

"""How roles, goals and languages are called."""

from bot.i18n import N_
from domain.language import Language
from domain.users.model import Goal, Role

ROLES: dict[Role, str] = {
    Role.STUDENT: N_("Student"),
    Role.TEACHER: N_("Teacher"),
    Role.ADMIN: N_("Admin"),
}
GOALS: dict[Goal, str] = {
    Goal.EXAM: N_("🎯 Pass an exam"),
    Goal.SCHOOL: N_("🏫 Do better at school"),
    Goal.WORK: N_("💼 Learn for work"),
    Goal.SELF: N_("🌱 Learn for myself"),
}
LANGUAGES: dict[Language, str] = {
    Language.UZ: "🇺🇿 O‘zbekcha",
    Language.RU: "🇷🇺 Русский",
    Language.EN: "🇬🇧 English",
}
"""Each in itself, so that it is found by whoever speaks it."""

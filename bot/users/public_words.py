"""How links and skills are written."""

from collections.abc import Mapping
from html import escape

from aiogram import Bot

from bot.i18n import N_, Safe, _
from domain.users.profiles import SKILL_LEVELS, LinkKind, Skill

LINK_NAMES: dict[LinkKind, str] = {
    LinkKind.INSTAGRAM: "Instagram",
    LinkKind.YOUTUBE: "YouTube",
    LinkKind.GITHUB: "GitHub",
    LinkKind.LINKEDIN: "LinkedIn",
    LinkKind.WEBSITE: N_("Website"),
}
LINK_EXAMPLES: dict[LinkKind, str] = {
    LinkKind.INSTAGRAM: "https://instagram.com/ali",
    LinkKind.YOUTUBE: "https://youtube.com/@ali",
    LinkKind.GITHUB: "https://github.com/ali",
    LinkKind.LINKEDIN: "https://linkedin.com/in/ali",
    LinkKind.WEBSITE: "https://ali.uz",
}


def link_name(kind: LinkKind) -> str:
    return _(LINK_NAMES[kind]) if kind is LinkKind.WEBSITE else LINK_NAMES[kind]


def link_lines(links: Mapping[LinkKind, str]) -> Safe:
    """Each on a line of its own; the address is seen before it is opened."""
    return Safe("\n".join(f"🔗 {escape(link_name(kind))}: {_anchor(url)}" for kind, url in links.items()))


def _anchor(url: str) -> str:
    return f'<a href="{escape(url)}">{escape(url.removeprefix("https://"), quote=False)}</a>'


def stars(level: int) -> str:
    return "★" * level + "☆" * (len(SKILL_LEVELS) - level)


def skill_line(skill: Skill) -> str:
    return f"{skill.name} {stars(skill.level)}"


async def profile_link(bot: Bot, code: str) -> str:
    return f"https://t.me/{(await bot.me()).username}?start=u_{code}"

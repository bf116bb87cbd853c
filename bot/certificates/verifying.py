"""Whether a certificate is genuine: told to anybody who has its number, and nothing more than that."""

from html import escape

from aiogram_dialog import DialogManager

from bot.certificates.words import verify_link
from bot.i18n import _, current_language, day
from bot.links import PublicLink
from bot.services import current_user, services
from domain.certificates.model import Ending, Verdict, grouped


async def verify(manager: DialogManager, rest: str) -> None:
    """The deep link `v_<number>`."""
    verdict = await services(manager).certificates.verify(rest)
    bot, user = manager.middleware_data["bot"], current_user(manager)
    if verdict is None:
        text = _("❓ There is no certificate with this number. Please check the link or the code once more.")
    else:
        text = _said(verdict, user.timezone, (await bot.me()).username)
    await bot.send_message(user.id, text)


def _said(verdict: Verdict, timezone: str, username: str | None) -> str:
    number = f"<code>{grouped(verdict.code)}</code>"
    ended = day(verdict.ended_at, timezone) if verdict.ended_at else ""
    if verdict.ending is None:
        words = _("✅ <b>Genuine certificate</b>\n\n👤 {name}\n🎓 {course}\n📅 {date}\nNo. {number}")
        return words.format(
            name=escape(verdict.full_name or "", quote=False),
            course=escape(verdict.course_title.read_in(current_language()), quote=False),
            date=day(verdict.issued_at, timezone),
            number=number,
        )
    if verdict.ending is Ending.REPLACED:
        text = _("♻️ <b>Replaced</b>\n\nCertificate {number} was replaced by a newer one on {date}.")
    else:
        text = _("⚠️ <b>Revoked</b>\n\nCertificate {number} was revoked on {date}. It is not valid any more.")
    text = text.format(number=number, date=ended)
    if verdict.newer is not None:
        newer = verify_link(username, verdict.newer)
        text = f"{text}\n\n" + _("The newest one: {link}").format(link=newer)
    return text


PUBLIC_LINKS: dict[str, PublicLink] = {"v": verify}

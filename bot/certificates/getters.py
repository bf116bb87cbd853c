"""What the screens about certificates show. The services decide who may see and do what."""

from typing import Any

from aiogram_dialog import DialogManager

from bot.certificates.words import share_link, title_of, verify_link
from bot.dialogs import given
from bot.i18n import _, current_language, day, ngettext
from bot.services import current_user, services
from domain.certificates.model import Certificate, CertificateCode, CertificateId, Ending, Shortfall, grouped
from domain.certificates.service import CertificateView, Prospect
from domain.courses.model import CourseId

MARKS = {None: "🎓", Ending.REPLACED: "♻️", Ending.REVOKED: "⛔", Ending.REFUNDED: "↩️"}


def trail(manager: DialogManager) -> list[int]:
    """Where the pages before the open one began, without the first: the last of them is the open page."""
    return manager.dialog_data.setdefault("trail", [])


def place(manager: DialogManager) -> CertificateId | None:
    pages = trail(manager)
    return CertificateId(pages[-1]) if pages else None


async def own_certificates(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    found = await services(dialog_manager).certificates.mine(user.id, place(dialog_manager))
    dialog_manager.dialog_data["older"] = found.older
    language = current_language()
    return {
        "certificates": [(one.code, f"{MARKS[one.ending]} {title_of(one)}") for one in found.certificates],
        "earnable": [(course.course_id, f"🎁 {course.title.read_in(language)}") for course in found.earnable],
        "has_earnable": bool(found.earnable),
        "is_empty": not found.certificates and not found.earnable and not trail(dialog_manager),
        "has_previous": bool(trail(dialog_manager)),
        "has_next": found.older is not None,
    }


async def certificate_rule(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    course_id = CourseId(given(dialog_manager, "course_id"))
    prospect = await services(dialog_manager).certificates.prospect(user.id, course_id)
    certificate = prospect.certificate
    has_one = certificate is not None and certificate.is_valid
    shortfalls = prospect.standing.shortfalls(user.id)
    can_claim = not has_one and not prospect.is_withdrawn and not shortfalls
    return {
        "title": prospect.standing.course.title.read_in(current_language()),
        "has_one": has_one,
        "is_withdrawn": prospect.is_withdrawn,
        "can_claim": can_claim,
        "missing": "\n".join(missing_lines(prospect)) if not has_one and not prospect.is_withdrawn else "",
        "reason": certificate.reason if certificate and prospect.is_withdrawn else "",
    }


def missing_lines(prospect: Prospect) -> list[str]:
    """What is missing, in words."""
    standing = prospect.standing
    lines: list[str] = []
    for shortfall in standing.shortfalls(prospect.user_id):
        match shortfall:
            case Shortfall.NOT_OFFERED:
                lines.append(_("This course gives no certificate."))
            case Shortfall.TEACHES:
                lines.append(_("You teach this course, so its certificate is for your students."))
            case Shortfall.UNPAID:
                lines.append(_("💳 Some of its lessons are not paid."))
            case Shortfall.LESSONS:
                count = standing.lessons_left
                words = ngettext("📖 {count} lesson is left.", "📖 {count} lessons are left.", count)
                lines.append(words.format(count=count))
            case Shortfall.SCORE:
                words = _("📝 The average of your best quiz results is {percent}%; the course asks for {needed}%.")
                lines.append(words.format(percent=standing.percent, needed=standing.course.certificate_percent))
    return lines


async def certificate_card(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    code = CertificateCode(given(dialog_manager, "code"))
    view = await services(dialog_manager).certificates.view(user.id, code)
    username = (await dialog_manager.middleware_data["bot"].me()).username
    link = verify_link(username, view.certificate.code)
    return {
        **certificate_facts(view, user.timezone),
        "link": link,
        "share": share_link(link, title_of(view.certificate)),
        "is_stale": not view.certificate.is_valid,
        "hints_at_name": view.is_own and view.certificate.is_valid and not view.may_correct and not view.needs_centre,
    }


def certificate_facts(view: CertificateView, timezone: str) -> dict[str, Any]:
    certificate = view.certificate
    return {
        "course": title_of(certificate),
        "name": certificate.full_name,
        "present_name": view.present_name,
        "number": grouped(certificate.code),
        "date": day(certificate.issued_at, timezone),
        "percent": certificate.percent,
        "has_percent": certificate.percent is not None,
        "ended": day(certificate.ended_at, timezone) if certificate.ended_at else "",
        "reason": certificate.reason or "",
        "is_valid": certificate.is_valid,
        "is_revoked": certificate.ending is Ending.REVOKED,
        "is_refunded": certificate.ending is Ending.REFUNDED,
        "is_replaced": certificate.ending is Ending.REPLACED,
        "may_correct": view.may_correct,
        "needs_centre": view.needs_centre,
        "may_revoke": view.may_revoke,
        "may_issue_again": view.may_issue_again,
    }


async def course_certificates(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    words: str = dialog_manager.dialog_data.get("words", "")
    course, found = await services(dialog_manager).certificate_office.of_course(
        user.id, CourseId(given(dialog_manager, "course_id")), words, place(dialog_manager)
    )
    dialog_manager.dialog_data["older"] = found.older
    return {
        "title": course.title.read_in(current_language()),
        "words": words,
        "certificates": [(one.code, _line(one, user.timezone)) for one in found.certificates],
        "is_empty": not found.certificates and not words,
        "is_unknown": not found.certificates and bool(words),
        "gives_none": not course.has_certificate,
        "has_previous": bool(trail(dialog_manager)),
        "has_next": found.older is not None,
    }


async def course_certificate(dialog_manager: DialogManager, **_data: Any) -> dict[str, Any]:
    user = current_user(dialog_manager)
    code = CertificateCode(dialog_manager.dialog_data["code"])
    view = await services(dialog_manager).certificates.view(user.id, code)
    reason = dialog_manager.dialog_data.get("reason", "")
    return {**certificate_facts(view, user.timezone), "new_reason": reason}


def _line(certificate: Certificate, timezone: str) -> str:
    return f"{MARKS[certificate.ending]} {certificate.full_name} · {day(certificate.issued_at, timezone)}"

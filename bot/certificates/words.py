"""A certificate in words: for the chat, and for the sheet that is printed."""

from urllib.parse import urlencode

from bot.i18n import _, current_language, day, ngettext, speaking
from domain.certificates.model import Certificate, CertificateCode, Sheet, grouped
from domain.language import Language

HOUR = 3600


def verify_link(username: str | None, code: CertificateCode) -> str:
    return f"https://t.me/{username}?start=v_{code}"


def share_link(link: str, course: str) -> str:
    text = _("I have completed the course “{course}”. Here is my certificate:").format(course=course)
    return "https://t.me/share/url?" + urlencode({"url": link, "text": text})


def title_of(certificate: Certificate) -> str:
    return certificate.course_title.read_in(current_language())


def length_of(certificate: Certificate) -> str | None:
    """Whole hours, or minutes of a course that is shorter than one; None when it is not known."""
    if certificate.duration_seconds <= 0:
        return None
    if certificate.duration_seconds < HOUR:
        minutes = max(round(certificate.duration_seconds / 60), 1)
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    hours = round(certificate.duration_seconds / HOUR)
    return ngettext("{count} hour", "{count} hours", hours).format(count=hours)


def sheet_of(certificate: Certificate, language: Language, *, centre: str, link: str, timezone: str) -> Sheet:
    """What is printed, in this language."""
    with speaking(language):
        facts = [(_("Issued on"), day(certificate.issued_at, timezone))]
        if (length := length_of(certificate)) is not None:
            facts.append((_("Length"), length))
        if certificate.percent is not None:
            facts.append((_("Result"), f"{certificate.percent}%"))
        facts.append((_("Teacher"), certificate.teacher_name))
        return Sheet(
            language=language,
            centre=centre,
            heading=_("Certificate"),
            lead=_("This is to certify that"),
            name=certificate.full_name,
            finished=_("has successfully completed the course"),
            course=certificate.course_title.read_in(language),
            facts=facts,
            number_label=_("Certificate No."),
            number=grouped(certificate.code),
            check=_("Scan the code to verify this certificate"),
            link=link,
        )

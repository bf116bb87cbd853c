"""What a student is told about a certificate without having just asked."""

from html import escape

from bot.certificates.words import title_of
from bot.i18n import _
from bot.links import go_button
from bot.outgoing import Outgoing
from bot.services import Services
from domain.certificates.errors import CertificateGone
from domain.certificates.model import CertificateCode, Ending
from domain.certificates.service import CertificateView
from domain.notifications.model import Notification
from domain.users.model import User


async def certificate_issued(notification: Notification, user: User, services: Services) -> Outgoing | None:
    """None for one that has ended before it could be told."""
    view = await _view(notification, user, services)
    if view is None or not view.certificate.is_valid:
        return None
    certificate = view.certificate
    if certificate.issued_by is None:
        text = _("🎓 Your certificate for <b>{course}</b> is ready. Well done!")
    else:
        text = _("🎓 A new certificate for <b>{course}</b> was issued to you.")
    return Outgoing(
        text=text.format(course=escape(title_of(certificate), quote=False)),
        buttons=((go_button(_("🎓 Open the certificate"), f"cert_{certificate.code}"),),),
    )


async def certificate_revoked(notification: Notification, user: User, services: Services) -> Outgoing | None:
    view = await _view(notification, user, services)
    if view is None or view.certificate.ending is not Ending.REVOKED:
        return None
    certificate = view.certificate
    text = _(
        "⛔ Your certificate for <b>{course}</b> was revoked. Reason: {reason}\n"
        "If you think that this is a mistake, please write to your teacher."
    )
    return Outgoing(
        text=text.format(
            course=escape(title_of(certificate), quote=False), reason=escape(certificate.reason or "", quote=False)
        ),
        buttons=((go_button(_("🎓 Open the certificate"), f"cert_{certificate.code}"),),),
    )


async def _view(notification: Notification, user: User, services: Services) -> CertificateView | None:
    try:
        return await services.certificates.view(user.id, CertificateCode(str(notification.data["code"])))
    except CertificateGone:
        return None

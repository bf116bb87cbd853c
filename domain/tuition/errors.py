"""Facts about tuition that stop a use case."""

from domain.errors import DomainError, Gone, NotAllowed


class OfficeOnly(NotAllowed):
    """Schedules, members and bills are the admins' work."""


class ScheduleGone(Gone):
    """No such schedule, or it is none of this student's; also a join link that was renewed or has run out."""


class MemberGone(Gone):
    """This person never belonged to the schedule."""


class BillGone(Gone):
    """There is no such bill."""


class BillVoided(DomainError):
    """The bill was voided already."""


class ScheduleOver(DomainError):
    """The schedule has ended: it stays as it is, and takes nobody in."""


class NotYourTuition(DomainError):
    """Only members, and those who still owe something, pay."""

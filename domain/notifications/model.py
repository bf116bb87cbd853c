"""What a person is told without having just asked: a payment arrived, a teacher joined."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.identity import UserId

NotificationId = NewType("NotificationId", int)


class NoticeKind(StrEnum):
    PAYMENT_PERFORMED = "payment_performed"
    PAYMENT_CANCELLED = "payment_cancelled"
    FISCAL_RECEIPT = "fiscal_receipt"
    STARS_RETURNED = "stars_returned"
    """Stars came for an order that could not take them, and went back."""
    PROOF_WAITING = "proof_waiting"
    """To admins: a student has sent the receipt of a transfer."""
    PROOF_REJECTED = "proof_rejected"
    REFUND_TO_MAKE = "refund_to_make"
    """To the admin who asked for it: a refund that only they can finish, or that went wrong."""
    BOOKS_DIFFER = "books_differ"
    """To admins: the daily reconciliation found differences."""
    BILL = "bill"
    """A monthly bill: issued, due today, or overdue."""
    BILL_COVERED = "bill_covered"
    """A monthly bill was paid from the balance."""
    TEACHER_JOINED = "teacher_joined"
    CO_TEACHER_JOINED = "co_teacher_joined"
    """To whoever invited them, and to the owner."""
    COURSE_PUBLISHED = "course_published"
    """A draft has published itself at the moment that was planned."""
    PUBLICATION_HELD = "publication_held"
    """A draft should have published itself and was not ready."""
    COURSE_COMPLETED = "course_completed"
    """A student has finished every lesson of a course."""
    CERTIFICATE_ISSUED = "certificate_issued"
    """A course was completed and its certificate earned, or staff issued one anew."""
    CERTIFICATE_REVOKED = "certificate_revoked"
    EXAM_PLANNED = "exam_planned"
    """An exam has a beginning, or another one."""
    EXAM_CANCELLED = "exam_cancelled"
    EXAM_SOON = "exam_soon"
    """An hour before, and the call a few minutes before: are you ready?"""
    EXAM_BEGINS = "exam_begins"
    EXAM_TIME = "exam_time"
    """To those who write: its end has moved."""
    EXAM_RESULTS = "exam_results"
    """To those who sat it: it is closed, and nothing is held back any more."""
    EXAM_REPORT = "exam_report"
    """To its teachers: how it went."""
    ATTEMPT_MARKED = "attempt_marked"
    """A teacher has marked the last answer of an attempt that waited, or changed a mark."""
    DOUBT_ASKED = "doubt_asked"
    """To the teachers of a course: a student would like to hear them instead of the tutor."""
    DOUBT_ANSWERED = "doubt_answered"
    """To the student: a teacher has answered."""
    REVIEW_DUE = "review_due"
    """At the student's usual hour: cards wait to be reviewed."""


class NoticeStatus(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    BLOCKED = "blocked"
    """The user has blocked the bot: it goes out when they come back."""
    FAILED = "failed"
    DROPPED = "dropped"
    """When its turn came, there was nothing to tell any more: a bill was paid before its reminder went out."""


NoticeData = Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    id: NotificationId
    user_id: UserId
    kind: NoticeKind
    data: NoticeData
    status: NoticeStatus
    created_at: datetime

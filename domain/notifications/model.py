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
    TEACHER_JOINED = "teacher_joined"


class NoticeStatus(StrEnum):
    QUEUED = "queued"
    SENT = "sent"
    BLOCKED = "blocked"
    """The user has blocked the bot: it goes out when they come back."""
    FAILED = "failed"


NoticeData = Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    id: NotificationId
    user_id: UserId
    kind: NoticeKind
    data: NoticeData
    status: NoticeStatus
    created_at: datetime

from datetime import datetime
from typing import Protocol

from domain.identity import UserId
from domain.notifications.model import NoticeData, NoticeKind, NoticeStatus, Notification, NotificationId

DELIVER_JOB = "deliver_notification"
"""Payload: `notification_id`."""


class Notifications(Protocol):
    async def add(
        self,
        user_id: UserId,
        kind: NoticeKind,
        key: str,
        data: NoticeData,
        now: datetime,
        *,
        not_before: datetime | None = None,
    ) -> bool:
        """Keep it and enqueue its delivery, not before that moment, in the same transaction.

        `key` names the fact; with the recipient it is unique, so a fact told twice is kept once (then False).
        """
        ...

    async def get(self, notification_id: NotificationId) -> Notification | None: ...

    async def postpone(self, notification_id: NotificationId, not_before: datetime) -> None:
        """Enqueue its delivery once more, for later."""
        ...

    async def hold_back(self, notification_id: NotificationId, now: datetime) -> bool:
        """Keep it for when its user comes back; False when they are back already: both at once lose nothing."""
        ...

    async def set_status(self, notification_id: NotificationId, status: NoticeStatus, now: datetime) -> None: ...

    async def requeue_blocked(self, user_id: UserId) -> int:
        """Enqueue again what could not be delivered while the user had blocked the bot; how many."""
        ...

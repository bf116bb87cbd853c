"""What happens to a notification on its way to a person."""

from domain.clock import Clock
from domain.identity import UserId
from domain.notifications.model import NoticeStatus, Notification, NotificationId
from domain.notifications.quiet import REMINDERS, next_allowed
from domain.unit_of_work import Begin


class NotificationService:
    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def due(self, notification_id: NotificationId) -> Notification | None:
        """The notification, unless it has been dealt with."""
        async with self._read() as uow:
            notification = await uow.notifications.get(notification_id)
        return notification if notification and notification.status is NoticeStatus.QUEUED else None

    async def waits_for_morning(self, notification: Notification, timezone: str) -> bool:
        """Whether it is a reminder and night where the person lives: then it goes out in the morning."""
        now = self._now()
        morning = next_allowed(now, timezone)
        if notification.kind not in REMINDERS or morning == now:
            return False
        async with self._begin() as uow:
            await uow.notifications.postpone(notification.id, morning)
            await uow.commit()
        return True

    async def note(self, notification_id: NotificationId, status: NoticeStatus) -> None:
        async with self._begin() as uow:
            await uow.notifications.set_status(notification_id, status, self._now())
            await uow.commit()

    async def hold_back(self, notification_id: NotificationId) -> bool:
        """Keep it for somebody who asked for silence or cannot be reached; False when they are back already."""
        async with self._begin() as uow:
            is_held = await uow.notifications.hold_back(notification_id, self._now())
            await uow.commit()
        return is_held

    async def note_blocked(self, notification_id: NotificationId, user_id: UserId) -> None:
        """The user has blocked the bot: keep the fact, send nothing more until they come back."""
        async with self._begin() as uow:
            await uow.notifications.set_status(notification_id, NoticeStatus.BLOCKED, self._now())
            await uow.users.set_reachable(user_id, False)
            await uow.commit()

    async def came_back(self, user_id: UserId) -> int:
        """The user can be written to again: what was kept for them goes out; how much that is."""
        async with self._begin() as uow:
            await uow.users.set_reachable(user_id, True)
            count = await uow.notifications.requeue_blocked(user_id)
            await uow.commit()
        return count

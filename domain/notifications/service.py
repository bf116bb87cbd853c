"""What happens to a notification on its way to a person."""

from domain.clock import Clock
from domain.notifications.model import NoticeStatus, Notification, NotificationId
from domain.unit_of_work import Begin
from domain.users.model import User, UserId


class NotificationService:
    def __init__(self, *, begin: Begin, read: Begin, now: Clock) -> None:
        self._begin = begin
        self._read = read
        self._now = now

    async def due(self, notification_id: NotificationId) -> tuple[Notification, User] | None:
        """The notification and its reader, unless it has been dealt with or its reader has gone.

        Somebody who asked for silence is told when they come back.
        """
        async with self._read() as uow:
            notification = await uow.notifications.get(notification_id)
            if notification is None or notification.status is not NoticeStatus.QUEUED:
                return None
            user = await uow.users.get(notification.user_id)
        if user is None:
            return None
        if user.is_muted:
            await self.note(notification_id, NoticeStatus.BLOCKED)
            return None
        return notification, user

    async def note(self, notification_id: NotificationId, status: NoticeStatus) -> None:
        async with self._begin() as uow:
            await uow.notifications.set_status(notification_id, status, self._now())
            await uow.commit()

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

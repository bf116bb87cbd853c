"""The job that delivers a notification."""

from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.i18n import speaking
from bot.metrics import NOTICES
from bot.outgoing import Outgoing
from bot.sender import Fate, Sender
from bot.services import Services
from domain.jobs import JobPayload
from domain.notifications.model import NoticeKind, NoticeStatus, Notification, NotificationId
from domain.notifications.quiet import REMINDERS
from domain.users.model import User

log = structlog.get_logger()

Compose = Callable[[Notification, User, Services], Awaitable[Outgoing | None]]
"""Writes a notification in the current language; each feature has its own for its kinds.

None: by now there is nothing to tell any more."""


Follow = Callable[[Notification], Awaitable[None]]
"""What else the fact changes in the chat."""


class Delivery:
    def __init__(
        self,
        services: Services,
        sender: Sender,
        notices: Mapping[NoticeKind, Compose],
        follow: Mapping[NoticeKind, Follow] | None = None,
    ) -> None:
        self._services = services
        self._sender = sender
        self._notices = notices
        self._follow = follow or {}

    async def deliver(self, payload: JobPayload) -> None:
        """Tell the person, then note that they were told: a crash in between tells them twice, never not at all."""
        notification_id = NotificationId(int(payload["notification_id"] or 0))
        notification = await self._services.notifications.due(notification_id)
        user = await self._services.users.find(notification.user_id) if notification else None
        if notification is None or user is None:
            return
        if user.is_muted and user.is_reachable:
            await self._follow_up(notification)
        if user.is_muted or (notification.kind in REMINDERS and not user.is_reachable):
            # Somebody who asked for silence is told when they come back; nobody is called with reminders in vain.
            if not await self._services.notifications.hold_back(notification_id):
                await self.deliver(payload)
            return
        if await self._services.notifications.waits_for_morning(notification, user.timezone):
            return
        with speaking(user.language):
            message = await self._notices[notification.kind](notification, user, self._services)
            fate = await self._sender.send(user.id, message) if message is not None else None
        if fate is None:
            await self._services.notifications.note(notification_id, NoticeStatus.DROPPED)
            return
        NOTICES.labels(fate.value).inc()
        log.info("notice", kind=notification.kind, user_id=user.id, fate=fate.value)
        match fate:
            case Fate.SENT:
                await self._follow_up(notification)
                await self._services.notifications.note(notification_id, NoticeStatus.SENT)
            case Fate.BLOCKED:
                await self._services.notifications.note_blocked(notification_id, user.id)
            case Fate.REFUSED:
                await self._services.notifications.note(notification_id, NoticeStatus.FAILED)

    async def _follow_up(self, notification: Notification) -> None:
        """Not for those who have blocked the bot: one call found that out, and what follows waits with the notice."""
        if notification.kind in self._follow:
            await self._follow[notification.kind](notification)

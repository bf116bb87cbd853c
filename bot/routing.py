"""Which routers an update is offered to: those only that could take it."""

from typing import Any

from aiogram import Dispatcher, Router
from aiogram.dispatcher.event.bases import UNHANDLED
from aiogram.types import TelegramObject
from aiogram_dialog import Dialog
from aiogram_dialog.api.internal import CONTEXT_KEY


class Routes(Dispatcher):
    """A dispatcher whose cost does not grow with the number of screens.

    aiogram offers an update to one router after another, and each costs some ten microseconds also when it has no
    handler for this kind of update, or is a dialog that is not open. Here such routers are passed over; the order of
    the others is aiogram's.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._takers: dict[str, list[Router]] = {}

    async def propagate_event(self, update_type: str, event: TelegramObject, **kwargs: Any) -> Any:
        observer = self.observers.get(update_type)
        if observer is None or observer.handlers:
            return await super().propagate_event(update_type, event, **kwargs)
        routers = self._takers.get(update_type)
        if routers is None:
            routers = self._takers[update_type] = [router for router in self.sub_routers if _takes(router, update_type)]

        async def offer(event: TelegramObject, **data: Any) -> Any:
            context = data.get(CONTEXT_KEY)
            group = context.state.group if context else None
            for router in routers:
                if isinstance(router, Dialog) and router.states_group() is not group:
                    continue
                response = await router.propagate_event(update_type, event, **data)
                if response is not UNHANDLED:
                    return response
            return UNHANDLED

        kwargs.update(event_router=self)
        return await observer.wrap_outer_middleware(offer, event=event, data=kwargs)


def _takes(router: Router, update_type: str) -> bool:
    """The routers below it count too."""
    return any(
        (observer := each.observers.get(update_type)) is not None and observer.handlers for each in router.chain_tail
    )

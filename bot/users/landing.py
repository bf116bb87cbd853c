"""Where a person ends up who was on the way to somewhere: by a deep link, or at the end of registration."""

import structlog
from aiogram_dialog import DialogManager, ShowMode

from bot.errors import sentence_for
from bot.i18n import _
from bot.learning.states import show_lesson
from bot.links import open_link
from bot.services import current_user, services
from bot.users.states import show_menu
from domain.errors import DomainError

log = structlog.get_logger()


async def land(manager: DialogManager) -> None:
    """Registration is done: on to where the first link wanted to go, else straight into a first lesson."""
    user = current_user(manager)
    if user.pending_link is not None:
        await follow(manager, user.pending_link)
        await services(manager).users.link_followed(user.id)
        return
    lesson_id = await services(manager).learning.first_lesson(user.id)
    if lesson_id is None:
        await show_menu(manager)
    else:
        await show_lesson(manager, lesson_id)


async def follow(manager: DialogManager, payload: str) -> None:
    """Open what the link leads to; a dead end is explained above the menu."""
    try:
        if await open_link(manager, payload, manager.middleware_data["links"]):
            return
        reason = _("This link leads nowhere. Here is what I can do:")
    except DomainError as error:
        log.info("link.refused", error=type(error).__name__)
        reason = sentence_for(error, manager.middleware_data["sentences"])
    await manager.middleware_data["bot"].send_message(current_user(manager).id, reason)
    manager.show_mode = ShowMode.SEND
    await show_menu(manager)

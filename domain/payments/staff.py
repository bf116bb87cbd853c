"""Who may do what with other people's money."""

from domain.errors import NotAllowed
from domain.unit_of_work import UnitOfWork
from domain.users.model import User, UserId


async def require_admin(uow: UnitOfWork, actor_id: UserId) -> User:
    """The admin, by what the database says now. Raises NotAllowed."""
    actor = await uow.users.get(actor_id)
    if actor is None or not actor.is_admin:
        raise NotAllowed
    return actor

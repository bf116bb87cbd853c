"""Who may import a test, and whose an import is."""

from domain.errors import NotAllowed
from domain.quizzes.importing.import_errors import QuestionImportGone
from domain.quizzes.importing.imports import (
    Destination,
    QuestionImport,
    QuestionImportId,
    QuestionImportState,
    Target,
)
from domain.unit_of_work import UnitOfWork
from domain.users.model import UserId


async def admitted(uow: UnitOfWork, actor_id: UserId, target: Target) -> Destination:
    """Raises NotAllowed, whether the target is somebody else's or not there."""
    destination = await uow.question_imports.destination(actor_id, target)
    if destination is None or not destination.is_author:
        raise NotAllowed
    return destination


async def own_import(
    uow: UnitOfWork, actor_id: UserId, import_id: QuestionImportId
) -> tuple[QuestionImport, Destination]:
    """An import of the actor's, as long as they may write for its target. Raises QuestionImportGone."""
    imported = await uow.question_imports.get(import_id)
    if imported is None or imported.owner_id != actor_id or imported.state is QuestionImportState.EXPIRED:
        raise QuestionImportGone(import_id)
    destination = await uow.question_imports.destination(actor_id, imported.target)
    if destination is None or not destination.is_author:
        raise QuestionImportGone(import_id)
    return imported, destination

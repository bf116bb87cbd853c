"""Everything that the screens may call, in one typed object."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from aiogram_dialog import DialogManager

from domain.courses.service import AuthoringService
from domain.learning.catalogue_service import CatalogueService
from domain.learning.service import LearningService
from domain.notifications.service import NotificationService
from domain.payments.desk import CashDesk
from domain.payments.proof_service import ProofService
from domain.payments.reconciler import Reconciler
from domain.payments.service import PaymentService
from domain.payments.stars import StarsCashier
from domain.quizzes.authoring import QuestionService
from domain.quizzes.service import QuizService
from domain.search.service import SearchService
from domain.tuition.billing import Billing
from domain.tuition.office import TuitionOffice
from domain.tuition.service import TuitionService
from domain.tutor.service import TutorService
from domain.users.model import User
from domain.users.service import UserService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """One service a feature; stateless, each opens its own units of work."""

    users: UserService
    learning: LearningService
    catalogue: CatalogueService
    search: SearchService
    authoring: AuthoringService
    payments: PaymentService
    proofs: ProofService
    desk: CashDesk
    books: Reconciler
    stars: StarsCashier
    tuition: TuitionService
    tuition_office: TuitionOffice
    billing: Billing
    quizzes: QuizService
    questions: QuestionService
    tutor: TutorService
    notifications: NotificationService


def services(source: DialogManager | Mapping[str, Any]) -> Services:
    """The services of a dialog manager, or of a handler's or getter's keyword arguments."""
    return cast("Services", _data(source)["services"])


def current_user(source: DialogManager | Mapping[str, Any]) -> User:
    """Whoever caused the update, as the database knew them when it arrived."""
    return cast("User", _data(source)["user"])


def _data(source: DialogManager | Mapping[str, Any]) -> Mapping[str, Any]:
    return source if isinstance(source, Mapping) else source.middleware_data

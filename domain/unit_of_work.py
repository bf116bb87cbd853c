"""One business transaction: every repository on one connection, committed explicitly, rolled back by default."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from domain.courses.ports import Catalogue, Courses
from domain.jobs import Jobs
from domain.learning.browsing_ports import Shelves
from domain.learning.ports import Access, Enrolments, ProgressBook, SentParts
from domain.notifications.ports import Notifications
from domain.payments.desk_ports import Desk
from domain.payments.ports import Orders
from domain.payments.proof_ports import Proofs
from domain.payments.reconciliation_ports import Bookkeeping
from domain.payments.stars_ports import StarPayments
from domain.payments.upkeep_ports import OrderUpkeep
from domain.quizzes.ports import Quizzes
from domain.search.ports import SearchIndex
from domain.tuition.ports import Tuition
from domain.tutor.ports import TutorSessions
from domain.users.ports import Invitations, Users


class UnitOfWork(Protocol):
    """Repositories that share one transaction. Only services commit, as the last line of their block."""

    @property
    def users(self) -> Users: ...
    @property
    def invitations(self) -> Invitations: ...
    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def courses(self) -> Courses: ...
    @property
    def shelves(self) -> Shelves: ...
    @property
    def search(self) -> SearchIndex: ...
    @property
    def enrolments(self) -> Enrolments: ...
    @property
    def access(self) -> Access: ...
    @property
    def progress(self) -> ProgressBook: ...
    @property
    def sent_parts(self) -> SentParts: ...
    @property
    def notifications(self) -> Notifications: ...
    @property
    def orders(self) -> Orders: ...
    @property
    def order_upkeep(self) -> OrderUpkeep: ...
    @property
    def star_payments(self) -> StarPayments: ...
    @property
    def proofs(self) -> Proofs: ...
    @property
    def tuition(self) -> Tuition: ...
    @property
    def desk(self) -> Desk: ...
    @property
    def books(self) -> Bookkeeping: ...
    @property
    def quizzes(self) -> Quizzes: ...
    @property
    def tutor(self) -> TutorSessions: ...
    @property
    def jobs(self) -> Jobs: ...

    async def commit(self) -> None:
        """Make everything of this block durable; without it leaving the block undoes everything."""
        ...


Begin = Callable[[], AbstractAsyncContextManager[UnitOfWork]]
"""Opens a transaction (`begin`), or a connection for single read statements without one (`read`)."""

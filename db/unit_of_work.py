"""One connection, one transaction, every repository on it."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import asyncpg
from asyncpg.transaction import Transaction

from db.authoring import SqlCourses
from db.catalogue import SqlCatalogue
from db.desk import SqlDesk
from db.engine import Connection, Pool
from db.jobs import SqlJobs
from db.learning import SqlAccess, SqlEnrolments, SqlProgressBook, SqlSentParts
from db.notifications import SqlNotifications
from db.order_upkeep import SqlOrderUpkeep
from db.payments import SqlOrders
from db.proofs import SqlProofs
from db.quizzes import SqlQuizzes
from db.reconciliation import SqlBooks
from db.search import SqlSearchIndex
from db.shelves import SqlShelves
from db.stars import SqlStarPayments
from db.tuition import SqlTuition
from db.tutor import SqlTutorSessions
from db.users import SqlInvitations, SqlUsers


class SqlUnitOfWork:
    """Repositories are made when asked for: they hold nothing but the connection."""

    __slots__ = ("_connection", "_transaction", "is_committed")

    def __init__(self, connection: Connection, transaction: Transaction | None) -> None:
        self._connection = connection
        self._transaction = transaction
        self.is_committed = False

    @property
    def users(self) -> SqlUsers:
        return SqlUsers(self._connection)

    @property
    def invitations(self) -> SqlInvitations:
        return SqlInvitations(self._connection)

    @property
    def catalogue(self) -> SqlCatalogue:
        return SqlCatalogue(self._connection)

    @property
    def courses(self) -> SqlCourses:
        return SqlCourses(self._connection)

    @property
    def shelves(self) -> SqlShelves:
        return SqlShelves(self._connection)

    @property
    def search(self) -> SqlSearchIndex:
        return SqlSearchIndex(self._connection)

    @property
    def enrolments(self) -> SqlEnrolments:
        return SqlEnrolments(self._connection)

    @property
    def access(self) -> SqlAccess:
        return SqlAccess(self._connection)

    @property
    def progress(self) -> SqlProgressBook:
        return SqlProgressBook(self._connection)

    @property
    def sent_parts(self) -> SqlSentParts:
        return SqlSentParts(self._connection)

    @property
    def notifications(self) -> SqlNotifications:
        return SqlNotifications(self._connection)

    @property
    def orders(self) -> SqlOrders:
        return SqlOrders(self._connection)

    @property
    def order_upkeep(self) -> SqlOrderUpkeep:
        return SqlOrderUpkeep(self._connection)

    @property
    def star_payments(self) -> SqlStarPayments:
        return SqlStarPayments(self._connection)

    @property
    def proofs(self) -> SqlProofs:
        return SqlProofs(self._connection)

    @property
    def tuition(self) -> SqlTuition:
        return SqlTuition(self._connection)

    @property
    def desk(self) -> SqlDesk:
        return SqlDesk(self._connection)

    @property
    def books(self) -> SqlBooks:
        return SqlBooks(self._connection)

    @property
    def quizzes(self) -> SqlQuizzes:
        return SqlQuizzes(self._connection)

    @property
    def tutor(self) -> SqlTutorSessions:
        return SqlTutorSessions(self._connection)

    @property
    def jobs(self) -> SqlJobs:
        return SqlJobs(self._connection)

    async def commit(self) -> None:
        if self._transaction is None:
            raise RuntimeError("opened for reading: there is nothing to commit")
        await self._transaction.commit()
        self.is_committed = True


class Database:
    """Opens units of work on a pool."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def begin(self) -> AbstractAsyncContextManager[SqlUnitOfWork]:
        """A transaction: rolled back unless the block committed it."""
        return self._begin()

    def read(self) -> AbstractAsyncContextManager[SqlUnitOfWork]:
        """A connection for single SELECTs, sparing the round trips of BEGIN and COMMIT."""
        return self._read()

    @asynccontextmanager
    async def _begin(self) -> AsyncGenerator[SqlUnitOfWork, None]:
        async with self._pool.acquire() as connection:
            transaction = connection.transaction()
            await transaction.start()
            unit = SqlUnitOfWork(connection, transaction)
            try:
                yield unit
            finally:
                if not unit.is_committed and connection.is_in_transaction():
                    try:
                        await transaction.rollback()
                    except asyncpg.InterfaceError:
                        # A COMMIT without an answer: the pool must not lend a connection that is still in it.
                        connection.terminate()

    @asynccontextmanager
    async def _read(self) -> AsyncGenerator[SqlUnitOfWork, None]:
        async with self._pool.acquire() as connection:
            yield SqlUnitOfWork(connection, None)

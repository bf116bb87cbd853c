"""One connection, one transaction, every repository on it."""

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

import asyncpg
from asyncpg.transaction import Transaction

from db.authoring import SqlCourses
from db.banks import SqlBanks
from db.bookmarks import SqlBookmarks
from db.catalogue import SqlCatalogue
from db.categories import SqlCategories
from db.certificates import SqlCertificates
from db.course_contents import SqlCourseContents
from db.course_imports import SqlCourseImports
from db.course_settings import SqlCourseSettings
from db.course_teachers import SqlCourseTeachers
from db.desk import SqlDesk
from db.engine import Connection, Pool
from db.exam_rosters import SqlExamRosters
from db.exams import SqlExams
from db.files import SqlMediaShelf
from db.generated import SqlGenerations, SqlSpending
from db.jobs import SqlJobs
from db.learning import SqlAccess, SqlEnrolments, SqlProgressBook, SqlSentParts
from db.marks import SqlMarks
from db.notes import SqlNotes
from db.notifications import SqlNotifications
from db.order_upkeep import SqlOrderUpkeep
from db.own_courses import SqlOwnCourses
from db.parts import SqlParts, SqlResources
from db.payments import SqlOrders
from db.practices import SqlPractices
from db.profiles import SqlProfiles
from db.proofs import SqlProofs
from db.question_imports import SqlQuestionImports
from db.question_shelf import SqlQuestionShelf
from db.quiz_insights import SqlInsights
from db.quiz_settings import SqlQuizSettings
from db.quiz_statistics import SqlQuizStatistics
from db.quizzes import SqlQuizzes
from db.ratings import SqlRatings
from db.reconciliation import SqlBooks
from db.review import SqlReview
from db.search import SqlSearchIndex
from db.shelf import SqlShelf
from db.shelves import SqlShelves
from db.stars import SqlStarPayments
from db.structure import SqlStructure
from db.study import SqlStudy
from db.teacher_requests import SqlTeacherRequests
from db.teachers import SqlTeachers
from db.translations import SqlTranslations
from db.tuition import SqlTuition
from db.tutor import SqlTutorSessions
from db.tutor_modes import SqlTutorModes
from db.uploads import SqlUploadBoard
from db.users import SqlInvitations, SqlUsers
from domain.courses.quotas import Quotas


class SqlUnitOfWork:
    """Repositories are made when asked for: they hold nothing but the connection."""

    __slots__ = ("_connection", "_quotas", "_transaction", "is_committed")

    def __init__(self, connection: Connection, transaction: Transaction | None, quotas: Quotas | None = None) -> None:
        self._connection = connection
        self._transaction = transaction
        self._quotas = quotas or Quotas()
        self.is_committed = False

    @property
    def quotas(self) -> Quotas:
        return self._quotas

    @property
    def users(self) -> SqlUsers:
        return SqlUsers(self._connection)

    @property
    def invitations(self) -> SqlInvitations:
        return SqlInvitations(self._connection)

    @property
    def profiles(self) -> SqlProfiles:
        return SqlProfiles(self._connection)

    @property
    def catalogue(self) -> SqlCatalogue:
        return SqlCatalogue(self._connection)

    @property
    def courses(self) -> SqlCourses:
        return SqlCourses(self._connection)

    @property
    def own_courses(self) -> SqlOwnCourses:
        return SqlOwnCourses(self._connection)

    @property
    def structure(self) -> SqlStructure:
        return SqlStructure(self._connection)

    @property
    def parts(self) -> SqlParts:
        return SqlParts(self._connection)

    @property
    def resources(self) -> SqlResources:
        return SqlResources(self._connection)

    @property
    def categories(self) -> SqlCategories:
        return SqlCategories(self._connection)

    @property
    def course_settings(self) -> SqlCourseSettings:
        return SqlCourseSettings(self._connection)

    @property
    def course_teachers(self) -> SqlCourseTeachers:
        return SqlCourseTeachers(self._connection)

    @property
    def translations(self) -> SqlTranslations:
        return SqlTranslations(self._connection)

    @property
    def imports(self) -> SqlCourseImports:
        return SqlCourseImports(self._connection)

    @property
    def contents(self) -> SqlCourseContents:
        return SqlCourseContents(self._connection)

    @property
    def media_shelf(self) -> SqlMediaShelf:
        return SqlMediaShelf(self._connection)

    @property
    def upload_board(self) -> SqlUploadBoard:
        return SqlUploadBoard(self._connection)

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
    def study(self) -> SqlStudy:
        return SqlStudy(self._connection)

    @property
    def shelf(self) -> SqlShelf:
        return SqlShelf(self._connection)

    @property
    def bookmarks(self) -> SqlBookmarks:
        return SqlBookmarks(self._connection)

    @property
    def notes(self) -> SqlNotes:
        return SqlNotes(self._connection)

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
    def question_imports(self) -> SqlQuestionImports:
        return SqlQuestionImports(self._connection)

    @property
    def question_shelf(self) -> SqlQuestionShelf:
        return SqlQuestionShelf(self._connection)

    @property
    def exams(self) -> SqlExams:
        return SqlExams(self._connection)

    @property
    def generations(self) -> SqlGenerations:
        return SqlGenerations(self._connection)

    @property
    def practices(self) -> SqlPractices:
        return SqlPractices(self._connection)

    @property
    def spending(self) -> SqlSpending:
        return SqlSpending(self._connection)

    @property
    def quiz_statistics(self) -> SqlQuizStatistics:
        return SqlQuizStatistics(self._connection)

    @property
    def quiz_insights(self) -> SqlInsights:
        return SqlInsights(self._connection)

    @property
    def banks(self) -> SqlBanks:
        return SqlBanks(self._connection)

    @property
    def exam_rosters(self) -> SqlExamRosters:
        return SqlExamRosters(self._connection)

    @property
    def quiz_settings(self) -> SqlQuizSettings:
        return SqlQuizSettings(self._connection)

    @property
    def marks(self) -> SqlMarks:
        return SqlMarks(self._connection)

    @property
    def review(self) -> SqlReview:
        return SqlReview(self._connection)

    @property
    def tutor(self) -> SqlTutorSessions:
        return SqlTutorSessions(self._connection)

    @property
    def tutor_modes(self) -> SqlTutorModes:
        return SqlTutorModes(self._connection)

    @property
    def teacher_requests(self) -> SqlTeacherRequests:
        return SqlTeacherRequests(self._connection)

    @property
    def certificates(self) -> SqlCertificates:
        return SqlCertificates(self._connection)

    @property
    def ratings(self) -> SqlRatings:
        return SqlRatings(self._connection)

    @property
    def teachers(self) -> SqlTeachers:
        return SqlTeachers(self._connection)

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

    def __init__(self, pool: Pool, quotas: Quotas | None = None) -> None:
        """`quotas`: of files, where the operator has set them."""
        self._pool = pool
        self._quotas = quotas or Quotas()

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
            unit = SqlUnitOfWork(connection, transaction, self._quotas)
            try:
                yield unit
            finally:
                if not unit.is_committed:
                    await _leave(connection, transaction)

    @asynccontextmanager
    async def _read(self) -> AsyncGenerator[SqlUnitOfWork, None]:
        async with self._pool.acquire() as connection:
            yield SqlUnitOfWork(connection, None, self._quotas)


async def _leave(connection: Connection, transaction: Transaction) -> None:
    """Rolls back what is still open. A connection that died says nothing here: the block's own error is the cause."""
    try:
        if connection.is_in_transaction():
            await transaction.rollback()
    except asyncpg.InterfaceError:
        # A COMMIT without an answer: the pool must not lend a connection that is still in it. Where the pool has
        # noticed by itself, the connection is no longer ours to end.
        with suppress(asyncpg.InterfaceError):
            connection.terminate()

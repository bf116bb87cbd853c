"""A whole centre for the table of who may do what: people of every kind, courses in every state, and a stage on which
each call is tried and undone.

Every hidden thing carries a mark, so that what a call answers can be searched for what its caller must not see.
"""

import hashlib
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from db.engine import Connection, Pool
from db.unit_of_work import SqlUnitOfWork
from domain.certificates.issuing import new_code
from domain.certificates.model import CertificateCode
from domain.courses.exchange.ports import Arrival, ImportId
from domain.courses.exchange.service import CourseExchange
from domain.courses.model import CategoryId, CourseId, LessonId, PartId, SectionId
from domain.learning.bookmark_model import BookmarkId
from domain.learning.ratings import RatingId
from domain.materials.model import MaterialId
from domain.notes.model import NoteId
from domain.quizzes.exchange import QUIZ_RULES
from domain.quizzes.importing.imports import QuestionImportId
from domain.quizzes.model import AttemptId, QuestionId
from domain.quizzes.settings import BankId
from domain.review.model import ReviewCardId
from domain.unit_of_work import Begin
from domain.users.model import UserId
from domain.users.profiles import SkillId
from tests.db.quiz_world import draft
from tests.db.test_exchange import parsed, small

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
EXAM_CLOSES = NOON + timedelta(hours=1)
NOBODYS: Any = 987_654_321
"""An id that nothing has."""
NO_CODE = CertificateCode("0" * 16)
PEOPLE: Mapping[str, str | None] = {
    "owner": "teacher",
    "co-teacher": "teacher",
    "former co-teacher": "teacher",
    "other teacher": "teacher",
    "demoted owner": "student",
    "demoted co-teacher": "student",
    "admin": "admin",
    "buyer": "student",
    "refunded": "student",
    "enrolled": "student",
    "graduate": "student",
    "caught cheating": "student",
    "stranger": "student",
    "unknown": None,
}
"""Who there is, and the role of each now; the last one has never written."""
GRADUATES = ("graduate", "caught cheating")
"""Who finished every course; the second one's certificates were revoked, and their ratings hidden."""
IDS = {name: UserId(number) for number, name in enumerate(PEOPLE, start=1)}
UNKNOWN = IDS["unknown"]
LIBRARIAN = UserId(900)
"""Whose materials are shared with every course, so that nobody of the table reads one because it is theirs."""
QUESTION = {"text": {"uz": "2 + 2?"}, "options": [{"uz": "3"}, {"uz": "4"}], "correct": 1}
READ_QUESTION = {
    "line": 1,
    "excerpt": "Bir?",
    "mistakes": [],
    "draft": {
        "kind": "single",
        "text": {"uz": "Bir?"},
        "options": [{"uz": "1"}, {"uz": "2"}],
        "key": {"correct": 0},
    },
}
FACTS = {
    # name: owner, status, sale
    "draft": ("owner", "draft", "free"),
    "free": ("owner", "published", "free"),
    "paid": ("owner", "published", "course"),
    "archived": ("owner", "archived", "course"),
    "other's": ("other teacher", "published", "free"),
    "other's draft": ("other teacher", "draft", "free"),
    "orphan": ("demoted owner", "draft", "free"),
}
COURSES = tuple(FACTS)
MISSING = "missing"
LESSONS = ("first", "second", "preview", "dated", "gate", "behind the gate", "hidden", "put away")
NO_LESSONS: dict[str, Any] = dict.fromkeys(LESSONS, NOBODYS)
HIDDEN = ("hidden", "put away")
"""A draft, and one in the archive that was sold before."""


@dataclass(kw_only=True)
class Kit:
    """A course with one of everything; in the missing one no id is anything's."""

    name: str
    owner: str
    status: str = "published"
    sale: str = "free"
    course_id: CourseId = NOBODYS
    sections: list[SectionId] = field(default_factory=lambda: [NOBODYS, NOBODYS])
    lessons: dict[str, LessonId] = field(default_factory=lambda: {**NO_LESSONS})
    videos: dict[str, PartId] = field(default_factory=lambda: {**NO_LESSONS})
    link: PartId = NOBODYS
    text: PartId = NOBODYS
    resource: int = NOBODYS
    media: int = NOBODYS
    question: QuestionId = NOBODYS
    certificate: CertificateCode = NO_CODE
    revoked: CertificateCode = NO_CODE
    rating: RatingId = NOBODYS
    hidden_rating: RatingId = NOBODYS
    import_id: ImportId = NOBODYS
    update_id: ImportId = NOBODYS
    """An import into the course itself."""
    question_import: QuestionImportId = NOBODYS
    """A test on its way into the quiz of the first lesson."""
    material: MaterialId = NOBODYS
    """An admin who is nobody of the table shares it with the course."""
    bank: BankId = NOBODYS
    bank_question: QuestionId = NOBODYS
    essay: QuestionId = NOBODYS
    written: AttemptId = NOBODYS
    """A finished attempt whose essay waits for a mark."""
    token: str = "nothing"
    category: CategoryId = NOBODYS
    empty_category: CategoryId = NOBODYS
    code: str = "nothing"
    search_word: str = "nothing"

    @property
    def first(self) -> LessonId:
        return self.lessons["first"]

    @property
    def video(self) -> PartId:
        return self.videos["first"]

    @property
    def exists(self) -> bool:
        return self.name != MISSING


@dataclass(kw_only=True)
class Belongings:
    """What is one person's own; nobody's, in the missing ones."""

    owner: str
    note: NoteId = NOBODYS
    deleted_note: NoteId = NOBODYS
    bookmark: BookmarkId = NOBODYS
    deleted_bookmark: BookmarkId = NOBODYS
    skill: SkillId = NOBODYS
    profile: str = "x" * 16
    card: ReviewCardId = NOBODYS
    """Of the note; it waits."""
    graded_card: ReviewCardId = NOBODYS
    """Of the deleted note; it was graded a moment ago."""
    material: MaterialId = NOBODYS
    deleted_material: MaterialId = NOBODYS


class Stage:
    """One connection, on which each call is tried in a transaction that is undone whatever the call does."""

    def __init__(self, connection: Connection, tables: list[str]) -> None:
        self._connection = connection
        self.commits = 0
        digests = ", ".join(
            f"(select concat(count(*), ':', sum(hashtextextended(t::text, 1))) from {table} t)" for table in tables
        )
        self._digest = f"select concat_ws('/', {digests})"

    def begin(self) -> Any:
        return self._open(may_commit=True)

    def read(self) -> Any:
        return self._open(may_commit=False)

    @asynccontextmanager
    async def _open(self, *, may_commit: bool) -> AsyncGenerator[SqlUnitOfWork]:
        transaction = self._connection.transaction()
        await transaction.start()
        unit = SqlUnitOfWork(self._connection, transaction if may_commit else None)
        try:
            yield unit
        finally:
            self.commits += unit.is_committed
            if not unit.is_committed:
                await transaction.rollback()

    async def digest(self) -> str:
        """Of every row of every table."""
        return await self._connection.fetchval(self._digest)

    async def has_written(self) -> bool:
        """False when no row can be another one since the trial began; it is true of locked rows too."""
        return await self._connection.fetchval("select pg_current_xact_id_if_assigned() is not null")

    @asynccontextmanager
    async def trial(self) -> AsyncGenerator[Connection]:
        transaction = self._connection.transaction()
        await transaction.start()
        try:
            yield self._connection
        finally:
            await transaction.rollback()


@asynccontextmanager
async def stage_of(pool: Pool) -> AsyncGenerator[Stage]:
    async with pool.acquire() as connection:
        tables = await connection.fetch(
            "select format('%I.%I', schemaname, tablename) as name from pg_tables"
            " where schemaname not in ('pg_catalog', 'information_schema') order by 1"
        )
        yield Stage(connection, [row["name"] for row in tables])


class Builder:
    """Puts the centre into an empty database, as it would be after some months."""

    def __init__(self, pool: Pool, begin: Begin, read: Begin) -> None:
        self.pool = pool
        self.exchange = CourseExchange(begin=begin, read=read, now=lambda: NOON, rules=QUIZ_RULES)
        self.begin = begin
        self.kits: dict[str, Kit] = {}
        self.belongings: dict[str, Belongings] = {}
        self.messages = 0

    async def build(self) -> None:
        for name, role in PEOPLE.items():
            if role is not None:
                await self.pool.execute(
                    "insert into users (id, full_name, language, role, step, timezone, created_at)"
                    " values ($1, $2, 'uz', $3, 'done', 'Asia/Tashkent', $4)",
                    IDS[name],
                    f"Name of {name}",
                    # Whoever was demoted was a teacher when they made what they have.
                    "teacher" if name.startswith("demoted") else role,
                    NOON - timedelta(days=100),
                )
        await self.pool.execute(
            "insert into users (id, full_name, language, role, step, timezone, created_at)"
            " values ($1, 'Librarian', 'uz', 'admin', 'done', 'Asia/Tashkent', $2)",
            LIBRARIAN,
            NOON,
        )
        category = await self.pool.fetchval(
            """insert into categories (slug, emoji, title, position)
            values ('maths', '➗', '{"uz": "Matematika"}', 9) returning id"""
        )
        empty = await self.pool.fetchval(
            """insert into categories (slug, emoji, title, position, parent_id)
            values ('nothing', '➗', '{"uz": "Bo‘sh"}', 1, $1) returning id""",
            category,
        )
        for name, facts in FACTS.items():
            self.kits[name] = await self._course(name, category, *facts, empty)
        self.kits[MISSING] = Kit(name=MISSING, owner="")
        for name, role in PEOPLE.items():
            if role is not None:
                self.belongings[name] = await self._belongings(name)
        self.belongings[MISSING] = Belongings(owner="")
        await self.pool.execute("update users set role = 'student' where full_name like 'Name of demoted%'")
        await self.pool.execute("analyze")

    async def _course(
        self, name: str, category: CategoryId, owner: str, status: str, sale: str, empty: CategoryId
    ) -> Kit:
        slug = "".join(letter for letter in name if letter.isalpha())
        kit = Kit(name=name, owner=owner, status=status, sale=sale, category=category, code=f"code{slug}")
        kit.search_word = f"qidiruv{slug}"
        kit.empty_category = empty
        kit.course_id = await self.pool.fetchval(
            """
            insert into courses (code, category_id, owner_id, language, title, sale, price_tiyin, status, search,
                has_certificate, created_at)
            values ($1, $2, $3, 'uz', jsonb_build_object('uz', $4::text), $5, $6, $7, '', true, $8) returning id
            """,
            kit.code,
            category,
            IDS[owner],
            f"{title_mark(name)} {kit.search_word}",
            sale,
            9_000_000 if sale == "course" else None,
            status,
            NOON - timedelta(days=90),
        )
        kit.sections = [
            await self.pool.fetchval(
                "insert into sections (course_id, position, title)"
                """ values ($1, $2, '{"uz": "Bo‘lim"}') returning id""",
                kit.course_id,
                position,
            )
            for position in (1, 2, 3)
        ]
        for position, lesson in enumerate(LESSONS, start=1):
            await self._lesson(kit, lesson, position)
        if owner == "owner":
            for teacher in ("co-teacher", "demoted co-teacher"):
                await self.pool.execute(
                    "insert into course_teachers (course_id, user_id, added_at) values ($1, $2, $3)",
                    kit.course_id,
                    IDS[teacher],
                    NOON,
                )
        await self._beside(kit)
        await self._students(kit)
        await self._exchanged(kit)
        kit.material = await self._material(LIBRARIAN, f"Umumiy {kit.search_word}")
        await self.pool.execute(
            "insert into material_shares (course_id, material_id, shared_at) values ($1, $2, $3)",
            kit.course_id,
            kit.material,
            NOON,
        )
        return kit

    async def _lesson(self, kit: Kit, name: str, position: int) -> None:
        is_dated = name == "dated"
        lesson_id = kit.lessons[name] = await self.pool.fetchval(
            """
            insert into lessons (course_id, section_id, position, title, is_published, is_preview, opens_at, is_gate,
                archived_at, was_published, created_at)
            values ($1, $2, $3, jsonb_build_object('uz', $4::text), $5, $6, $7, $8, $9, true, $10) returning id
            """,
            kit.course_id,
            kit.sections[0],
            position,
            lesson_mark(kit.name, name) if name in HIDDEN else f"Dars {name}",
            name not in HIDDEN,
            name == "preview",
            NOON + timedelta(days=30) if is_dated else None,
            name == "gate",
            NOON - timedelta(days=1) if name == "put away" else None,
            NOON - timedelta(days=90),
        )
        part_id = kit.videos[name] = await self._part(lesson_id, "video", 1, inside_mark(kit.name, name), QUESTION)
        await self._file(kit, part_id, "video", f"{inside_mark(kit.name, name)}.mp4")
        for person in PEOPLE:
            if person != "unknown":
                # Everybody has it in their chat, so that only access decides.
                await self.pool.execute(
                    "insert into part_progress (user_id, part_id, opened_at) values ($1, $2, $3)",
                    IDS[person],
                    part_id,
                    NOON - timedelta(days=60),
                )
                await self.pool.execute(
                    "insert into sent_parts (user_id, message_id, lesson_id, part_id) values ($1, $2, $3, $4)",
                    IDS[person],
                    lesson_id,
                    lesson_id,
                    part_id,
                )

    async def _part(self, lesson_id: LessonId, kind: str, position: int, text: str, question: object = None) -> PartId:
        link = '{"url": "https://example.uz/v", "provider": "example.uz"}' if kind == "link" else None
        return await self.pool.fetchval(
            """
            insert into parts (lesson_id, position, kind, text, link, question, duration_seconds)
            values ($1, $2, $3, jsonb_build_object('uz', $4::text), $5::jsonb, $6::jsonb, 100) returning id
            """,
            lesson_id,
            position,
            kind,
            text,
            link,
            orjson.dumps(question).decode() if question else None,
        )

    async def _media(self, kit: Kit, kind: str, name: str) -> int:
        return await self.pool.fetchval(
            """
            insert into media (owner_id, kind, name, mime, size, sha256, telegram_file_id, bot_id, duration_seconds,
                created_at)
            values ($1, $2, $3::text, 'video/mp4', 10, $4, $3::text, 1, 100, $5) returning id
            """,
            IDS[kit.owner],
            kind,
            name,
            hashlib.sha256(name.encode()).hexdigest(),
            NOON,
        )

    async def _file(self, kit: Kit, part_id: PartId, kind: str, name: str) -> None:
        for language in ("uz", "ru"):
            await self.pool.execute(
                "insert into part_media (part_id, language, media_id) values ($1, $2, $3)",
                part_id,
                language,
                await self._media(kit, kind, f"{language}-{name}"),
            )

    async def _beside(self, kit: Kit) -> None:
        second = kit.lessons["second"]
        kit.link = await self._part(kit.first, "link", 2, inside_mark(kit.name, "first"))
        kit.text = await self._part(kit.first, "text", 3, inside_mark(kit.name, "first"))
        kit.media = await self._media(kit, "document", f"{inside_mark(kit.name, 'first')}.docx")
        kit.resource = await self.pool.fetchval(
            "insert into lesson_resources (lesson_id, position, media_id) values ($1, 1, $2) returning id",
            kit.first,
            kit.media,
        )
        async with self.begin() as uow:
            for name in ("a", "b"):
                asked = await uow.quizzes.add_question(IDS[kit.owner], second, draft(name), NOON, limit=100)
                if asked is not None:
                    kit.question = asked.id
            await uow.commit()
        # The quiz is an exam that goes on.
        dates = {"opens_at": (NOON - timedelta(hours=1)).isoformat(), "closes_at": EXAM_CLOSES.isoformat()}
        await self.pool.execute(
            "update quizzes set settings = $2::jsonb where lesson_id = $1",
            second,
            orjson.dumps({"is_exam": True, **dates}).decode(),
        )
        kit.token = f"token-{kit.name}"
        await self.pool.execute(
            "insert into course_invitations (token_hash, course_id, created_by, expires_at) values ($1, $2, $3, $4)",
            hashlib.sha256(kit.token.encode()).digest(),
            kit.course_id,
            IDS[kit.owner],
            NOON + timedelta(days=2),
        )

    async def _students(self, kit: Kit) -> None:
        if kit.status == "draft":
            return
        for person, status in (
            ("buyer", "active"),
            ("refunded", "active"),
            ("enrolled", "active"),
            *((graduate, "completed") for graduate in GRADUATES),
        ):
            if person == "enrolled" and kit.sale == "course":
                continue
            await self.pool.execute(
                "insert into enrolments (user_id, course_id, status, enrolled_at, completed_at)"
                " values ($1, $2, $3, $4, $5)",
                IDS[person],
                kit.course_id,
                status,
                NOON - timedelta(days=50),
                NOON if status == "completed" else None,
            )
            if kit.sale == "course":
                await self._bought(kit, IDS[person], is_refunded=person == "refunded")
        for graduate in GRADUATES:
            for lesson in LESSONS[:6]:
                await self.pool.execute(
                    "insert into lesson_progress (user_id, lesson_id, opened_at, finished_at) values ($1, $2, $3, $3)",
                    IDS[graduate],
                    kit.lessons[lesson],
                    NOON - timedelta(days=5),
                )
        await self._certified(kit)

    async def _certified(self, kit: Kit) -> None:
        kit.certificate, kit.revoked = new_code(), new_code()
        for person, code, ending in (("graduate", kit.certificate, None), ("caught cheating", kit.revoked, "revoked")):
            await self.pool.execute(
                """
                insert into certificates (code, user_id, course_id, full_name, search, course_title, teacher_name,
                    duration_seconds, issued_at, ending, revoked_at, revoked_by, revoke_reason)
                values ($1, $2, $3, 'An old name', '', '{"uz": "Kurs"}', 'Ustoz', 60, $4::timestamptz, $5::text,
                    case when $5::text is not null then $4::timestamptz end,
                    case when $5::text is not null then $6::bigint end,
                    case when $5::text is not null then 'A mistake' end)
                """,
                code,
                IDS[person],
                kit.course_id,
                NOON,
                ending,
                IDS["admin"],
            )
        for person, is_hidden in (("graduate", False), ("caught cheating", True)):
            rating = await self.pool.fetchval(
                """
                insert into ratings (course_id, user_id, stars, comment, created_at, updated_at, hidden_at, hidden_by,
                    hide_reason)
                values ($1, $2, 4, 'Yaxshi', $3::timestamptz, $3::timestamptz,
                    case when $4::boolean then $3::timestamptz end, case when $4::boolean then $5::bigint end,
                    case when $4::boolean then 'An insult' end) returning id
                """,
                kit.course_id,
                IDS[person],
                NOON,
                is_hidden,
                IDS["admin"],
            )
            if is_hidden:
                kit.hidden_rating = rating
            else:
                kit.rating = rating

    async def _bought(self, kit: Kit, user_id: UserId, *, is_refunded: bool) -> None:
        paid_at = NOON - timedelta(days=50)
        order_id = await self.pool.fetchval(
            """
            insert into orders (code, user_id, product_kind, product_id, course_id, title, price_tiyin, state,
                created_at, expires_at, paid_at, paid_by)
            select lpad((select 1 + count(*) from orders)::text, 12, '0'), $1, 'course', $2, $2, '{"uz": "Kurs"}', 1,
                'paid', $3, $3, $3, 'payme' returning id
            """,
            user_id,
            kit.course_id,
            paid_at,
        )
        await self.pool.execute(
            """
            insert into access_grants (user_id, product_kind, product_id, order_id, granted_at, revoked_at)
            values ($1, 'course', $2, $3, $4, $5)
            """,
            user_id,
            kit.course_id,
            order_id,
            paid_at,
            NOON if is_refunded else None,
        )

    async def _exchanged(self, kit: Kit) -> None:
        ids: list[ImportId] = []
        for number, course_id in enumerate((None, kit.course_id)):
            arrival = Arrival(
                message_id=kit.course_id * 10 + number, name="kurs.zip", size=1, telegram_file_id=f"F{kit.name}"
            )
            imported = await self.exchange.receive(IDS[kit.owner], arrival, course_id)
            await self.exchange.note_stored(imported.id, hashlib.sha256(kit.name.encode()).hexdigest())
            await self.exchange.note_read(IDS[kit.owner], imported.id, parsed(small(f"Import {kit.name}")))
            ids.append(imported.id)
        kit.import_id, kit.update_id = ids
        kit.question_import = await self.pool.fetchval(
            """
            insert into question_imports (owner_id, message_id, lesson_id, source, name, mime, size, telegram_file_id,
                bot_id, asks, state, test, created_at)
            values ($1, $2, $3, 'file', 'test.txt', 'text/plain', 1, 'T', 1, true, 'ready', $4::jsonb, $5) returning id
            """,
            IDS[kit.owner],
            kit.course_id,
            kit.first,
            orjson.dumps({"format": "signs", "questions": [READ_QUESTION]}).decode(),
            NOON,
        )
        await self._bank(kit)

    async def _bank(self, kit: Kit) -> None:
        kit.bank = await self.pool.fetchval(
            "insert into question_banks (course_id, title, created_by, created_at) values ($1, 'Bank', $2, $3)"
            " returning id",
            kit.course_id,
            IDS[kit.owner],
            NOON,
        )
        await self.pool.execute(
            "insert into quizzes (lesson_id, created_at) values ($1, $2) on conflict do nothing", kit.first, NOON
        )
        kit.bank_question, kit.essay = [
            await self.pool.fetchval(
                """
                insert into questions (bank_id, quiz_id, position, kind, text, options, key, fingerprint, created_by,
                    created_at, retired_at)
                values ($1, (select id from quizzes where lesson_id = $2),
                    $3::smallint, $4, '{"uz": "Nega?"}', '[]', '{}',
                    'f', $5, $6, case when $3::smallint > 0 then $6::timestamptz end)
                returning id
                """,
                bank_id,
                lesson_id,
                position,
                "essay",
                IDS[kit.owner],
                NOON,
            )
            for bank_id, lesson_id, position in ((kit.bank, None, 0), (None, kit.first, 90))
        ]
        kit.written = await self.pool.fetchval(
            """
            insert into attempts (user_id, quiz_id, number, question_ids, max_points, started_at, answered_count,
                waiting_count, finished_at, closed_by)
            select $1, id, 77, array[$2::bigint], 100, $3, 1, 1, $3, 'student' from quizzes where lesson_id = $4
            returning id
            """,
            IDS["stranger"],
            kit.essay,
            NOON,
            kit.first,
        )
        await self.pool.execute(
            "insert into answers (attempt_id, question_id, response, is_correct, answered_at)"
            """ values ($1, $2, '{"text": "Chunki"}', null, $3)""",
            kit.written,
            kit.essay,
            NOON,
        )

    async def _material(self, owner_id: UserId, text: str, deleted_at: datetime | None = None) -> MaterialId:
        """Read and indexed, with one page of this text."""
        self.messages += 1
        material_id = await self.pool.fetchval(
            """
            insert into materials (owner_id, bot_id, message_id, name, mime, size, telegram_file_id, sha256, state,
                page_count, created_at, deleted_at)
            values ($1, 1, $2, $3 || '.pdf', '', 10, 'M', $4, 'indexed', 1, $5, $6) returning id
            """,
            owner_id,
            self.messages,
            text,
            hashlib.sha256(f"material {self.messages}".encode()).hexdigest(),
            NOON,
            deleted_at,
        )
        await self.pool.execute(
            "insert into material_pages (material_id, number, text) values ($1, 1, $2)", material_id, text
        )
        return material_id

    async def _belongings(self, name: str) -> Belongings:
        user_id, kit = IDS[name], self.kits["free"]
        notes = [
            await self.pool.fetchval(
                """
                insert into notes (user_id, bot_id, message_id, course_id, lesson_id, part_id, body, beginning, folded,
                    created_at, deleted_at)
                values ($1, 1, $2, $3, $4, $5, $6, $6, 'konspekt', $7, $8) returning id
                """,
                user_id,
                number,
                kit.course_id,
                kit.first,
                kit.video,
                own_mark(name),
                NOON,
                deleted_at,
            )
            for number, deleted_at in enumerate((None, NOON), start=1)
        ]
        bookmarks = [
            await self.pool.fetchval(
                """
                insert into bookmarks (user_id, lesson_id, part_id, second, title, created_at, deleted_at)
                values ($1, $2, $3, $4, $5, $6, $7) returning id
                """,
                user_id,
                kit.first,
                kit.video,
                number,
                own_mark(name),
                NOON,
                deleted_at,
            )
            for number, deleted_at in enumerate((None, NOON), start=1)
        ]
        code = f"profile{user_id:09d}"
        await self.pool.execute(
            "insert into user_profiles (user_id, code, is_public, bio) values ($1, $2, false, $3)",
            user_id,
            code,
            own_mark(name),
        )
        skill = await self.pool.fetchval(
            "insert into user_skills (user_id, place, name, folded, level)"
            " values ($1, 1, $2::text, $2::text, 3) returning id",
            user_id,
            own_mark(name),
        )
        cards = [
            await self.pool.fetchval(
                "insert into review_cards (user_id, note_id, created_at, due_at, review_count)"
                " values ($1, $2, $3, $3, $4) returning id",
                user_id,
                note_id,
                NOON,
                count,
            )
            for count, note_id in enumerate(notes)
        ]
        await self.pool.execute(
            "insert into reviews (card_id, number, user_id, grade, reviewed_at, due_before)"
            " values ($1, 1, $2, 3, $3, $3)",
            cards[1],
            user_id,
            NOON,
        )
        materials = [await self._material(user_id, own_mark(name), deleted_at) for deleted_at in (None, NOON)]
        return Belongings(
            owner=name,
            material=materials[0],
            deleted_material=materials[1],
            card=cards[0],
            graded_card=cards[1],
            note=notes[0],
            deleted_note=notes[1],
            bookmark=bookmarks[0],
            deleted_bookmark=bookmarks[1],
            skill=skill,
            profile=code,
        )


def title_mark(kit: str) -> str:
    return f"<title of {kit}>"


def inside_mark(kit: str, lesson: str) -> str:
    """In the texts and files of a lesson."""
    return f"<inside {kit}: {lesson}>"


def lesson_mark(kit: str, lesson: str) -> str:
    """The title of a lesson that is not for everybody."""
    return f"<lesson {kit}: {lesson}>"


def own_mark(person: str) -> str:
    """In what one person wrote for themselves."""
    return f"<of {person}>"

"""People, a course sold whole and a lesson sold alone, in a real database; and the services over it."""

from dataclasses import dataclass, field, replace

from db.engine import Pool
from db.express import express_tills
from db.unit_of_work import Database
from domain.learning.model import Product, ProductKind
from domain.money import Money
from domain.payments.express import ExpressLane
from domain.payments.merchant import PaymeMerchant
from domain.payments.payme import CreateRequest, PaymeId, Transaction, milliseconds
from domain.payments.service import PaymentService
from domain.unit_of_work import Begin
from tests.db.emptying import empty
from tests.domain.payments.fakes import ALI, NOON, VALI, MovableClock

PRICE = Money.soms(150_000)
OWNER, ADMIN = 900, 901


@dataclass
class World:
    pool: Pool
    begin: Begin
    read: Begin
    course: Product
    lesson: Product
    clock: MovableClock = field(default_factory=MovableClock)
    is_express: bool = True
    """False: every payment takes the way that holds its order."""

    def __post_init__(self) -> None:
        express = ExpressLane(express_tills(self.pool), self.clock) if self.is_express else None
        self.payments = PaymentService(begin=self.begin, read=self.read, now=self.clock)
        self.merchant = PaymeMerchant(begin=self.begin, read=self.read, now=self.clock, express=express)

    async def create(self, payme_id: PaymeId, code: str, amount: int = PRICE.tiyin) -> Transaction:
        time = milliseconds(self.clock())
        return await self.merchant.create(CreateRequest(payme_id=payme_id, time=time, account=code, amount=amount))

    async def count(self, table: str, where: str = "true") -> int:
        return await self.pool.fetchval(f"select count(*) from {table} where {where}")


def on(pool: Pool, world: World) -> World:
    """The same shop over other connections."""
    database = Database(pool)
    return replace(world, pool=pool, begin=database.begin, read=database.read)


async def make_world(pool: Pool, begin: Begin | None = None) -> World:
    """An empty database with four people and two products; the payments of earlier tests are gone."""
    await empty(pool, "users, categories, pgqueuer")
    await pool.executemany(
        "insert into users (id, full_name, language, role, step, timezone, created_at)"
        " values ($1, $2, 'uz', $3, 'done', 'Asia/Tashkent', $4)",
        [
            (ALI, "Ali", "student", NOON),
            (VALI, "Vali", "student", NOON),
            (OWNER, "Olim", "teacher", NOON),
            (ADMIN, "Anora", "admin", NOON),
        ],
    )
    category = await pool.fetchval(
        """insert into categories (slug, emoji, title, position) values ('m', '📐', '{"uz": "Matematika"}', 1)
        returning id"""
    )
    course = """
        insert into courses (code, category_id, owner_id, language, title, sale, price_tiyin, status, search,
            created_at)
        values ($1, $2, $3, 'uz', '{"uz": "Algebra", "ru": "Алгебра"}', $4, $5, 'published', '', $6) returning id
    """
    whole = await pool.fetchval(course, "whole", category, OWNER, "course", PRICE.tiyin, NOON)
    by_lesson = await pool.fetchval(course, "lessons", category, OWNER, "lessons", None, NOON)
    section = await pool.fetchval(
        """insert into sections (course_id, position, title) values ($1, 1, '{"uz": "Bir"}') returning id""", by_lesson
    )
    lesson = await pool.fetchval(
        """
        insert into lessons (course_id, section_id, position, title, price_tiyin, is_published, created_at)
        values ($1, $2, 1, '{"uz": "Dars"}', $3, true, $4) returning id
        """,
        by_lesson,
        section,
        PRICE.tiyin,
        NOON,
    )
    database = Database(pool)
    return World(
        pool=pool,
        begin=begin or database.begin,
        read=database.read,
        course=Product(ProductKind.COURSE, whole),
        lesson=Product(ProductKind.LESSON, lesson),
        is_express=begin is None,
    )

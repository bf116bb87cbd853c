"""LRN-4: a certificate is issued when its rule is truly met, once, and ends once."""

import asyncio
import itertools
from datetime import timedelta

import asyncpg
import orjson
import pytest

from db.certificates import SqlCertificates
from db.engine import Pool
from domain.certificates.errors import (
    CertificateEnded,
    CertificateGone,
    CertificateWithdrawn,
    CorrectionsSpent,
    NotEarned,
    NothingToCorrect,
)
from domain.certificates.issuing import new_code
from domain.certificates.model import CertificateDraft, CertificateFile, Ending, FileKind, Shortfall
from domain.courses.model import CourseId, Sale
from domain.language import Language, Text
from domain.learning.errors import CourseGone
from domain.learning.model import Product, ProductKind
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.certificate_world import Certified
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, VALI, add_people

_numbers = itertools.count(1000)


@pytest.fixture
async def world(pool: Pool, begin: Begin, read: Begin) -> Certified:
    await add_people(pool)
    return Certified(pool, begin, read)


@pytest.fixture
async def student(world: Certified) -> UserId:
    return await world.student(next(_numbers), "Sardor Rasulov")


async def refused(world: Certified, user_id: UserId, course_id: CourseId) -> tuple[Shortfall, ...]:
    with pytest.raises(NotEarned) as refusal:
        await world.certificates.claim(user_id, course_id)
    return refusal.value.shortfalls


async def test_a_finished_course_is_certified_as_it_was_that_day(world: Certified, student: UserId, pool: Pool) -> None:
    course_id, lessons = await world.certified_course(questions=1)
    await world.finish(student, lessons)
    await world.score(student, lessons[0], 4)

    certificate = await world.certificates.claim(student, course_id)
    await pool.execute('update courses set title = \'{"uz": "Boshqa"}\' where id = $1', course_id)
    await world.student(student, "Boshqa Ism")

    shown = (await world.certificates.view(student, certificate.code)).certificate
    assert shown == certificate
    assert (shown.full_name, shown.percent, shown.duration_seconds) == ("Sardor Rasulov", 50, 5400)
    assert shown.course_title.read_in(Language.RU) == "Курс"
    assert shown.teacher_name == f"User {TEACHER}"
    assert await world.certificates.claim(student, course_id) == certificate


async def test_each_part_of_the_rule_is_asked(world: Certified, student: UserId, pool: Pool) -> None:
    course_id, lessons = await world.certified_course(percent=80, questions=1)
    assert await refused(world, student, course_id) == (Shortfall.LESSONS, Shortfall.SCORE)
    await world.finish(student, lessons[:1])
    assert await refused(world, student, course_id) == (Shortfall.LESSONS, Shortfall.SCORE)
    await world.finish(student, lessons[1:])
    assert await refused(world, student, course_id) == (Shortfall.SCORE,)
    await world.score(student, lessons[0], 4)
    await world.score(student, lessons[0], 0)
    await world.score(student, lessons[1], 2)
    assert await refused(world, student, course_id) == (Shortfall.SCORE,)
    added = await world.lesson(course_id, questions=0)
    await world.score(student, lessons[1], 3)
    assert await refused(world, student, course_id) == (Shortfall.LESSONS,)
    await world.finish(student, [added])
    await pool.execute("update courses set has_certificate = false where id = $1", course_id)
    assert await refused(world, student, course_id) == (Shortfall.NOT_OFFERED,)
    await pool.execute("update courses set has_certificate = true where id = $1", course_id)

    certificate = await world.certificates.claim(student, course_id)

    assert certificate.percent == 87


async def test_an_average_just_below_is_below(world: Certified, student: UserId) -> None:
    course_id, lessons = await world.certified_course(3, percent=67, questions=1)
    await world.finish(student, lessons)
    for lesson_id in lessons[:2]:
        await world.score(student, lesson_id, 4)

    assert await refused(world, student, course_id) == (Shortfall.SCORE,)
    assert (await world.certificates.prospect(student, course_id)).standing.percent == 66


async def test_hidden_lessons_are_not_asked_for(world: Certified, student: UserId, pool: Pool) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(student, lessons[:1])
    await pool.execute("update lessons set is_published = false where id = $1", lessons[1])

    assert (await world.certificates.claim(student, course_id)).is_valid


async def test_teachers_of_a_course_are_not_certified_by_it(world: Certified) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(TEACHER, lessons)

    assert await refused(world, TEACHER, course_id) == (Shortfall.TEACHES,)


@pytest.mark.parametrize("kind", [ProductKind.COURSE, ProductKind.LESSON])
async def test_a_refunded_course_certifies_nothing(
    world: Certified, student: UserId, begin: Begin, pool: Pool, kind: ProductKind
) -> None:
    sale = Sale.COURSE if kind is ProductKind.COURSE else Sale.LESSONS
    course_id, lessons = await world.certified_course(sale=sale)
    if kind is ProductKind.LESSON:
        await pool.execute("update lessons set price_tiyin = 100 where id = $1", lessons[0])
    await world.finish(student, lessons)
    assert await refused(world, student, course_id) == (Shortfall.UNPAID,)
    product = Product(kind, course_id if kind is ProductKind.COURSE else lessons[0])
    order_id = await world.sell(product, student)
    certificate = await world.certificates.claim(student, course_id)

    async with begin() as uow:
        await uow.access.revoke(order_id, NOON + timedelta(days=1))
        await uow.commit()

    assert await refused(world, student, course_id) == (Shortfall.UNPAID,)
    ended = (await world.certificates.view(student, certificate.code)).certificate
    assert (ended.ending, ended.ended_at) == (Ending.REFUNDED, NOON + timedelta(days=1))
    await world.sell(product, student)
    assert (await world.certificates.claim(student, course_id)).id != certificate.id


async def test_one_of_two_payments_that_goes_back_ends_nothing(world: Certified, student: UserId, begin: Begin) -> None:
    course_id, lessons = await world.certified_course(sale=Sale.COURSE)
    await world.finish(student, lessons)
    order_id = await world.sell(Product(ProductKind.COURSE, course_id), student)
    await world.sell(Product(ProductKind.COURSE, course_id), student)
    certificate = await world.certificates.claim(student, course_id)

    async with begin() as uow:
        await uow.access.revoke(order_id, NOON)
        await uow.commit()

    assert (await world.certificates.view(student, certificate.code)).certificate.is_valid


async def test_ten_claims_at_once_are_one_certificate(world: Certified, student: UserId, pool: Pool) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(student, lessons)

    claimed = await asyncio.gather(
        *(world.certificates.claim(student, course_id) for _ in range(5)),
        *(world.certificates.certify(student, course_id) for _ in range(5)),
    )

    assert len({certificate.code for certificate in claimed if certificate}) == 1
    assert await pool.fetchval("select count(*) from certificates where user_id = $1", student) == 1


def draft(student: UserId, course_id: CourseId) -> CertificateDraft:
    return CertificateDraft(
        code=new_code(),
        user_id=student,
        course_id=course_id,
        full_name="Ali",
        course_title=Text({Language.UZ: "Kurs"}),
        teacher_name="T",
        duration_seconds=0,
        percent=None,
        issued_at=NOON,
    )


async def test_the_schema_alone_lets_one_through_and_without_it_ten_come(
    world: Certified, student: UserId, begin: Begin, pool: Pool
) -> None:
    course_id, _lessons = await world.certified_course()

    async def add() -> bool:
        async with begin() as uow:
            added = await uow.certificates.add(draft(student, course_id))
            await uow.commit()
        return added is not None

    assert sum(await asyncio.gather(*(add() for _ in range(10)))) == 1

    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await connection.execute("drop index ix_certificates_valid")
        await connection.execute(
            "create unique index guard_off on certificates (user_id, course_id, id) where revoked_at is null"
        )
        added = [
            await connection.fetchval(
                """
                insert into certificates (code, user_id, course_id, full_name, search, course_title, teacher_name,
                    duration_seconds, issued_at)
                values ($1, $2, $3, 'Ali', ' ali', '{}', 'T', 0, $4) on conflict do nothing returning true
                """,
                new_code(),
                student,
                course_id,
                NOON,
            )
            for _ in range(3)
        ]
        await undone.rollback()
    assert added == [True, True, True]


class Unheld(SqlCertificates):
    """The control: what the student owns is not held."""

    async def hold_access(self, user_id: UserId, course_id: CourseId) -> None:
        return None


@pytest.mark.parametrize("is_held", [True, False])
async def test_a_refund_between_the_look_and_the_issue_leaves_no_valid_certificate(
    world: Certified, student: UserId, begin: Begin, pool: Pool, is_held: bool
) -> None:
    course_id, lessons = await world.certified_course(sale=Sale.COURSE)
    await world.finish(student, lessons)
    order_id = await world.sell(Product(ProductKind.COURSE, course_id), student)

    async def refund() -> None:
        async with begin() as uow:
            await uow.access.revoke(order_id, NOON)
            await uow.commit()

    async with pool.acquire() as connection, connection.transaction():
        certificates = (SqlCertificates if is_held else Unheld)(connection)
        await certificates.hold_access(student, course_id)
        standing = await certificates.standing(student, course_id)
        assert standing is not None
        assert standing.shortfalls(student) == ()
        refunding = asyncio.create_task(refund())
        if is_held:
            while not await pool.fetchval("select exists (select from pg_locks where not granted)"):
                assert not refunding.done()
        else:
            await refunding
        assert await certificates.add(draft(student, course_id)) is not None
    await refunding

    valid = "select count(*) from certificates where user_id = $1 and revoked_at is null"
    assert await pool.fetchval(valid, student) == (0 if is_held else 1)


async def test_a_claim_waits_for_a_refund_that_is_under_way(
    world: Certified, student: UserId, begin: Begin, pool: Pool
) -> None:
    course_id, lessons = await world.certified_course(sale=Sale.COURSE)
    await world.finish(student, lessons)
    order_id = await world.sell(Product(ProductKind.COURSE, course_id), student)

    async with begin() as uow:
        await uow.access.revoke(order_id, NOON)
        claiming = asyncio.create_task(world.certificates.claim(student, course_id))
        while not await pool.fetchval("select exists (select from pg_locks where not granted)"):
            assert not claiming.done()
            await asyncio.sleep(0)
        await uow.commit()

    with pytest.raises(NotEarned):
        await claiming


async def test_a_job_that_comes_too_early_or_twice_does_no_harm(world: Certified, student: UserId, pool: Pool) -> None:
    course_id, lessons = await world.certified_course()
    await world.certificates.certify(student, course_id)
    await world.certificates.certify(UserId(999_999_999), course_id)
    await world.certificates.certify(student, CourseId(999_999_999))
    assert (await world.certificates.mine(student)).certificates == []
    await world.finish(student, lessons)
    assert [entry.course_id for entry in (await world.certificates.mine(student)).earnable] == [course_id]

    for _ in range(2):
        await world.certificates.certify(student, course_id)

    mine = await world.certificates.mine(student)
    assert len(mine.certificates) == 1
    assert mine.earnable == []
    notices = "select count(*) from notifications where user_id = $1 and kind = 'certificate_issued'"
    assert await pool.fetchval(notices, student) == 1


async def test_a_corrected_name_replaces_the_certificate_and_the_old_number_says_so(
    world: Certified, student: UserId
) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(student, lessons)
    first = await world.certificates.claim(student, course_id)
    with pytest.raises(NothingToCorrect):
        await world.certificates.correct_name(student, first.code)
    await world.student(student, "Sardor Rasulov-Nabiyev")

    results = await asyncio.gather(
        *(world.certificates.correct_name(student, first.code) for _ in range(5)), return_exceptions=True
    )

    newer = [result for result in results if not isinstance(result, BaseException)]
    assert len(newer) == 1
    assert all(isinstance(result, CertificateEnded) for result in results if isinstance(result, BaseException))
    old, new = await world.certificates.verify(first.code), await world.certificates.verify(newer[0].code)
    assert old is not None
    assert new is not None
    assert (old.ending, old.newer, old.full_name) == (Ending.REPLACED, newer[0].code, None)
    assert (new.ending, new.full_name) == (None, "Sardor Rasulov-Nabiyev")
    assert [one.code for one in (await world.certificates.mine(student)).certificates] == [newer[0].code]


async def test_a_student_corrects_three_times_and_an_admin_always(world: Certified, student: UserId) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(student, lessons)
    certificate = await world.certificates.claim(student, course_id)
    for number in range(3):
        await world.student(student, f"Sardor {'I' * (number + 1)}")
        certificate = await world.certificates.correct_name(student, certificate.code)
    await world.student(student, "Sardor Rasulov")

    assert (await world.certificates.view(student, certificate.code)).needs_centre
    with pytest.raises(CorrectionsSpent):
        await world.certificates.correct_name(student, certificate.code)
    corrected = await world.certificates.correct_name(ADMIN, certificate.code)

    assert corrected.full_name == "Sardor Rasulov"


async def test_a_revoked_certificate_comes_back_through_staff_only(
    world: Certified, student: UserId, pool: Pool
) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(student, lessons)
    certificate = await world.certificates.claim(student, course_id)

    await world.office.revoke(TEACHER, certificate.code, "  Somebody   else took the quizzes ")

    shown = (await world.certificates.view(student, certificate.code)).certificate
    assert (shown.ending, shown.reason) == (Ending.REVOKED, "Somebody else took the quizzes")
    with pytest.raises(CertificateWithdrawn):
        await world.certificates.claim(student, course_id)
    await world.certificates.certify(student, course_id)
    with pytest.raises(CertificateEnded):
        await world.office.revoke(TEACHER, certificate.code, "Again")
    results = await asyncio.gather(
        *(world.office.issue_again(TEACHER, certificate.code) for _ in range(4)), return_exceptions=True
    )
    again = [result for result in results if not isinstance(result, BaseException)]
    assert len(again) == 1
    assert await world.certificates.claim(student, course_id) == again[0]
    verdict = await world.certificates.verify(certificate.code)
    assert verdict is not None
    assert (verdict.ending, verdict.newer) == (Ending.REVOKED, again[0].code)
    log = await pool.fetch("select action, actor_id, data from audit_log where subject_id = $1 order by id", student)
    assert [(row["action"], row["actor_id"]) for row in log] == [
        ("certificate_issued", None),
        ("certificate_revoked", TEACHER),
        ("certificate_issued", TEACHER),
    ]
    assert orjson.loads(log[2]["data"])["replaces"] == certificate.id
    kinds = "select kind from notifications where user_id = $1 order by id"
    assert [row["kind"] for row in await pool.fetch(kinds, student)] == ["certificate_revoked", "certificate_issued"]


async def test_what_is_not_earned_is_not_issued_again(world: Certified, student: UserId) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(student, lessons)
    certificate = await world.certificates.claim(student, course_id)
    await world.office.revoke(ADMIN, certificate.code, "A mistake")
    await world.lesson(course_id, questions=0)

    with pytest.raises(NotEarned):
        await world.office.issue_again(ADMIN, certificate.code)


@pytest.mark.parametrize(
    "statement",
    [
        "update certificates set full_name = 'X' where id = $1",
        "update certificates set revoked_at = null, ending = null, revoke_reason = null where id = $1",
        "update certificates set revoke_reason = 'other' where id = $1",
        "delete from certificates where id = $1",
    ],
)
async def test_the_database_refuses_to_rewrite_a_certificate(
    world: Certified, student: UserId, pool: Pool, statement: str
) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(student, lessons)
    certificate = await world.certificates.claim(student, course_id)
    await world.office.revoke(ADMIN, certificate.code, "A mistake")

    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await pool.execute(statement, certificate.id)

    async with pool.acquire() as connection:
        undone = connection.transaction()
        await undone.start()
        await connection.execute("alter table certificates disable trigger user")
        assert (await connection.execute(statement, certificate.id)).endswith(" 1")
        await undone.rollback()


async def test_a_teacher_finds_certificates_by_name_page_by_page(world: Certified) -> None:
    course_id, lessons = await world.certified_course(1)
    for number in range(10):
        name = "Gʻani Oʻktamov" if number == 3 else f"Talaba {number} Karimov"
        student = await world.student(next(_numbers), name)
        await world.finish(student, lessons)
        await world.certificates.claim(student, course_id)

    _course, first = await world.office.of_course(TEACHER, course_id)
    _course, second = await world.office.of_course(TEACHER, course_id, before=first.older)
    _course, found = await world.office.of_course(TEACHER, course_id, "ўктам")
    _course, one = await world.office.of_course(TEACHER, course_id, "k tal 7")
    _course, none = await world.office.of_course(TEACHER, course_id, "%")

    assert len(first.certificates) == 8
    assert len(second.certificates) == 2
    assert second.older is None
    assert not {one.id for one in first.certificates} & {one.id for one in second.certificates}
    assert [certificate.full_name for certificate in found.certificates] == ["Gʻani Oʻktamov"]
    assert [certificate.full_name for certificate in one.certificates] == ["Talaba 7 Karimov"]
    assert len(none.certificates) == 8


async def test_anybody_verifies_a_number_and_learns_nothing_else(world: Certified, student: UserId) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(student, lessons)
    certificate = await world.certificates.claim(student, course_id)
    typed = "-".join(certificate.code[start : start + 4] for start in (0, 4, 8, 12)).lower()

    verdict = await world.certificates.verify(f" {typed} ")

    assert verdict is not None
    assert verdict.full_name == "Sardor Rasulov"
    for wrong in ("", "x", "0" * 16, "0" * 5000, "'; drop table certificates", "🎓" * 16, certificate.code[:-1]):
        assert await world.certificates.verify(wrong) is None


async def test_prints_are_kept_by_language_and_kind(world: Certified, student: UserId) -> None:
    course_id, lessons = await world.certified_course()
    await world.finish(student, lessons)
    certificate = await world.certificates.claim(student, course_id)
    file = CertificateFile(kind=FileKind.PDF, language=Language.RU, bot_id=7, sha256="a" * 64)

    await world.certificates.keep_file(certificate.id, file)
    await world.certificates.keep_file(
        certificate.id,
        CertificateFile(kind=FileKind.PDF, language=Language.RU, bot_id=7, sha256="a" * 64, telegram_file_id="F"),
    )

    kept = await world.certificates.file(student, certificate.code, Language.RU, FileKind.PDF)
    assert kept is not None
    assert kept.telegram_file_id == "F"
    assert await world.certificates.file(student, certificate.code, Language.UZ, FileKind.PDF) is None
    with pytest.raises(CertificateGone):
        await world.certificates.file(VALI, certificate.code, Language.RU, FileKind.PDF)


async def test_drafts_and_strangers_courses_are_not_there(world: Certified, pool: Pool) -> None:
    course_id, _lessons = await world.certified_course()
    await pool.execute("update courses set status = 'archived' where id = $1", course_id)

    with pytest.raises(CourseGone):
        await world.certificates.prospect(ALI, course_id)

"""Co-teachers on PostgreSQL: a link works once, for one, and what they may do counts at once."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from db.course_teachers import SqlCourseTeachers
from db.engine import Pool
from domain.courses.coteaching import MAX_CO_TEACHERS, CoTeaching, digest
from domain.courses.coteaching_ports import CourseInvitation
from domain.courses.errors import CourseInvitationSpent, NotYetTeacher, TooManyTeachers, WorkGone
from domain.courses.model import CourseId
from domain.courses.service import AuthoringService
from domain.errors import NotAllowed
from domain.unit_of_work import Begin
from domain.users.model import INVITATION_LIFETIME, UserId
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, World, add_people

CO = UserId(60)
RACERS = [UserId(number) for number in range(100, 112)]


class Time:
    """A clock that the test moves."""

    now = NOON


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture(scope="module", autouse=True)
async def people(pool: Pool) -> None:
    await add_people(pool)
    for user_id in (CO, *RACERS):
        await pool.execute(
            "insert into users (id, full_name, language, role, timezone, created_at)"
            " values ($1, 'Teacher', 'uz', 'teacher', 'Asia/Tashkent', $2)",
            user_id,
            NOON,
        )


@pytest.fixture
def coteaching(begin: Begin, read: Begin, time: Time) -> CoTeaching:
    return CoTeaching(begin=begin, read=read, now=lambda: time.now)


@pytest.fixture
def authoring(begin: Begin, read: Begin) -> AuthoringService:
    return AuthoringService(begin=begin, read=read, now=lambda: NOON)


@pytest.fixture(scope="module")
def world(pool: Pool, begin: Begin) -> World:
    return World(pool, begin)


@pytest.fixture
async def course_id(world: World) -> CourseId:
    return await world.course()


async def joined(coteaching: CoTeaching, course_id: CourseId, user_id: UserId) -> None:
    offer = await coteaching.invite(TEACHER, course_id)
    await coteaching.join(user_id, digest(offer.token))


async def test_whoever_joins_works_on_the_course_like_its_owner(
    coteaching: CoTeaching, authoring: AuthoringService, course_id: CourseId, pool: Pool
) -> None:
    with pytest.raises(WorkGone):
        await authoring.outline(CO, course_id)
    offer = await coteaching.invite(ADMIN, course_id)
    welcome = await coteaching.look_at(CO, offer.token)
    assert (welcome.course.id, welcome.is_member) == (course_id, False)

    await coteaching.join(CO, welcome.token_hash)

    assert (await authoring.outline(CO, course_id)).course.is_taught_by(CO)
    assert course_id in [entry.course.id for entry in (await authoring.my_courses(CO)).entries]
    page = await coteaching.teachers(CO, course_id)
    assert (page.owner.user_id, [each.user_id for each in page.co_teachers], page.may_change) == (TEACHER, [CO], False)
    told = await pool.fetch(
        "select user_id from notifications where kind = 'co_teacher_joined'"
        " and (data ->> 'course_id')::bigint = $1 order by 1",
        course_id,
    )
    assert [row["user_id"] for row in told] == [TEACHER, ADMIN]


async def test_only_the_hash_of_a_long_token_is_kept(coteaching: CoTeaching, course_id: CourseId, pool: Pool) -> None:
    offers = [await coteaching.invite(TEACHER, course_id) for _ in range(20)]

    kept = await pool.fetch("select row_to_json(i)::text as row from course_invitations i")
    assert len({offer.token for offer in offers}) == 20
    assert all(len(offer.token) * 6 >= 128 and len(f"ct_{offer.token}") <= 64 for offer in offers)
    assert not any(offer.token in row["row"] for offer in offers for row in kept)


async def test_a_link_works_once(coteaching: CoTeaching, course_id: CourseId) -> None:
    offer = await coteaching.invite(TEACHER, course_id)
    await coteaching.join(CO, digest(offer.token))

    again = await coteaching.join(CO, digest(offer.token))
    assert CO in again.teacher_ids
    with pytest.raises(CourseInvitationSpent):
        await coteaching.join(RACERS[0], digest(offer.token))
    await coteaching.remove(TEACHER, course_id, CO)
    with pytest.raises(CourseInvitationSpent):
        await coteaching.join(CO, digest(offer.token))


async def test_of_many_who_follow_one_link_at_once_one_joins(
    coteaching: CoTeaching, course_id: CourseId, pool: Pool
) -> None:
    offer = await coteaching.invite(TEACHER, course_id)

    outcomes = await asyncio.gather(
        *(coteaching.join(user_id, digest(offer.token)) for user_id in RACERS), return_exceptions=True
    )

    assert sum(isinstance(outcome, CourseInvitationSpent) for outcome in outcomes) == len(RACERS) - 1
    assert await pool.fetchval("select count(*) from course_teachers where course_id = $1", course_id) == 1


async def test_the_race_is_real_because_looking_before_leaping_lets_several_in(course_id: CourseId, pool: Pool) -> None:
    """Negative control: the same racers against a look and an unconditional update."""
    token_hash = digest("careless")
    async with pool.acquire() as connection:
        await SqlCourseTeachers(connection).invite(
            CourseInvitation(
                token_hash=token_hash,
                course_id=course_id,
                created_by=TEACHER,
                expires_at=NOON + timedelta(hours=1),
            )
        )
    all_have_looked = asyncio.Barrier(4)

    async def careless(user_id: UserId) -> bool:
        async with pool.acquire() as connection:
            teachers = SqlCourseTeachers(connection)
            invitation = await teachers.invitation(token_hash)
            await all_have_looked.wait()
            if invitation is None or invitation.taken_by is not None:
                return False
            await connection.execute(
                "update course_invitations set taken_by = $2, taken_at = $3 where token_hash = $1",
                token_hash,
                user_id,
                NOON,
            )
            return await teachers.add(course_id, user_id, NOON)

    assert sum(await asyncio.gather(*(careless(user_id) for user_id in RACERS[:4]))) > 1


@pytest.mark.parametrize(("age", "is_good"), [(timedelta(seconds=-1), True), (timedelta(), False)])
async def test_a_link_expires_after_72_hours(
    coteaching: CoTeaching, course_id: CourseId, time: Time, age: timedelta, is_good: bool
) -> None:
    offer = await coteaching.invite(TEACHER, course_id)
    time.now = NOON + INVITATION_LIFETIME + age

    if is_good:
        assert not (await coteaching.look_at(CO, offer.token)).is_member
        await coteaching.join(CO, digest(offer.token))
    else:
        with pytest.raises(CourseInvitationSpent):
            await coteaching.look_at(CO, offer.token)
        with pytest.raises(CourseInvitationSpent):
            await coteaching.join(CO, digest(offer.token))


async def test_guesses_lead_nowhere_and_leave_no_trace(coteaching: CoTeaching, course_id: CourseId, pool: Pool) -> None:
    offer = await coteaching.invite(TEACHER, course_id)
    endings = [f"{number:02}" for number in range(60) if not offer.token.endswith(f"{number:02}")]
    guesses = ["", offer.token[:-1], offer.token + "A", offer.token.swapcase(), "' or true --", "ха", *endings]

    for guess in guesses:
        with pytest.raises(CourseInvitationSpent):
            await coteaching.look_at(CO, guess)
        with pytest.raises(CourseInvitationSpent):
            await coteaching.join(CO, digest(guess))

    taken = "select count(*) from course_invitations where course_id = $1 and taken_by is not null"
    assert await pool.fetchval(taken, course_id) == 0


async def test_a_student_is_asked_to_become_a_teacher_first_and_the_link_stays_good(
    coteaching: CoTeaching, course_id: CourseId
) -> None:
    offer = await coteaching.invite(TEACHER, course_id)

    with pytest.raises(NotYetTeacher):
        await coteaching.look_at(ALI, offer.token)
    with pytest.raises(NotYetTeacher):
        await coteaching.join(ALI, digest(offer.token))

    assert CO in (await coteaching.join(CO, digest(offer.token))).teacher_ids


async def test_the_owner_who_tries_the_own_link_does_not_use_it_up(coteaching: CoTeaching, course_id: CourseId) -> None:
    offer = await coteaching.invite(TEACHER, course_id)

    assert (await coteaching.look_at(TEACHER, offer.token)).is_member
    await coteaching.join(TEACHER, digest(offer.token))

    assert CO in (await coteaching.join(CO, digest(offer.token))).teacher_ids


async def test_the_link_of_somebody_who_may_not_invite_any_more_is_spent(
    coteaching: CoTeaching, course_id: CourseId, pool: Pool
) -> None:
    offer = await coteaching.invite(ADMIN, course_id)
    await pool.execute("update users set role = 'teacher' where id = $1", ADMIN)
    try:
        with pytest.raises(CourseInvitationSpent):
            await coteaching.join(CO, digest(offer.token))
        assert await pool.fetchval("select count(*) from course_teachers where course_id = $1", course_id) == 0
    finally:
        await pool.execute("update users set role = 'admin' where id = $1", ADMIN)


async def test_a_co_teacher_neither_invites_nor_removes_but_may_leave(
    coteaching: CoTeaching, authoring: AuthoringService, course_id: CourseId
) -> None:
    await joined(coteaching, course_id, CO)
    await joined(coteaching, course_id, RACERS[0])

    with pytest.raises(NotAllowed):
        await coteaching.invite(CO, course_id)
    with pytest.raises(NotAllowed):
        await coteaching.remove(CO, course_id, RACERS[0])
    await coteaching.leave(CO, course_id)

    with pytest.raises(WorkGone):
        await authoring.outline(CO, course_id)
    with pytest.raises(NotAllowed):
        await coteaching.leave(TEACHER, course_id)


async def test_a_removed_co_teacher_is_out_at_once_and_twice_is_once(
    coteaching: CoTeaching, authoring: AuthoringService, course_id: CourseId
) -> None:
    await joined(coteaching, course_id, CO)

    await coteaching.remove(TEACHER, course_id, CO)
    await coteaching.remove(TEACHER, course_id, CO)

    with pytest.raises(WorkGone):
        await authoring.rename(CO, course_id, "Mine now")


async def test_a_course_has_twenty_co_teachers_at_most(coteaching: CoTeaching, course_id: CourseId, pool: Pool) -> None:
    offers = [await coteaching.invite(TEACHER, course_id) for _ in range(3)]
    await pool.execute(
        """
        insert into users (id, full_name, language, role, timezone, created_at)
        select 900 + n, 'T', 'uz', 'teacher', 'Asia/Tashkent', $1 from generate_series(1, $2) n
        """,
        NOON,
        MAX_CO_TEACHERS - 1,
    )
    await pool.execute(
        "insert into course_teachers select $1, 900 + n, $2 from generate_series(1, $3) n",
        course_id,
        NOON,
        MAX_CO_TEACHERS - 1,
    )

    outcomes = await asyncio.gather(
        *(coteaching.join(user_id, digest(offer.token)) for user_id, offer in zip(RACERS, offers, strict=False)),
        return_exceptions=True,
    )

    assert sum(isinstance(outcome, TooManyTeachers) for outcome in outcomes) == 2
    with pytest.raises(TooManyTeachers):
        await coteaching.invite(TEACHER, course_id)


async def test_an_invitation_is_taken_whole_or_not_at_all(
    coteaching: CoTeaching, course_id: CourseId, pool: Pool
) -> None:
    await coteaching.invite(TEACHER, course_id)

    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute("update course_invitations set taken_by = $1 where taken_by is null", CO)

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from db.engine import Pool
from db.users import SqlInvitations, SqlUsers
from domain.language import Language
from domain.unit_of_work import Begin
from domain.users.errors import InvitationSpent
from domain.users.model import Goal, Invitation, RegistrationStep, Role, SubjectId, User, UserId
from domain.users.service import UserService
from tests.db.emptying import empty

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
ALI, VALI, DIRECTOR = UserId(11), UserId(12), UserId(1)


def person(user_id: int, *, role: Role = Role.STUDENT) -> User:
    return User(
        id=UserId(user_id),
        full_name="Ali <b>Karimov</b>",
        username="ali_k",
        language=Language.RU,
        role=role,
        step=RegistrationStep.PHONE,
        phone="+998901234567",
        timezone="Asia/Tashkent",
        goal=Goal.EXAM,
        daily_minutes=15,
        pending_link="c_algebra",
        is_muted=False,
        created_at=NOON,
    )


@pytest.fixture(autouse=True)
async def clean(pool: Pool) -> AsyncIterator[None]:
    yield
    await empty(pool, "users, categories")


@pytest.fixture
def users(begin: Begin, read: Begin) -> UserService:
    return UserService(begin=begin, read=read, now=lambda: NOON, admin_ids=[DIRECTOR])


async def test_a_user_comes_back_as_they_were_kept(pool: Pool) -> None:
    async with pool.acquire() as connection:
        repository = SqlUsers(connection)

        assert await repository.add(person(ALI)) == person(ALI)
        assert await repository.get(ALI) == person(ALI)
        assert await repository.lock(ALI) == person(ALI)
        assert await repository.get(VALI) is None


async def test_saving_keeps_everything_but_role_and_reachability(pool: Pool) -> None:
    async with pool.acquire() as connection:
        repository = SqlUsers(connection)
        await repository.add(person(ALI))
        changed = replace(
            person(ALI),
            full_name="Ali",
            username=None,
            language=Language.EN,
            step=RegistrationStep.DONE,
            phone=None,
            timezone="UTC",
            goal=None,
            daily_minutes=None,
            pending_link=None,
            is_muted=True,
        )

        await repository.save(replace(changed, role=Role.ADMIN, is_reachable=False))

        assert await repository.get(ALI) == changed


async def test_role_and_reachability_are_set_on_their_own(pool: Pool) -> None:
    async with pool.acquire() as connection:
        repository = SqlUsers(connection)
        await repository.add(person(ALI))

        assert await repository.set_role(ALI, Role.ADMIN)
        assert not await repository.set_role(VALI, Role.ADMIN)
        assert [user.id for user in await repository.admins()] == [ALI]
        assert await repository.set_reachable(ALI, is_reachable=False)
        assert not await repository.set_reachable(ALI, is_reachable=False)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("full_name", ""),
        ("full_name", "a" * 101),
        ("language", "de"),
        ("role", "owner"),
        ("step", "nowhere"),
        ("goal", "fame"),
        ("daily_minutes", 0),
        ("phone", "998901234567"),
        ("phone", "+99890<b>1"),
        ("pending_link", "x" * 65),
    ],
)
async def test_the_schema_refuses_what_the_rules_never_write(pool: Pool, column: str, value: object) -> None:
    async with pool.acquire() as connection:
        await SqlUsers(connection).add(person(ALI))

        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute(f"update users set {column} = $2 where id = $1", ALI, value)


async def test_of_many_first_updates_one_creates_the_user_and_all_see_the_same(users: UserService, pool: Pool) -> None:
    found = await asyncio.gather(*(users.arrive(ALI, f"Name {chr(65 + n)}", None, "uz") for n in range(20)))

    assert len(set(found)) == 1
    assert await pool.fetchval("select count(*) from users") == 1


async def test_two_changes_at_once_both_stay(users: UserService) -> None:
    await users.arrive(ALI, "Ali", None, "uz")

    await asyncio.gather(
        *(users.introduce(ALI, "Ali Karimov") for _ in range(5)),
        *(users.choose_goal(ALI, Goal.WORK) for _ in range(5)),
        *(users.share_phone(ALI, ALI, "998901234567") for _ in range(5)),
        *(users.choose_daily_minutes(ALI, 30) for _ in range(5)),
    )

    user = await users.find(ALI)
    assert user is not None
    assert (user.full_name, user.goal, user.phone, user.daily_minutes) == (
        "Ali Karimov",
        Goal.WORK,
        "+998901234567",
        30,
    )


async def test_subjects_are_root_categories_each_once(users: UserService, pool: Pool) -> None:
    root = await pool.fetchval(
        """insert into categories (slug, emoji, title, position) values ('maths', '📐', '{"en": "Maths"}', 1)
        returning id"""
    )
    branch = await pool.fetchval(
        """insert into categories (slug, emoji, title, position, parent_id)
        values ('algebra', '📐', '{"en": "Algebra"}', 1, $1) returning id""",
        root,
    )
    await users.arrive(ALI, "Ali", None, "uz")

    for subject in (root, root, branch, 999):
        await users.choose_subject(ALI, SubjectId(subject), is_chosen=True)

    assert list(await users.subjects_of(ALI)) == [root]
    card = await users.card(ALI)
    assert [str(title) for title in card.subjects] == ["Maths"]
    assert (card.course_count, card.lessons_done) == (0, 0)

    await users.choose_subject(ALI, SubjectId(root), is_chosen=False)
    assert (await users.card(ALI)).subjects == ()


async def _race(accept: Callable[[UserId], Awaitable[object]], racers: range) -> int:
    """How many of them got in."""
    results = await asyncio.gather(*(accept(UserId(number)) for number in racers), return_exceptions=True)
    assert all(isinstance(result, InvitationSpent) for result in results if isinstance(result, BaseException))
    return sum(not isinstance(result, BaseException) for result in results)


async def test_of_many_who_follow_one_invitation_at_once_one_becomes_a_teacher(users: UserService, pool: Pool) -> None:
    racers = range(100, 120)
    for user_id in (DIRECTOR, *racers):
        await users.arrive(UserId(user_id), "Somebody", None, "uz")
    offer = await users.invite_teacher(DIRECTOR)

    winners = await _race(lambda user_id: users.accept_invitation(user_id, offer.token), racers)

    assert winners == 1
    assert await pool.fetchval("select count(*) from users where role = 'teacher'") == 1
    assert await pool.fetchval("select count(*) from notifications where kind = 'teacher_joined'") == 1


async def test_the_race_is_real_because_looking_before_leaping_lets_several_in(users: UserService, pool: Pool) -> None:
    """Negative control: the same racers against a check and an unconditional update."""
    racers = range(100, 120)
    for user_id in (DIRECTOR, *racers):
        await users.arrive(UserId(user_id), "Somebody", None, "uz")
    token_hash = bytes(32)
    async with pool.acquire() as connection:
        await SqlInvitations(connection).add(
            Invitation(token_hash=token_hash, created_by=DIRECTOR, expires_at=NOON + timedelta(hours=1))
        )
    all_have_looked = asyncio.Barrier(len(racers))

    async def careless(user_id: UserId) -> None:
        async with pool.acquire() as connection:
            invitation = await SqlInvitations(connection).get(token_hash)
            await all_have_looked.wait()
            if invitation is None or invitation.taken_by is not None:
                raise InvitationSpent
            await connection.execute(
                "update teacher_invitations set taken_by = $2, taken_at = $3 where token_hash = $1",
                token_hash,
                user_id,
                NOON,
            )

    assert await _race(careless, racers) > 1


async def test_guesses_make_no_teacher_and_leave_no_trace(users: UserService, pool: Pool) -> None:
    for user_id in (DIRECTOR, ALI):
        await users.arrive(UserId(user_id), "Somebody", None, "uz")
    offer = await users.invite_teacher(DIRECTOR)
    guesses = [
        "",
        offer.token[:-1],
        offer.token + "A",
        offer.token.swapcase(),
        "' or true --",
        "\u0445\u0430",
        *(f"{offer.token[:-2]}{n:02}" for n in range(100) if not offer.token.endswith(f"{n:02}")),
    ]

    for guess in guesses:
        with pytest.raises(InvitationSpent):
            await users.accept_invitation(ALI, guess)

    assert (await users.accept_invitation(ALI, offer.token)).role is Role.TEACHER
    assert await pool.fetchval("select count(*) from teacher_invitations where taken_by is not null") == 1


async def test_an_expired_invitation_is_not_taken_by_the_database_either(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await SqlUsers(connection).add(person(DIRECTOR, role=Role.ADMIN))
        repository = SqlInvitations(connection)
        await repository.add(Invitation(token_hash=bytes(32), created_by=DIRECTOR, expires_at=NOON))

        assert await repository.take(bytes(32), DIRECTOR, NOON) is None
        assert await repository.take(bytes(32), DIRECTOR, NOON - timedelta(seconds=1)) is not None


async def test_an_invitation_is_taken_whole_or_not_at_all(pool: Pool) -> None:
    async with pool.acquire() as connection:
        await SqlUsers(connection).add(person(DIRECTOR, role=Role.ADMIN))
        await SqlInvitations(connection).add(Invitation(token_hash=bytes(32), created_by=DIRECTOR, expires_at=NOON))

        with pytest.raises(asyncpg.CheckViolationError):
            await connection.execute("update teacher_invitations set taken_by = $1", DIRECTOR)

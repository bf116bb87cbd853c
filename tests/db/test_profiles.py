"""Profiles on PostgreSQL: who sees what, who changes what, and twenty skills however many come at once."""

import asyncio
import itertools
import re
from collections.abc import Awaitable, Callable

import pytest

from db.engine import Pool
from db.profiles import SqlProfiles
from domain.courses.model import CourseStatus
from domain.language import Language
from domain.unit_of_work import Begin
from domain.users.errors import ProfileGone, SkillGone, TooManySkills, UserUnknown
from domain.users.model import UserId
from domain.users.profile_service import ProfileService
from domain.users.profiles import MAX_SKILLS, LinkKind, PublicCard, Skill
from tests.db.quiz_world import ADMIN, ALI, NOON, TEACHER, VALI, World, add_people

_people = itertools.count(5000)


@pytest.fixture(scope="module")
async def world(pool: Pool, begin: Begin) -> World:
    await add_people(pool)
    return World(pool, begin)


@pytest.fixture
def profiles(begin: Begin, read: Begin, world: World) -> ProfileService:
    return ProfileService(begin=begin, read=read)


@pytest.fixture
async def nodir(pool: Pool, world: World) -> UserId:
    """Somebody who has told nothing yet."""
    user_id = UserId(next(_people))
    await pool.execute(
        "insert into users (id, full_name, username, phone, language, timezone, created_at)"
        " values ($1, 'Nodir <b>', 'nodir', '+998901234567', 'uz', 'Asia/Tashkent', $2)",
        user_id,
        NOON,
    )
    return user_id


async def card_of(profiles: ProfileService, user_id: UserId, viewer: UserId = VALI) -> PublicCard:
    code = (await profiles.own(user_id)).code
    assert code is not None
    return await profiles.public_card(viewer, code)


async def test_a_students_profile_is_closed_until_they_open_it(profiles: ProfileService, nodir: UserId) -> None:
    with pytest.raises(ProfileGone):
        await card_of(profiles, nodir)
    assert await profiles.code_to_show(nodir) is None

    await profiles.open_to_everyone(nodir, is_public=True)
    assert (await card_of(profiles, nodir)).name == "Nodir <b>"
    await profiles.open_to_everyone(nodir, is_public=False)

    with pytest.raises(ProfileGone):
        await card_of(profiles, nodir)
    assert not (await card_of(profiles, nodir, viewer=nodir)).is_open


@pytest.mark.parametrize("viewer", [VALI, TEACHER, ADMIN])
async def test_a_closed_profile_and_none_are_told_apart_by_nobody(
    profiles: ProfileService, nodir: UserId, viewer: UserId
) -> None:
    code = (await profiles.own(nodir)).code
    assert code is not None

    said: list[str] = []
    for wanted in (code, "A" * 16, "", "' or 1=1 --", "x" * 62):
        with pytest.raises(ProfileGone) as refusal:
            await profiles.public_card(viewer, wanted)
        said.append(repr(refusal.value))

    assert len(set(said)) == 1


async def test_a_teachers_card_is_open_from_the_beginning_and_names_their_courses(
    profiles: ProfileService, world: World, pool: Pool
) -> None:
    published = await world.course()
    draft = await world.course(status=CourseStatus.DRAFT)
    code = await profiles.code_to_show(TEACHER)
    assert code is not None

    card = await profiles.public_card(ALI, code)

    assert card.is_teacher
    listed = {course.id for course in card.courses}
    assert published in listed
    assert draft not in listed
    await pool.execute("update users set role = 'student' where id = $1", TEACHER)
    try:
        assert await profiles.code_to_show(TEACHER) is None
    finally:
        await pool.execute("update users set role = 'teacher' where id = $1", TEACHER)


async def test_a_co_teacher_teaches_the_course_too(
    profiles: ProfileService, world: World, pool: Pool, nodir: UserId
) -> None:
    course_id = await world.course()
    await pool.execute("insert into course_teachers values ($1, $2, $3)", course_id, nodir, NOON)
    await profiles.open_to_everyone(nodir, is_public=True)
    assert (await card_of(profiles, nodir)).courses == ()

    await pool.execute("update users set role = 'teacher' where id = $1", nodir)

    assert [course.id for course in (await card_of(profiles, nodir)).courses] == [course_id]


async def test_a_card_never_has_a_phone_number_or_a_telegram_id(profiles: ProfileService, nodir: UserId) -> None:
    await profiles.open_to_everyone(nodir, is_public=True)
    await profiles.show_username(nodir, is_shown=True)

    card = await card_of(profiles, nodir)

    assert card.username == "nodir"
    assert "998901234567" not in repr(card)
    assert not re.search(rf"\b{nodir}\b", repr(card))
    await profiles.show_username(nodir, is_shown=False)
    assert (await card_of(profiles, nodir)).username is None


async def test_what_is_told_is_kept_and_taken_away(profiles: ProfileService, nodir: UserId) -> None:
    await profiles.open_to_everyone(nodir, is_public=True)
    await profiles.tell_bio(nodir, "Salom <b>\nikkinchi qator")
    await profiles.tell_location(nodir, "Toshkent")
    await profiles.set_link(nodir, LinkKind.WEBSITE, "nodir.uz")
    await profiles.set_link(nodir, LinkKind.INSTAGRAM, "@nodir")
    await profiles.set_link(nodir, LinkKind.WEBSITE, "https://nodir.uz/blog")

    card = await card_of(profiles, nodir)
    assert (card.bio, card.location) == ("Salom <b>\nikkinchi qator", "Toshkent")
    assert list(card.links) == [LinkKind.INSTAGRAM, LinkKind.WEBSITE]
    assert card.links[LinkKind.WEBSITE] == "https://nodir.uz/blog"

    await profiles.tell_bio(nodir, None)
    await profiles.tell_location(nodir, None)
    for kind in LinkKind:
        await profiles.set_link(nodir, kind, None)
    card = await card_of(profiles, nodir)
    assert (card.bio, card.location, card.links) == (None, None, {})


async def test_a_renewed_link_closes_the_old_one(profiles: ProfileService, nodir: UserId) -> None:
    await profiles.open_to_everyone(nodir, is_public=True)
    old = (await profiles.own(nodir)).code
    assert old is not None

    await profiles.renew_code(nodir)

    with pytest.raises(ProfileGone):
        await profiles.public_card(VALI, old)
    assert (await card_of(profiles, nodir)).name == "Nodir <b>"


async def test_a_profile_gets_one_code_also_when_it_is_looked_at_twice_at_once(
    profiles: ProfileService, nodir: UserId
) -> None:
    seen = await asyncio.gather(*(profiles.own(nodir) for _ in range(8)))

    assert len({profile.code for profile in seen}) == 1
    assert seen[0].code is not None
    assert re.fullmatch(r"[A-Za-z0-9_-]{16}", seen[0].code)


async def test_a_skill_is_one_in_whatever_spelling(profiles: ProfileService, nodir: UserId) -> None:
    first = await profiles.add_skill(nodir, "Algebra", 5)

    assert await profiles.add_skill(nodir, "  АЛГЕБРА ", 1) == first
    await profiles.set_level(nodir, first.id, 2)
    assert (await profiles.own(nodir)).skills == (Skill(id=first.id, name="Algebra", level=2),)
    await profiles.remove_skill(nodir, first.id)
    assert (await profiles.own(nodir)).skills == ()


async def add_many(profiles: ProfileService, user_id: UserId, count: int) -> int:
    made = await asyncio.gather(
        *(profiles.add_skill(user_id, f"Skill {number}") for number in range(count)), return_exceptions=True
    )
    assert all(isinstance(one, Skill | TooManySkills) for one in made)
    return sum(isinstance(one, Skill) for one in made)


async def test_there_are_twenty_skills_however_many_come_at_once(profiles: ProfileService, nodir: UserId) -> None:
    assert await add_many(profiles, nodir, MAX_SKILLS + 10) == MAX_SKILLS
    removed = (await profiles.own(nodir)).skills[7]
    await profiles.remove_skill(nodir, removed.id)

    assert await add_many(profiles, nodir, MAX_SKILLS + 10) >= MAX_SKILLS
    assert len((await profiles.own(nodir)).skills) == MAX_SKILLS


async def test_without_the_places_of_the_schema_and_the_lock_the_race_is_there(pool: Pool, nodir: UserId) -> None:
    """The control of the test above: two additions that do not see each other's last place."""
    await pool.execute("alter table user_skills drop constraint uq_user_skills_user_id_place")
    try:
        async with pool.acquire() as one, pool.acquire() as two:
            for number in range(MAX_SKILLS - 1):
                await SqlProfiles(one).add_skill(nodir, f"S{number}", f"s{number}", 1)
            first, second = one.transaction(), two.transaction()
            await first.start()
            await second.start()
            await SqlProfiles(one).add_skill(nodir, "A", "a", 1)
            await SqlProfiles(two).add_skill(nodir, "B", "b", 1)
            await first.commit()
            await second.commit()
        assert await pool.fetchval("select count(*) from user_skills where user_id = $1", nodir) == MAX_SKILLS + 1
    finally:
        await pool.execute("delete from user_skills where user_id = $1", nodir)
        await pool.execute(
            "alter table user_skills add constraint uq_user_skills_user_id_place unique (user_id, place)"
        )


async def test_topics_of_finished_courses_are_suggested_until_they_are_skills(
    profiles: ProfileService, world: World, pool: Pool, nodir: UserId
) -> None:
    course_id = await world.course()
    lesson_id = await world.lesson(course_id, questions=0)
    await pool.execute("insert into enrolments values ($1, $2, 'active', $3)", nodir, course_id, NOON)
    assert await profiles.suggestions(nodir) == []

    await pool.execute("insert into lesson_progress values ($1, $2, $3, $3)", nodir, lesson_id, NOON)

    (topic,) = await profiles.suggestions(nodir)
    skill = await profiles.add_suggested(nodir, topic.id, Language.UZ)
    assert skill.name == "Matematika"
    assert await profiles.suggestions(nodir) == []
    with pytest.raises(SkillGone):
        await profiles.add_suggested(VALI, topic.id, Language.UZ)


UseCase = Callable[[ProfileService, UserId, Skill], Awaitable[object]]
OF_SOMEBODY: dict[str, UseCase] = {
    "set_level": lambda profiles, actor, skill: profiles.set_level(actor, skill.id, 5),
    "remove_skill": lambda profiles, actor, skill: profiles.remove_skill(actor, skill.id),
}


@pytest.mark.parametrize("actor", [VALI, TEACHER, ADMIN, UserId(404)])
@pytest.mark.parametrize("name", OF_SOMEBODY)
async def test_nobody_changes_anybody_elses_skill_whatever_their_role(
    profiles: ProfileService, nodir: UserId, name: str, actor: UserId
) -> None:
    skill = await profiles.add_skill(nodir, "Algebra", 3)

    with pytest.raises(SkillGone):
        await OF_SOMEBODY[name](profiles, actor, skill)

    assert (await profiles.own(nodir)).skills == (skill,)
    await OF_SOMEBODY[name](profiles, nodir, skill)


OF_ONESELF: dict[str, Callable[[ProfileService, UserId], Awaitable[object]]] = {
    "own": lambda profiles, actor: profiles.own(actor),
    "renew_code": lambda profiles, actor: profiles.renew_code(actor),
    "open_to_everyone": lambda profiles, actor: profiles.open_to_everyone(actor, is_public=True),
    "tell_bio": lambda profiles, actor: profiles.tell_bio(actor, "Salom"),
    "tell_location": lambda profiles, actor: profiles.tell_location(actor, "Buxoro"),
    "show_username": lambda profiles, actor: profiles.show_username(actor, is_shown=True),
    "set_link": lambda profiles, actor: profiles.set_link(actor, LinkKind.GITHUB, "me"),
    "add_skill": lambda profiles, actor: profiles.add_skill(actor, "Algebra"),
}


@pytest.mark.parametrize("name", OF_ONESELF)
async def test_everybody_with_any_role_changes_their_own_and_a_stranger_nothing(
    profiles: ProfileService, pool: Pool, nodir: UserId, name: str
) -> None:
    for role in ("student", "teacher", "admin"):
        await pool.execute("update users set role = $2 where id = $1", nodir, role)
        await OF_ONESELF[name](profiles, nodir)

    with pytest.raises(UserUnknown):
        await OF_ONESELF[name](profiles, UserId(404))

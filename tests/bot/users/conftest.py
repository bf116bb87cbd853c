"""People who are new to the running centre."""

import itertools

import pytest

from bot.sandbox import SandboxUser
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.courses.model import LessonId
from domain.language import Language
from domain.learning.service import LearningService
from domain.users.model import UserId
from domain.users.service import UserService
from tests.centre import Centre

_ids = itertools.count(600_001)


@pytest.fixture
def database(centre: Centre) -> Database:
    return Database(centre.pool)


@pytest.fixture
def users(database: Database) -> UserService:
    return UserService(begin=database.begin, read=database.read, now=utc_now)


@pytest.fixture
async def newcomer(centre: Centre) -> SandboxUser:
    return await _newcomer(centre)


@pytest.fixture
async def another(centre: Centre) -> SandboxUser:
    return await _newcomer(centre)


@pytest.fixture
async def director(centre: Centre, users: UserService) -> SandboxUser:
    """Somebody who is an admin and has not registered yet."""
    person = await _newcomer(centre)
    await users.arrive(UserId(person.id), "Director", None, "en")
    await centre.pool.execute("update users set role = 'admin' where id = $1", person.id)
    return person


async def _newcomer(centre: Centre) -> SandboxUser:
    return await centre.client.add_person(
        next(_ids), "Nodir", last_name="Saidov", phone_number="+998901234567", language_code="en"
    )


@pytest.fixture
async def free_lesson(users: UserService, database: Database) -> tuple[LessonId, str]:
    """The lesson that an English-speaking newcomer is led to, and its title."""
    somebody = await users.arrive(UserId(next(_ids)), "Somebody", None, "en")
    learning = LearningService(begin=database.begin, read=database.read, now=utc_now)
    lesson_id = await learning.first_lesson(somebody.id)
    assert lesson_id is not None
    page = await learning.lesson(somebody.id, lesson_id)
    return lesson_id, page.lesson.title.read_in(Language.EN)

"""A student with an open lesson in the chat."""

from dataclasses import dataclass

import pytest

from bot.sandbox import SandboxUser
from tests.bot.users.people import say, tap
from tests.centre import Centre

_FREE = """
    select l.id from lessons l join courses c on c.id = l.course_id
    where l.is_published and c.status = 'published' and c.sale = 'free'
    and exists (select from parts p where p.lesson_id = l.id) order by l.id limit 1
"""


@dataclass(frozen=True)
class Reader:
    """Somebody who has just opened a free lesson of the demo."""

    person: SandboxUser
    lesson_id: int
    message_id: int
    """The message that showed its first part."""

    async def note(self, text: str) -> int:
        """Take a note about the lesson by a reply; its id is unknown to the chat, as to everybody."""
        await self.person.type(text, reply_to=self.message_id)
        await self.person.settle()
        return (await self.person.last_message()).id

    async def say(self, text: str) -> str:
        return (await say(self.person, text)).text

    async def tap(self, widget: str) -> str:
        return (await tap(self.person, widget)).text


async def reader_in(centre: Centre, language: str = "en") -> Reader:
    person = await centre.student(language)
    lesson_id = await centre.pool.fetchval(_FREE)
    await person.start(f"l_{lesson_id}")
    await person.settle()
    message_id = await centre.pool.fetchval(
        "select min(message_id) from sent_parts where user_id = $1 and lesson_id = $2", person.id, lesson_id
    )
    return Reader(person, lesson_id, message_id)


@pytest.fixture
async def reader(centre: Centre) -> Reader:
    return await reader_in(centre)

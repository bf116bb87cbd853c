"""A course with recordings for the journeys of students: its files are known to the sandbox's Telegram."""

import itertools
from dataclasses import dataclass

import orjson

from bot.sandbox import Message, SandboxUser
from tests.bot.conftest import Centre
from tests.bot.users.people import buttons, tap

_numbers = itertools.count(1)


@dataclass(frozen=True)
class Taught:
    """A published course."""

    course_id: int
    code: str
    lessons: list[int]


async def teach(
    centre: Centre, teacher: SandboxUser, *, lessons: int = 2, title: str = "Parabolas", sale: str = "free"
) -> Taught:
    """A course with lessons that have no parts yet."""
    code = f"study-{next(_numbers)}"
    course_id = await centre.pool.fetchval(
        """
        insert into courses (code, category_id, owner_id, language, title, sale, price_tiyin, status, search,
            created_at)
        select $1, min(id), $2, 'en', $3::jsonb, $4, $5, 'published', '', now() from categories returning id
        """,
        code,
        teacher.id,
        orjson.dumps({"en": title, "uz": f"{title} (uz)"}).decode(),
        sale,
        9_000_000 if sale == "course" else None,
    )
    section_id = await centre.pool.fetchval(
        """insert into sections (course_id, position, title) values ($1, 1, '{"en": "Basics"}') returning id""",
        course_id,
    )
    ids = [
        await centre.pool.fetchval(
            """
            insert into lessons (course_id, section_id, position, title, is_published, created_at)
            values ($1, $2, $3, $4::jsonb, true, now()) returning id
            """,
            course_id,
            section_id,
            number,
            orjson.dumps({"en": f"Lesson {number}"}).decode(),
        )
        for number in range(1, lessons + 1)
    ]
    return Taught(course_id=course_id, code=code, lessons=ids)


async def add_text(centre: Centre, lesson_id: int, text: str, question: dict[str, object] | None = None) -> int:
    return await centre.pool.fetchval(
        """
        insert into parts (lesson_id, position, kind, text, question, duration_seconds)
        select $1, 1 + coalesce(max(position), 0), 'text', $2::jsonb, $3::jsonb, 60 from parts where lesson_id = $1
        returning id
        """,
        lesson_id,
        orjson.dumps({"en": text}).decode(),
        orjson.dumps(question).decode() if question else None,
    )


async def add_video(
    centre: Centre,
    teacher: SandboxUser,
    lesson_id: int,
    caption: str,
    *,
    seconds: int = 1200,
    question: dict[str, object] | None = None,
) -> int:
    """A part whose file is borrowed from the demo: Telegram knows it."""
    part_id = await centre.pool.fetchval(
        """
        insert into parts (lesson_id, position, kind, text, question, duration_seconds)
        select $1, 1 + coalesce(max(position), 0), 'video', $2::jsonb, $3::jsonb, $4 from parts where lesson_id = $1
        returning id
        """,
        lesson_id,
        orjson.dumps({"en": caption}).decode(),
        orjson.dumps(question).decode() if question else None,
        seconds,
    )
    media_id = await centre.pool.fetchval(
        """
        insert into media (owner_id, kind, name, mime, size, sha256, telegram_file_id, bot_id, duration_seconds,
            created_at)
        select $1, 'video', name, mime, size, sha256, telegram_file_id, bot_id, $2, now()
        from media where kind = 'video' and sha256 is not null order by id limit 1 returning id
        """,
        teacher.id,
        seconds,
    )
    await centre.pool.execute(
        "insert into part_media (part_id, language, media_id) values ($1, 'en', $2)", part_id, media_id
    )
    return part_id


def question(text: str = "Which way does it open?") -> dict[str, object]:
    return {"text": {"en": text}, "options": [{"en": "Up"}, {"en": "Down"}, {"en": "Sideways"}], "correct": 1}


async def open_lesson(student: SandboxUser, lesson_id: int) -> Message:
    await student.start(f"l_{lesson_id}")
    await student.settle()
    return await student.last_message()


async def answer_to(student: SandboxUser, message_id: int, text: str) -> list[str]:
    """Reply to a message; what the bot has said since."""
    before = {message.id for message in await student.messages()}
    await student.type(text, reply_to=message_id)
    await student.settle()
    return [m.text for m in await student.messages() if m.id not in before and not m.from_me]


async def video_of(student: SandboxUser, caption: str) -> Message:
    """The last video with this caption."""
    return [m for m in await student.messages() if m.kind == "video" and caption in m.text][-1]


async def tap_item(student: SandboxUser, prefix: str) -> Message:
    """Tap the first button of a list."""
    return await tap(student, next(widget for widget in await buttons(student) if widget.startswith(f"{prefix}:")))

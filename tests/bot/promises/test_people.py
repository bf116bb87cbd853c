"""DEL-4, DEL-5, DEL-9, LRN-6, SEC-4, 5, 6, 8, 9, 13, OUT-1: people, kind and hostile, in the running centre."""

import asyncio
import itertools
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
import pytest

from bot.sandbox import SandboxUser
from db.unit_of_work import Database
from domain.clock import utc_now
from domain.users.errors import InvitationSpent
from domain.users.model import UserId
from domain.users.service import UserService
from tests.bot.conftest import ADMIN_ID, Centre
from tests.bot.payments.test_paying import order_course

HOSTILE_NAMES = [
    "<b>Ali", "</b></i>", "<script>alert(1)</script>", "&lt;&amp;&", "*_`[x](http://a.b)~|", "{title} {0} {} %s %(x)s",
    "\u202eilA", "Ali\r\n\r\nSet-Cookie: x", '=HYPERLINK("http://a")', "+1+1", "-2", "@SUM(A1)",
    "'; drop table users; --",
    "$x^2$ $$", "<tg-emoji emoji-id='1'>x</tg-emoji>", "\u200b\u200dAli\ufeff", "𝕬𝖑𝖎 👩‍🏫 o‘g‘il", "A" * 64,
]  # fmt: skip
ADMIN_WORDS = ["/invite", "/role {id} admin", "/newcourse", "/price", "/publish"]
DISGUISES: Sequence[Callable[[str], str]] = (
    str, str.upper, str.title, lambda text: text + "@ustoz_sandbox_bot", lambda text: text.replace("/", "／"),
    lambda text: " " + text, lambda text: text.replace(" ", "\n"), lambda text: text + "\n/menu",
    lambda text: "\u200b" + text, lambda text: text.replace("i", "і"), lambda text: text + "\u202e",
    lambda text: f"<b>{text}</b>",
)  # fmt: skip


def users_of(centre: Centre) -> UserService:
    database = Database(centre.pool)
    return UserService(begin=database.begin, read=database.read, now=utc_now, admin_ids=[ADMIN_ID])


async def texts(person: SandboxUser) -> list[str]:
    return [message.text for message in await person.messages() if not message.from_me]


async def everybody(centre: Centre, count: int) -> list[SandboxUser]:
    return [await centre.student() for _ in range(count)]


async def locked_lesson(centre: Centre) -> tuple[int, str]:
    """A paid lesson and a sentence that stands in its text alone."""
    row = await centre.pool.fetchrow(
        "select l.id, p.text->>'en' as words from lessons l join parts p on p.lesson_id = l.id join courses c"
        " on c.id = l.course_id where c.sale = 'course' and c.status = 'published' and not l.is_preview"
        " and p.kind = 'text' order by l.id limit 1"
    )
    assert row is not None
    sentences = [line for line in row["words"].splitlines() if len(line) > 60 and line[0].isalpha() and "*" not in line]
    return row["id"], re.split(r"[$*_`\[]", sentences[0])[0][:50]


def sent_to(centre: Centre, person: SandboxUser) -> str:
    """Everything that the bot has sent to this person, as it went over the wire."""
    return "\n".join(
        orjson.dumps(dict(call.params), default=str).decode()
        for call in centre.sandbox.calls
        if call.chat_id == person.id
    )


async def test_every_private_message_is_answered_in_time_whatever_it_is(centre: Centre) -> None:
    """DEL-4, DEL-5: 12 people, 480 pieces of anything; each piece is followed by a message, an edit or a toast."""
    chance = random.Random(20)
    waits: list[float] = []
    lesson_id, _words = await locked_lesson(centre)

    def pieces(person: SandboxUser) -> Sequence[Callable[[], Awaitable[Any]]]:
        async def forge() -> None:
            shown = await person.last_message()
            await person.forge(shown.id, chance.choice(["x", "go:l_999", f"go:l_{lesson_id}", "\x1d", "0\x1dmenu"]))

        async def tap() -> None:
            buttons = [button for button in await person.buttons() if button.data]
            await (person.push(chance.choice(buttons)) if buttons else person.type("/menu"))

        return (
            forge, tap, tap, tap,
            lambda: person.type(chance.choice(HOSTILE_NAMES)),
            lambda: person.type(chance.choice(["/menu", "/me", "/help", "/cancel", "/settings", "/results", "/x"])),
            lambda: person.type("so‘z " * 800),
            lambda: person.type(f"/start {chance.choice(['l_1', 'c_MATH-2', 'o_x', 't_x', 'zz', 'l_', '_'])}"),
            lambda: person.send_sticker(wait=False),
            lambda: person.send_location(41.3, 69.2, wait=False),
            lambda: person.send_contact(phone_number="+998901112233", user_id=5, first_name="X", wait=False),
            lambda: person.upload(b"GIF89a", name="x.gif", kind="document", wait=False),
            lambda: person.upload(b"%PDF-1.4", name="x.pdf", wait=False),
            lambda: person.quiz_poll("?", ["a", "b"], 0, wait=False),
        )  # fmt: skip

    async def chat(person: SandboxUser) -> None:
        for _ in range(40):
            since, started = (person.events[-1]["seq"] if person.events else 0), time.monotonic()
            await chance.choice(pieces(person))()
            await person.next_event(
                lambda event: (
                    event["type"] in ("toast", "answered")
                    or (event["type"] in ("message", "edit") and not event["message"]["from_me"])
                ),
                since=since, timeout=20, hint="any answer",
            )  # fmt: skip
            waits.append(time.monotonic() - started)
            await person.settle(20)

    people = await everybody(centre, 12)
    await asyncio.gather(*map(chat, people))

    waits.sort()
    assert len(waits) == 480
    assert waits[int(len(waits) * 0.95)] <= 2.0
    assert waits[int(len(waits) * 0.99)] <= 5.0
    ids = {person.id for person in people}
    taps = [tap for tap in centre.sandbox.taps.values() if tap.user_id in ids]
    assert [tap.data for tap in taps if tap.answered_at is None] == []
    dead = await centre.pool.fetch("select error from inbox where status = 2 and user_id = any($1)", list(ids))
    assert [row["error"] for row in dead] == []


async def test_an_edited_message_changes_nothing(centre: Centre) -> None:
    """DEL-9: the command, the answer, the name; edited ten times each."""
    [person] = await everybody(centre, 1)
    await person.send("/menu")
    await person.type("salom")
    await person.settle()
    mine = [message for message in await person.messages() if message.from_me]
    before = (await texts(person), await centre.pool.fetchrow("select * from users where id = $1", person.id))

    for message, number in itertools.product(mine, range(10)):
        await person.edit(message.id, f"/role {person.id} admin" if number % 2 else f"Vali {number}")
    await person.settle()

    assert (await texts(person), await centre.pool.fetchrow("select * from users where id = $1", person.id)) == before


async def test_a_student_runs_no_admin_action_in_whatever_disguise(centre: Centre) -> None:
    """SEC-4: sixty disguised commands, forwarded and edited ones too."""
    [person] = await everybody(centre, 1)
    before = await centre.pool.fetchval("select count(*) from courses")

    for word, disguise in itertools.product(ADMIN_WORDS, DISGUISES):
        await person.type(disguise(word.format(id=person.id)))
    await person.settle(30)
    mine = [message for message in await person.messages() if message.from_me]
    for message in mine[:5]:
        await person.forward(message.id, wait=False)
        await person.edit(message.id, f"/role {person.id} admin")
    await person.settle(30)

    assert await centre.pool.fetchval("select role from users where id = $1", person.id) == "student"
    assert await centre.pool.fetchval("select count(*) from courses") == before
    assert await centre.pool.fetchval("select count(*) from teacher_invitations where created_by = $1", person.id) == 0
    assert "?start=t_" not in sent_to(centre, person)


async def test_a_role_that_was_taken_away_is_gone_between_two_taps(centre: Centre) -> None:
    """SEC-5: every button of the teacher's open screens, tapped after the role is gone, changes no course."""
    teacher = await centre.teacher()
    await teacher.send("/newcourse")
    await teacher.settle()
    keyboards = [message for message in await teacher.messages() if message.buttons]
    await centre.pool.execute("update users set role = 'student' where id = $1", teacher.id)

    for message in keyboards:
        for button in message.buttons:
            await teacher.forge(message.id, button.data or "")
    await teacher.type("/newcourse")
    await teacher.type("Yangi kurs")
    await teacher.settle(30)

    assert await centre.pool.fetchval("select count(*) from courses where owner_id = $1", teacher.id) == 0


async def test_forged_and_foreign_taps_never_open_a_locked_lesson(centre: Centre) -> None:
    """SEC-6: data harvested from somebody who paid, data with other ids, data that is no data."""
    lesson_id, words = await locked_lesson(centre)
    owner, thief = await everybody(centre, 2)
    await centre.client.pay(await order_course(centre, owner))
    await owner.wait_for("has arrived")
    await owner.start(f"l_{lesson_id}")
    await owner.settle()
    assert words[:30] in sent_to(centre, owner), "the control: who paid does see the text"
    harvest = {button.data for message in await owner.messages() for button in message.buttons if button.data}
    own = {button.data for message in await thief.messages() for button in message.buttons if button.data}
    chance = random.Random(6)
    mutated = {re.sub(r"\d+", lambda found: str(int(found[0]) + chance.choice([-1, 1, 7])), data) for data in harvest}
    invented = {
        f"go:l_{text}" for text in (lesson_id, f" {lesson_id}", f"+{lesson_id}", f"{lesson_id}.0", "-1", 10**22)
    }
    grafted = {data.rpartition("\x1d")[0] + "\x1d" + mine.rpartition("\x1d")[2] for data in harvest for mine in own}

    shown = await thief.last_message()
    for data in sorted(harvest | mutated | invented | grafted):
        await thief.forge(shown.id, data[:64])
    for payload in (f"l_{lesson_id}", f"l_{lesson_id}0", "l_-1", f"l_0{lesson_id}"):
        await thief.start(payload)
    await thief.settle(30)

    assert words[:30] not in sent_to(centre, thief)
    done = await centre.pool.fetch("select lesson_id from lesson_progress where user_id = $1", thief.id)
    assert lesson_id not in [row["lesson_id"] for row in done]
    assert await centre.pool.fetchval("select count(*) from inbox where status = 2 and user_id = $1", thief.id) == 0


async def test_a_foreign_lesson_and_one_that_is_not_there_get_the_same_answer(centre: Centre) -> None:
    """SEC-6: the answer does not tell "exists" from "not yours"."""
    teacher, [person] = await centre.teacher(), await everybody(centre, 1)
    draft = await centre.pool.fetchval(
        "insert into lessons (course_id, section_id, position, title, is_published, created_at)"
        """ select course_id, id, 99, '{"en": "Hidden draft"}', false, now() from sections limit 1 returning id"""
    )

    answers: list[list[str]] = []
    for number in (draft, 987_654_321):
        before = len(await texts(person))
        await person.start(f"l_{number}")
        await person.settle()
        answers.append((await texts(person))[before:])
    await centre.pool.execute("delete from lessons where id = $1", draft)

    assert answers[0] == answers[1]
    assert "Hidden draft" not in sent_to(centre, person)
    assert teacher.id != person.id


@pytest.mark.parametrize("owner", [1, 0, None], ids=["somebody's", "nobody's", "absent"])
async def test_a_phone_is_bound_by_the_own_contact_only(centre: Centre, owner: int | None) -> None:
    """SEC-8: also when the number is the account's of somebody else."""
    person = await centre.person()
    await person.send("/start")
    await person.settle()
    await centre.pool.execute("update users set step = 'phone' where id = $1", person.id)
    await person.type("/start")
    await person.settle()

    await person.send_contact(phone_number="+998905556677", user_id=owner or 0, first_name="X", wait=False)
    await person.type("+998905556677")
    await person.settle()

    assert await centre.pool.fetchval("select phone from users where id = $1", person.id) is None
    assert await centre.pool.fetchval("select step from users where id = $1", person.id) == "phone"


async def test_an_invitation_makes_one_teacher_out_of_many_who_follow_it_at_once(centre: Centre) -> None:
    """SEC-9: a race of ten, a replay by everybody, and five hundred guesses."""
    admin = await centre.student()
    await centre.pool.execute("update users set role = 'admin' where id = $1", admin.id)
    users = users_of(centre)
    offer = await users.invite_teacher(UserId(admin.id))
    people = await everybody(centre, 10)

    for _ in range(2):
        await asyncio.gather(*(person.start(f"t_{offer.token}") for person in people))
        await centre.client.settle(*people, timeout=30)
    roles = [await centre.pool.fetchval("select role from users where id = $1", person.id) for person in people]
    assert sorted(roles) == ["student"] * 9 + ["teacher"]
    students = [person for person, role in zip(people, roles, strict=True) if role == "student"]
    for number in range(500):
        with pytest.raises(InvitationSpent):
            await users.accept_invitation(UserId(students[number % 9].id), f"{offer.token[:-3]}{number:03}")
    assert len(offer.token) * 6 >= 128


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
async def test_a_hostile_name_stays_text_on_every_screen(centre: Centre, name: str) -> None:
    """SEC-13, OUT-6: Telegram, which parses strictly, never refuses; no markup comes from a name."""
    person = await centre.student(name="Ali")
    after = len(centre.sandbox.calls)
    await person.type("/me")
    await person.settle()
    await person.press("Name")
    await person.type(name)
    await person.settle()
    kept = await centre.pool.fetchval("select full_name from users where id = $1", person.id)

    named: list[bool] = []
    for command in ("/menu", "/me", "/settings", "/help"):
        await person.type(command)
        await person.settle()
        named.append(kept in (await person.last_message()).text)
        entities = (await person.last_message()).raw.get("entities", [])
        assert not [entity for entity in entities if entity["type"] in ("text_link", "custom_emoji")]

    refused = [call.description for call in list(centre.sandbox.calls)[after:] if "parse" in call.description]
    assert refused == []
    assert named[:2] == [True, True]


async def test_the_key_of_a_question_changes_nothing_of_what_is_sent_before_the_answer(centre: Centre) -> None:
    """LRN-6: two students see the same quiz with different keys; byte for byte the same traffic until they answer."""
    lesson_id = await centre.pool.fetchval(
        "select l.id from lessons l join courses c on c.id = l.course_id where c.sale = 'free' order by l.id limit 1"
    )
    other = """
        update questions set key = jsonb_build_object('correct', ((key ->> 'correct')::int + $2) % 3)
        where kind = 'single' and (key ->> 'correct')::int < 3
            and quiz_id in (select id from quizzes where lesson_id = $1)
    """
    first, second = await everybody(centre, 2)

    async def traffic(person: SandboxUser) -> list[str]:
        start = len(centre.sandbox.calls)
        await person.start(f"l_{lesson_id}")
        await person.settle()
        await person.press("Take the quiz")
        await person.settle()
        await person.press("Start")
        await person.settle()
        calls = [call for call in list(centre.sandbox.calls)[start:] if call.chat_id == person.id]
        plain = [
            orjson.dumps({"m": call.method, **call.params}, default=str, option=orjson.OPT_SORT_KEYS).decode()
            for call in calls
        ]
        return [re.sub(r'"(message_id|chat_id|callback_data|draft_id)":("[^"]*"|\d+)', "", text) for text in plain]

    before = await traffic(first)
    async with centre.pool.acquire() as connection, connection.transaction():
        await connection.execute(other, lesson_id, 1)
    after = await traffic(second)
    await centre.pool.execute(other, lesson_id, 2)

    assert before == after
    assert len(before) > 2


async def test_whoever_blocked_the_bot_is_called_once_at_most_and_told_when_they_are_back(centre: Centre) -> None:
    """OUT-1: a payment that arrives while they have blocked the bot: one call at most, and one notice later."""
    [person] = await everybody(centre, 1)
    link = await centre.pool.fetchval(
        "select code from courses where sale = 'course' and status = 'published' order by id"
    )
    await person.start(f"c_{link}")
    await person.settle()
    await person.press("Buy for")
    await person.settle()
    checkout = (await person.button("Pay with Payme")).url
    assert checkout is not None
    await person.block()
    await centre.client.settle(timeout=20)
    before = len(centre.sandbox.calls)

    await centre.client.pay(checkout)
    for _ in range(200):
        if await centre.pool.fetchval("select status from notifications where user_id = $1", person.id) == "blocked":
            break
        await asyncio.sleep(0.05)
    calls = [call for call in list(centre.sandbox.calls)[before:] if call.chat_id == person.id]
    assert len(calls) <= 1

    await person.unblock()
    await person.wait_for("has arrived", timeout=20)
    assert sum("has arrived" in text for text in await texts(person)) == 1

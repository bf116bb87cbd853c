"""SEC-6 on the wire: every button that others see on the screens of courses, pressed by those who have no right to it.

People walk through their screens and press whatever is there; what the buttons carry is then replayed by a student who
has not paid and by another teacher: as it is, changed, and put behind the prefix of a dialog of their own.
"""

import random
import re
from collections.abc import Iterable, Sequence

import orjson
import pytest

from bot.sandbox import Message, SandboxUser
from tests.bot.conftest import Centre
from tests.bot.learning.school import Taught, add_text, add_video, question, teach
from tests.bot.users.people import widget_of

SECRET = "Velvet giraffe"
"""In the titles and texts of what is not public."""
STUDENT_SCREENS = ("/learn", "/my", "/progress", "/bookmarks", "/notes", "/certificates", "/teachers", "/search")
TEACHER_SCREENS = ("/mycourses", "/certificates", "/teachers")
ODD_IDS = ("-1", "0", " 5", "+5", "007", "5.0", "1_0", "9" * 18, str(10**22), "", "x")
LEFT_ALONE = re.compile(r"publish|archive|delete|remove|leave|free|send|language|logout|open_profile|buy|pay")
"""What the walkers do not press, so that there is something to walk through; it is harvested all the same."""
PRESSED = 60
"""Buttons that one walk presses at most."""


async def locked_course(centre: Centre, teacher: SandboxUser, name: str) -> Taught:
    """Sold as a whole, with a draft lesson in it; its inside is secret."""
    course = await teach(centre, teacher, lessons=3, title=name, sale="course")
    for lesson_id in course.lessons:
        await add_text(centre, lesson_id, f"{SECRET}: text of {name}")
        await add_video(centre, teacher, lesson_id, f"{SECRET}: film of {name}", question=question())
    await centre.pool.execute("update lessons set is_published = false where id = $1", course.lessons[-1])
    return course


async def grant(centre: Centre, student: SandboxUser, course: Taught) -> None:
    order_id = await centre.pool.fetchval(
        """
        insert into orders (code, user_id, product_kind, product_id, course_id, title, price_tiyin, state, created_at,
            expires_at, paid_at, paid_by)
        values (lpad($1::text, 12, '9'), $2, 'course', $3, $3, '{"en": "C"}', 1, 'paid', now(), now(), now(), 'payme')
        returning id
        """,
        str(student.id),
        student.id,
        course.course_id,
    )
    await centre.pool.execute(
        "insert into access_grants (user_id, product_kind, product_id, order_id, granted_at)"
        " values ($1, 'course', $2, $3, now())",
        student.id,
        course.course_id,
        order_id,
    )


async def enter(person: SandboxUser, place: str) -> Message:
    await (person.type(place) if place.startswith("/") else person.start(place))
    await person.settle()
    return await person.last_message()


async def harvest(person: SandboxUser, places: Iterable[str]) -> set[str]:
    """Walk in at each place and press what is there, two buttons deep; the data of every button that was seen."""
    found: set[str] = set()
    pressed: set[str] = set()
    for place in places:
        await enter(person, place)
        for _step in range(12):
            shown = [button for message in (await person.messages())[-6:] for button in message.buttons if button.data]
            found |= {button.data for button in shown if button.data}
            fresh = [
                button
                for button in shown
                if widget_of(button) not in pressed and not LEFT_ALONE.search(widget_of(button))
            ]
            if not fresh or len(pressed) >= PRESSED:
                break
            pressed.add(widget_of(fresh[0]))
            await person.push(fresh[0])
            await person.settle()
    return found


def mutated(data: Iterable[str], chance: random.Random) -> set[str]:
    """Neighbours' ids, and what is no id."""
    changed: set[str] = set()
    for each in data:
        numbers = list(re.finditer(r"\d+(?=$|:|_)", each))
        if numbers:
            last = numbers[-1]
            for other in (str(int(last[0]) + 1), str(int(last[0]) - 1), chance.choice(ODD_IDS)):
                changed.add(each[: last.start()] + other + each[last.end() :])
    return changed


async def replay(
    person: SandboxUser,
    harvested: Sequence[str],
    places: Sequence[str],
    chance: random.Random,
    *,
    raw: int,
    grafted: int,
) -> int:
    """Press what others' buttons carry; how many presses."""
    every = sorted({data[:64] for data in (*harvested, *mutated(harvested, chance))})
    widgets = sorted({data.rpartition("\x1d")[2] for data in every})
    chance.shuffle(every)
    shown = await enter(person, "/menu")
    for data in every[:raw]:
        # As they are: a context that is somebody else's, or none.
        await person.forge(shown.id, data)
    await person.settle(60)
    count = len(every[:raw])
    items = sorted({data.rpartition("\x1d")[2] for data in harvested if is_item(data)})
    for place in places:
        for widget in (*items, *chance.sample(widgets, min(len(widgets), grafted // len(places)))):
            # Behind the prefix of a dialog of their own, so that the screen takes it for its own.
            shown = await enter(person, place)
            own = [button.data for button in shown.buttons if button.data and "\x1d" in button.data]
            prefix = own[0].rpartition("\x1d")[0] + "\x1d" if own else ""
            await person.forge(shown.id, f"{prefix}{widget}"[:64])
            await person.settle()
            count += 1
    return count


def is_item(data: str) -> bool:
    """It names one of several things: a lesson, a course, a part."""
    return re.search(r"(lesson|course|preview|part):[0-9]+$", data) is not None


def wire(centre: Centre, person: SandboxUser) -> str:
    """Everything that went to this person, as it was sent."""
    return "\n".join(
        orjson.dumps(dict(call.params), default=str).decode()
        for call in centre.sandbox.calls
        if call.chat_id == person.id
    )


async def content(centre: Centre, course_id: int) -> str:
    """Of all rows that a course is made of."""
    return await centre.pool.fetchval(
        """
        select concat(
            (select string_agg((to_jsonb(c) - 'student_count')::text, '') from courses c where id = $1),
            (select string_agg(s::text, '' order by s.id) from sections s where course_id = $1),
            (select string_agg(l::text, '' order by l.id) from lessons l where course_id = $1),
            (select string_agg(p::text, '' order by p.id) from parts p join lessons l on l.id = p.lesson_id
                where l.course_id = $1),
            (select string_agg(t::text, '' order by t.user_id) from course_teachers t where course_id = $1),
            (select string_agg(r::text, '' order by r.id) from lesson_resources r join lessons l on l.id = r.lesson_id
                where l.course_id = $1),
            (select string_agg(q::text, '' order by q.id) from quizzes q join lessons l on l.id = q.lesson_id
                where l.course_id = $1))
        """,
        course_id,
    )


async def calm(centre: Centre, person: SandboxUser) -> None:
    """No tap without an answer, no update that failed, and a bot that goes on."""
    taps = [tap for tap in centre.sandbox.taps.values() if tap.user_id == person.id]
    assert [tap.data for tap in taps if tap.answered_at is None] == []
    dead = await centre.pool.fetch("select error from inbox where status = 2 and user_id = $1", person.id)
    assert [row["error"] for row in dead] == []
    assert "Something went wrong" not in wire(centre, person)
    assert (await enter(person, "/menu")).buttons or (await person.chat())["reply_keyboard"]


@pytest.mark.timeout(240)
async def test_buttons_of_others_open_nothing_and_change_nothing(centre: Centre) -> None:
    chance = random.Random(6)
    owner, rival = await centre.teacher(), await centre.teacher(name="Botir Aliyev")
    buyer, thief = await centre.student(), await centre.student(name="Vali Karimov")
    course = await locked_course(centre, owner, f"Owner {owner.id}")
    theirs = await teach(centre, rival, lessons=2, title=f"Rival {rival.id}")
    for lesson_id in theirs.lessons:
        await add_text(centre, lesson_id, "Everybody may read this.")
    await grant(centre, buyer, course)
    inside = [f"l_{lesson_id}" for lesson_id in course.lessons]
    found = await harvest(owner, ["/mycourses", f"c_{course.code}", inside[0], inside[-1], *TEACHER_SCREENS])
    found |= await harvest(buyer, [f"c_{course.code}", inside[0], *STUDENT_SCREENS])
    assert SECRET in wire(centre, buyer), "the control: who has paid does see the inside"
    assert SECRET in wire(centre, owner)
    assert len(found) > 60
    before = await content(centre, course.course_id)
    harvested = sorted(found)
    progress = "select count(*) from lesson_progress where user_id = any($1) and lesson_id = any($2)"

    count = await replay(
        thief, harvested, [f"c_{course.code}", "/my", f"l_{theirs.lessons[0]}"], chance, raw=400, grafted=24
    )
    count += await replay(
        rival, harvested, ["/mycourses", f"l_{theirs.lessons[0]}", f"c_{course.code}"], chance, raw=400, grafted=24
    )

    assert count > 500
    for person in (thief, rival):
        assert SECRET not in wire(centre, person)
        await calm(centre, person)
    assert await content(centre, course.course_id) == before
    assert await centre.pool.fetchval(progress, [thief.id, rival.id], course.lessons) == 0

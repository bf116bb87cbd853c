"""A teacher sets what a course is as a whole, in chat."""

import itertools
from pathlib import Path

from bot.sandbox import SandboxUser, demo
from tests.bot.conftest import Centre
from tests.bot.courses.test_studio import PDF, code_of, empty_lesson, toast
from tests.bot.users.people import buttons, say, tap, texts

_numbers = itertools.count(1)
PICTURE = Path(demo.__file__).parent / "courses/english-tenses/cover.jpg"


async def options(teacher: SandboxUser, title: str, *, is_filled: bool = True) -> str:
    """The settings of a new course with one lesson; the course's title."""
    title = f"{title} {next(_numbers)}"
    await empty_lesson(teacher, title)
    if is_filled:
        await say(teacher, "Some text")
    await tap(teacher, "course")
    await tap(teacher, "options")
    return title


async def published(teacher: SandboxUser, title: str) -> str:
    title = await options(teacher, title)
    await tap(teacher, "course")
    await tap(teacher, "publish")
    return title


async def test_level_language_and_certificate_are_set(centre: Centre) -> None:
    teacher = await centre.teacher()
    await options(teacher, "Options")

    await tap(teacher, "level")
    shown = await tap(teacher, "level:intermediate")
    assert "🟡 Intermediate" in shown.text
    await tap(teacher, "level")
    assert "Level: For everybody" in (await tap(teacher, "level:")).text
    await tap(teacher, "language")
    assert "🇷🇺 Русский" in (await tap(teacher, "language:ru")).text
    await tap(teacher, "certificate")
    shown = await tap(teacher, "give")
    assert "when all lessons are done" in shown.text
    await tap(teacher, "certificate")
    asked = await say(teacher, "101")
    assert "average" in asked.text
    shown = await say(teacher, "80 %")
    assert "average 80%" in shown.text
    await tap(teacher, "certificate")
    assert "Certificate: none" in (await tap(teacher, "none")).text


async def test_a_cover_is_sent_shown_and_removed(centre: Centre) -> None:
    teacher = await centre.teacher()
    await options(teacher, "Covered")
    await tap(teacher, "cover")

    await teacher.upload(PDF, name="plan.pdf", content_type="application/pdf", kind="document", wait=False)
    await teacher.settle()
    assert "as a photo, not as a file" in "\n".join(await texts(teacher))
    await teacher.upload(PICTURE.read_bytes(), name="c.jpg", content_type="image/jpeg", kind="photo", wait=False)
    await teacher.settle()
    assert "Cover: there is one" in (await teacher.last_message()).text
    await tap(teacher, "cover")
    photos = sum(message.kind == "photo" for message in await teacher.messages())
    await tap(teacher, "show")
    assert sum(message.kind == "photo" for message in await teacher.messages()) == photos + 1
    shown = await tap(teacher, "remove")

    assert "Cover: none yet" in shown.text


async def test_a_short_name_is_proposed_and_opens_the_course(centre: Centre) -> None:
    teacher, student, other = await centre.teacher(), await centre.student(), await centre.teacher()
    title = await published(teacher, "Оson kasrlar")
    await tap(teacher, "options")
    await tap(teacher, "slug")
    slug = f"oson-kasrlar-{title.rsplit(maxsplit=1)[1]}"
    assert (await buttons(teacher))["proposal"].text == f"✅ {slug}"

    shown = await tap(teacher, "proposal")
    assert f"start=c_{slug}" in shown.text
    await student.start(f"c_{slug}")
    await student.settle()
    assert title in (await student.last_message()).text
    await student.start(f"c_{await code_of(centre, title)}")
    await student.settle()
    assert title in (await student.last_message()).text

    await options(other, "Same name")
    await tap(other, "slug")
    for wrong, sentence in (("-a-", "Only small Latin letters"), ("x" * 49, "48 characters"), (slug, "taken already")):
        asked = await say(other, wrong)
        assert sentence in "\n".join(await texts(other))
        assert "Type a short name" in asked.text


async def test_courses_that_come_first_are_chosen_and_form_no_circle(centre: Centre) -> None:
    teacher = await centre.teacher()
    first = await published(teacher, "Quadrilaterals")
    second = await published(teacher, "Circumferences")
    await tap(teacher, "options")
    await tap(teacher, "prerequisites")
    assert "Nothing has to be completed first." in (await teacher.last_message()).text
    await tap(teacher, "add")
    await say(teacher, first)

    candidate = next(widget for widget, button in (await buttons(teacher)).items() if button.text == first)
    shown = await tap(teacher, candidate)
    assert any(first in button.text for button in shown.buttons)
    await tap(teacher, "main")
    assert f"Asks for first: {first}" in (await teacher.last_message()).text

    await say(teacher, "/mycourses")
    await tap(teacher, next(w for w, button in (await buttons(teacher)).items() if first in button.text))
    for widget in ("options", "prerequisites", "add"):
        await tap(teacher, widget)
    await say(teacher, second)
    circle = next(widget for widget, button in (await buttons(teacher)).items() if button.text == second)
    assert "asks for this one first" in await toast(teacher, circle)


async def test_a_prerequisite_is_taken_out_with_a_tap(centre: Centre) -> None:
    teacher = await centre.teacher()
    first = await published(teacher, "Prisms")
    await options(teacher, "After prisms")
    await tap(teacher, "prerequisites")
    await tap(teacher, "add")
    await say(teacher, first)
    await tap(teacher, next(widget for widget, button in (await buttons(teacher)).items() if button.text == first))

    shown = await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("required:")))

    assert "Nothing has to be completed first." in shown.text


async def test_a_day_of_publication_is_planned_told_and_cancelled(centre: Centre) -> None:
    teacher = await centre.teacher()
    title = await options(teacher, "Planned", is_filled=False)
    await tap(teacher, "schedule")

    assert "When shall it publish itself?" in (await say(teacher, "soon")).text
    assert "I do not understand this day" in "\n".join(await texts(teacher))
    await say(teacher, "1.1.2020 9:00")
    assert "over already" in "\n".join(await texts(teacher))
    shown = await say(teacher, "tomorrow 9:00")
    assert "Put something into a lesson" in "\n".join(await texts(teacher))
    assert "⏰ Publishes itself on" in shown.text
    assert ", 09:00" in shown.text
    await tap(teacher, "schedule")
    shown = await tap(teacher, "cancel")

    assert "⏰ Publishes itself" not in shown.text
    plan = "select publish_at from courses where title ->> 'en' = $1"
    assert await centre.pool.fetchval(plan, title) is None


async def test_a_planned_course_publishes_itself_and_the_teacher_hears_of_it(centre: Centre) -> None:
    teacher = await centre.teacher()
    ready = await options(teacher, "Ready")
    bare = await options(teacher, "Bare", is_filled=False)
    await centre.pool.execute(
        "update courses set publish_at = now() - interval '1 minute' where title ->> 'en' = any($1)", [ready, bare]
    )
    await centre.pool.execute(
        "insert into pgqueuer (priority, entrypoint, payload, status, created, updated, execute_after)"
        " values (0, 'publish_due_courses', '{}', 'queued', now(), now(), now())"
    )

    await teacher.wait_for(f"{ready} has published itself")
    await teacher.wait_for(f"{bare} was to publish itself now")

    statuses = await centre.pool.fetch(
        "select status, publish_at from courses where title ->> 'en' = any($1) order by id", [ready, bare]
    )
    assert [(row["status"], row["publish_at"]) for row in statuses] == [("published", None), ("draft", None)]


async def test_another_teacher_does_not_get_to_the_settings(centre: Centre) -> None:
    owner, other = await centre.teacher(), await centre.teacher(name="Botir Aliyev")
    title = await options(owner, "Not yours")
    await options(other, "My own")
    course_id = await centre.pool.fetchval("select id from courses where title ->> 'en' = $1", title)
    await tap(other, "course")
    await say(other, "/mycourses")
    mine = next(button for widget, button in (await buttons(other)).items() if widget.startswith("course:"))
    assert mine.data is not None
    assert mine.message_id is not None

    await other.forge(mine.message_id, f"{mine.data.rpartition(':')[0]}:{course_id}")
    await other.settle()

    assert not any(title in text for text in await texts(other))


async def test_of_two_who_rename_a_course_the_later_is_told_and_loses_nothing(centre: Centre) -> None:
    teacher = await centre.teacher()
    title = await options(teacher, "Renamed twice")
    course_id = await centre.pool.fetchval("select id from courses where title ->> 'en' = $1", title)
    await tap(teacher, "course")
    await tap(teacher, "more")
    await tap(teacher, "rename")
    await centre.pool.execute(
        'update courses set title = \'{"en": "Theirs"}\', version = version + 1 where id = $1', course_id
    )

    await say(teacher, "Mine <b>")

    told = next(text for text in await texts(teacher) if "Somebody has just changed this text" in text)
    assert "Theirs" in told
    assert "Mine <b>" in told
    assert await centre.pool.fetchval("select title ->> 'en' from courses where id = $1", course_id) == "Theirs"
    desk = await say(teacher, "Mine <b>")
    assert "Mine <b>" in desk.text


async def test_double_taps_and_stale_screens_change_a_thing_once(centre: Centre) -> None:
    teacher = await centre.teacher()
    title = await options(teacher, "Double")
    await tap(teacher, "level")
    button = (await buttons(teacher))["level:advanced"]
    assert button.data is not None
    assert button.message_id is not None

    for _ in range(3):
        await teacher.forge(button.message_id, button.data)
    await teacher.forge(button.message_id, button.data.replace("advanced", "godlike"))
    await teacher.settle()

    level = "select level from courses where title ->> 'en' = $1"
    assert await centre.pool.fetchval(level, title) == "advanced"
    dead = await centre.pool.fetchval("select count(*) from inbox where user_id = $1 and error is not null", teacher.id)
    assert dead == 0

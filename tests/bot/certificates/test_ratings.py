"""Rating a finished course, and what others then see."""

import asyncio

from bot.sandbox import SandboxUser
from tests.bot.certificates.courses import certified_course, finish, open_course
from tests.bot.conftest import Centre
from tests.bot.users.people import buttons, say, tap, texts


async def finished(centre: Centre, title: str) -> tuple[SandboxUser, SandboxUser, int]:
    """A student who looks at the card of a course that they have finished, its teacher, and its id."""
    teacher, student = await centre.teacher(), await centre.student()
    course_id, lessons = await certified_course(centre, teacher, title)
    await finish(centre, student, lessons)
    await open_course(centre, student, course_id)
    return student, teacher, course_id


async def test_a_finished_course_is_rated_with_a_sentence_and_shows_it(centre: Centre) -> None:
    student, _teacher, course_id = await finished(centre, "Rated")
    reader = await centre.student(name="Vali Aliyev")
    await tap(student, "rate")

    await tap(student, "stars:4")
    own = await say(student, "<b>Clear</b> & short \u202eabc")

    assert "Your rating: ★★★★☆" in own.text
    card = await open_course(centre, reader, course_id)
    assert "★ 4.0 (1)" in card
    assert "rate" not in await buttons(reader)
    reviews = await tap(reader, "reviews")
    assert "★★★★☆ Ali K." in reviews.text
    assert "<b>Clear</b> & short abc" in reviews.text
    assert not [widget for widget in await buttons(reader) if widget.startswith("review")]


async def test_five_taps_at_once_are_one_rating(centre: Centre) -> None:
    student, _teacher, course_id = await finished(centre, "Tapped")
    await tap(student, "rate")
    found = await buttons(student)

    await asyncio.gather(*(student.push(found[f"stars:{number}"]) for number in (1, 2, 3, 4, 5)))
    await student.settle()

    row = await centre.pool.fetchrow("select rating_count, rating_sum from courses where id = $1", course_id)
    stars = await centre.pool.fetchval("select stars from ratings where user_id = $1", student.id)
    assert row is not None
    assert tuple(row) == (1, stars)


async def test_a_rating_is_changed_and_deleted(centre: Centre) -> None:
    student, _teacher, course_id = await finished(centre, "Changed")
    await tap(student, "rate")
    await tap(student, "stars:1")
    await say(student, "Too short")
    await tap(student, "change")
    own = await tap(student, "stars:5")
    assert "★★★★★" in own.text
    await tap(student, "comment")
    own = await tap(student, "delete")
    assert "Too short" not in own.text
    await tap(student, "remove")
    card = await tap(student, "remove_now")

    assert "★" not in card.text
    assert await centre.pool.fetchval("select rating_count from courses where id = $1", course_id) == 0


async def test_forged_stars_and_long_sentences_are_refused_kindly(centre: Centre) -> None:
    student, _teacher, _course_id = await finished(centre, "Refused")
    await tap(student, "rate")
    button = (await buttons(student))["stars:5"]
    assert button.data is not None
    assert button.message_id is not None
    await student.forge(button.message_id, f"{button.data.rpartition(':')[0]}:50")
    await student.settle()
    assert await centre.pool.fetchval("select count(*) from ratings where user_id = $1", student.id) == 0
    await tap(student, "stars:5")

    await say(student, "x" * 3000)

    assert any("500 characters at most" in text for text in await texts(student))
    await student.send_sticker(wait=False)
    await student.settle()
    assert any("Please type a sentence" in text for text in await texts(student))


async def test_who_has_not_finished_is_told_so_even_by_a_link(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student()
    course_id, _lessons = await certified_course(centre, teacher, "Unfinished")

    await student.start(f"rate_{course_id}")
    await student.settle()

    assert "Whoever has finished a course may rate it." in (await student.last_message()).text
    assert not [widget for widget in await buttons(student) if widget.startswith("stars")]
    for wrong in ("rate_", "rate_x", "rate_999999", "teacher_1", "teacher_-1"):
        await student.start(wrong)
        await student.settle()
        assert "Hello" in (await student.last_message()).text


async def test_an_admin_hides_a_review_with_a_reason_that_its_author_reads(centre: Centre) -> None:
    student, _teacher, course_id = await finished(centre, "Hidden")
    admin, reader = await centre.student(name="Director Big"), await centre.student()
    await centre.pool.execute("update users set role = 'admin' where id = $1", admin.id)
    await tap(student, "rate")
    await tap(student, "stars:1")
    await say(student, "An insult")
    await open_course(centre, admin, course_id)
    await tap(admin, "reviews")
    await tap(admin, next(widget for widget in await buttons(admin) if widget.startswith("review:")))
    await tap(admin, "hide")

    hidden = await say(admin, "It insults <the teacher>")

    assert "Hidden: It insults <the teacher>" in hidden.text
    assert "★" not in await open_course(centre, reader, course_id)
    await open_course(centre, student, course_id)
    own = await tap(student, "rate")
    assert "An admin has hidden it: It insults <the teacher>" in own.text
    await tap(admin, "show")
    assert "★ 1.0 (1)" in await open_course(centre, reader, course_id)


async def test_a_teachers_card_leads_to_the_courses_and_back(centre: Centre) -> None:
    teacher, student = await centre.teacher(name="Zulfiya <Rahimova>"), await centre.student()
    course_id, _lessons = await certified_course(centre, teacher, "Of Zulfiya")
    other_id, _lessons = await certified_course(centre, teacher, "Another of Zulfiya")
    await open_course(centre, student, course_id)

    card = await tap(student, "teacher")

    assert "Zulfiya <Rahimova>" in card.text
    assert "2 courses" in card.text
    assert f"course:{other_id}" in await buttons(student)
    course = await tap(student, "back")
    assert "Of Zulfiya" in course.text
    listed = await say(student, "/teachers")
    assert "Choose a teacher" in listed.text


async def test_several_teachers_of_a_course_are_all_shown(centre: Centre) -> None:
    owner, other, student = await centre.teacher(), await centre.teacher(name="Botir Aliyev"), await centre.student()
    course_id, _lessons = await certified_course(centre, owner, "Together")
    await centre.pool.execute("insert into course_teachers values ($1, $2, now())", course_id, other.id)
    await open_course(centre, student, course_id)

    shown = await tap(student, "teacher")

    assert "Who teaches the course" in shown.text
    found = await buttons(student)
    assert {f"teacher:{owner.id}", f"teacher:{other.id}"} <= set(found)
    card = await tap(student, f"teacher:{other.id}")
    assert "Botir Aliyev" in card.text

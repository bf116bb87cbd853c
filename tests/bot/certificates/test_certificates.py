"""From the last lesson to a certificate whose link verifies."""

import asyncio

import pytest

from bot.sandbox import Message, SandboxUser
from domain.certificates.model import grouped
from tests.bot.certificates.courses import certified_course, code_of, finish, open_course
from tests.bot.conftest import Centre
from tests.bot.users.people import buttons, register, say, tap, texts


async def earned(
    centre: Centre, title: str, *, name: str = "Ali Karimov", language: str = "en"
) -> tuple[SandboxUser, SandboxUser, int]:
    """A student who looks at the card of a course that they have finished, its teacher, and its id."""
    teacher, student = await centre.teacher(), await centre.student(language, name=name)
    course_id, lessons = await certified_course(centre, teacher, title)
    await finish(centre, student, lessons)
    await open_course(centre, student, course_id)
    return student, teacher, course_id


async def verdict(person: SandboxUser, payload: str) -> str:
    """What the link answers, whatever stands below it."""
    before = len(await texts(person))
    await person.start(payload)
    await person.settle()
    return "\n".join((await texts(person))[before - 1 :])


def kinds(messages: list[Message]) -> list[str]:
    return [message.kind for message in messages if not message.from_me]


async def test_the_last_lesson_brings_the_certificate_and_its_link_verifies(centre: Centre) -> None:
    teacher, student, stranger = await centre.teacher(), await centre.student(), await centre.student()
    course_id, _lessons = await certified_course(centre, teacher, "Fractions & more")
    card = await open_course(centre, student, course_id)
    assert "🎓 With a certificate" in card
    assert "certificate" not in await buttons(student)
    await tap(student, "enrol")
    rule = await tap(student, "certificate_rule")
    assert "📖 2 lessons are left." in rule.text
    await tap(student, "course")
    await tap(student, "continue")
    await tap(student, "finish")
    await tap(student, "finish")

    notice = await student.wait_for(lambda message: "Your certificate for" in message.text)
    assert "Fractions & more" in notice.text
    await student.tap("🎓 Open the certificate", exact=True)
    await student.settle()

    shown = await student.last_message()
    code = await code_of(centre, student)
    assert grouped(code) in shown.text
    assert "photo" in kinds(await student.messages())
    await tap(student, "pdf")
    assert "document" in kinds(await student.messages())
    answer = await verdict(stranger, f"v_{code}")
    assert "✅ Genuine certificate" in answer
    assert "Ali Karimov" in answer
    assert "Fractions & more" in answer


async def test_who_has_met_the_rule_gets_it_from_the_card_however_often_they_tap(centre: Centre) -> None:
    student, _teacher, course_id = await earned(centre, "Double taps")

    button = (await buttons(student))["certificate"]
    await asyncio.gather(*(student.push(button) for _ in range(3)))
    await student.settle()

    count = "select count(*) from certificates where user_id = $1 and course_id = $2"
    assert await centre.pool.fetchval(count, student.id, course_id) == 1
    assert grouped(await code_of(centre, student)) in (await student.last_message()).text
    listed = await say(student, "/certificates")
    assert "My certificates" in listed.text
    assert any("Double taps" in button.text for button in (await buttons(student)).values())


async def test_a_certificate_is_printed_once_in_each_language_and_then_sent_by_its_id(centre: Centre) -> None:
    student, _teacher, _course_id = await earned(centre, "Printed once")
    await tap(student, "certificate")
    await tap(student, "ru")
    await tap(student, "pdf")
    await tap(student, "uz")
    await tap(student, "ru")

    rows = await centre.pool.fetch(
        "select language, kind, telegram_file_id is not null as is_sent from certificate_files f"
        " join certificates k on k.id = f.certificate_id where k.user_id = $1 order by 1, 2",
        student.id,
    )
    assert [tuple(row) for row in rows] == [
        ("en", "pdf", False),
        ("en", "png", True),
        ("ru", "pdf", True),
        ("ru", "png", True),
        ("uz", "pdf", False),
        ("uz", "png", True),
    ]


async def test_a_newcomer_verifies_and_their_first_link_still_waits(centre: Centre) -> None:
    student, teacher, _course_id = await earned(centre, "For employers")
    await tap(student, "certificate")
    other, _lessons = await certified_course(centre, teacher, "The first link")
    other_code = await centre.pool.fetchval("select code from courses where id = $1", other)
    newcomer = await centre.person("en", name="Employer")
    await newcomer.start(f"c_{other_code}")
    await newcomer.settle()
    await tap(newcomer, "en")

    await newcomer.start(f"v_{await code_of(centre, student)}")
    await newcomer.settle()

    seen = await texts(newcomer)
    assert any("✅ Genuine certificate" in text and "For employers" in text for text in seen)
    assert "use_name" in await buttons(newcomer)
    for widget in ("use_name", "skip_phone", "start_learning"):
        await tap(newcomer, widget)
    assert "The first link" in (await newcomer.last_message()).text


async def test_somebody_who_comes_only_to_verify_is_answered_first(centre: Centre) -> None:
    newcomer = await centre.person("en")

    await newcomer.start("v_0000000000000000")
    await newcomer.settle()

    assert "There is no certificate with this number" in (await texts(newcomer))[0]
    await register(newcomer)


@pytest.mark.parametrize("number", ["", "x", "0" * 16, "%27", "K7QM-2XVD", "v_v_v", "A" * 60])
async def test_unknown_and_malformed_numbers_are_answered_alike(centre: Centre, number: str) -> None:
    student = await centre.student()

    assert "There is no certificate with this number" in await verdict(student, f"v_{number}")


async def test_the_name_is_corrected_and_the_old_number_leads_to_the_new_one(centre: Centre) -> None:
    student, _teacher, _course_id = await earned(centre, "Names")
    shown = await tap(student, "certificate")
    old = await code_of(centre, student)
    assert "correct" not in await buttons(student)
    assert "A mistake in the name?" in shown.text
    await centre.pool.execute("update users set full_name = 'Ali <b>Karimov</b>' where id = $1", student.id)
    await say(student, "/certificates")
    await tap(student, f"certificate:{old}")

    asked = await tap(student, "correct")
    assert "Your profile says: Ali <b>Karimov</b>" in asked.text
    shown = await tap(student, "correct")

    new = await code_of(centre, student)
    assert new != old
    assert "Ali <b>Karimov</b>" in shown.text
    answer = await verdict(student, f"v_{old}")
    assert "Replaced" in answer
    assert f"start=v_{new}" in answer
    assert "Ali Karimov" not in answer.partition("Hello")[0]


async def test_a_teacher_revokes_with_a_reason_and_issues_again(centre: Centre) -> None:
    student, teacher, course_id = await earned(centre, "Revoked")
    await tap(student, "certificate")
    code = await code_of(centre, student)
    await say(teacher, "/mycourses")
    await tap(teacher, f"course:{course_id}")
    await tap(teacher, "more")
    await tap(teacher, "certificates")
    found = await say(teacher, "kar")
    assert "🔎 kar" in found.text
    await tap(teacher, f"certificate:{code}")
    await tap(teacher, "revoke")
    assert "3 characters at least" in "\n".join(await _typed(teacher, "x"))
    asked = await say(teacher, "Somebody <i>else</i> took the quizzes")
    assert "Reason: Somebody <i>else</i> took the quizzes" in asked.text
    revoked = await tap(teacher, "revoke_now")
    assert "⛔ Revoked on" in revoked.text

    told = await student.wait_for(lambda message: "was revoked. Reason" in message.text)
    assert "Somebody <i>else</i> took the quizzes" in told.text
    answer = await verdict(student, f"v_{code}")
    assert "⚠️ Revoked" in answer
    await open_course(centre, student, course_id)
    rule = await tap(student, "certificate")
    assert "It was revoked: Somebody <i>else</i>" in rule.text
    assert not {"claim", "open"} & set(await buttons(student))
    await tap(teacher, "again")
    await student.wait_for(lambda message: "A new certificate for" in message.text)
    assert "✅ Genuine certificate" in await verdict(student, f"v_{await code_of(centre, student)}")


async def _typed(person: SandboxUser, text: str) -> list[str]:
    await say(person, text)
    return await texts(person)


async def test_a_stranger_reaches_nothing_by_link_or_by_a_forged_button(centre: Centre) -> None:
    student, _teacher, course_id = await earned(centre, "Not yours")
    await tap(student, "certificate")
    code = await code_of(centre, student)
    other, other_teacher = await centre.student(), await centre.teacher(name="Botir Aliyev")

    await other.start(f"cert_{code}")
    await other.settle()
    assert any("There is no such certificate" in text for text in await texts(other))
    own_id, own_lessons = await certified_course(centre, other_teacher, "Own")
    await finish(centre, other, own_lessons)
    await open_course(centre, other, own_id)
    await tap(other, "certificate")
    await say(other, "/certificates")
    mine = next(button for widget, button in (await buttons(other)).items() if widget.startswith("certificate:"))
    assert mine.data is not None
    assert mine.message_id is not None
    await other.forge(mine.message_id, f"{mine.data.rpartition(':')[0]}:{code}")
    await other.settle()
    assert not any("Not yours" in text for text in await texts(other))
    await say(other_teacher, "/mycourses")
    await tap(other_teacher, f"course:{own_id}")
    await tap(other_teacher, "more")
    await tap(other_teacher, "certificates")
    listed = next(
        button for widget, button in (await buttons(other_teacher)).items() if widget.startswith("certificate:")
    )
    assert listed.data is not None
    assert listed.message_id is not None
    await other_teacher.forge(listed.message_id, f"{listed.data.rpartition(':')[0]}:{code}")
    await other_teacher.settle()
    assert not any("Not yours" in text for text in await texts(other_teacher))
    assert await centre.pool.fetchval("select revoked_at from certificates where code = $1", code) is None
    assert await centre.pool.fetchval("select count(*) from certificates where course_id = $1", course_id) == 1


async def test_names_that_try_to_break_the_sheet_are_printed(centre: Centre) -> None:
    name = '#panic("x") <b>$ 👩‍🏫 ' + "Ж" * 60
    student, _teacher, _course_id = await earned(centre, "Hostile $x$ *b* #set", name=name)

    await tap(student, "certificate")

    messages = await student.messages()
    assert "photo" in kinds(messages)
    assert name in messages[-1].text

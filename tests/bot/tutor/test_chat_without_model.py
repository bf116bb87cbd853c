"""The tutor without a model: passages of the lessons, as what they are."""

import pytest

from bot.sandbox import SandboxUser
from domain.courses.model import LessonId
from tests.bot.tutor.conftest import Classroom
from tests.db.tutor_world import World


@pytest.fixture(scope="module")
async def lessons(world: World) -> dict[str, LessonId]:
    free = await world.course()
    paid = await world.course(sale="course")
    made = {
        "fractions": await world.lesson(
            free,
            {"en": "Adding fractions", "uz": "Kasrlarni qo‘shish"},
            {"en": "Bring them to a common denominator: $1/2 + 1/3$.", "uz": "Umumiy maxrajga keltiring."},
        ),
        "locked": await world.lesson(paid, {"en": "Fractions for experts"}, {"en": "A paid secret about fractions."}),
    }
    await world.index(*made.values())
    return made


@pytest.fixture
async def student(classroom_without_model: Classroom) -> SandboxUser:
    return await classroom_without_model.student()


async def test_passages_are_shown_as_what_they_are_with_buttons_to_their_lessons(
    student: SandboxUser, lessons: dict[str, LessonId]
) -> None:
    desk = await student.send("/ask")

    await student.type("How do I add fractions?")
    found = await student.wait_for("common denominator")

    assert "No model is connected" in desk.text
    assert "questions are left" not in desk.text
    assert "No model is connected" in found.text
    assert "found by words" in found.text
    assert [button.data for button in found.buttons] == [f"go:l_{lessons['fractions']}"]
    assert found.raw.get("has_protected_content")
    await student.tap("Adding fractions")
    assert await student.wait_for("LESSON")


async def test_a_locked_lesson_stays_locked(
    student: SandboxUser, lessons: dict[str, LessonId], classroom_without_model: Classroom
) -> None:
    await student.type("/ask expert fractions secret")
    await student.wait_for("common denominator")
    await student.settle()
    await classroom_without_model.world.grant(student.id, "lesson", lessons["locked"])  # pyright: ignore[reportArgumentType]

    before = [message.text for message in await student.messages()]
    await student.type("/ask expert fractions secret")
    await student.wait_for("A paid secret")

    assert not any("paid secret" in text or "experts" in text for text in before)


async def test_nothing_found_is_said(student: SandboxUser, lessons: dict[str, LessonId]) -> None:
    assert "found nothing" in (await student.send("/ask zzzz qqqq")).text


async def test_uzbek_in_cyrillic_finds_the_latin_lesson(
    classroom_without_model: Classroom, lessons: dict[str, LessonId]
) -> None:
    student = await classroom_without_model.student(language="uz")

    await student.type("/ask Касрларни қандай қўшаман?")

    assert await student.wait_for("Umumiy maxrajga")


async def test_what_was_asked_is_listed_with_what_was_found(student: SandboxUser, lessons: dict[str, LessonId]) -> None:
    await student.type("/ask How do I add fractions?")
    await student.wait_for("common denominator")
    await student.settle()

    await student.send("/doubts")
    await student.tap("How do I add fractions?")
    shown = await student.wait_for("👤 How do I add fractions?")

    assert "common denominator" in shown.text


async def test_going_back_opens_the_menu(student: SandboxUser) -> None:
    await student.send("/ask")

    await student.tap("Back")

    assert await student.wait_for("MENU")

"""Several questions at once, and a test into a bank: by tapping, in the running program."""

import pytest

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_question_desk import open_bank
from tests.bot.courses.test_studio import toast
from tests.bot.users.people import buttons, say, tap, texts

TWO = "? 2 + 2?\n+ 4\n- 5\n\n? 3 + 3?\n- 5\n+ 6"


@pytest.fixture
async def teacher(centre: Centre) -> SandboxUser:
    return await centre.teacher()


async def filled_bank(centre: Centre, teacher: SandboxUser, title: str) -> int:
    """A bank of two questions, which is open."""
    await open_bank(teacher, title)
    await tap(teacher, "import")
    await say(teacher, TWO)
    await tap(teacher, "add")
    await tap(teacher, "back")
    return await centre.pool.fetchval("select max(id) from question_banks")


async def widget(teacher: SandboxUser, prefix: str, number: int = 0) -> str:
    return [each for each in await buttons(teacher) if each.startswith(prefix)][number]


async def labels_of(centre: Centre, bank_id: int) -> list[tuple[str | None, int | None, str | None]]:
    rows = await centre.pool.fetch(
        "select topic, difficulty, source from questions where bank_id = $1 and retired_at is null order by id", bank_id
    )
    return [tuple(row) for row in rows]


async def test_a_test_goes_into_a_bank_and_back_out(centre: Centre, teacher: SandboxUser) -> None:
    await open_bank(teacher, "Into a bank")
    asked = await tap(teacher, "import")
    assert "Questions for “Fractions”" in asked.text

    preview = await say(teacher, TWO)
    assert "✅ 2 questions can be added." in preview.text
    done = await tap(teacher, "add")
    assert "2 questions are added." in done.text
    await tap(teacher, "undo")
    bank = await tap(teacher, "back")

    assert "🗂 Fractions" in bank.text
    assert "It is empty." in bank.text
    await tap(teacher, "import")
    await say(teacher, TWO + "\n\n? 1 + 1?\n+ 2\n- 3")
    await tap(teacher, "add")
    assert "3 questions" in (await tap(teacher, "back")).text


async def test_chosen_questions_are_labelled_and_their_labels_come_back(centre: Centre, teacher: SandboxUser) -> None:
    bank_id = await filled_bank(centre, teacher, "Labelled")
    await tap(teacher, "several")
    assert "topic" not in await buttons(teacher)

    screen = await tap(teacher, await widget(teacher, "question:", 1))
    assert "1 question chosen" in screen.text
    await tap(teacher, "topic")
    await say(teacher, "x" * 61)
    assert "60 characters at most" in "\n".join(await texts(teacher))
    screen = await say(teacher, "Sums & <b>more</b>")
    assert "✅ 1 question: 🏷 Sums & <b>more</b>" in screen.text
    await tap(teacher, "all")
    await tap(teacher, "difficulty")
    screen = await tap(teacher, "level:4")
    assert "✅ 2 questions: 📶 4/5" in screen.text
    assert sorted(await labels_of(centre, bank_id), key=str) == [("Sums & <b>more</b>", 4, None), (None, 4, None)]

    assert "Undone for 2 questions." in await toast(teacher, "undo")
    assert sorted(await labels_of(centre, bank_id), key=str) == [
        ("Sums & <b>more</b>", None, None),
        (None, None, None),
    ]
    assert "undo" not in await buttons(teacher)


async def test_chosen_questions_are_copied_once_and_taken_back(centre: Centre, teacher: SandboxUser) -> None:
    await filled_bank(centre, teacher, "Copied")
    await tap(teacher, "several")
    await tap(teacher, "all")
    where = await tap(teacher, "where")
    assert "Where do I copy them?" in where.text

    screen = await tap(teacher, await widget(teacher, "place:l"))
    assert "✅ 2 questions copied to “First lesson”" in screen.text
    await tap(teacher, "all")
    await tap(teacher, "where")
    assert "2 are there already." in await toast(teacher, await widget(teacher, "place:l"))
    assert await in_quiz(centre, "Copied") == 2
    await tap(teacher, "undo")
    assert await in_quiz(centre, "Copied") == 0

    await tap(teacher, "leave")
    await tap(teacher, await widget(teacher, "question:"))
    await tap(teacher, "copy")
    await tap(teacher, await widget(teacher, "place:l"))
    assert await in_quiz(centre, "Copied") == 1


async def test_a_forged_place_is_somebody_elses_and_gets_nothing(centre: Centre, teacher: SandboxUser) -> None:
    other = await centre.teacher(name="Botir Aliyev")
    foreign = await filled_bank(centre, other, "Foreign")
    await filled_bank(centre, teacher, "Own")
    await tap(teacher, "several")
    await tap(teacher, "all")
    await tap(teacher, "where")
    button = (await buttons(teacher))[await widget(teacher, "place:l")]
    assert button.data is not None
    assert button.message_id is not None

    for place in (f"b{foreign}", "b", "x7", "b99999999999999999999", f"l{foreign}x"):
        await teacher.forge(button.message_id, f"{button.data.rpartition(':')[0]}:{place}")
        await teacher.settle()

    in_use = "select count(*) from questions where bank_id = $1 and retired_at is null"
    assert await centre.pool.fetchval(in_use, foreign) == 2


async def in_quiz(centre: Centre, title: str) -> int:
    return await centre.pool.fetchval(
        "select count(*) from questions q join quizzes z on z.id = q.quiz_id join lessons l on l.id = z.lesson_id"
        " join courses c on c.id = l.course_id where c.title ->> 'en' = $1 and q.retired_at is null",
        title,
    )

"""A teacher translates a course in chat, one text after another, and a student reads it in their language."""

from bot.sandbox import SandboxUser
from tests.bot.conftest import Centre
from tests.bot.courses.test_settings import options
from tests.bot.courses.test_studio import PDF, code_of, toast
from tests.bot.users.people import buttons, say, tap, texts


async def open_russian(teacher: SandboxUser) -> None:
    await tap(teacher, "translations")
    await tap(teacher, "language:ru")


async def test_what_is_missing_is_translated_one_by_one_and_read_by_a_student(centre: Centre) -> None:
    teacher, student = await centre.teacher(), await centre.student("ru")
    title = await options(teacher, "Fractions")
    shown = await tap(teacher, "translations")
    assert any("🇷🇺 Русский · 0/5" in button.text for button in shown.buttons)
    page = await tap(teacher, "language:ru")
    assert "0 of 5 texts are there." in page.text

    asked = await tap(teacher, "walk")
    assert "The title of the course" in asked.text
    assert title in asked.text
    asked = await say(teacher, f"Дроби {title}")
    assert "The description of the course" in asked.text
    asked = await tap(teacher, "skip")
    assert "The title of a section" in asked.text
    asked = await say(teacher, "Раздел <b>первый</b>")
    assert "The title of a lesson" in asked.text
    asked = await say(teacher, "Первый урок")
    assert "A text in “Первый урок”" in asked.text or "A text in “First lesson”" in asked.text
    page = await say(teacher, "Какой-то **текст** и $x^2$")
    assert "4 of 5 texts are there." in page.text
    await tap(teacher, "languages")
    await tap(teacher, "options")
    await tap(teacher, "course")
    await tap(teacher, "publish")

    await student.start(f"c_{await code_of(centre, title)}")
    await student.settle()
    card = await student.last_message()
    assert f"Дроби {title}" in card.text
    await tap(student, next(widget for widget in await buttons(student) if widget.startswith("lesson:")))
    assert any("Какой-то" in text for text in await texts(student))


async def test_a_translation_that_is_there_is_changed_from_the_list(centre: Centre) -> None:
    teacher = await centre.teacher()
    title = await options(teacher, "Listed")
    await open_russian(teacher)
    await tap(teacher, "texts")
    key = next(widget for widget, button in (await buttons(teacher)).items() if "First lesson" in button.text)
    asked = await tap(teacher, key)
    assert "First lesson" in asked.text
    await say(teacher, "x" * 121)
    assert "120 characters at most" in "\n".join(await texts(teacher))
    listed = await say(teacher, "Первый")
    assert any(button.text.startswith("✅ 📖 Первый") for button in listed.buttons)

    await tap(teacher, key)
    listed = await say(teacher, "Самый первый")

    assert any(button.text == "✅ 📖 Самый первый" for button in listed.buttons)
    titles = "select l.title from lessons l join courses c on c.id = l.course_id where c.title ->> 'en' = $1"
    assert "First lesson" in await centre.pool.fetchval(titles, title)


async def test_whoever_is_second_is_told_what_it_says_now_and_loses_nothing(centre: Centre) -> None:
    teacher = await centre.teacher()
    title = await options(teacher, "Conflict")
    await open_russian(teacher)
    await tap(teacher, "walk")
    await centre.pool.execute(
        'update courses set title = title || \'{"ru": "Чужое <i>"}\', version = version + 1'
        " where title ->> 'en' = $1",
        title,
    )

    await say(teacher, "Моё & моё")

    told = next(text for text in await texts(teacher) if "Somebody has just changed this text" in text)
    assert "Чужое <i>" in told
    assert "Моё & моё" in told
    assert "Чужое <i>" in (await teacher.last_message()).text
    await say(teacher, "Моё & моё")
    kept = "select title ->> 'ru' from courses where title ->> 'en' = $1"
    assert await centre.pool.fetchval(kept, title) == "Моё & моё"


async def test_a_long_text_is_shown_whole_on_demand(centre: Centre) -> None:
    teacher = await centre.teacher()
    title = await options(teacher, "Long")
    words = "Uzun <b>matn</b> " * 600
    await centre.pool.execute(
        "update parts p set text = jsonb_build_object('en', $2::text) from lessons l join courses c"
        " on c.id = l.course_id where l.id = p.lesson_id and c.title ->> 'en' = $1",
        title,
        words,
    )
    await open_russian(teacher)
    await tap(teacher, "texts")
    await tap(teacher, next(widget for widget, button in (await buttons(teacher)).items() if "Uzun" in button.text))

    await tap(teacher, "whole")

    assert "".join(words.split()) in "".join("".join(await texts(teacher)).split())
    assert "whole" in await buttons(teacher)
    for piece in ("Первая часть", "Вторая часть"):
        shown = await say(teacher, piece)
        assert "they are joined" in shown.text
    kept = "select p.text ->> 'ru' from parts p where p.text ->> 'en' = $1"
    assert await centre.pool.fetchval(kept, words) == "Первая часть\n\nВторая часть"


async def test_a_file_for_a_language_is_sent_and_deleted(centre: Centre) -> None:
    teacher = await centre.teacher()
    await options(teacher, "Filed")
    await tap(teacher, "course")
    await tap(teacher, next(widget for widget in await buttons(teacher) if widget.startswith("lesson:")))
    await teacher.upload(PDF, name="plan.pdf", content_type="application/pdf", kind="document", wait=False)
    await teacher.settle()
    await tap(teacher, "course")
    await tap(teacher, "options")
    await open_russian(teacher)
    await tap(teacher, "files")
    assert "▫️ 📄 plan.pdf" in [button.text for button in (await buttons(teacher)).values()]
    file = next(widget for widget in await buttons(teacher) if widget.startswith("file:"))
    await tap(teacher, file)

    await say(teacher, "not a file")
    await teacher.upload(b"words", name="a.txt", content_type="text/plain", kind="document", wait=False)
    await teacher.settle()
    said = "\n".join(await texts(teacher))
    assert "Please send the file itself" in said
    assert "needs a file of the same kind" in said
    await teacher.upload(PDF + b"\n", name="russian.pdf", content_type="application/pdf", kind="document", wait=False)
    await teacher.settle()
    assert "✅ 📄 russian.pdf" in [button.text for button in (await buttons(teacher)).values()]
    await tap(teacher, file)
    await tap(teacher, "drop")

    assert "▫️ 📄 plan.pdf" in [button.text for button in (await buttons(teacher)).values()]


async def test_forged_keys_are_answered_and_change_nothing(centre: Centre) -> None:
    teacher = await centre.teacher()
    await options(teacher, "Forged keys")
    await open_russian(teacher)
    await tap(teacher, "texts")
    real = next(button for widget, button in (await buttons(teacher)).items() if widget.startswith("text:"))
    assert real.data is not None
    assert real.message_id is not None
    head = real.data.rpartition(":")[0]

    for forged in ("l1", "t999999999999999", "x", "", "l-1", "l" + "9" * 30):
        await teacher.forge(real.message_id, f"{head}:{forged}")
        await teacher.settle()
        assert "no longer there" in (await teacher.last_message()).text
        await say(teacher, "Into nowhere")
        await tap(teacher, "stop")
        real = next(button for widget, button in (await buttons(teacher)).items() if widget.startswith("text:"))
        assert real.data is not None
        assert real.message_id is not None
        head = real.data.rpartition(":")[0]

    dead = await centre.pool.fetchval("select count(*) from inbox where user_id = $1 and error is not null", teacher.id)
    assert dead == 0


async def test_when_nothing_is_missing_it_says_so(centre: Centre) -> None:
    teacher = await centre.teacher()
    await options(teacher, "Whole")
    await tap(teacher, "translations")

    page = await tap(teacher, "language:en")

    assert "🎉 Nothing is missing." in page.text
    assert "walk" not in await buttons(teacher)
    await tap(teacher, "languages")
    await tap(teacher, "language:uz")
    for _ in range(4):
        await tap(teacher, "walk" if "walk" in await buttons(teacher) else "skip")
    assert "That was the last one." in await toast(teacher, "skip") + await toast_or_nothing(teacher)


async def toast_or_nothing(teacher: SandboxUser) -> str:
    """The walk may be over already."""
    return await toast(teacher, "skip") if "skip" in await buttons(teacher) else ""

"""A student takes notes by replying to a lesson, and finds them in the notebook."""

import io
import zipfile

import pytest
from docx import Document

from bot.sandbox import Message, SandboxUser
from tests.bot.conftest import Centre
from tests.bot.notes.conftest import Reader, reader_in
from tests.bot.users.people import buttons, say, tap, texts

OGG = b"OggS" + bytes(60)


async def kept(centre: Centre, person: SandboxUser) -> list[str]:
    rows = await centre.pool.fetch(
        "select body from notes where user_id = $1 and deleted_at is null order by id", person.id
    )
    return [row["body"] for row in rows]


async def tap_words(person: SandboxUser, words: str) -> str:
    """Tap by what the button says: those below a note belong to no dialog."""
    await person.tap(words)
    await person.settle()
    return (await person.last_message()).text


async def test_a_reply_to_a_lesson_becomes_a_note_about_it(centre: Centre, reader: Reader) -> None:
    await reader.note("A percent is 1/100")

    assert (await reader.person.last_message()).text == "📝 Noted."
    row = await centre.pool.fetchrow("select lesson_id, part_id, body from notes where user_id = $1", reader.person.id)
    assert row is not None
    assert (row["lesson_id"], row["body"]) == (reader.lesson_id, "A percent is 1/100")
    assert row["part_id"] is not None
    assert "1 note" in await tap_words(reader.person, "📒 My notes")
    card = await reader.tap(next(widget for widget in await buttons(reader.person) if widget.startswith("note:")))
    assert "A percent is 1/100" in card
    await reader.tap("lesson")
    assert "finish" in await buttons(reader.person)


async def test_a_note_is_taken_back_and_brought_back_with_one_tap_each(centre: Centre, reader: Reader) -> None:
    await reader.note("By mistake")

    assert await tap_words(reader.person, "🗑 Delete") == "🗑 The note is deleted."
    assert await kept(centre, reader.person) == []
    assert await tap_words(reader.person, "↩️ Undo") == "📝 Noted."
    assert await kept(centre, reader.person) == ["By mistake"]


async def test_two_taps_on_delete_are_one(centre: Centre, reader: Reader) -> None:
    await reader.note("Twice")
    button = next(button for button in (await reader.person.last_message()).buttons if "🗑" in button.text)
    assert button.data is not None
    assert button.message_id is not None

    for _ in range(2):
        await reader.person.forge(button.message_id, button.data)
    await reader.person.settle()

    assert (await reader.person.last_message()).text == "🗑 The note is deleted."


async def test_what_is_said_is_a_note_too_and_is_heard_again(centre: Centre, reader: Reader) -> None:
    await reader.person.upload(
        OGG, name="voice.ogg", kind="voice", content_type="audio/ogg", reply_to=reader.message_id, wait=False
    )
    await reader.person.settle()
    assert (await reader.person.last_message()).text == "📝 Noted."

    await reader.say("/notes")
    await reader.tap(next(widget for widget in await buttons(reader.person) if widget.startswith("note:")))

    said = [message for message in await reader.person.messages() if message.kind == "voice"]
    assert [message.from_me for message in said] == [True, False]
    await reader.tap("listen")
    assert sum(message.kind == "voice" for message in await reader.person.messages()) == 3
    assert "🎤 Voice" in (await reader.person.last_message()).text
    assert "lesson" in await buttons(reader.person)


async def test_the_original_of_a_recording_is_kept(centre: Centre, reader: Reader) -> None:
    await reader.person.upload(
        OGG, name="voice.ogg", kind="voice", content_type="audio/ogg", reply_to=reader.message_id, wait=False
    )
    await reader.person.settle()

    kept_as = "select voice_sha256 from notes where user_id = $1"
    for _ in range(200):
        if await centre.pool.fetchval(kept_as, reader.person.id):
            break
        await reader.person.settle()
    assert await centre.pool.fetchval(kept_as, reader.person.id) is not None


async def test_formatting_and_markup_stay_as_they_were_typed(centre: Centre, reader: Reader) -> None:
    await reader.note("<b>x</b> & 2*3*4 = $24$ \u202eevil")

    assert await kept(centre, reader.person) == ["\\<b\\>x\\</b\\> \\& 2\\*3\\*4 = $24$ evil"]
    await reader.say("/notes")
    listed = await buttons(reader.person)
    assert any("<b>x</b> & 2*3*4" in button.text for button in listed.values())
    card = await reader.tap(next(widget for widget in listed if widget.startswith("note:")))
    assert "<b>x</b> & 2*3*4" in card


async def test_a_command_with_a_text_is_a_free_note_and_alone_asks_for_one(centre: Centre, reader: Reader) -> None:
    assert await reader.say("/note Buy a *pen*") == "📝 Noted."
    assert "A new note" in await reader.say("/note")
    await reader.person.send_sticker(wait=False)
    await reader.person.settle()
    assert "A note is a text or a voice message." in "\n".join(await texts(reader.person))
    card = await reader.say("And paper")

    assert "And paper" in card
    assert await kept(centre, reader.person) == ["Buy a \\*pen\\*", "And paper"]
    places = await centre.pool.fetch("select lesson_id from notes where user_id = $1", reader.person.id)
    assert [row["lesson_id"] for row in places] == [None, None]


async def test_a_note_that_is_too_long_is_refused_with_a_reason(centre: Centre, reader: Reader) -> None:
    await reader.note("x" * 4001)

    assert "4,000 characters at most" in (await reader.person.last_message()).text
    assert await kept(centre, reader.person) == []


async def test_a_command_is_never_a_note(centre: Centre, reader: Reader) -> None:
    await reader.person.type("/menu", reply_to=reader.message_id)
    await reader.person.settle()
    await reader.person.type("/nonsense", reply_to=reader.message_id)
    await reader.person.settle()

    assert await kept(centre, reader.person) == []


async def test_notes_are_searched_in_both_alphabets_and_with_typos(reader: Reader) -> None:
    await reader.note("Kvadrat tenglama")
    await reader.note("Foizlar haqida")

    await reader.say("/notes квадрат")
    found = await buttons(reader.person)
    assert [button.text for widget, button in found.items() if widget.startswith("note:")] == ["📝 Kvadrat tenglama"]
    near = await reader.say("kvodrat")
    assert "similar ones" in near
    found = await buttons(reader.person)
    assert [button.text for widget, button in found.items() if widget.startswith("note:")] == ["📝 Kvadrat tenglama"]
    assert "Nothing found" in await reader.say("<b>zzzz")
    await reader.tap("no_words")
    assert sum(widget.startswith("note:") for widget in await buttons(reader.person)) == 2


async def test_the_notebook_is_leafed_through_and_filtered_by_course(reader: Reader) -> None:
    await reader.say("/note Free one")
    for number in range(9):
        await reader.note(f"Note {number}")
    await reader.say("/notes")

    assert "10 notes" in (await reader.person.last_message()).text
    await reader.tap("older")
    labels = [button.text for button in (await buttons(reader.person)).values()]
    assert "📝 Free one" in labels
    assert "📝 Note 0" in labels
    await reader.tap("newer")
    await reader.tap("course")
    await reader.tap(next(widget for widget in await buttons(reader.person) if widget.startswith("course:")))
    await reader.tap("older")
    labels = [button.text for button in (await buttons(reader.person)).values()]
    assert "📝 Note 0" in labels
    assert "📝 Free one" not in labels


async def test_an_empty_notebook_says_how_a_note_is_made(reader: Reader) -> None:
    shown = await reader.say("/notes")

    assert "reply to any of its messages" in shown
    assert "export" not in await buttons(reader.person)


async def test_a_note_is_rewritten_and_deleted_in_the_notebook(centre: Centre, reader: Reader) -> None:
    await reader.note("First words")
    assert "Send the new text" in await tap_words(reader.person, "✏️ Edit")
    card = await reader.say("Second words")
    assert "Second words" in card
    assert await kept(centre, reader.person) == ["Second words"]

    assert "The note is deleted" in await reader.tap("delete")
    await reader.tap("undo")

    assert await kept(centre, reader.person) == ["Second words"]


async def test_a_note_outlives_its_lesson(centre: Centre, reader: Reader) -> None:
    """The lesson is made and closed here: the demo is everybody's."""
    lesson_id = await centre.pool.fetchval(
        """
        insert into lessons (course_id, section_id, position, title, is_published, created_at)
        select course_id, section_id, 30000, '{"en": "Passing"}', true, now() from lessons
        where id = $1 returning id
        """,
        reader.lesson_id,
    )
    await centre.pool.execute(
        "insert into sent_parts (user_id, message_id, lesson_id)"
        " values ($1, $2, $3) on conflict (user_id, message_id) do update set lesson_id = $3",
        reader.person.id,
        reader.message_id,
        lesson_id,
    )
    await reader.note("Mine for good")
    await centre.pool.execute("update lessons set is_published = false where id = $1", lesson_id)
    await reader.say("/notes")

    card = await reader.tap(next(widget for widget in await buttons(reader.person) if widget.startswith("note:")))

    assert "Mine for good" in card
    assert "closed to you now" in card
    assert "lesson" not in await buttons(reader.person)
    await centre.pool.execute("delete from lessons where id = $1", lesson_id)
    assert "Mine for good" in await reader.say(f"/start n_{await _note_id(centre, reader.person)}")


async def _note_id(centre: Centre, person: SandboxUser) -> int:
    return await centre.pool.fetchval("select max(id) from notes where user_id = $1", person.id)


@pytest.mark.parametrize("wish", ["rewrite", "delete", "restore"])
async def test_somebody_elses_note_is_like_one_that_never_was(centre: Centre, reader: Reader, wish: str) -> None:
    thief = await reader_in(centre)
    await reader.note("Secret words")
    note_id = await _note_id(centre, reader.person)
    await thief.note("Own words")

    said: list[str] = []
    for wanted in (note_id, 10**14, 2**70):
        before = len(await thief.person.toasts())
        await thief.person.forge((await thief.person.last_message()).id, f"note:{wish}:{wanted}")
        await thief.person.settle()
        said += [toast.text for toast in (await thief.person.toasts())[before:] if toast.text]

    assert set(said) == {"This note is no longer there. /notes shows the others."}
    assert await kept(centre, reader.person) == ["Secret words"]
    assert not any("Secret" in text for text in await texts(thief.person))
    assert "no longer there" in "\n".join([await thief.say(f"/start n_{note_id}"), *await texts(thief.person)])


async def test_notes_are_taken_along_as_markdown_and_as_a_word_document(centre: Centre, reader: Reader) -> None:
    await reader.note("**Bold** and $x_1*x_2$ and <i>")
    await reader.say("/note Free & easy")
    await reader.say("/notes")
    await reader.tap("export")
    await reader.tap("markdown")
    document = await reader.person.wait_for(lambda message: message.kind == "document")
    await reader.person.settle()
    await reader.say("/notes")
    await reader.tap("export")
    await reader.tap("word")
    word = await reader.person.wait_for(lambda message: message.kind == "document" and message.id != document.id)

    text = (await _file(centre, document)).decode()
    assert text.startswith("# My notes\n\n## ")
    assert "**Bold** and $x_1*x_2$ and <i>" in text
    assert "## Other notes" in text
    content = await _file(centre, word)
    assert zipfile.is_zipfile(io.BytesIO(content))
    paragraphs = Document(io.BytesIO(content)).paragraphs
    bold = next(paragraph for paragraph in paragraphs if paragraph.text == "Bold and $x_1*x_2$ and <i>")
    assert [run.text for run in bold.runs if run.bold] == ["Bold"]
    assert any(paragraph.text == "Free & easy" for paragraph in paragraphs)


async def _file(centre: Centre, message: Message) -> bytes:
    address = f"{centre.url}/sandbox/files/{message.raw['document']['file_id']}"
    async with centre.client.session.get(address) as response:
        return await response.read()


async def test_a_slow_file_says_that_it_is_being_made_and_the_word_goes_when_it_is(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.notes.export.PROGRESS_AFTER", 0.0)
    await reader.note("Any")
    await reader.say("/notes")
    await reader.tap("export")
    await reader.tap("word")

    await reader.person.wait_for(lambda message: message.kind == "document")
    shown: list[str] = []
    for _ in range(100):
        shown = await texts(reader.person)
        if not any("⏳" in text for text in shown):
            break
    assert not any("⏳" in text for text in shown)
    assert "I am making the file." in [toast.text for toast in await reader.person.toasts()]


async def test_a_tap_on_somebody_elses_note_in_the_notebook_opens_nothing(centre: Centre, reader: Reader) -> None:
    thief = await reader_in(centre)
    await reader.note("Secret words")
    note_id = await _note_id(centre, reader.person)
    await thief.note("Own words")
    await thief.say("/notes")
    listed = await buttons(thief.person)
    mine = next(button for widget, button in listed.items() if widget.startswith("note:"))
    assert mine.data is not None
    assert mine.message_id is not None

    for wanted in (str(note_id), "x", "-1", "9" * 40):
        await thief.person.forge(mine.message_id, f"{mine.data.rpartition(':')[0]}:{wanted}")
        await thief.person.settle()

    assert not any("Secret" in text for text in await texts(thief.person))
    assert "This note is no longer there." in "".join(toast.text for toast in await thief.person.toasts())


async def test_the_screens_speak_the_students_language(centre: Centre) -> None:
    student = await centre.student("uz")

    await say(student, "/notes")
    await tap(student, "new")
    await tap(student, "list")

    assert "new" in await buttons(student)

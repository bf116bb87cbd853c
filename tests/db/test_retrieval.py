"""Finding passages of lessons and materials: who finds what, by what, and what is not found.

Every rule about who finds what is tried twice: where everything is compared, and where candidates come from indexes.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from db.engine import Pool
from db.passage_index import EXACT_MOST, SqlPassageIndex
from domain.clock import utc_now
from domain.courses.model import CourseId
from domain.errors import InvalidInput
from domain.tutor.retrieval import Embedding, MaterialPiece, Retrieval, material_entries
from domain.tutor.retrieval_model import (
    EMBEDDING_DIMENSIONS,
    Asked,
    FoundPassage,
    MaterialPlace,
    Meaning,
    Scope,
    Shelf,
)
from domain.tutor.retrieval_ports import EmbedderError
from domain.tutor.search import search_query
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.tutor_world import NOON, TEACHER, World

EXACT, WIDE = EXACT_MOST, -2
"""At most so many passages are compared one by one; PostgreSQL counts -1 before it has counted."""


def axis(*numbers: int) -> tuple[float, ...]:
    """A vector of length 1 between these axes."""
    return tuple(len(numbers) ** -0.5 if number in numbers else 0.0 for number in range(EMBEDDING_DIMENSIONS))


class Embedder:
    """Knows words by heart: the words of one subject lie on one axis."""

    SUBJECTS = (("doctor", "physician"), ("car", "automobile"), ("sea", "ocean"))

    def __init__(self, name: str = "small") -> None:
        self.name = name
        self.floor = 0.3
        self.asked: list[str] = []
        self.is_down = False

    async def embed(self, texts: Sequence[str], *, seconds: float) -> Sequence[tuple[float, ...]]:
        assert seconds > 0
        self.asked += texts
        if self.is_down:
            raise EmbedderError("down")
        return [self.vector(text) for text in texts]

    def vector(self, text: str) -> tuple[float, ...]:
        words = text.lower().split()
        found = [place for place, subject in enumerate(self.SUBJECTS) if any(word in words for word in subject)]
        return axis(*found) if found else axis(100)


class Library:
    """People, courses, and materials that are put into the index."""

    def __init__(self, pool: Pool, begin: Begin) -> None:
        self.pool = pool
        self.world = World(pool)
        self._begin = begin
        self._last = 0

    async def material(
        self, owner: UserId, *texts: str, courses: Sequence[int] = (), material_id: int | None = None
    ) -> int:
        """Its text number n stands on page n."""
        self._last += 1
        number = material_id or self._last
        pieces = [
            MaterialPiece(page_from=page, page_to=page, headings=("Notes",), text=text)
            for page, text in enumerate(texts, 1)
        ]
        async with self._begin() as uow:
            await uow.passage_index.replace_material(
                number, owner, material_entries(pieces), [CourseId(course) for course in courses]
            )
            await uow.commit()
        return number

    async def enrol(self, user: UserId, course: int, status: str = "active") -> None:
        await self.pool.execute(
            "insert into enrolments (user_id, course_id, status, enrolled_at) values ($1, $2, $3, $4)",
            user,
            course,
            status,
            NOON,
        )

    async def find(
        self,
        reader: UserId,
        question: str,
        *,
        scope: Scope | None = None,
        most: int = EXACT,
        meaning: Meaning | None = None,
        limit: int = 8,
    ) -> Sequence[FoundPassage]:
        async with self.pool.acquire() as connection:
            return await SqlPassageIndex(connection, exact_most=most).find(
                reader,
                Asked(query=search_query(question), meaning=meaning),
                scope or Scope(),
                near=None,
                limit=limit,
                now=NOON,
            )

    async def texts(self, reader: UserId, question: str, *, scope: Scope | None = None, most: int = EXACT) -> set[str]:
        return {passage.text for passage in await self.find(reader, question, scope=scope, most=most)}


@pytest.fixture(scope="module")
async def library(pool: Pool, begin: Begin) -> Library:
    return Library(pool, begin)


@pytest.fixture(params=[EXACT, WIDE], ids=["exact", "wide"])
def most(request: pytest.FixtureRequest) -> int:
    return request.param


async def test_a_material_is_found_by_its_owner_with_its_page_and_by_nobody_else(library: Library, most: int) -> None:
    owner, stranger = await library.world.user(), await library.world.user()
    admin, teacher = await library.world.user(role="admin"), await library.world.user(role="teacher")
    number = await library.material(owner, "An introduction", f"The okapi {most} lives in the rainforest")

    (found,) = await library.find(owner, f"where does the okapi {most} live", most=most)

    assert found.place == MaterialPlace(material_id=number, page_from=2, page_to=2, is_own=True)
    assert found.heading == "Notes"
    for other in (stranger, admin, teacher):
        assert list(await library.find(other, f"okapi {most}", most=most)) == []


async def test_a_shared_material_is_found_by_those_who_take_or_teach_the_course(library: Library, most: int) -> None:
    world = library.world
    course, other = await world.course(), await world.course()
    word = f"tapir{most % 97}"
    await library.material(TEACHER, f"The {word} swims", courses=[course])
    taking, done, left, elsewhere, colleague = [await world.user() for _ in range(5)]
    await library.enrol(taking, course)
    await library.pool.execute(
        "insert into enrolments (user_id, course_id, status, enrolled_at, completed_at)"
        " values ($1, $2, 'completed', $3, $3)",
        done,
        course,
        NOON,
    )
    await library.enrol(left, course, "cancelled")
    await library.enrol(elsewhere, other)
    await library.pool.execute("update users set role = 'teacher' where id = $1", colleague)
    await library.pool.execute(
        "insert into course_teachers (course_id, user_id, added_at) values ($1, $2, $3)",
        course,
        colleague,
        NOON,
    )

    finds = {user: bool(await library.find(user, word, most=most)) for user in (taking, done, colleague, TEACHER)}
    misses = {user: bool(await library.find(user, word, most=most)) for user in (left, elsewhere)}

    assert all(finds.values())
    assert not any(misses.values())
    (found,) = await library.find(taking, word, most=most)
    assert isinstance(found.place, MaterialPlace)
    assert not found.place.is_own


async def test_what_is_not_shared_any_more_or_by_no_teacher_is_found_by_the_owner_alone(
    library: Library, begin: Begin, most: int
) -> None:
    world = library.world
    course = await world.course()
    student = await world.user()
    await library.enrol(student, course)
    word = f"quokka{most % 97}"
    number = await library.material(TEACHER, f"A {word} smiles", courses=[course])
    sneak = await world.user()
    await library.material(sneak, f"Another {word} frowns", courses=[course])

    assert await library.texts(student, word, most=most) == {f"A {word} smiles"}

    async with begin() as uow:
        await uow.passage_index.share_material(number, TEACHER, [])
        await uow.commit()

    assert await library.texts(student, word, most=most) == set()
    assert await library.texts(TEACHER, word, most=most) == {f"A {word} smiles"}


async def test_a_locked_lesson_is_found_by_those_only_who_may_open_it(library: Library, most: int) -> None:
    world = library.world
    word = f"narwhal{most % 97}"
    course = await world.course(sale="course")
    locked = await world.lesson(course, {"en": "Locked"}, {"en": f"The {word} dives"})
    draft = await world.lesson(await world.course(status="draft"), {"en": "Draft"}, {"en": f"The {word} sleeps"})
    await world.index(locked, draft)
    stranger, buyer = await world.user(), await world.user()
    await world.grant(buyer, "course", course)

    assert await library.texts(stranger, word, most=most) == set()
    assert await library.texts(buyer, word, most=most) == {f"The {word} dives"}
    assert await library.texts(TEACHER, word, most=most) == {f"The {word} dives"}


async def test_a_scope_narrows_and_never_widens(library: Library, most: int) -> None:
    world = library.world
    word = f"gecko{most % 97}"
    one, two = await world.course(), await world.course()
    lessons = [
        await world.lesson(course, {"en": "L"}, {"en": f"{word} lesson of {name}"})
        for course, name in ((one, "one"), (two, "two"))
    ]
    await world.index(*lessons)
    student = await world.user()
    await library.enrol(student, one)
    mine = await library.material(student, f"{word} of mine")
    await library.material(student, f"{word} of mine too")
    await library.material(TEACHER, f"{word} shared with one", courses=[one])
    theirs = await library.material(TEACHER, f"{word} shared with two", courses=[two])

    async def texts(scope: Scope) -> set[str]:
        return await library.texts(student, word, scope=scope, most=most)

    assert await texts(Scope(shelf=Shelf.OWN)) == {f"{word} of mine", f"{word} of mine too"}
    assert await texts(Scope(material_id=mine)) == {f"{word} of mine"}
    assert await texts(Scope(material_id=theirs)) == set()
    assert await texts(Scope(shelf=Shelf.COURSE, course_id=CourseId(one))) == {
        f"{word} lesson of one",
        f"{word} shared with one",
    }
    assert await texts(Scope(shelf=Shelf.COURSE, course_id=CourseId(two))) == {f"{word} lesson of two"}
    assert await texts(Scope(shelf=Shelf.COURSE, course_id=CourseId(10**9))) == set()
    assert await texts(Scope(shelf=Shelf.LESSONS)) == {f"{word} lesson of one", f"{word} lesson of two"}
    assert await texts(Scope()) == {
        f"{word} lesson of one",
        f"{word} lesson of two",
        f"{word} of mine",
        f"{word} of mine too",
        f"{word} shared with one",
    }


async def test_a_stray_word_is_no_answer(library: Library, most: int) -> None:
    reader = await library.world.user()
    await library.material(reader, "The marmot hibernates through the whole winter", "Prices of apartments in winter")

    strong = await library.texts(reader, "does a marmot hibernate in winter", most=most)
    weak = await library.texts(reader, "winter schedule of trains between Tashkent and Bukhara", most=most)

    assert strong == {"The marmot hibernates through the whole winter"}
    assert weak == set()


@pytest.mark.parametrize("question", ["'; drop table passages; --", "a'b:* & ! | <-> \\", "\x00?", "🙂", "%_%"])
async def test_hostile_questions_find_nothing_and_break_nothing(library: Library, question: str, most: int) -> None:
    assert list(await library.find(await library.world.user(), question, most=most)) == []


async def test_a_misspelt_question_is_read_as_what_it_meant(library: Library, most: int) -> None:
    reader = await library.world.user()
    await library.material(reader, "Mitoxondriya hujayraning energiya manbai")

    assert await library.texts(reader, "mitaxondriya", most=most) == {"Mitoxondriya hujayraning energiya manbai"}


async def _embedded(begin: Begin, read: Begin, embedder: Embedder) -> int:
    return await Embedding(begin=begin, read=read, embedder=embedder).embed_waiting()


async def test_with_a_model_other_words_of_the_same_meaning_are_found(
    library: Library, begin: Begin, read: Begin, most: int
) -> None:
    reader, stranger = await library.world.user(), await library.world.user()
    await library.material(reader, "a physician heals people", "an automobile has wheels")
    embedder = Embedder()
    await _embedded(begin, read, embedder)
    meaning = Meaning(vector=embedder.vector("doctor"), model="small", floor=0.3)

    found = await library.find(reader, "doctor", most=most, meaning=meaning)

    assert [passage.text for passage in found] == ["a physician heals people"]
    assert await library.texts(reader, "doctor", most=most) == set()
    assert list(await library.find(stranger, "doctor", most=most, meaning=meaning)) == []


async def test_vectors_of_another_model_are_never_compared(
    library: Library, begin: Begin, read: Begin, most: int
) -> None:
    reader = await library.world.user()
    await library.material(reader, "the ocean is deep")
    await _embedded(begin, read, Embedder("old"))
    meaning = Meaning(vector=axis(2), model="new", floor=0.3)

    assert list(await library.find(reader, "sea", most=most, meaning=meaning)) == []

    await _embedded(begin, read, Embedder("new"))

    assert [passage.text for passage in await library.find(reader, "sea", most=most, meaning=meaning)] == [
        "the ocean is deep"
    ]


async def test_the_service_says_whether_a_model_took_part_and_does_without_one_that_is_down(
    library: Library, begin: Begin, read: Begin
) -> None:
    reader = await library.world.user()
    await library.material(reader, "my physician is kind")
    embedder = Embedder()
    await _embedded(begin, read, embedder)
    retrieval = Retrieval(read=read, now=utc_now, embedder=embedder)

    by_meaning = await retrieval.find(reader, "doctor")
    embedder.is_down = True
    by_words = await retrieval.find(reader, "kind physician")
    without = await Retrieval(read=read, now=utc_now).find(reader, "doctor")

    assert (len(by_meaning.passages), by_meaning.is_by_meaning) == (1, True)
    assert (len(by_words.passages), by_words.is_by_meaning) == (1, False)
    assert (len(without.passages), without.is_by_meaning) == (0, False)


async def test_a_question_without_a_word_is_not_sent_to_the_model(library: Library, read: Begin) -> None:
    embedder = Embedder()
    retrieval = Retrieval(read=read, now=utc_now, embedder=embedder)

    found = await retrieval.find(await library.world.user(), "🙂")

    assert (list(found.passages), embedder.asked) == ([], [])
    with pytest.raises(InvalidInput):
        await retrieval.find(await library.world.user(), "  ")


async def test_what_has_not_changed_is_not_shown_to_the_model_again(
    library: Library, begin: Begin, read: Begin
) -> None:
    reader = await library.world.user()
    number = await library.material(reader, "the car is red", "the sea is blue")
    embedder = Embedder()
    await _embedded(begin, read, embedder)
    embedder.asked.clear()

    await library.material(reader, "the car is red", "the sea is green", material_id=number)
    embedded = await _embedded(begin, read, embedder)

    assert embedded == 1
    assert embedder.asked == ["Notes\nthe sea is green"]


async def test_lessons_keep_their_vectors_too_until_they_change(library: Library, begin: Begin, read: Begin) -> None:
    lesson = await library.world.lesson(
        await library.world.course(), {"en": "Vehicles"}, {"en": "One car.\n\n## B\nTwo"}
    )
    await library.world.index(lesson)
    embedder = Embedder()
    await _embedded(begin, read, embedder)
    embedder.asked.clear()

    await library.world.index(lesson)

    assert await _embedded(begin, read, embedder) == 0
    assert embedder.asked == []


async def test_a_model_that_fails_leaves_everything_for_the_next_run(
    library: Library, begin: Begin, read: Begin
) -> None:
    await library.material(await library.world.user(), "a doctor at sea")
    embedder = Embedder()
    embedder.is_down = True

    assert await _embedded(begin, read, embedder) == 0

    embedder.is_down = False
    assert await _embedded(begin, read, embedder) == 1
    assert await _embedded(begin, read, embedder) == 0


async def test_a_vector_of_a_text_that_was_replaced_meanwhile_is_thrown_away(
    library: Library, begin: Begin, read: Begin
) -> None:
    reader = await library.world.user()
    number = await library.material(reader, "about a car")

    class Slow(Embedder):
        async def embed(self, texts: Sequence[str], *, seconds: float) -> Sequence[tuple[float, ...]]:
            if not self.asked:
                await library.material(reader, "about the sea", material_id=number)
            return await super().embed(texts, seconds=seconds)

    embedder = Slow()
    await _embedded(begin, read, embedder)

    stored = await library.pool.fetchval("select embedding::real[] from passages where material_id = $1", number)
    assert embedder.asked == ["Notes\nabout a car", "Notes\nabout the sea"]
    assert stored[2] == 1


async def test_putting_a_material_twice_is_once_and_a_shorter_one_leaves_no_rest(library: Library, most: int) -> None:
    reader = await library.world.user()
    word = f"lemur{most % 97}"
    number = await library.material(reader, f"{word} one", f"{word} two")

    await library.material(reader, f"{word} one", f"{word} two", material_id=number)
    assert await library.texts(reader, word, most=most) == {f"{word} one", f"{word} two"}

    await library.material(reader, f"{word} three", material_id=number)
    assert await library.texts(reader, word, most=most) == {f"{word} three"}


async def test_a_deleted_material_is_found_by_nobody(library: Library, begin: Begin, most: int) -> None:
    course = await library.world.course()
    student = await library.world.user()
    await library.enrol(student, course)
    word = f"axolotl{most % 97}"
    number = await library.material(TEACHER, f"{word} forever", courses=[course])

    for _ in range(2):
        async with begin() as uow:
            await uow.passage_index.drop_material(number)
            await uow.commit()

    assert await library.texts(TEACHER, word, most=most) == set()
    assert await library.texts(student, word, most=most) == set()
    assert await library.pool.fetchval("select count(*) from passage_shares where material_id = $1", number) == 0


class Unlocked(SqlPassageIndex):
    """Without the rule that changes of one material wait for each other."""

    async def _lock(self, material_id: int) -> None:
        pass


@asynccontextmanager
async def _transaction(pool: Pool, kind: type[SqlPassageIndex]) -> AsyncIterator[tuple[SqlPassageIndex, int]]:
    async with pool.acquire() as connection, connection.transaction():
        yield kind(connection), connection.get_server_pid()


async def _dropped_while_put(library: Library, kind: type[SqlPassageIndex], number: int) -> int:
    """A material is dropped while it is being put; how many passages of it are left."""
    owner = await library.world.user()
    entries = material_entries([MaterialPiece(page_from=1, page_to=1, headings=(), text="half way")])

    async def drop() -> None:
        async with _transaction(library.pool, kind) as (index, _):
            await index.drop_material(number)

    async with _transaction(library.pool, kind) as (index, pid):
        await index.replace_material(number, owner, entries, [])
        dropping = asyncio.create_task(drop())
        blocked = "select exists (select from pg_stat_activity where $1 = any (pg_blocking_pids(pid)))"
        while not dropping.done() and not await library.pool.fetchval(blocked, pid):
            await asyncio.sleep(0)
    await dropping
    return await library.pool.fetchval("select count(*) from passages where material_id = $1", number)


async def test_a_material_that_is_deleted_while_it_is_being_indexed_does_not_stay(library: Library) -> None:
    assert await _dropped_while_put(library, SqlPassageIndex, 9001) == 0


async def test_control_without_the_lock_it_would_stay(library: Library) -> None:
    assert await _dropped_while_put(library, Unlocked, 9002) == 1

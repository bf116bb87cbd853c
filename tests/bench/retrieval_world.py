"""A centre with an index of any size: lessons, materials of many people, and vectors that lie as real ones do.

Real embeddings are clustered, and each cluster spreads in few directions. Uniform random vectors have no neighbours to
speak of: every index fails on them, and nothing is learnt.
"""

import itertools
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from db.engine import Connection
from domain.folding import ngram_vector
from tests.bench.catalogue_world import FIRST_STUDENT, HEAVY, build, word
from tests.bench.catalogue_world import Size as CentreSize

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

MODEL = "bench/384"
DIMENSIONS = 384
INNER = 12
"""Directions in which a cluster spreads."""
SPREAD, NOISE = 0.35, 0.02
"""Of one number of a vector of length 1, along those directions and along all."""
TEXTS = 4
"""Different texts about one topic; the vectors are all different."""
WORDS = 90
"""Of one text."""
_COMMON = 400
_OWN_WORDS = 25
BATCH = 20_000


@dataclass(frozen=True, slots=True)
class Size:
    """Half of the passages belong to courses, in equal parts of lessons and of shared materials; half is private."""

    passages: int
    owners: int
    courses: int
    lessons: int

    @property
    def private_each(self) -> int:
        return self.passages // 2 // self.owners

    @property
    def shared_each(self) -> int:
        return self.passages // 4 // self.courses

    def teacher_of(self, course: int) -> int:
        """The first owners teach: each has one course."""
        return FIRST_STUDENT + course

    def smaller(self, passages: int) -> "Size":
        """As dense for each owner and each course."""
        part = passages / self.passages
        return Size(
            passages=passages,
            owners=max(int(self.owners * part), 20),
            courses=max(int(self.courses * part), 8),
            lessons=max(int(self.lessons * part), 320),
        )


LARGE = Size(passages=1_000_000, owners=10_000, courses=1_000, lessons=5_000)


class Topics:
    """Clusters of vectors, each with texts of its own words."""

    def __init__(self, count: int, seed: int = 3) -> None:
        import numpy as np

        self.count = count
        self._chance = np.random.default_rng(seed)
        centres = self._chance.standard_normal((count, DIMENSIONS))
        self._centres = centres / np.linalg.norm(centres, axis=1, keepdims=True)
        self._directions = self._chance.standard_normal((64, INNER, DIMENSIONS)) / DIMENSIONS**0.5

    def vectors(self, topics: "NDArray[np.int64]") -> "Vectors":
        """A new vector about each of these topics."""
        import numpy as np

        inner = self._chance.standard_normal((len(topics), INNER)) * SPREAD
        found = self._centres[topics] + np.einsum("ni,nid->nd", inner, self._directions[topics % 64])
        found += self._chance.standard_normal(found.shape) * NOISE
        return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)

    def near(self, vector: "Vectors") -> "Vectors":
        """A question: close to a passage, and not the same."""
        import numpy as np

        moved = vector + self._chance.standard_normal(vector.shape) * NOISE
        return (moved / np.linalg.norm(moved)).astype(np.float32)

    @cached_property
    def texts(self) -> list[list[tuple[str, bytes]]]:
        """By topic: a text, and the vector of its spelling as PostgreSQL reads it."""
        chance = random.Random(5)
        return [[self._text(topic, chance) for _ in range(TEXTS)] for topic in range(self.count)]

    def words(self, topic: int) -> list[str]:
        return [word(500 + topic * _OWN_WORDS + number) for number in range(_OWN_WORDS)]

    def _text(self, topic: int, chance: random.Random) -> tuple[str, bytes]:
        own = self.words(topic)
        words = [
            chance.choice(own) if chance.random() < 0.4 else word(int(_COMMON * chance.random() ** 3))
            for _ in range(WORDS)
        ]
        return " ".join(words), half_bytes(ngram_vector(words))


def half_bytes(numbers: Any) -> bytes:
    """A halfvec in the binary form of its `recv`: how many numbers, a zero, and big-endian halves."""
    import numpy as np

    halves = np.asarray(numbers, dtype=">f2")
    return struct.pack(">hh", len(halves), 0) + halves.tobytes()


async def fill(connection: Connection, size: Size, topics: Topics) -> None:
    """People, courses and lessons as the catalogue's benchmark makes them; then the index, without its two indexes that
    are faster built at the end: `finish` builds them."""
    await build(
        connection,
        CentreSize(
            categories=110, courses=size.courses, lessons=size.lessons, enrolments=10 * size.owners, users=size.owners
        ),
    )
    await connection.execute("set session_replication_role = replica")
    # Who teaches may share. The one who reads everything takes every course, and has paid for those that are sold.
    await connection.execute("update courses set owner_id = $1::bigint + id", FIRST_STUDENT)
    await connection.execute(
        "update users set role = 'teacher' where id > $1 and id <= $1 + $2::bigint", FIRST_STUDENT, size.courses
    )
    await connection.execute(
        """
        insert into enrolments (user_id, course_id, status, enrolled_at) select $1, id, 'active', now() from courses
        on conflict do nothing
        """,
        HEAVY,
    )
    await connection.execute(
        """
        insert into access_grants (user_id, product_kind, product_id, order_id, granted_at)
        select $1, 'course', id, 100000000 + id, now() from courses c where sale = 'course'
        and not exists (select from access_grants g where g.user_id = $1 and g.product_kind = 'course'
            and g.product_id = c.id)
        """,
        HEAVY,
    )
    await connection.set_type_codec("halfvec", schema="public", encoder=bytes, decoder=bytes, format="binary")
    await connection.execute("drop index ix_passages_embedding, ix_passages_tsv")
    for rows in _batches(size, topics):
        await connection.copy_records_to_table(
            "passages",
            columns=(
                *("lesson_id", "material_id", "owner_id", "language", "position", "page_from", "page_to", "heading"),
                *("text", "folded", "vector", "embedding", "embedded_by"),
            ),
            records=rows,
            timeout=600,
        )
    await connection.execute(
        """
        insert into passage_shares (course_id, material_id, owner_id)
        select distinct -material_id, material_id, owner_id from passages where material_id < 0
        """
    )
    await connection.execute(
        "insert into passage_words (word) select distinct unnest(tsvector_to_array(tsv))"
        " from (select tsv from passages limit 20000) seen on conflict do nothing"
    )
    await connection.execute("set session_replication_role = origin")


async def finish(connection: Connection) -> None:
    await connection.execute("set maintenance_work_mem = '2GB'")
    await connection.execute("create index ix_passages_tsv on passages using gin (tsv)")
    await connection.execute(
        "create index ix_passages_embedding on passages using hnsw (embedding halfvec_ip_ops)", timeout=3600
    )
    await connection.execute("vacuum analyze passages", timeout=600)
    await connection.execute("analyze", timeout=600)


def _batches(size: Size, topics: Topics) -> Iterator[list[tuple[Any, ...]]]:
    """Course `n`: its lessons, and one material, number `-n`. Owner `n`: one material, number `n + 1`."""
    import numpy as np

    chance = np.random.default_rng(9)
    places = _places(size)
    while batch := list(itertools.islice(places, BATCH)):
        # What belongs together is about few things.
        subjects = np.array([place[0] for place in batch])
        about = (subjects * 7 + chance.integers(0, 10, len(batch))) % topics.count
        vectors = topics.vectors(about)
        yield [
            _row(place, *topics.texts[topic][place[5] % TEXTS], half_bytes(vector))
            for place, topic, vector in zip(batch, about.tolist(), vectors, strict=True)
        ]


_Place = tuple[int, int | None, int | None, int | None, int | None, int]
"""Subject, lesson, material, owner, page, position."""


def _places(size: Size) -> Iterator[_Place]:
    usual = max((size.lessons - 300) // (size.courses - 1), 1)
    for course in range(1, size.courses + 1):
        # The first course has 300 lessons, as in the catalogue's benchmark: a passage or so in each.
        count = 300 if course == 1 else usual
        first = 1 if course == 1 else 300 + (course - 2) * usual + 1
        for number in range(size.shared_each):
            yield course, first + number % count, None, None, None, number // count
        for number in range(size.shared_each):
            yield course, None, -course, size.teacher_of(course), number // 3 + 1, number
    for owner in range(size.owners):
        for number in range(size.private_each):
            yield 10_000 + owner, None, owner + 1, FIRST_STUDENT + owner, number // 3 + 1, number


def _row(place: _Place, text: str, spelling: bytes, meaning: bytes) -> tuple[Any, ...]:
    _subject, lesson, material, owner, page, position = place
    language = "uz" if lesson is not None else None
    return lesson, material, owner, language, position, page, page, "", text, text, spelling, meaning, MODEL

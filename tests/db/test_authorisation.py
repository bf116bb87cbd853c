"""Who may do what with courses: every use case by everybody, with what is theirs, with others' and with nothing's ids.

For whoever may not: an error that does not tell "not yours" from "not there", and not one row changed. For whoever
may: no such error. What is answered never holds what its reader must not see.
"""

import inspect
import re
import typing
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import asyncpg
import pytest

from db.engine import Pool
from domain.errors import DomainError, Gone, NotAllowed
from domain.unit_of_work import Begin
from tests.db.authorisation_bank import BANK, NEVER_DONE_BANK
from tests.db.authorisation_courses import COURSE
from tests.db.authorisation_exams import EXAM_CLOCK, EXAMS, HELD_BACK
from tests.db.authorisation_export import EXPORT
from tests.db.authorisation_generated import GENERATED
from tests.db.authorisation_generated import NEVER_DONE as NEVER_DONE_GENERATED
from tests.db.authorisation_learning import LEARNING
from tests.db.authorisation_lessons import AUTHORING, STRUCTURE
from tests.db.authorisation_question_imports import QUESTION_IMPORTS, QUESTION_IMPORTS_WITHOUT_ACTOR
from tests.db.authorisation_review import NEVER_DONE_REVIEW, REVIEW, REVIEW_WITHOUT_ACTOR
from tests.db.authorisation_statistics import STATISTICS, STATISTICS_CLOCK
from tests.db.authorisation_table import (
    Case,
    Desk,
    Outcome,
    Target,
    knows_of,
    sees_inside,
    sees_title,
)
from tests.db.authorisation_tutor import NEVER_DONE_TUTOR, TUTOR
from tests.db.authorisation_world import (
    HIDDEN,
    IDS,
    LESSONS,
    MISSING,
    PEOPLE,
    Belongings,
    Builder,
    Kit,
    Stage,
    inside_mark,
    lesson_mark,
    own_mark,
    stage_of,
    title_mark,
)

TABLE = (
    *AUTHORING,
    *STRUCTURE,
    *COURSE,
    *LEARNING,
    *QUESTION_IMPORTS,
    *EXAMS,
    *GENERATED,
    *STATISTICS,
    *BANK,
    *EXPORT,
    *REVIEW,
    *TUTOR,
)
WITHOUT_ACTOR = {
    **EXAM_CLOCK,
    **STATISTICS_CLOCK,
    "publication.publish_due": "the clock's",
    "exchange.note_progress": "the job's that reads imports",
    "exchange.note_stored": "the job's that reads imports",
    "exchange.refuse": "the job's that reads imports",
    "exchange.waiting": "the job's that reads imports",
    "exchange.tidy": "the clock's",
    "learning.subjects": "public",
    "learning.remember_file_id": "the sender's, after Telegram has taken a file",
    "learning.remember_sent": "the sender's: what it has just sent to the reader's own chat",
    "catalogue.branch": "public",
    "catalogue.popular": "public",
    "search.public": "public",
    "notes.note_kept": "the job's that keeps recordings",
    "notes.unkept_voice": "the job's that keeps recordings",
    "certificates.keep_file": "the printer's",
    "certificates.verify": "public: whoever holds the number",
    "teachers.card": "public",
    "teachers.of_course": "public",
    "teachers.teachers": "public",
    **QUESTION_IMPORTS_WITHOUT_ACTOR,
    **REVIEW_WITHOUT_ACTOR,
}
"""Use cases that nobody in particular asks for, and whose they are."""
OTHER_ISSUES = {
    "users", "payments", "proofs", "desk", "books", "stars", "tuition", "tuition_office", "billing", "quizzes", "polls",
    "insights", "tutor", "photo_reader", "notifications",
}  # fmt: skip
"""Services of `Services` that have tables of their own."""
REFUSALS = (NotAllowed, Gone)


@dataclass(frozen=True)
class World:
    stage: Stage
    desk: Desk
    kits: dict[str, Kit]
    belongings: dict[str, Belongings]
    digest: str


@dataclass(frozen=True)
class Cell:
    case: Case
    person: str
    target: Target

    def __str__(self) -> str:
        about = f"{self.target.own.owner}'s" if self.case.people else f"{self.target.kit.name}/{self.target.lesson}"
        return f"{self.case.name} by {self.person} of {about}"

    @property
    def expected(self) -> Outcome:
        return self.case.rule(self.person, self.target)


@dataclass(frozen=True)
class Result:
    error: Exception | None
    answer: object
    is_changed: bool
    commits: int


@pytest.fixture(scope="module")
async def world(pool: Pool, begin: Begin, read: Begin) -> AsyncIterator[World]:
    builder = Builder(pool, begin, read)
    await builder.build()
    async with stage_of(pool) as stage:
        desk = Desk(stage.begin, stage.read, builder.kits)
        yield World(stage, desk, builder.kits, builder.belongings, await stage.digest())


def targets(case: Case, world: World) -> Iterator[Target]:
    if case.people:
        for owner in case.people:
            yield Target(kit=world.kits["free"], own=world.belongings[owner])
        return
    for course in case.courses:
        for lesson in case.lessons if course != MISSING else ("first",):
            yield Target(kit=world.kits[course], lesson=lesson)


def cells(case: Case, world: World) -> Iterator[Cell]:
    for target in targets(case, world):
        for person in PEOPLE:
            yield Cell(case, person, target)


async def tried(world: World, cell: Cell, before: str = "") -> Result:
    """What the call answers, and whether anything is another thing afterwards; then it is undone.

    `before`: SQL of what has happened meanwhile.
    """
    async with world.stage.trial() as connection:
        if before:
            await connection.execute(before)
        # Anew after each time: the audit log numbers its rows on.
        digest = await world.stage.digest() if before else world.digest
        commits = world.stage.commits
        error, answer = None, None
        try:
            answer = await cell.case.call(world.desk, IDS[cell.person], cell.target)
        except (DomainError, asyncpg.ForeignKeyViolationError) as raised:
            error = raised
        is_looked_at = error is not None or cell.expected is Outcome.SILENT or cell.person == "unknown"
        is_changed = is_looked_at and await world.stage.has_written() and await world.stage.digest() != digest
        return Result(error, answer, is_changed, world.stage.commits - commits)


def wrong(world: World, cell: Cell, result: Result) -> str | None:
    """What is wrong with it, if anything is."""
    error, expected = result.error, cell.expected
    if result.is_changed and (error is not None or expected is Outcome.SILENT or cell.person == "unknown"):
        return f"changed rows: {error!r}"
    if leaked := leak(world, cell, f"{result.answer!r} {error!r}"):
        return f"shows {leaked}"
    if cell.person == "unknown" and expected is Outcome.DONE:
        return None
    match expected:
        case Outcome.DONE | Outcome.SILENT if error is not None and not isinstance(error, cell.case.meets):
            return f"{error!r} instead of {expected.value}"
        case Outcome.GONE if not isinstance(error, REFUSALS):
            return f"{error!r} instead of {expected.value}"
        case Outcome.CLOSED if not isinstance(error, DomainError):
            return f"{error!r} instead of {expected.value}"
        case _:
            return None


def leak(world: World, cell: Cell, shown: str) -> str | None:
    """A mark in what was answered that is not for this person."""
    if "<" not in shown:
        return None
    person = cell.person
    for kit in world.kits.values():
        hidden = [] if cell.case.shows_title or sees_title(person, kit) else [title_mark(kit.name)]
        for lesson in LESSONS:
            if not sees_inside(person, kit, lesson):
                hidden.append(inside_mark(kit.name, lesson))
            if lesson in HIDDEN and not knows_of(person, kit, lesson):
                hidden.append(lesson_mark(kit.name, lesson))
        for mark in hidden:
            if mark in shown:
                return mark
    return next((own_mark(other) for other in PEOPLE if other != person and own_mark(other) in shown), None)


def told(cell: Cell, error: Exception | None) -> str:
    """A refusal without the ids that its caller has named."""
    words = str(error).replace(cell.target.kit.code, "?")
    return f"{type(error).__name__}: {re.sub(r'[0-9]+', '?', words)}"


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
async def test_a_use_case_is_for_those_who_may_and_for_nobody_else(world: World, case: Case) -> None:
    mistakes: list[str] = []
    refusals: dict[str, set[str]] = {}
    done = 0
    for cell in cells(case, world):
        result = await tried(world, cell)
        if mistake := wrong(world, cell, result):
            mistakes.append(f"{cell}: {mistake}")
        if cell.expected is Outcome.GONE:
            refusals.setdefault(cell.person, set()).add(told(cell, result.error))
        done += cell.expected is not Outcome.GONE and result.error is None

    assert mistakes == []
    assert {person: words for person, words in refusals.items() if len(words) > 1} == {}
    assert done or case.name in NEVER_DONE, "a call that always fails shows nothing"


NEVER_DONE = {
    "course_settings.require hidden",
    "translations.text of another course",
    *HELD_BACK,
    *NEVER_DONE_BANK,
    *NEVER_DONE_GENERATED,
    *NEVER_DONE_REVIEW,
    *NEVER_DONE_TUTOR,
}
"""Lines of the table that are there for what is refused."""


async def test_every_use_case_of_courses_is_in_the_table() -> None:
    # Here, because Telegram's library comes with it.
    from bot.services import Services

    known = {case.method for case in TABLE} | WITHOUT_ACTOR.keys()
    public: set[str] = set()
    for service, kind in typing.get_type_hints(Services).items():
        if service not in OTHER_ISSUES:
            public |= {
                f"{service}.{name}"
                for name, member in inspect.getmembers(kind)
                if not name.startswith("_")
                and (inspect.iscoroutinefunction(member) or inspect.isasyncgenfunction(member))
            }

    assert public - known == set()
    assert known - public == set(), "of services or methods that are no more"


async def test_the_table_has_as_many_cells_as_were_promised(world: World) -> None:
    """SEC-3: at least 5,000."""
    assert sum(1 for case in TABLE for _ in cells(case, world)) >= 5_000


async def test_the_stage_notices_a_change_and_takes_it_back(world: World) -> None:
    """The control of everything above: a call that writes is seen to write, and leaves nothing behind."""
    target = Target(kit=world.kits["free"])
    async with world.stage.trial():
        await world.desk.authoring.rename(IDS["owner"], target.course_id, "Nom")
        changed = await world.stage.digest()

    assert changed != world.digest
    assert await world.stage.digest() == world.digest


REVOCATIONS = {
    "a co-teacher is removed": (
        "co-teacher",
        "former co-teacher",
        f"delete from course_teachers where user_id = {IDS['co-teacher']}",
    ),
    "an owner is no teacher any more": (
        "owner",
        "demoted owner",
        f"update users set role = 'student' where id = {IDS['owner']}",
    ),
    "an admin becomes a student": ("admin", "stranger", f"update users set role = 'student' where id = {IDS['admin']}"),
    "a co-teacher is no teacher any more": (
        "co-teacher",
        "demoted co-teacher",
        f"update users set role = 'student' where id = {IDS['co-teacher']}",
    ),
    "a buyer gets their money back": (
        "buyer",
        "refunded",
        f"update access_grants set revoked_at = granted_at where user_id = {IDS['buyer']}",
    ),
}
"""Who loses what, whom they are like from then on, and how it happens."""


@pytest.mark.parametrize("name", REVOCATIONS)
async def test_what_was_taken_away_is_away_on_the_next_call(world: World, name: str) -> None:
    """SEC-5."""
    person, twin, before = REVOCATIONS[name]
    mistakes: list[str] = []
    lost = 0
    for case in TABLE:
        if case.people:
            continue
        for target in targets(case, world):
            cell = Cell(case, person, target)
            like = Cell(case, twin, target)
            if cell.expected is not Outcome.DONE or like.expected not in (Outcome.GONE, Outcome.CLOSED):
                continue
            if target.kit.owner == twin:
                continue
            lost += 1
            result = await tried(world, cell, before)
            if result.is_changed or not isinstance(result.error, DomainError | asyncpg.ForeignKeyViolationError):
                mistakes.append(f"{cell}: {result.error!r}")

    assert mistakes == []
    assert lost > 20

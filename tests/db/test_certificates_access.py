"""Who may do what with certificates, ratings and cards of teachers: every use case, every role, own and others'."""

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from db.engine import Pool
from domain.certificates.errors import CertificateGone, NotEarned
from domain.certificates.model import Certificate, FileKind
from domain.courses.model import CourseId
from domain.errors import DomainError, NotAllowed
from domain.language import Language
from domain.learning.errors import CourseGone
from domain.learning.ratings import NotFinished, NotRated, Rating
from domain.learning.teachers import TeacherService
from domain.unit_of_work import Begin
from domain.users.model import UserId
from tests.db.certificate_world import Certified
from tests.db.quiz_world import NOON, add_people

_numbers = itertools.count(20_000)
ROLES = (
    "student",
    "other_student",
    "owner",
    "co_teacher",
    "former_co_teacher",
    "other_teacher",
    "admin",
    "nobody",
)


@dataclass
class Scene:
    """One course with a certificate and a rating of one student, and everybody around it."""

    world: Certified
    teachers: TeacherService
    course_id: CourseId
    certificate: Certificate
    rating: Rating
    people: dict[str, UserId] = field(default_factory=dict[str, UserId])


@pytest.fixture
async def scene(pool: Pool, begin: Begin, read: Begin) -> Scene:
    await add_people(pool)
    world = Certified(pool, begin, read)
    roles = {"owner": "teacher", "co_teacher": "teacher", "other_teacher": "teacher", "admin": "admin"}
    people = {
        name: await world.student(next(_numbers), f"Person {name}", roles.get(name, "student")) for name in ROLES[:-1]
    }
    people["nobody"] = UserId(next(_numbers))
    course_id, lessons = await world.certified_course(1)
    await pool.execute("update courses set owner_id = $2 where id = $1", course_id, people["owner"])
    for name in ("co_teacher", "former_co_teacher"):
        await pool.execute("insert into course_teachers values ($1, $2, $3)", course_id, people[name], NOON)
    await world.finish(people["student"], lessons)
    certificate = await world.certificates.claim(people["student"], course_id)
    rating = await world.ratings.rate(people["student"], course_id, 4)
    await world.student(people["student"], "Person corrected")
    return Scene(world, TeacherService(read=read), course_id, certificate, rating, people)


Act = Callable[[Scene, UserId], Awaitable[object]]
STAFF = {"owner", "co_teacher", "admin"}
EVERYBODY: set[str] = set(ROLES)


async def _issue_again(scene: Scene, actor: UserId) -> object:
    await scene.world.office.revoke(scene.people["admin"], scene.certificate.code, "A mistake")
    return await scene.world.office.issue_again(actor, scene.certificate.code)


USE_CASES: dict[str, tuple[Act, set[str], type[DomainError] | tuple[type[DomainError], ...]]] = {
    "see it": (
        lambda scene, actor: scene.world.certificates.view(actor, scene.certificate.code),
        {"student", *STAFF},
        CertificateGone,
    ),
    "have it printed": (
        lambda scene, actor: scene.world.certificates.file(actor, scene.certificate.code, Language.UZ, FileKind.PDF),
        {"student", *STAFF},
        CertificateGone,
    ),
    "verify it": (lambda scene, actor: scene.world.certificates.verify(scene.certificate.code), EVERYBODY, DomainError),
    "correct the name": (
        lambda scene, actor: scene.world.certificates.correct_name(actor, scene.certificate.code),
        {"student", "admin"},
        CertificateGone,
    ),
    "revoke it": (
        lambda scene, actor: scene.world.office.revoke(actor, scene.certificate.code, "A mistake"),
        STAFF,
        CertificateGone,
    ),
    "issue it again": (_issue_again, STAFF, CertificateGone),
    "list the course's": (
        lambda scene, actor: scene.world.office.of_course(actor, scene.course_id),
        STAFF,
        CourseGone,
    ),
    "claim one": (
        lambda scene, actor: scene.world.certificates.claim(actor, scene.course_id),
        {"student"},
        (NotEarned, CourseGone),
    ),
    "rate the course": (
        lambda scene, actor: scene.world.ratings.rate(actor, scene.course_id, 5),
        {"student"},
        (NotFinished, NotRated),
    ),
    "comment the rating": (
        lambda scene, actor: scene.world.ratings.comment(actor, scene.course_id, "Good"),
        {"student"},
        NotRated,
    ),
    "hide the review": (
        lambda scene, actor: scene.world.ratings.hide(actor, scene.rating.id, "An insult"),
        {"admin"},
        NotAllowed,
    ),
    "show it again": (
        lambda scene, actor: scene.world.ratings.unhide(actor, scene.rating.id),
        {"admin"},
        NotAllowed,
    ),
    "look at one review": (
        lambda scene, actor: scene.world.ratings.review(actor, scene.rating.id),
        {"admin"},
        NotAllowed,
    ),
    "read the reviews": (
        lambda scene, actor: scene.world.ratings.reviews(actor, scene.course_id),
        EVERYBODY,
        DomainError,
    ),
    "see the teacher's card": (
        lambda scene, actor: scene.teachers.card(scene.people["owner"]),
        EVERYBODY,
        DomainError,
    ),
}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("use_case", USE_CASES)
async def test_each_use_case_is_for_whom_it_is(scene: Scene, use_case: str, role: str) -> None:
    act, allowed, refusal = USE_CASES[use_case]

    if role in allowed:
        await act(scene, scene.people[role])
    else:
        with pytest.raises(refusal):
            await act(scene, scene.people[role])


@pytest.mark.parametrize("role", ROLES)
async def test_nobody_takes_another_persons_rating_or_list(scene: Scene, role: str) -> None:
    actor = scene.people[role]

    removed = await scene.world.ratings.remove(actor, scene.course_id)
    mine = await scene.world.certificates.mine(actor)

    assert removed is (role == "student")
    assert [one.code for one in mine.certificates] == ([scene.certificate.code] if role == "student" else [])


@pytest.mark.parametrize("role", ROLES)
async def test_nothing_is_told_apart_from_what_does_not_exist(scene: Scene, role: str, pool: Pool) -> None:
    """A draft, and a course that never was, refuse alike."""
    await pool.execute("update courses set status = 'draft' where id = $1", scene.course_id)

    for course_id in (scene.course_id, CourseId(999_999_999)):
        with pytest.raises(CourseGone):
            await scene.world.certificates.prospect(scene.people[role], course_id)
        with pytest.raises(CourseGone):
            await scene.teachers.of_course(course_id)

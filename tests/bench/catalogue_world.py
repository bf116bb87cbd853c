"""A centre of any size, written in bulk: categories, courses, lessons, and students who take them."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from db.engine import Connection
from domain.folding import fold

TEACHER, ADMIN = 4_000_000, 4_000_001
FIRST_STUDENT = 5_000_000
HEAVY = FIRST_STUDENT
"""Takes a fifth of all courses; everybody else about ten."""
LONG_LESSONS = 300
"""Lessons of the longest course, which is the first."""
SECTIONS = 3
_START = datetime(2025, 1, 1, tzinfo=UTC)
_LEVELS = ("beginner", "intermediate", "advanced")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_UZ = _words(
    "algebra geometriya kimyo fizika biologiya tarix grammatika adabiyot dasturlash iqtisod marketing "
    "buxgalteriya shaxmat musiqa rasm fotografiya psixologiya huquq statistika mantiq astronomiya geografiya "
    "informatika robotexnika dizayn menejment logistika tibbiyot sport falsafa"
)
_RU = _words(
    "алгебра геометрия химия физика биология история грамматика литература программирование экономика "
    "маркетинг бухгалтерия шахматы музыка рисование фотография психология право статистика логика астрономия "
    "география информатика робототехника дизайн менеджмент логистика медицина спорт философия"
)
_EN = _words(
    "algebra geometry chemistry physics biology history grammar literature programming economics marketing "
    "accounting chess music drawing photography psychology law statistics logic astronomy geography "
    "informatics robotics design management logistics medicine sport philosophy"
)
_KINDS = (
    ("asoslari", "основы", "foundations"),
    ("mashqlari", "упражнения", "exercises"),
    ("testlari", "тесты", "tests"),
    ("nazariyasi", "теория", "theory"),
    ("amaliyoti", "практика", "practice"),
    ("sirlari", "секреты", "secrets"),
)
_SYLLABLES = ("ba", "di", "ko", "lu", "me", "no", "pa", "ri", "sa", "to", "va", "zi")


@dataclass(frozen=True, slots=True)
class Size:
    categories: int
    courses: int
    lessons: int
    enrolments: int
    users: int

    def smaller(self, times: int) -> "Size":
        if times == 1:
            return self
        return Size(
            # So many that each subject has a page of branches: a screen shows as much in both.
            categories=max(self.categories // times, 110),
            courses=max(self.courses // times, 20),
            lessons=max(self.lessons // times, 600),
            enrolments=max(self.enrolments // times, 100),
            users=max(self.users // times, 20),
        )


LARGE = Size(categories=1_000, courses=10_000, lessons=300_000, enrolments=1_000_000, users=100_000)

_COUNTERS = (
    """
    update courses c set lesson_count = n.lessons, duration_seconds = n.seconds
    from (select course_id, count(*) as lessons, sum(duration_seconds) as seconds from lessons
        where is_published group by course_id) n where n.course_id = c.id
    """,
    """
    update courses c set student_count = n.students
    from (select course_id, count(*) as students from enrolments where status <> 'cancelled' group by course_id) n
    where n.course_id = c.id
    """,
    """
    with recursive branches (root, id) as (
        select id, id from categories union all
        select b.root, k.id from branches b join categories k on k.parent_id = b.id
    )
    update categories k set course_count = n.courses
    from (select b.root, count(*) as courses from branches b join courses c on c.category_id = b.id
        where c.status = 'published' group by b.root) n where n.root = k.id
    """,
)
_FOLLOWING = (
    f"""
    insert into media (owner_id, kind, name, mime, size, sha256, created_at)
    select {TEACHER}, 'photo', 'cover.jpg', 'image/jpeg', 9, lpad(to_hex(id), 64, '0'), now() from courses
    """,
    "update courses set cover_id = id",
    f"insert into course_teachers select id, {ADMIN}, now() from courses where id % 2 = 0",
    "insert into course_prerequisites select id, id - 1 from courses where id % 3 = 0",
    f"insert into user_subjects (user_id, category_id) select id, 1 + id % 10 from users where id >= {FIRST_STUDENT}",
    """
    insert into parts (lesson_id, position, kind, text)
    select id, 1, 'text', jsonb_build_object('uz', repeat('Matn. ', 40)) from lessons
    """,
    """
    insert into lesson_progress (user_id, lesson_id, opened_at, finished_at, seen_at)
    select e.user_id, l.id, e.enrolled_at, case when l.position < 3 then e.enrolled_at end,
        e.enrolled_at + make_interval(mins => l.position)
    from enrolments e join lessons l on l.course_id = e.course_id and l.section_id % 3 = 1 and l.position <= 2
    """,
    """
    insert into certificates (code, user_id, course_id, full_name, search, course_title, teacher_name,
        duration_seconds, percent, issued_at, issued_by)
    select lpad(row_number() over ()::text, 16, '0'), e.user_id, c.id, 'Ali Karimov', ' ali karimov', c.title,
        'Dilnoza Rahimova', 3600, 90, e.enrolled_at, e.user_id
    from enrolments e join courses c on c.id = e.course_id where c.has_certificate and e.user_id % 5 = 0
    """,
    """
    insert into access_grants (user_id, product_kind, product_id, order_id, granted_at)
    select e.user_id, 'course', e.course_id, row_number() over (), e.enrolled_at
    from enrolments e join courses c on c.id = e.course_id where c.sale = 'course'
    """,
)


async def build(connection: Connection, size: Size, seed: int = 1) -> None:
    """As the program leaves it, past its triggers: counters and the search's index are set by one statement each."""
    chance = random.Random(seed)
    await connection.execute("set session_replication_role = replica")
    for table, columns, rows in (
        ("users", ("id", "full_name", "language", "role", "step", "timezone", "created_at"), _users(size)),
        ("categories", ("id", "slug", "emoji", "title", "parent_id", "position"), _categories(size)),
        (
            "courses",
            _words(
                "id code category_id owner_id language title description level sale price_tiyin status search"
                " created_at published_at has_certificate"
            ),
            _courses(size, chance),
        ),
        ("sections", ("id", "course_id", "position", "title"), _sections(size)),
        (
            "lessons",
            _words("id course_id section_id position title is_preview is_published created_at duration_seconds"),
            _lessons(size),
        ),
        ("enrolments", ("user_id", "course_id", "status", "enrolled_at"), _enrolments(size, chance)),
    ):
        await connection.copy_records_to_table(table, columns=columns, records=rows)
    for table in ("categories", "courses", "sections", "lessons"):
        await connection.execute(f"select setval(pg_get_serial_sequence('{table}', 'id'), max(id)) from {table}")
    for statement in (*_FOLLOWING, *_COUNTERS, "select index_courses(null)"):
        await connection.execute(statement)
    await connection.execute("set session_replication_role = origin")
    await connection.execute("vacuum analyze")


def word(number: int) -> str:
    """A rare word: lessons are about something of their own, too."""
    letters = []
    for _ in range(4):
        number, at = divmod(number, len(_SYLLABLES))
        letters.append(_SYLLABLES[at])
    return "".join(letters)


def _text(**variants: str) -> str:
    return orjson.dumps(variants).decode()


def _users(size: Size) -> Iterator[tuple[Any, ...]]:
    yield TEACHER, "Dilnoza Rahimova", "uz", "teacher", "done", "Asia/Tashkent", _START
    yield ADMIN, "Rustam Aliyev", "ru", "admin", "done", "Asia/Tashkent", _START
    for number in range(size.users):
        yield FIRST_STUDENT + number, "Ali Karimov", "uz", "student", "done", "Asia/Tashkent", _START


def _categories(size: Size) -> Iterator[tuple[Any, ...]]:
    """A tree of three floors: ten subjects, and below each about ten branches of ten."""
    subjects = min(10, size.categories)
    for number in range(1, size.categories + 1):
        parent = None if number <= subjects else (number - subjects - 1) // 10 + 1
        title = _text(uz=f"{_UZ[number % 30]} {number}".capitalize(), ru=f"{_RU[number % 30]} {number}")
        yield number, f"k{number}", "📚", title, parent, number % 1000


def _courses(size: Size, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    for number in range(1, size.courses + 1):
        at, kind = number % 30, _KINDS[number // 30 % 6]
        title = _text(
            uz=f"{_UZ[at].capitalize()} {kind[0]} {word(number)}",
            ru=f"{_RU[at].capitalize()}: {kind[1]} {word(number)}",
            en=f"{_EN[at].capitalize()} {kind[2]} {word(number)}",
        )
        about = _text(uz=f"{_UZ[(at + 7) % 30]} va {_UZ[(at + 11) % 30]} bilan bog‘liq amaliy kurs. " * 4)
        sale = ("free", "course", "lessons")[number % 3]
        made = _START + timedelta(hours=number)
        yield (
            number,
            f"C{number}",
            chance.randint(1, size.categories),
            TEACHER,
            ("uz", "ru", "en")[number % 7 % 3],
            title,
            about,
            _LEVELS[number % 11 % 3],
            sale,
            10_000_000 if sale == "course" else None,
            "published",
            fold(" ".join(orjson.loads(title).values())),
            made,
            made,
            number % 2 == 0,
        )


def _sections(size: Size) -> Iterator[tuple[Any, ...]]:
    for course in range(1, size.courses + 1):
        for place in range(1, SECTIONS + 1):
            yield (course - 1) * SECTIONS + place, course, place, _text(uz=f"{place}-bo‘lim", ru=f"Раздел {place}")


def _lessons(size: Size) -> Iterator[tuple[Any, ...]]:
    numbers = itertools.count(1)
    usual = (size.lessons - LONG_LESSONS) // (size.courses - 1)
    for course in range(1, size.courses + 1):
        count = LONG_LESSONS if course == 1 else usual
        for at in range(count):
            number = next(numbers)
            section, position = at * SECTIONS // count, at % -(-count // SECTIONS) + 1
            topic = (course + at) % 30
            title = _text(uz=f"{_UZ[topic].capitalize()}: {word(number)}", ru=f"{_RU[topic]}: {word(number)}")
            yield (
                number,
                course,
                (course - 1) * SECTIONS + section + 1,
                position,
                title,
                at == 0,
                True,
                _START,
                300 + number % 600,
            )


def _enrolments(size: Size, chance: random.Random) -> Iterator[tuple[Any, ...]]:
    for course in range(1, size.courses // 5 + 1):
        yield HEAVY, course, "active", _START + timedelta(minutes=course)
    each = max(size.enrolments // size.users, 1)
    for user in range(1, size.users):
        # Some courses are much more popular than others.
        chosen = {int(size.courses * chance.random() ** 2) + 1 for _ in range(each)}
        for course in sorted(chosen):
            yield FIRST_STUDENT + user, course, "active", _START + timedelta(minutes=user % 10_000 + course)

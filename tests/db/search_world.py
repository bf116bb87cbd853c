"""A catalogue to search in: the demo's courses, known subjects in one to three languages, and lookalikes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bot.sandbox.demo.content import load_demo
from db.engine import Pool

TEACHER, STUDENT = 900_001, 900_002

COURSES: Sequence[Mapping[str, str]] = (
    {"code": "ALG", "uz": "Algebra asoslari", "ru": "Основы алгебры", "en": "Foundations of algebra"},
    {"code": "GEO", "uz": "Geometriya: uchburchaklar", "ru": "Геометрия: треугольники", "en": "Geometry: triangles"},
    {"code": "TRIG", "uz": "Trigonometriya", "ru": "Тригонометрия", "en": "Trigonometry"},
    {"code": "PROB", "uz": "Ehtimollar nazariyasi", "ru": "Теория вероятностей", "en": "Probability theory"},
    {"code": "PHYS", "uz": "Fizika: mexanika", "ru": "Физика: механика", "en": "Physics: mechanics"},
    {
        "code": "CHEM",
        "uz": "Kimyo: organik birikmalar",
        "ru": "Химия: органические соединения",
        "en": "Organic chemistry",
    },
    {"code": "BIO", "uz": "Biologiya: hujayra", "ru": "Биология: клетка", "en": "Biology: the cell"},
    {"code": "HIST", "uz": "O‘zbekiston tarixi", "ru": "История Узбекистана", "en": "History of Uzbekistan"},
    {"code": "UZB", "uz": "O‘zbek tili va adabiyoti", "ru": "Узбекский язык и литература"},
    {"code": "RUS", "uz": "Rus tili noldan", "ru": "Русский язык с нуля"},
    {
        "code": "IELTS",
        "uz": "IELTS imtihoniga tayyorgarlik",
        "ru": "Подготовка к экзамену IELTS",
        "en": "IELTS preparation",
    },
    {"code": "PY", "uz": "Python dasturlash tili", "ru": "Программирование на Python", "en": "Programming in Python"},
    {"code": "WEB", "uz": "Veb-dasturlash", "ru": "Веб-разработка", "en": "Web development"},
    {"code": "XLS", "uz": "Excel jadvallari", "ru": "Таблицы Excel", "en": "Excel spreadsheets"},
    {"code": "ACC", "uz": "Buxgalteriya hisobi", "ru": "Бухгалтерский учёт", "en": "Accounting"},
    {"code": "MKT", "uz": "Marketing va reklama", "ru": "Маркетинг и реклама", "en": "Marketing and advertising"},
    {"code": "DES", "uz": "Grafik dizayn", "ru": "Графический дизайн", "en": "Graphic design"},
    {"code": "PHOTO", "uz": "Fotografiya san’ati", "ru": "Искусство фотографии"},
    {"code": "GUIT", "uz": "Gitara chalish", "ru": "Игра на гитаре", "en": "Playing the guitar"},
    {"code": "COOK", "uz": "Milliy taomlar pazandaligi", "ru": "Кулинария: национальные блюда"},
    {"code": "CHESS", "uz": "Shaxmat", "ru": "Шахматы", "en": "Chess"},
    {"code": "ARAB", "uz": "Arab tili grammatikasi", "ru": "Грамматика арабского языка"},
    {"code": "KOR", "uz": "Koreys tili", "ru": "Корейский язык", "en": "Korean language"},
    {"code": "PSY", "uz": "Bolalar psixologiyasi", "ru": "Детская психология", "en": "Child psychology"},
    {"code": "ECO", "uz": "Iqtisodiyot nazariyasi", "ru": "Экономическая теория", "en": "Economics"},
    {"code": "LAW", "uz": "Huquqshunoslik", "ru": "Юриспруденция"},
    {"code": "SEW", "uz": "Тикувчилик сирлари"},
    {"code": "AGRO", "uz": "Боғдорчилик ва узумчилик", "ru": "Садоводство и виноградарство"},
    {"code": "SPEAK", "en": "Public speaking without fear"},
    {"code": "DATA", "en": "Data analysis with statistics", "ru": "Анализ данных и статистика"},
)
_SUBJECTS = (
    ("Informatika", "Информатика", "Computer science"),
    ("Astronomiya", "Астрономия", "Astronomy"),
    ("Geografiya", "География", "Geography"),
    ("Chizmachilik", "Черчение", "Technical drawing"),
    ("Mehnat ta’limi", "Технология", "Crafts"),
    ("Tasviriy san’at", "Рисование", "Drawing"),
    ("Musiqa nazariyasi", "Музыкальная теория", "Music theory"),
    ("Jismoniy tarbiya", "Физкультура", "Sports"),
    ("Nemis tili", "Немецкий язык", "German language"),
    ("Fransuz tili", "Французский язык", "French language"),
)
_THEMES = (
    ("boshlovchilar uchun", "для начинающих", "for beginners"),
    ("chuqurlashtirilgan kurs", "углублённый курс", "advanced"),
    ("amaliy mashg‘ulotlar", "практические занятия", "in practice"),
    ("takrorlash", "повторение", "revision"),
    ("testlar to‘plami", "сборник тестов", "a book of tests"),
    ("savol va javob", "вопросы и ответы", "questions and answers"),
)
LOOKALIKES = 600


@dataclass(frozen=True)
class Target:
    """What a query has to find: a course by its code, or a lesson by its English title."""

    course: str | None = None
    lesson: str | None = None


def C(code: str) -> Target:  # noqa: N802 — stands in a long table
    return Target(course=code)


def L(title: str) -> Target:  # noqa: N802 — stands in a long table
    return Target(lesson=title)


QUERIES: Sequence[tuple[str, Target]] = (
    # Uzbek in Latin letters, as it is written, inflected, with every kind of apostrophe or none
    ("foizlar", C("MATH-1")),
    ("foiz", C("MATH-1")),
    ("foizlarni", C("MATH-1")),
    ("proporsiyalar", C("MATH-1")),
    ("kvadrat tenglamalar", C("MATH-2")),
    ("kvadrat tenglamalarni yechish", C("MATH-2")),
    ("tenglamalardan", C("MATH-2")),
    ("parabolaning", C("MATH-2")),
    ("ingliz tili", C("ENG-1")),
    ("zamonlar", C("ENG-1")),
    ("ingliz tilidan", C("ENG-1")),
    ("o'zbekiston tarixi", C("HIST")),
    ("o‘zbekiston tarixidan", C("HIST")),
    ("oʻzbekiston", C("HIST")),
    ("ozbekiston tarixi", C("HIST")),
    ("O`zbek tili", C("UZB")),
    ("adabiyotidan", C("UZB")),
    ("shaxmatni", C("CHESS")),
    ("san'ati", C("PHOTO")),
    ("ehtimollik", C("PROB")),
    ("buxgalteriya", C("ACC")),
    ("hujayralar", C("BIO")),
    ("uchburchak", C("GEO")),
    ("tikuvchilik", C("SEW")),
    ("bog'dorchilik", C("AGRO")),
    ("bogdorchilik", C("AGRO")),
    # Uzbek in Cyrillic letters
    ("Фоизлар", C("MATH-1")),
    ("квадрат тенглама", C("MATH-2")),
    ("Ўзбекистон тарихи", C("HIST")),
    ("ўзбек тили", C("UZB")),
    ("инглиз тили", C("ENG-1")),
    ("эҳтимоллар назарияси", C("PROB")),
    ("шахмат", C("CHESS")),
    ("ҳуқуқшунослик", C("LAW")),
    ("дастурлаш", C("PY")),
    ("кимё", C("CHEM")),
    ("тикувчилик", C("SEW")),
    ("иқтисодиёт", C("ECO")),
    # Russian, inflected
    ("проценты", C("MATH-1")),
    ("процентов", C("MATH-1")),
    ("квадратное уравнение", C("MATH-2")),
    ("уравнениями", C("MATH-2")),
    ("английские времена", C("ENG-1")),
    ("английских времён", C("ENG-1")),
    ("английских времен", C("ENG-1")),
    ("вероятность", C("PROB")),
    ("треугольников", C("GEO")),
    ("алгебре", C("ALG")),
    ("программированию", C("PY")),
    ("маркетинга", C("MKT")),
    ("игре на гитаре", C("GUIT")),
    ("виноградарству", C("AGRO")),
    ("детской психологии", C("PSY")),
    ("шахматам", C("CHESS")),
    ("бухгалтерского учета", C("ACC")),
    # English, inflected
    ("percentages", C("MATH-1")),
    ("percentage", C("MATH-1")),
    ("quadratic equation", C("MATH-2")),
    ("tenses", C("ENG-1")),
    ("triangle", C("GEO")),
    ("programming", C("PY")),
    ("program in python", C("PY")),
    ("speaking", C("SPEAK")),
    ("speak in public", C("SPEAK")),
    ("statistical analysis", C("DATA")),
    ("spreadsheet", C("XLS")),
    # Misspelt
    ("алгибра", C("ALG")),
    ("algbera", C("ALG")),
    ("algrbra", C("ALG")),
    ("foizalr", C("MATH-1")),
    ("fioz", C("MATH-1")),
    ("kvadrat tengalma", C("MATH-2")),
    ("квадрат тинглама", C("MATH-2")),
    ("инглис тили", C("ENG-1")),
    ("trigonometrya", C("TRIG")),
    ("тригонаметрия", C("TRIG")),
    ("шахмот", C("CHESS")),
    ("shahmat", C("CHESS")),
    ("buhgalteriya", C("ACC")),
    ("бугалтерия", C("ACC")),
    ("probablity", C("PROB")),
    ("pyton", C("PY")),
    ("пайтон python", C("PY")),
    ("марктинг", C("MKT")),
    ("psihologiya", C("PSY")),
    ("guittar", C("GUIT")),
    ("ielst", C("IELTS")),
    ("economiks", C("ECO")),
    ("geomtriya", C("GEO")),
    ("хулк huquqshunoslk", C("LAW")),
    ("vinogradarstvo", C("AGRO")),
    # Russian typed in Latin letters, codes, beginnings
    ("istoriya uzbekistana", C("HIST")),
    ("geometriya", C("GEO")),
    ("MATH-2", C("MATH-2")),
    ("eng-1", C("ENG-1")),
    ("trigo", C("TRIG")),
    ("прогр", C("PY")),
    ("mark", C("MKT")),
    # Lessons by their titles
    ("Viyet teoremasi", L("Vieta’s theorem")),
    ("теорема Виета", L("Vieta’s theorem")),
    ("виета", L("Vieta’s theorem")),
    ("vieta", L("Vieta’s theorem")),
    ("vyeta teoremasi", L("Vieta’s theorem")),
    ("diskriminant", L("The discriminant and the quadratic formula")),
    ("дискриминанта", L("The discriminant and the quadratic formula")),
    ("дискрименант", L("The discriminant and the quadratic formula")),
    ("murakkab foiz", L("Simple and compound interest")),
    ("сложные проценты", L("Simple and compound interest")),
    ("compound interest", L("Simple and compound interest")),
    ("present perfect", L("Present Perfect: results and experience")),
    ("past simple", L("Past Simple: finished events")),
    ("чала квадрат тенгламалар", L("Incomplete quadratic equations")),
    ("парабола чизамиз", L("Drawing the parabola")),
    ("строим параболу", L("Drawing the parabola")),
)


async def fill(pool: Pool) -> None:
    """Everything at once, by the same triggers that follow what authors do."""
    for user_id, role in ((TEACHER, "teacher"), (STUDENT, "student")):
        await pool.execute(
            "insert into users (id, full_name, language, role, step, timezone, created_at)"
            " values ($1, 'Ali', 'uz', $2, 'done', 'Asia/Tashkent', now())",
            user_id,
            role,
        )
    category = await pool.fetchval(
        "insert into categories (slug, emoji, title, position)"
        """ values ('all', '📚', '{"uz": "Barcha fanlar"}', 1) returning id"""
    )
    demo = load_demo()
    for course in demo.courses:
        titles = [lesson.title for section in course.sections for lesson in section.lessons]
        await _add(pool, category, course.code, course.title, course.description, titles)
    for line in COURSES:
        await _add(pool, category, line["code"], {key: line[key] for key in line if key != "code"}, None, [])
    for number in range(LOOKALIKES):
        subject, theme = _SUBJECTS[number % len(_SUBJECTS)], _THEMES[number // len(_SUBJECTS) % len(_THEMES)]
        title = {
            language: f"{subject[place]}: {theme[place]} {number}" for place, language in enumerate(("uz", "ru", "en"))
        }
        lessons = [{"uz": f"{number}-dars", "ru": f"Урок {number}", "en": f"Lesson {number}"}]
        await _add(pool, category, f"look{number}", title, None, lessons)


async def _add(
    pool: Pool,
    category: int,
    code: str,
    title: Mapping[Any, str],
    description: Mapping[Any, str] | None,
    lessons: Sequence[Mapping[Any, str]],
) -> None:
    course_id = await pool.fetchval(
        """
        insert into courses (code, category_id, owner_id, language, title, description, sale, price_tiyin, status,
            search, created_at, published_at)
        values ($1, $2, $3, 'uz', $4::jsonb, $5::jsonb, 'course', 100000, 'draft', '', now(), now()) returning id
        """,
        code,
        category,
        TEACHER,
        orjson.dumps(title).decode(),
        orjson.dumps(description).decode() if description else None,
    )
    section = await pool.fetchval(
        'insert into sections (course_id, position, title) values ($1, 1, \'{"uz": "1"}\') returning id', course_id
    )
    await pool.executemany(
        """
        insert into lessons (course_id, section_id, position, title, is_published, created_at)
        values ($1, $2, $3, $4::jsonb, true, now())
        """,
        [(course_id, section, place, orjson.dumps(each).decode()) for place, each in enumerate(lessons, start=1)],
    )
    await pool.execute("update courses set status = 'published' where id = $1", course_id)

"""The demo centre is content that people read: complete in every language and well-formed."""

import re
from collections.abc import Iterator

import pytest
from latex2mathml.converter import convert

from bot.sandbox.demo.content import DemoCentre, DemoCourse, DemoLesson, load_demo
from bot.sandbox.demo.format import LANGUAGES, Language

BLOCK_FORMULA = re.compile(r"\$\$(.+?)\$\$", re.DOTALL)
INLINE_FORMULA = re.compile(r"\$([^$\n]+)\$")

COVER_BYTES = 120 * 1024
VIDEO_BYTES = 400 * 1024
ALL_BYTES = 3 * 1024 * 1024


@pytest.fixture(scope="module")
def demo() -> DemoCentre:
    return load_demo()


def lessons(demo: DemoCentre) -> Iterator[tuple[DemoCourse, DemoLesson]]:
    return ((course, lesson) for course in demo.courses for lesson in course.lessons)


def texts(demo: DemoCentre) -> Iterator[tuple[str, Language, str]]:
    """Every lesson text with its name."""
    for course, lesson in lessons(demo):
        for part in lesson.parts:
            for language, text in (part.texts or {}).items():
                yield f"{course.slug}/{lesson.slug} in {language}", language, text


def sentences(demo: DemoCentre, language: Language) -> Iterator[str]:
    """Everything that a reader of one language sees."""
    yield from (subject.title[language] for subject in demo.subjects)
    for course in demo.courses:
        yield course.title[language]
        yield course.description[language]
        yield from (section.title[language] for section in course.sections)
    for _, lesson in lessons(demo):
        yield lesson.title[language]
        yield from (part.title[language] for part in lesson.parts if part.title)
        for question in lesson.questions:
            yield from (question.text[language], *question.options[language], question.explanation[language])
    yield from (text for _, written_in, text in texts(demo) if written_in == language)


def test_there_is_a_free_course_one_sold_whole_and_one_sold_by_lessons(demo: DemoCentre) -> None:
    assert sorted(course.sale for course in demo.courses) == ["course", "free", "lessons"]
    assert len({course.subject for course in demo.courses}) == 2


def test_every_course_has_two_sections_and_four_to_seven_lessons(demo: DemoCentre) -> None:
    for course in demo.courses:
        assert len(course.sections) >= 2, course.slug
        assert 4 <= len(list(course.lessons)) <= 7, course.slug


def test_the_first_lesson_of_every_course_can_be_read_before_paying(demo: DemoCentre) -> None:
    assert [next(course.lessons).free_preview for course in demo.courses] == [True, True, True]


def test_every_lesson_starts_with_a_text_in_all_languages(demo: DemoCentre) -> None:
    for course, lesson in lessons(demo):
        written = lesson.parts[0].texts
        assert written is not None, f"{course.slug}/{lesson.slug}"
        assert set(written) == set(LANGUAGES)
        assert all(len(text) > 1000 for text in written.values()), f"{course.slug}/{lesson.slug}"


def test_there_is_a_pdf_slides_and_a_video(demo: DemoCentre) -> None:
    kinds = {part.kind for _, lesson in lessons(demo) for part in lesson.parts}

    assert kinds >= {"text", "pdf", "slides", "video"}


def test_a_lesson_is_built_alike_in_every_language(demo: DemoCentre) -> None:
    def shape(text: str) -> dict[str, int]:
        return {
            "headings": len(re.findall(r"^## ", text, re.MULTILINE)),
            "rows": len(re.findall(r"^\|", text, re.MULTILINE)),
            "items": len(re.findall(r"^(?:- |\d+\. )", text, re.MULTILINE)),
            "quotes": len(re.findall(r"^> ", text, re.MULTILINE)),
            "block formulas": len(BLOCK_FORMULA.findall(text)),
        }

    for course, lesson in lessons(demo):
        written = lesson.parts[0].texts or {}
        assert shape(written["uz"]) == shape(written["ru"]) == shape(written["en"]), f"{course.slug}/{lesson.slug}"


def test_every_formula_is_closed_and_can_be_drawn(demo: DemoCentre) -> None:
    drawn = 0
    for name, _, text in texts(demo):
        formulas = BLOCK_FORMULA.findall(text)
        rest = BLOCK_FORMULA.sub("", text)
        formulas += INLINE_FORMULA.findall(rest)
        assert "$" not in INLINE_FORMULA.sub("", rest), name
        for formula in formulas:
            assert formula.count("{") == formula.count("}"), f"{name}: {formula}"
            assert convert(formula).startswith("<math"), f"{name}: {formula}"
        drawn += len(formulas)
    assert drawn > 300


def test_a_block_formula_stands_alone_on_its_line(demo: DemoCentre) -> None:
    for name, _, text in texts(demo):
        for line in text.splitlines():
            assert "$$" not in line or re.fullmatch(r"\$\$[^$]+\$\$", line), f"{name}: {line}"


def test_every_row_of_a_table_has_the_same_number_of_cells(demo: DemoCentre) -> None:
    for name, _, text in texts(demo):
        for table in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
            rows = table.strip().splitlines()
            assert len({row.count("|") for row in rows}) == 1, f"{name}: {rows[0]}"
            assert re.fullmatch(r"\|(?:---\|)+", rows[1]), f"{name}: {rows[1]}"


def test_bold_and_italics_are_closed_and_not_nested(demo: DemoCentre) -> None:
    for name, _, text in texts(demo):
        for line in INLINE_FORMULA.sub("F", BLOCK_FORMULA.sub("F", text)).splitlines():
            without_bold = re.sub(r"\*\*[^*\s](?:[^*]*[^*\s])?\*\*", "", line)
            assert "*" not in re.sub(r"\*[^*\s](?:[^*]*[^*\s])?\*", "", without_bold), f"{name}: {line}"


def test_uzbek_has_its_own_apostrophes(demo: DemoCentre) -> None:
    for sentence in sentences(demo, "uz"):
        assert not re.search(r"['`ʻʼ´]", sentence), sentence
        assert not re.search(r"(?<![oOgG])‘", sentence), sentence
        assert not re.search(r"[oOgG]’", sentence), sentence
        assert not re.search(r"[а-яё]", sentence, re.IGNORECASE), sentence


def test_russian_and_english_keep_their_own_letters_and_quotes(demo: DemoCentre) -> None:
    for sentence in sentences(demo, "ru"):
        assert "so‘m" not in sentence, sentence
        assert not re.search(r"['`]", sentence), sentence
    for sentence in sentences(demo, "en"):
        assert not re.search(r"[а-яё]", sentence, re.IGNORECASE), sentence
        assert not re.search(r"['`«»]", sentence), sentence


def test_numbers_are_written_as_each_language_writes_them(demo: DemoCentre) -> None:
    for language in LANGUAGES:
        wrong = r"\d,\d(?!\d\d)" if language == "en" else r"\d\.\d"
        for sentence in sentences(demo, language):
            time_of_day_and_index = r"\b9\.15\b|_\{1,2\}"
            assert not re.search(wrong, re.sub(time_of_day_and_index, "", sentence)), sentence


def test_every_quiz_fits_a_telegram_poll(demo: DemoCentre) -> None:
    for course, lesson in lessons(demo):
        assert 4 <= len(lesson.questions) <= 6, f"{course.slug}/{lesson.slug}"
        for question in lesson.questions:
            for language in LANGUAGES:
                options = question.options[language]
                assert len(question.text[language]) <= 300, question.slug
                assert 3 <= len(options) <= 4, question.slug
                assert len({option.casefold() for option in options}) == len(options), question.slug
                assert all(len(option) <= 100 for option in options), question.slug
                assert len(question.explanation[language]) <= 200, question.slug
                assert question.correct < len(options), question.slug


def test_quiz_texts_are_plain(demo: DemoCentre) -> None:
    for _, lesson in lessons(demo):
        for question in lesson.questions:
            for language in LANGUAGES:
                for text in (question.text[language], *question.options[language], question.explanation[language]):
                    assert not re.search(r"[$*\\]|__", text), text


def test_the_right_answer_is_not_always_in_the_same_place(demo: DemoCentre) -> None:
    places = [question.correct for _, lesson in lessons(demo) for question in lesson.questions]

    assert all(places.count(place) >= len(places) * 0.12 for place in range(4))
    for course, lesson in lessons(demo):
        assert len({question.correct for question in lesson.questions}) >= 3, f"{course.slug}/{lesson.slug}"


def test_prices_are_positive_whole_tiyin_and_whole_soum(demo: DemoCentre) -> None:
    prices = [course.price for course in demo.courses] + [lesson.price for _, lesson in lessons(demo)]
    given = [price for price in prices if price is not None]

    assert len(given) == 4
    assert all(type(price) is int and price > 0 and price % 100 == 0 for price in given)


def test_media_are_small_and_what_they_say(demo: DemoCentre) -> None:
    files = [course.cover for course in demo.courses]
    for course in demo.courses:
        assert course.cover.stat().st_size <= COVER_BYTES, course.cover
        assert course.cover.read_bytes().startswith(b"\xff\xd8\xff"), course.cover
    for _, lesson in lessons(demo):
        for part in lesson.parts:
            if part.kind == "text":
                continue
            for path in part.files.values():
                content = path.read_bytes()
                files.append(path)
                if part.kind == "video":
                    assert content[4:8] == b"ftyp", path
                    assert 0 < content.index(b"moov") < content.index(b"mdat"), f"{path} cannot start while loading"
                    assert b"avc1" in content, path
                    assert len(content) <= VIDEO_BYTES, path
                else:
                    assert content.startswith(b"%PDF-"), path
    assert len(set(files)) == 12
    assert sum(path.stat().st_size for path in set(files)) < ALL_BYTES

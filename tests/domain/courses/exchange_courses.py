"""Courses as hostile teachers might have written them, for what is exported and imported."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from domain.courses.exchange.model import (
    RESOURCE_KINDS,
    CourseDraft,
    FileDraft,
    LessonDraft,
    PartDraft,
    QuizItem,
    ResourceDraft,
    SectionDraft,
)
from domain.courses.exchange.tables import PackedFile
from domain.courses.model import MAX_TEXT, CheckQuestion, Level, Link, PartKind, Sale
from domain.courses.pricing import MAX_SOMS, MIN_SOMS
from domain.courses.tariffs import MAX_STARS
from domain.courses.wording import clean_description, clean_file_name, clean_text, clean_title
from domain.errors import InvalidInput
from domain.fiscal import FiscalCodes
from domain.language import Language, Text
from domain.money import Money
from domain.quizzes.exchange import QUIZ_RULES

HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "'", "''=1", "'quoted", "＝1", "#N/A", "'#N/A", "a\nb", "- a\n- b", "# Heading",
    "\u202ertl\u200f \u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627", "👩\u200d👩\u200d👧 🇺🇿", "1-2", "2026-01-02",
    "1e5", "007", "TRUE", "_x0041_", "_\u200bx0041_", "x005F_",
    "<b>&amp;</b>", '=HYPERLINK("http://x")', "\\", "a\\\nb", "\\\\",
    "o‘zbekcha g‘", "$\\frac{1}{2}$", "\t=1", "\x00a\x1fb", "{title} %s", "' or 1=1 --", "\ufeffbom", "a" * 119, "more",
    "yes",
)  # fmt: skip
LONG = ("=" + "x" * (MAX_TEXT - 1), "😀" * MAX_TEXT, "a\n" * (MAX_TEXT // 2 - 1) + "b", "яя" * (MAX_TEXT // 2))
"""As long as a text may be; as cells they are cut into several."""
_RAW = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.characters(codec="utf-8", exclude_characters="\ufffe\uffff"), max_size=12),
)


def _cleaned(clean: Callable[[str], str | None]) -> st.SearchStrategy[str]:
    """What the rules let through, as they let it through."""

    def tried(written: str) -> str:
        try:
            return clean(written) or "x"
        except InvalidInput:
            return "x"

    return _RAW.map(tried)


def _texts(one: st.SearchStrategy[str]) -> st.SearchStrategy[Text]:
    return st.dictionaries(st.sampled_from(Language), one, min_size=1).map(Text)


TITLES = _texts(_cleaned(clean_title))
DESCRIPTIONS = _texts(_cleaned(clean_description))
TEXTS = _texts(_cleaned(clean_text))
SECONDS = st.integers(0, 24 * 3600)
PRICES = st.one_of(
    st.none(),
    st.integers(MIN_SOMS, MAX_SOMS).map(Money.soms),
    st.integers(MIN_SOMS * 100, MAX_SOMS * 100).map(Money),
)
STARS = st.none() | st.integers(1, MAX_STARS)
PERCENTS = st.none() | st.integers(1, 100)
MEDIA_KINDS = [kind for kind in PartKind if kind not in (PartKind.TEXT, PartKind.LINK)]
LINKS = st.builds(
    Link,
    url=st.sampled_from(["https://youtu.be/abc", "http://example.org/a?b=c&d=e#f", "https://пример.рф/ё"]),
    provider=st.sampled_from(["YouTube", "=cmd", "example.org"]),
    duration_seconds=st.none() | SECONDS,
    thumbnail_url=st.sampled_from([None, "https://example.org/t.jpg"]),
)


@st.composite
def quiz_items(draw: st.DrawFn) -> QuizItem:
    languages = draw(st.lists(st.sampled_from(Language), min_size=1, unique=True))
    count = draw(st.integers(2, 3))
    one = _RAW.map(lambda text: text.replace("\ufffe", "").replace("\uffff", "")[:80])

    def text(mark: str) -> Text:
        return Text({language: f"{draw(one)} {mark}" for language in languages})

    item = QuizItem(
        text=text("?"),
        options=tuple(text(f"({number})") for number in range(count)),
        correct=draw(st.integers(0, count - 1)),
        explanation=draw(st.none() | st.builds(lambda: text("!"))),
    )
    return QUIZ_RULES.check(item)


CHECKS = st.none() | quiz_items().map(
    lambda item: CheckQuestion(text=item.text, options=item.options, correct=item.correct or 0)
)


def _file(number: int, kind: PartKind, name: str, mime: str, seconds: int | None) -> FileDraft:
    return FileDraft(path=f"{number:03}-{kind}", name=clean_file_name(name), mime=mime, duration_seconds=seconds)


@st.composite
def courses(draw: st.DrawFn) -> CourseDraft:
    files: dict[str, FileDraft] = {}
    names = st.one_of(st.just(""), _RAW)
    mimes = st.sampled_from(["application/pdf", "image/jpeg", "x-a/b.c+d"])

    def file(kind: PartKind) -> str:
        made = _file(len(files) + 1, kind, draw(names), draw(mimes), draw(st.none() | SECONDS))
        files[made.path] = made
        return made.path

    def part() -> PartDraft:
        kind = draw(st.sampled_from(PartKind))
        text = draw(TEXTS) if kind is PartKind.TEXT else draw(st.none() | TEXTS)
        languages = draw(st.lists(st.sampled_from(Language), min_size=1, unique=True))
        return PartDraft(
            kind=kind,
            text=text,
            files={language: file(kind) for language in languages} if kind in MEDIA_KINDS else {},
            link=draw(LINKS) if kind is PartKind.LINK else None,
            duration_seconds=draw(SECONDS),
            question=draw(CHECKS),
        )

    def lesson() -> LessonDraft:
        opens = draw(st.sampled_from(["", "at", "after"]))
        kinds = draw(st.lists(st.sampled_from(sorted(RESOURCE_KINDS)), max_size=2))
        return LessonDraft(
            title=draw(TITLES),
            is_preview=draw(st.booleans()),
            price=draw(PRICES),
            stars=draw(STARS),
            opens_at=draw(MOMENTS) if opens == "at" else None,
            opens_after_days=draw(st.integers(1, 365)) if opens == "after" else None,
            is_gate=draw(st.booleans()),
            pass_percent=draw(PERCENTS),
            parts=tuple(part() for _ in range(draw(st.integers(0, 2)))),
            questions=tuple(draw(st.lists(quiz_items(), max_size=2))),
            resources=tuple(ResourceDraft(path=file(kind), kind=kind) for kind in kinds),
        )

    def section() -> SectionDraft:
        title = draw(TITLES) if draw(st.booleans()) else Text({Language.UZ: "Bo‘lim"})
        return SectionDraft(title=title, lessons=tuple(lesson() for _ in range(draw(st.integers(0, 2)))))

    sections = tuple(section() for _ in range(draw(st.integers(0, 3))))
    sale = draw(st.sampled_from(Sale))
    codes = st.builds(
        FiscalCodes,
        ikpu=st.from_regex(r"[0-9]{17}", fullmatch=True),
        package_code=st.from_regex(r"[0-9]{1,20}", fullmatch=True),
        vat_percent=st.integers(0, 100),
    )
    return CourseDraft(
        title=draw(TITLES),
        language=draw(st.sampled_from(Language)),
        category=draw(st.sampled_from(["", "maths", "english"])),
        description=draw(st.none() | DESCRIPTIONS),
        level=draw(st.none() | st.sampled_from(Level)),
        slug=draw(st.sampled_from([None, "algebra", "a-1", "2026-01-02", "007"])),
        sale=sale,
        price=draw(PRICES.filter(bool)) if sale is Sale.COURSE else None,
        stars=draw(STARS),
        has_certificate=draw(st.booleans()),
        certificate_percent=draw(PERCENTS),
        fiscal=draw(st.none() | codes),
        cover=file(PartKind.PHOTO) if draw(st.booleans()) else None,
        prerequisites=draw(st.sampled_from([(), ("AB2C3",), ("23456", "AB2C3")])),
        sections=sections,
        files=files,
    )


MOMENTS = st.datetimes(
    datetime(2020, 1, 1),  # noqa: DTZ001 (the zone is given beside)
    datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))]),
)
_HEADS = {PartKind.PDF: b"%PDF-1.4", PartKind.PHOTO: b"\xff\xd8\xff\xe0"}


def packed(course: CourseDraft) -> dict[str, PackedFile]:
    """The files as an archive would hold them: each begins as its kind does."""
    return {path: PackedFile(10, _HEADS.get(PartKind(path.partition("-")[2]), b"x")) for path in course.files}

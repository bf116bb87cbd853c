"""What is printed: real PDFs and pictures, one page each, whatever names say."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.certificates.words import sheet_of, verify_link
from bot.clients.certificates import TypstPress, printable
from domain.certificates.errors import PressFailed
from domain.certificates.model import Certificate, CertificateCode, CertificateId, Sheet
from domain.courses.model import CourseId
from domain.identity import UserId
from domain.language import Language, Text

CODE = CertificateCode("K7QM2XVD93HTWB5R")
CERTIFICATE = Certificate(
    id=CertificateId(1),
    code=CODE,
    user_id=UserId(1),
    course_id=CourseId(1),
    full_name="G‘ulomjon O‘ktamov",
    course_title=Text({Language.UZ: "Foizlar", Language.RU: "Проценты"}),
    teacher_name="Dilnoza Rahimova",
    duration_seconds=7300,
    percent=93,
    issued_at=datetime(2026, 11, 30, 20, tzinfo=UTC),
)
FRAME = 31.2
"""Points from the edge of the page to the inner line: 11 mm."""
HOSTILE = (
    '#panic("x") $x^2$ `raw` @ref <label> *b* _i_ \\',
    "#set page(fill: red) ]] }} // comment /*",
    '<b>Ali</b> & "Vali"',
    "W" * 100,
    "Ж" * 100,
    "محمد علي العربي",
    "👩‍🏫🔥",
    "李小龙",
    "a" * 50 + "-" + "b" * 49,
)


def sheet(certificate: Certificate = CERTIFICATE, language: Language = Language.EN) -> Sheet:
    link = verify_link("ustoz_bot", certificate.code)
    return sheet_of(certificate, language, centre="Ustoz", link=link, timezone="Asia/Tashkent")


def text_of(pdf: bytes) -> str:
    """The text of the only page; all of it is inside the frame."""
    document = pypdfium2.PdfDocument(pdf)
    assert len(document) == 1
    page = document[0].get_textpage()
    for number in range(page.count_rects()):
        left, bottom, right, top = page.get_rect(number)
        assert FRAME < left < right < document[0].get_width() - FRAME
        assert FRAME < bottom < top < document[0].get_height() - FRAME
    text: Any = page.get_text_bounded()
    return " ".join(str(text).split())


@pytest.mark.parametrize("language", Language)
async def test_a_certificate_says_who_what_when_and_where_to_check(language: Language) -> None:
    printed = await TypstPress().press(sheet(language=language))

    text = text_of(printed.pdf)
    for words in ("G‘ulomjon O‘ktamov", "Dilnoza Rahimova", "93%", "K7QM-2XVD-93HT-WB5R", "2026"):
        assert words in text
    assert "USTOZ" in text.replace(" ", "")
    assert "t.me/ustoz_bot?start=v_K7QM2XVD93HTWB5R" in text
    assert CERTIFICATE.course_title.read_in(language) in text
    assert printed.png.startswith(b"\x89PNG")


def test_the_day_is_that_of_the_centre() -> None:
    facts = dict(sheet().facts)

    assert facts["Issued on"] == "1 December 2026"
    assert facts["Length"] == "2 hours"


def test_what_is_not_known_is_not_printed() -> None:
    facts = dict(sheet(replace(CERTIFICATE, duration_seconds=0, percent=None)).facts)

    assert set(facts) == {"Issued on", "Teacher"}
    assert dict(sheet(replace(CERTIFICATE, duration_seconds=1500)).facts)["Length"] == "25 minutes"


@pytest.mark.parametrize("words", HOSTILE)
async def test_no_name_is_markup_or_breaks_the_page(words: str) -> None:
    hostile = replace(CERTIFICATE, full_name=words, course_title=Text({Language.EN: words}), teacher_name=words)

    printed = await TypstPress().press(sheet(hostile))

    text = text_of(printed.pdf)
    assert "K7QM-2XVD-93HT-WB5R" in text
    if words.isascii() and len(words) < 60:
        assert words.replace(" ", "") in text.replace(" ", "")


@given(st.text(max_size=120))
@settings(max_examples=200)
def test_whatever_is_printed_is_visible_and_in_one_line(words: str) -> None:
    shown = printable(words)

    assert shown
    assert "\n" not in shown
    assert not any("\U0001f300" <= sign <= "\U0001faff" for sign in shown)


async def test_a_press_that_takes_too_long_is_given_up_and_works_again() -> None:
    press = TypstPress(patience=0.000_001)
    with pytest.raises(PressFailed):
        await press.press(sheet())

    patient = TypstPress()
    first, second = await asyncio.gather(patient.press(sheet()), patient.press(sheet(language=Language.RU)))

    assert first.pdf != second.pdf

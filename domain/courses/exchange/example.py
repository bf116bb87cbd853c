"""A small course to show what a file looks like; the bot sends it as a template."""

from domain.courses.exchange.model import CourseDraft, LessonDraft, PartDraft, QuizItem, SectionDraft
from domain.courses.model import CheckQuestion, Level, Link, PartKind, Sale
from domain.language import Language, Text
from domain.money import Money


def example_course(language: Language) -> CourseDraft:
    """In one language; a course may have all three, each in its columns."""

    def text(uz: str, ru: str, en: str) -> Text:
        return Text({language: {Language.UZ: uz, Language.RU: ru, Language.EN: en}[language]})

    def numbers(*options: str) -> tuple[Text, ...]:
        return tuple(Text({language: option}) for option in options)

    first = LessonDraft(
        title=text("Foiz nima?", "Что такое процент?", "What is a percent?"),
        is_preview=True,
        is_gate=True,
        pass_percent=70,
        parts=(
            PartDraft(
                kind=PartKind.TEXT,
                text=text(
                    "**Foiz** — sonning yuzdan bir qismi: $1\\% = \\frac{1}{100}$.",
                    "**Процент** — сотая часть числа: $1\\% = \\frac{1}{100}$.",
                    "A **percent** is one hundredth of a number: $1\\% = \\frac{1}{100}$.",
                ),
            ),
            PartDraft(
                kind=PartKind.LINK,
                text=text("Qisqa video", "Короткое видео", "A short video"),
                link=Link(url="https://www.youtube.com/watch?v=JeVSmq1Nrpw", provider="YouTube", duration_seconds=300),
                question=CheckQuestion(
                    text=text("50 ning 10 foizi nechaga teng?", "Сколько будет 10% от 50?", "What is 10% of 50?"),
                    options=numbers("5", "10", "50"),
                    correct=0,
                ),
            ),
        ),
        questions=(
            QuizItem(
                text=text("200 ning 15 foizi nechaga teng?", "Сколько будет 15% от 200?", "What is 15% of 200?"),
                options=numbers("15", "30", "45"),
                correct=1,
                explanation=text("10% — 20, 5% — 10.", "10% — это 20, 5% — 10.", "10% is 20, and 5% is 10."),
            ),
        ),
    )
    second = LessonDraft(
        title=text("Chegirmalar", "Скидки", "Discounts"),
        opens_after_days=3,
        parts=(
            PartDraft(
                kind=PartKind.TEXT,
                text=text(
                    "Do‘konda narx 20 foizga tushdi. Endi u necha so‘m?",
                    "Цена в магазине упала на 20%. Сколько она теперь?",
                    "A price fell by 20%. What is it now?",
                ),
            ),
        ),
    )
    return CourseDraft(
        title=text("Foizlar", "Проценты", "Percentages"),
        language=language,
        description=text(
            "Kundalik hayotdagi foizlar.", "Проценты в повседневной жизни.", "Percentages in everyday life."
        ),
        level=Level.BEGINNER,
        sale=Sale.COURSE,
        price=Money.soms(50_000),
        has_certificate=True,
        certificate_percent=60,
        sections=(SectionDraft(title=text("Boshlanish", "Начало", "The beginning"), lessons=(first, second)),),
    )

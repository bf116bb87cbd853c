"""What is wrong with a file that was sent to be imported: where, and in one word what."""

from dataclasses import dataclass
from enum import StrEnum


class Problem(StrEnum):
    """One kind of mistake; the edge has a sentence for each that says what to do."""

    SHEET_MISSING = "sheet_missing"
    KEY_UNKNOWN = "key_unknown"
    KEY_TWICE = "key_twice"
    COLUMN_UNKNOWN = "column_unknown"
    FORMAT_NEWER = "format_newer"
    TITLE_MISSING = "title_missing"
    TITLE_TOO_LONG = "title_too_long"
    DESCRIPTION_TOO_LONG = "description_too_long"
    TEXT_MISSING = "text_missing"
    TEXT_TOO_LONG = "text_too_long"
    LANGUAGE_UNKNOWN = "language_unknown"
    LEVEL_UNKNOWN = "level_unknown"
    SLUG_MALFORMED = "slug_malformed"
    SLUG_TAKEN = "slug_taken"
    SALE_UNKNOWN = "sale_unknown"
    PRICE_MISSING = "price_missing"
    PRICE_WRONG = "price_wrong"
    PRICE_UNUSED = "price_unused"
    STARS_WRONG = "stars_wrong"
    NOT_YES_OR_NO = "not_yes_or_no"
    PERCENT_WRONG = "percent_wrong"
    NUMBER_WRONG = "number_wrong"
    NUMBER_TWICE = "number_twice"
    OPENING_WRONG = "opening_wrong"
    DURATION_WRONG = "duration_wrong"
    FISCAL_WRONG = "fiscal_wrong"
    FISCAL_NOT_YOURS = "fiscal_not_yours"
    CATEGORY_UNKNOWN = "category_unknown"
    PREREQUISITE_UNKNOWN = "prerequisite_unknown"
    SECTION_MISSING = "section_missing"
    LESSON_UNKNOWN = "lesson_unknown"
    KIND_UNKNOWN = "kind_unknown"
    PART_EMPTY = "part_empty"
    LINK_WRONG = "link_wrong"
    FILE_NOT_THERE = "file_not_there"
    FILE_EMPTY = "file_empty"
    FILE_PROGRAM = "file_program"
    FILE_OTHER_KIND = "file_other_kind"
    FILE_TOO_LARGE = "file_too_large"
    FILE_UNUSED = "file_unused"
    FILES_LEFT_OUT = "files_left_out"
    QUESTION_WRONG = "question_wrong"
    RIGHT_WRONG = "right_wrong"
    TOO_MANY_QUESTIONS = "too_many_questions"
    TOO_MANY_SECTIONS = "too_many_sections"
    TOO_MANY_LESSONS = "too_many_lessons"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_MANY_RESOURCES = "too_many_resources"
    NOTHING_THERE = "nothing_there"


WARNINGS = frozenset(
    {
        Problem.KEY_UNKNOWN,
        Problem.COLUMN_UNKNOWN,
        Problem.SLUG_TAKEN,
        Problem.PRICE_UNUSED,
        Problem.FISCAL_NOT_YOURS,
        Problem.CATEGORY_UNKNOWN,
        Problem.PREREQUISITE_UNKNOWN,
        Problem.FILE_UNUSED,
        Problem.FILES_LEFT_OUT,
    }
)
"""With these the course can be saved all the same, without what they are about."""


class Refusal(StrEnum):
    """Why a file cannot be read at all."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    """Neither a workbook nor an archive nor a Word document."""
    BROKEN = "broken"
    ENCRYPTED = "encrypted"
    UNSAFE = "unsafe"
    """An archive with paths that lead out of it, links, too many entries, or that unpacks to too much."""
    NO_WORKBOOK = "no_workbook"
    TOO_MUCH = "too_much"
    """More rows or text than a course may have."""
    GONE = "gone"
    """Telegram or the storage does not have the file any more."""
    NOT_WORD = "not_word"
    """Into a course that is there only a Word syllabus goes."""


@dataclass(frozen=True, slots=True)
class Issue:
    problem: Problem
    sheet: str = ""
    row: int = 0
    """As the spreadsheet counts; 0: the whole sheet, or the file."""
    column: str = ""
    value: str = ""
    """What was found there, cut short."""

    @property
    def is_warning(self) -> bool:
        return self.problem in WARNINGS

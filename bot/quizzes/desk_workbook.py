"""The sheets of a quiz: results, questions, and every answer. Imported by whoever writes one."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook

from bot.i18n import _, current_language
from bot.question_text import LETTERS
from bot.sheets import headed_sheet, text_cell
from domain.quizzes.exams.model import ExamResult
from domain.quizzes.items import Item
from domain.quizzes.keys import Arranged, Choice, Response, Written
from domain.quizzes.statistics import ResultLine
from domain.quizzes.statistics_ports import RawAnswer

_LONGEST = 32_000
"""Characters; a cell holds 32,767."""


class QuizWorkbook:
    def __init__(self, timezone: str) -> None:
        self._zone = ZoneInfo(timezone)
        self._language = current_language()
        self._book = Workbook(write_only=True)
        self._exam: Any = None
        student = _("Student")
        self._results = headed_sheet(
            self._book,
            _("Results"),
            [
                _("Student's ID"),
                student,
                _("Attempt"),
                "%",
                _("Right"),
                _("Questions"),
                _("Points"),
                _("Most points"),
                _("To mark"),
                _("Rasch, logits"),
                _("Standard error"),
                _("Rasch score"),
                "±",
                _("Seconds"),
                _("Begun on"),
                _("Finished on"),
            ],
            [14, 28, 9, 7, 8, 10, 9, 12, 9, 13, 15, 12, 7, 10, 18, 18],
        )
        self._items = headed_sheet(
            self._book,
            _("Questions"),
            [
                "ID",
                _("Question"),
                _("Asked"),
                _("Answered"),
                _("Right"),
                _("Share right"),
                _("Discrimination"),
                _("Seconds on average"),
                _("Chosen, by option"),
            ],
            [10, 60, 9, 10, 8, 12, 15, 18, 40],
        )
        self._answers = headed_sheet(
            self._book,
            _("Answers"),
            [
                _("Student's ID"),
                student,
                _("Attempt"),
                _("Question's ID"),
                _("Version"),
                _("Question"),
                _("Answer"),
                _("Right"),
                _("Points"),
                _("Seconds"),
                _("Answered on"),
            ],
            [14, 28, 9, 13, 9, 60, 30, 8, 9, 10, 18],
        )

    def add_results(self, lines: Sequence[ResultLine]) -> None:
        for line in lines:
            attempt, score = line.attempt, line.attempt.score
            scaled = line.scaled
            self._results.append(
                [
                    attempt.student_id,
                    self._text(self._results, attempt.student),
                    attempt.number,
                    score.percent,
                    score.correct,
                    score.total,
                    score.points / 100 if score.points is not None else None,
                    score.max_points / 100 if score.max_points is not None else None,
                    attempt.waiting,
                    round(line.ability.value, 3) if line.ability else None,
                    round(line.ability.error, 3) if line.ability else None,
                    round(scaled.value, 1) if scaled else None,
                    round((scaled.interval[1] - scaled.interval[0]) / 2, 1) if scaled else None,
                    attempt.seconds,
                    self._moment(attempt.started_at),
                    self._moment(attempt.finished_at),
                ]
            )

    def add_exam(self, results: Sequence[ExamResult]) -> None:
        """Beside the sheet of all results: in an exam the places count, and its scale is its own."""
        if self._exam is None:
            logits = _("Rasch, logits")
            headings = [_("Student's ID"), _("Student"), _("Place"), "%", _("Right"), _("Questions")]
            headings += [_("Points"), _("Most points"), _("To mark"), logits, _("Rasch, from"), _("Rasch, to")]
            widths = [14, 28, 8, 7, 8, 10, 9, 12, 9, 13, 9, 9]
            self._exam = headed_sheet(self._book, _("Exam"), headings, widths)
        for result in results:
            score, ability = result.score, result.ability
            self._exam.append(
                [
                    result.user_id,
                    self._text(self._exam, result.name),
                    result.place,
                    score.percent,
                    score.correct,
                    score.total,
                    score.points / 100 if score.points is not None else None,
                    score.max_points / 100 if score.max_points is not None else None,
                    result.waiting,
                    *([round(each, 3) for each in (ability.value, ability.low, ability.high)] if ability else []),
                ]
            )

    def add_items(self, items: Sequence[Item]) -> None:
        for item in items:
            power, seconds = item.discrimination, item.seconds
            chosen = ", ".join(f"{LETTERS[choice.option]}: {choice.chosen}" for choice in item.choices)
            self._items.append(
                [
                    item.question.id,
                    self._text(self._items, item.question.text.read_in(self._language)),
                    item.sums.asked,
                    item.sums.answered,
                    item.sums.correct,
                    round(item.difficulty, 4),
                    round(power, 3) if power is not None else None,
                    round(seconds, 1) if seconds is not None else None,
                    self._text(self._items, chosen),
                ]
            )

    def add_answers(self, answers: Sequence[RawAnswer]) -> None:
        for answer in answers:
            self._answers.append(
                [
                    answer.student_id,
                    self._text(self._answers, answer.student),
                    answer.attempt_number,
                    answer.question.id,
                    answer.question.version,
                    self._text(self._answers, answer.question.text.read_in(self._language)),
                    self._text(self._answers, written(answer.response)),
                    int(answer.is_correct) if answer.is_correct is not None else None,
                    answer.points / 100,
                    answer.seconds,
                    self._moment(answer.answered_at),
                ]
            )

    def save(self, path: Path) -> None:
        self._book.save(path)

    def _moment(self, moment: Any) -> Any:
        """Spreadsheets know no zones: the teacher's own clock."""
        return moment.astimezone(self._zone).replace(tzinfo=None, microsecond=0)

    @staticmethod
    def _text(sheet: Any, text: str) -> Any:
        """Always text: what a student wrote is no formula, whatever it begins with."""
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        return text_cell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST])


def written(response: Response | None) -> str:
    """An answer as it is read in a list: letters of options, the text, or numbers in their order."""
    match response:
        case Choice(options):
            return ", ".join(LETTERS[option] for option in sorted(options))
        case Written(text):
            return text
        case Arranged(order):
            return ", ".join(str(index + 1) for index in order)
        case None:
            return ""

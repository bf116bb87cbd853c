"""A teacher's own rows with what is wrong beside each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from bot.courses.import_words import issue_words
from bot.i18n import _
from domain.courses.exchange.cells import from_cell, to_cell
from domain.courses.exchange.issues import Issue
from domain.courses.exchange.tables import COLUMNS, ERROR, Cell, SheetToWrite, load_tables

_LARGEST_GAP = 100
"""Empty rows that are kept, so that the numbers stay those of the file."""


def mistake_sheets(parsed: Mapping[str, Any], issues: Sequence[Issue]) -> list[SheetToWrite]:
    """First a list of all of it, then the sheets; they may be corrected and sent again as they are."""
    tables = load_tables(parsed)
    by_row: dict[tuple[str, int], list[str]] = defaultdict(list)
    for issue in issues:
        words = issue_words(issue)
        by_row[issue.sheet, issue.row].append(f"{issue.column}: {words}" if issue.column else words)
    listed = [
        [to_cell(issue.sheet), issue.row or None, to_cell(issue.column), to_cell(issue_words(issue))]
        for issue in issues
    ]
    sheets = [SheetToWrite("errors", (_("sheet"), _("row"), _("column"), ERROR), listed)]
    for name in COLUMNS:
        table = tables.sheets.get(name)
        if table is None:
            continue
        columns = tuple(column for column in table.columns if column and column != ERROR)
        rows: list[Sequence[Cell]] = []
        following = 2
        for row in table.rows:
            rows.extend([[]] * min(row.number - following, _LARGEST_GAP))
            following = row.number + 1
            cells = [to_cell(from_cell(row.cells[column])) if column in row.cells else None for column in columns]
            wrong = by_row.get((name, row.number))
            rows.append([*cells, to_cell("\n".join(wrong)) if wrong else None])
        sheets.append(SheetToWrite(name, (*columns, ERROR), rows))
    return sheets

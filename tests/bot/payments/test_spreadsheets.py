"""Files for accountants: what kind of cell each value becomes."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook

from bot.payments import spreadsheets
from bot.payments.spreadsheets import CsvWriter, Headings, XlsxWriter
from domain.language import Language
from domain.payments.export import text_cell

HEADINGS = Headings(columns=["A", "B", "C", "D"], sum_columns=["X", "Y"], orders="Buyurtmalar", sums="Jami")
MOMENT = datetime(2026, 3, 2, 12, 5)  # noqa: DTZ001 (spreadsheets know no zones)
ROW = ("Ali", MOMENT, 150_000, Decimal("0.55"))


def test_a_workbook_has_numbers_as_numbers_and_moments_as_moments(tmp_path: Path) -> None:
    writer = XlsxWriter(tmp_path / "a.xlsx", HEADINGS)
    writer.add([ROW])
    writer.finish([("Payme", 5)])

    book = load_workbook(tmp_path / "a.xlsx")

    assert book.sheetnames == ["Buyurtmalar", "Jami"]
    orders = book.worksheets[0]
    assert [cell.data_type for cell in orders[2]] == ["s", "d", "n", "n"]
    assert [cell.value for cell in orders[2]] == ["Ali", MOMENT, 150_000, 0.55]
    assert all(cell.font.bold for cell in orders[1])
    assert orders.freeze_panes == "A2"
    assert orders.column_dimensions["A"].width > 10
    assert list(book.worksheets[1].values) == [("X", "Y"), ("Payme", 5)]


def test_a_workbook_without_orders_is_a_workbook(tmp_path: Path) -> None:
    XlsxWriter(tmp_path / "a.xlsx", HEADINGS).finish([])

    assert [list(sheet.values) for sheet in load_workbook(tmp_path / "a.xlsx").worksheets] == [
        [("A", "B", "C", "D")],
        [("X", "Y")],
    ]


def test_what_does_not_fit_into_one_sheet_goes_on_in_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets, "SHEET_ROWS", 3)
    writer = XlsxWriter(tmp_path / "a.xlsx", HEADINGS)
    writer.add([ROW] * 7)
    writer.finish([])

    book = load_workbook(tmp_path / "a.xlsx")

    assert book.sheetnames == ["Buyurtmalar", "Buyurtmalar 2", "Buyurtmalar 3", "Jami"]
    assert [sheet.max_row for sheet in book.worksheets] == [4, 4, 2, 1]


def test_a_formula_is_text_only_because_the_domain_makes_it_so(tmp_path: Path) -> None:
    """The second cell is the negative control: written as it is, it would run."""
    writer = XlsxWriter(tmp_path / "a.xlsx", HEADINGS)
    writer.add([(text_cell("=1+1"), "=1+1", None, None)])
    writer.finish([])

    row = load_workbook(tmp_path / "a.xlsx").worksheets[0][2]

    assert [cell.data_type for cell in row][:2] == ["s", "f"]


@pytest.mark.parametrize(
    ("language", "line"),
    [(Language.EN, "Ali,2026-03-02 12:05,150000,0.55"), (Language.UZ, "Ali;2026-03-02 12:05;150000;0,55")],
)
def test_csv_is_separated_as_the_readers_spreadsheet_expects_it(tmp_path: Path, language: Language, line: str) -> None:
    writer = CsvWriter(tmp_path / "a.csv", HEADINGS, language)
    writer.add([ROW])
    writer.finish([])

    content = (tmp_path / "a.csv").read_bytes()

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").split("\r\n")[1] == line

"""The aims, what was measured for each, and whether it holds."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aim:
    """Smaller is better, unless `is_floor`."""

    id: str
    what: str
    measured: float
    must: float
    stretch: float
    unit: str = "×"
    is_floor: bool = False

    @property
    def holds(self) -> bool:
        return self._reaches(self.must)

    @property
    def verdict(self) -> str:
        if self._reaches(self.stretch):
            return "stretch"
        return "holds" if self.holds else "FAILS"

    def _reaches(self, bound: float) -> bool:
        return self.measured >= bound if self.is_floor else self.measured <= bound


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown, aligned."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    lines = [_line(head, widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    return "\n".join([*lines, *(_line(row, widths) for row in rows)])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        cell.ljust(width) if place == 0 else cell.rjust(width)
        for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return f"| {' | '.join(padded)} |"


def aims_table(aims: Sequence[Aim]) -> str:
    rows = [
        (
            f"{aim.id} {aim.what}".strip(),
            f"{'≥' if aim.is_floor else '≤'} {_number(aim.must, aim.unit)}",
            f"{'≥' if aim.is_floor else '≤'} {_number(aim.stretch, aim.unit)}",
            _number(aim.measured, aim.unit),
            aim.verdict,
        )
        for aim in aims
    ]
    return table(("aim", "must", "stretch", "measured", "verdict"), rows)


def _number(value: float, unit: str) -> str:
    return f"{value:.2f} ×" if unit == "×" else f"{value:,.{1 if value < 100 and unit else 0}f} {unit}".strip()

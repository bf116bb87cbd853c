"""Pictures of numbers: what a screen asks for, and who draws it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class ChartKind(StrEnum):
    BARS = "bars"
    """A bar for each mark, in percent, with its label."""
    LINE = "line"
    """Percents in the order of time; the first and the last label are shown."""
    DAYS = "days"
    """A column for each day with its count; a label may be empty."""


@dataclass(frozen=True, slots=True)
class Mark:
    label: str
    value: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    kind: ChartKind
    title: str
    language: str
    marks: tuple[Mark, ...]


class ChartFailed(Exception):
    """The picture could not be drawn; its screen does without."""


class Charts(Protocol):
    async def draw(self, chart: Chart) -> bytes:
        """A PNG. Raises ChartFailed."""
        ...

from collections.abc import Sequence

from domain.courses.exchange.issues import Issue
from domain.errors import DomainError, Gone


class ImportGone(Gone):
    """There is no such import, it is somebody else's, or it was put away."""


class NotImportable(DomainError):
    """It has mistakes, or no category yet: nothing is saved."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__(f"{len(issues)} issues")
        self.issues = tuple(issues)


class NotRead(DomainError):
    """Its file has not been read yet."""

from datetime import datetime

from domain.errors import DomainError
from domain.usage.model import Period, Whose


class BudgetSpent(DomainError):
    """The call may cost more than what is left in one of its purses. Nothing was asked and nothing is counted."""

    def __init__(self, whose: Whose, period: Period, until: datetime) -> None:
        super().__init__(f"{whose} {period}")
        self.whose = whose
        self.period = period
        self.until = until
        """When the purse is filled again."""


class BudgetChanged(DomainError):
    """The budgets have been changed since: only the last change can be taken back, and only once."""

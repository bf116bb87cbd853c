from bot.i18n import N_
from domain.errors import DomainError
from domain.usage.errors import BudgetChanged, BudgetSpent

SENTENCES: dict[type[DomainError], str] = {
    BudgetSpent: N_("What may be spent on this is used up for now. Please come back tomorrow."),
    BudgetChanged: N_("The budgets have been changed in the meantime. Here they are as they are now."),
}

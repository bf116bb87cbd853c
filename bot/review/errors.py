from bot.i18n import N_
from domain.errors import DomainError
from domain.review.errors import CardGone, CardMoved, GradeGone, NotAnAnswer

SENTENCES: dict[type[DomainError], str] = {
    CardGone: N_("This card is no longer there. /review shows what is next."),
    CardMoved: N_("This card has been dealt with already. /review shows what is next."),
    GradeGone: N_("That grade cannot be taken back any more."),
    NotAnAnswer: N_("That does not fit this question. /review shows it again."),
}

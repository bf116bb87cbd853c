from bot.i18n import N_
from domain.errors import DomainError
from domain.quizzes.errors import AttemptGone, QuestionGone, QuizFull, QuizGone

SENTENCES: dict[type[DomainError], str] = {
    QuizGone: N_("This lesson has no quiz yet."),
    AttemptGone: N_("This quiz attempt is no longer there. /results shows yours."),
    QuestionGone: N_("This question is no longer waiting for an answer."),
    QuizFull: N_("This quiz is full: it takes no more questions."),
}

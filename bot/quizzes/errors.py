from bot.i18n import N_
from domain.errors import DomainError
from domain.quizzes.errors import (
    AttemptGone,
    NoAttemptsLeft,
    QuestionGone,
    QuizClosed,
    QuizFull,
    QuizGone,
    QuizNotOpen,
    TimeOver,
)

SENTENCES: dict[type[DomainError], str] = {
    QuizGone: N_("This lesson has no quiz yet."),
    AttemptGone: N_("This quiz attempt is no longer there. /results shows yours."),
    QuestionGone: N_("This question is no longer waiting for an answer."),
    QuizNotOpen: N_("This quiz is not open yet. Its first screen says when it opens."),
    QuizClosed: N_("This quiz is closed and takes no new attempts. /results shows yours."),
    NoAttemptsLeft: N_("You have used all attempts at this quiz. /results shows them."),
    TimeOver: N_("Time is over. What you answered is stored; /results shows it."),
    QuizFull: N_("This quiz is full: it takes no more questions."),
}

from bot.i18n import N_
from domain.errors import DomainError
from domain.quizzes.exams.errors import ExamGone, ExamNotBegun, ExamNotOver, ExamOver

SENTENCES: dict[type[DomainError], str] = {
    ExamGone: N_("There is no exam here. /exams shows yours."),
    ExamNotBegun: N_("The exam has not begun yet. This is possible while it goes on."),
    ExamOver: N_("The exam is closed. Its results are on their way."),
    ExamNotOver: N_("The results are held back until the exam closes, for you too."),
}

from bot.i18n import N_
from domain.errors import DomainError
from domain.quizzes.exams.errors import (
    ExamCalledOff,
    ExamGoesOn,
    ExamGone,
    ExamNotBegun,
    ExamNotOver,
    ExamOver,
    ExamSat,
    QuizTaken,
)

SENTENCES: dict[type[DomainError], str] = {
    ExamGone: N_("There is no exam here. /exams shows yours."),
    ExamCalledOff: N_("This exam is called off. Your teacher will tell you what comes instead."),
    ExamGoesOn: N_("The exam goes on, so its settings stay. More time is given on its board."),
    ExamSat: N_("Students have sat this exam, so its settings stay. For another one make a new lesson."),
    QuizTaken: N_("Students have taken this quiz and know its answers. Make the exam in a new lesson."),
    ExamNotBegun: N_("The exam has not begun yet. This is possible while it goes on."),
    ExamOver: N_("The exam is closed. Its results are on their way."),
    ExamNotOver: N_("The results are held back until the exam closes, for you too."),
}

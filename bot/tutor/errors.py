from bot.i18n import N_
from domain.errors import DomainError
from domain.tutor.errors import (
    AnswerLost,
    AnswerRunning,
    DailyQuotaSpent,
    ModelBusy,
    ModelRefused,
    ModelSpent,
    ModelUnavailable,
    NoModel,
    NothingToAnswer,
    NothingToSolve,
    QuestionTaken,
    SessionGone,
    SpokenGone,
    VoiceTooLong,
)

SENTENCES: dict[type[DomainError], str] = {
    DailyQuotaSpent: N_("You have asked all your questions for today. New ones come at midnight 🌙"),
    AnswerRunning: N_("One question at a time: I am still answering the last one."),
    SessionGone: N_("This conversation is no longer there. Here is the menu:"),
    NothingToSolve: N_("The full solution is above already, or the last question was no exercise."),
    NothingToAnswer: N_("This question has its answer already."),
    AnswerLost: N_("This answer was interrupted."),
    NoModel: N_("No model is connected to the tutor right now."),
    ModelUnavailable: N_("The tutor cannot be reached right now. Your question is kept and was not counted."),
    ModelBusy: N_("Too many people are asking right now. Your question is kept and was not counted."),
    ModelSpent: N_("What may be spent on the tutor is used up for now. Your question is kept and was not counted."),
    QuestionTaken: N_("This question has been asked already. Its answer comes below."),
    SpokenGone: N_("This recording is no longer there. Please type your question, or record it again."),
    VoiceTooLong: N_("That is too long for one question: three minutes at most. Please say the main thing first."),
    ModelRefused: N_("The tutor does not answer this question. It was not counted; please ask it differently."),
}

"""What is told when something about questions cannot be done."""

from bot.i18n import N_
from domain.errors import DomainError
from domain.quizzes.bank_model import BankFull, BankGone, BankTitleTaken, QuestionKnown, TooManyBanks
from domain.quizzes.card_model import AlreadyMarked, AnswerGone
from domain.quizzes.exporting.service import NothingToExport

QUESTION_SENTENCES: dict[type[DomainError], str] = {
    BankGone: N_("This question bank is no longer there."),
    BankTitleTaken: N_("There is a bank of this name already. Please choose another one."),
    TooManyBanks: N_("This course has 100 question banks already. Archive one first."),
    BankFull: N_("There are 10,000 questions in this bank already. Please make another one."),
    QuestionKnown: N_("This question is in the bank already, so it is not added twice."),
    NothingToExport: N_("There is nothing to download yet. Add the first question."),
    AlreadyMarked: N_("Another teacher has just marked this answer. Please look at it once more."),
    AnswerGone: N_("This answer is no longer there. /marking shows those that wait."),
}

QUESTION_INPUT: dict[tuple[str, str], str] = {
    ("bank", "empty"): N_("A name needs at least one letter or digit. Please type it."),
    ("bank", "too_long"): N_("That is too long for a name: 80 characters at most."),
    ("options", "unexpected"): N_("This kind of question has no answers to choose from."),
    ("options", "languages"): N_("Every answer has to be in the same languages as the question."),
    ("correct", "unknown"): N_("The right answer is not among the answers. Begin it with +."),
    ("accepted", "empty"): N_("Which answer is right? Type it after =, like: = Tashkent"),
    ("accepted", "too_many"): N_("30 spellings of the right answer are the most."),
    ("accepted", "too_long"): N_("A typed answer has 200 characters at most. An essay fits longer ones."),
    ("number", "not_a_number"): N_("That is no number. Type it like: = 3.14 ± 0.01"),
    ("number", "negative_tolerance"): N_("The tolerance cannot be below zero. Type it like: = 3.14 ± 0.01"),
    ("rights", "empty"): N_("One of the pairs has no right side. Type each like: apple -> olma"),
    ("rights", "too_few"): N_("Each left side needs its right side, like: apple -> olma"),
    ("rights", "too_many"): N_("A question has 12 pairs at most."),
    ("rights", "too_long"): N_("One of the right sides is too long: 500 characters at most."),
    ("rights", "duplicate"): N_("Two of the right sides are the same, so nobody could tell them apart."),
    ("rights", "languages"): N_("Every right side has to be in the same languages as the question."),
    ("topic", "empty"): N_("I see no topic there. Please type it."),
    ("topic", "too_long"): N_("That is too long for a topic: 60 characters at most."),
    ("source", "too_long"): N_("That is too long for a source: 120 characters at most."),
    ("source", "empty"): N_("I see no source there. Please type it."),
    ("questions", "too_many"): N_("500 questions at a time are the most. Please choose fewer."),
    ("difficulty", "format"): N_("The difficulty is a number from 1 (easy) to 5 (hard)."),
    ("difficulty", "out_of_range"): N_("The difficulty is a number from 1 (easy) to 5 (hard)."),
    ("points", "format"): N_("Points are a whole number from 1 to 100."),
    ("points", "out_of_range"): N_("Points are a whole number from 1 to 100."),
    ("pools", "too_many"): N_("20 draws from banks are the most. Take one out first."),
    ("pools", "count"): N_("From 1 to 100 questions in one attempt, please."),
    ("attempts", "out_of_range"): N_("From 1 to 50 attempts, please."),
    ("time_limit", "out_of_range"): N_("From 1 to 360 minutes, please."),
    ("question_limit", "out_of_range"): N_("From 5 to 600 seconds, please."),
    ("penalty", "out_of_range"): N_("From 0 to 100 percent, please."),
    ("number", "format"): N_("Please type a whole number, like 20."),
    ("closes_at", "before_opening"): N_("The quiz has to close after it opens. Please type a later moment."),
    ("exam", "needs_dates"): N_("An exam needs to know when it opens and closes. Set these two first."),
    ("exam", "begun"): N_("Its opening time has passed already. Set a later one first."),
    ("versions", "no_exam"): N_("This quiz is no exam any more, so it has no versions."),
    ("versions", "out_of_range"): N_("From 1 to 10 versions, please."),
    ("reveal", "needs_close"): N_("Set first when the quiz closes; the answers are shown after that."),
    ("mark", "format"): N_("Please type the points as a number, like 1.5, or a share, like 80%."),
    ("mark", "out_of_range"): N_("That is more than this question is worth, or below zero."),
    ("comment", "too_long"): N_("That is too long for a comment: 2,000 characters at most."),
}

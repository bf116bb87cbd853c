from bot.i18n import N_, _
from domain.courses.errors import LessonInUse, LessonSold, Missing, NotReady, TeachersOnly, WorkGone
from domain.courses.exchange.errors import ImportGone, NotImportable, NotRead
from domain.errors import DomainError, InvalidInput

SENTENCES: dict[type[DomainError], str] = {
    TeachersOnly: N_("Only teachers make courses here. If you teach, ask the centre for an invitation."),
    WorkGone: N_("This is not among your courses. /mycourses shows those that are."),
    NotReady: N_("This cannot be published yet. Add something to a lesson first."),
    LessonSold: N_("Students have paid for this lesson, so it stays open to them."),
    ImportGone: N_("This file is no longer kept here. Please send it again."),
    NotImportable: N_("This cannot be saved yet. Look at what is wrong, correct it and send the file again."),
    NotRead: N_("The file is still being read. One moment, please."),
    LessonInUse: N_("This lesson cannot be deleted: it is public, or students have worked in it."),
}

MISSING: dict[Missing, str] = {
    Missing.LESSON: N_("• Add a first lesson."),
    Missing.CONTENT: N_("• Put something into a lesson: a text, a file, a video or a question."),
    Missing.COURSE_PRICE: N_("• Set the price of the course."),
    Missing.LESSON_PRICE: N_("• Set the price of at least one lesson, or make the course free."),
    Missing.PUBLICATION: N_("• Publish the course first; the lesson comes with it."),
}

_INPUT: dict[tuple[str, str], str] = {
    ("title", "empty"): N_("A title needs at least one letter or digit. Please type it."),
    ("title", "too_long"): N_("That is too long for a title: 120 characters at most."),
    ("description", "too_long"): N_("That is too long for a description: 2,000 characters at most."),
    ("text", "empty"): N_("I see no text there. Please type it again."),
    ("text", "too_long"): N_("That is too long for one part of a lesson. Please send it in pieces."),
    ("price", "missing"): N_("A course sold as a whole needs a price."),
    ("price", "format"): N_("Please type the price in so'm as a number, like 50000 or 50 ming."),
    ("price", "too_small"): N_("The smallest price is 1,000 so'm. Type 0 to make it free."),
    ("price", "too_large"): N_("That is too much. The largest price is 1,000,000,000 so'm."),
    ("stars", "format"): N_("Please type the number of Stars, like 600."),
    ("stars", "too_small"): N_("The smallest price is 1 Star."),
    ("stars", "too_large"): N_("That is too much. The largest price is 100,000 Stars."),
    ("fiscal", "format"): N_("Please type three numbers in one line: IKPU, package code, VAT."),
    ("fiscal", "ikpu"): N_("An IKPU has 17 digits."),
    ("fiscal", "package"): N_("A package code has digits only, 20 at most."),
    ("fiscal", "vat"): N_("VAT is a percentage from 0 to 100."),
    ("question", "empty"): N_("I see no question before the answers. Please write it in the first line."),
    ("question", "too_long"): N_("The question is too long: 300 characters at most."),
    ("options", "missing"): N_(
        "I see no answers there. Begin the right one with + and each wrong one with -, every one on its own line."
    ),
    ("options", "too_few"): N_("A question needs at least two answers."),
    ("options", "too_many"): N_("A question has 12 answers at most."),
    ("options", "empty"): N_("One of the answers is empty."),
    ("options", "too_long"): N_("One of the answers is too long: 100 characters at most."),
    ("options", "duplicate"): N_("Two of the answers are the same."),
    ("correct", "missing"): N_("Which answer is right? Begin it with + instead of -."),
    ("correct", "several"): N_("Only one answer can be right. Begin only that one with +."),
    ("explanation", "too_long"): N_("The explanation is too long: 200 characters at most."),
}


def input_sentence(error: InvalidInput) -> str:
    """What is wrong with what was sent, in the current language."""
    return _(_INPUT.get((error.field, error.reason), N_("That does not fit here. Please try again.")))


def missing_sentence(error: NotReady) -> str:
    """What to do before it can be published, line by line."""
    return "\n".join([_("Before students can see it:"), *(_(MISSING[missing]) for missing in error.missing)])

from bot.courses.question_errors import QUESTION_INPUT, QUESTION_SENTENCES
from bot.i18n import N_, _
from domain.courses.errors import (
    CategoryCircle,
    CategoryInUse,
    CourseInvitationSpent,
    EditConflict,
    LessonArchived,
    LessonSold,
    Missing,
    NotDraft,
    NotForThisPart,
    NothingToPass,
    NotReady,
    NotYetTeacher,
    OnlySection,
    PrerequisiteCircle,
    QuotaExceeded,
    SectionInUse,
    TeachersOnly,
    TooManyFiles,
    TooManyPrerequisites,
    TooManyTeachers,
    WorkGone,
)
from domain.courses.exchange.errors import ImportGone, NotImportable, NotRead
from domain.courses.quotas import MIB
from domain.errors import DomainError, InvalidInput
from domain.quizzes.importing.import_errors import NothingToAdd, NotReadYet, PhotosNotRead, QuestionImportGone

SENTENCES: dict[type[DomainError], str] = {
    **QUESTION_SENTENCES,
    TeachersOnly: N_("Only teachers make courses here. If you teach, ask the centre for an invitation."),
    WorkGone: N_("This is not among your courses. /mycourses shows those that are."),
    NotReady: N_("This cannot be published yet. Add something to a lesson first."),
    LessonSold: N_("Students have paid for this lesson, so it stays open to them."),
    LessonArchived: N_("This lesson is in the archive. Bring it back first."),
    SectionInUse: N_("There are lessons in this section. Move them to another one first."),
    OnlySection: N_("There is no other section that could take these lessons. Add one first."),
    NotForThisPart: N_("That does not fit this part. Send the same kind of thing, or add a new part."),
    NothingToPass: N_("This lesson has no questions yet. Add some first, then set the score."),
    TooManyFiles: N_("There are 50 files beside this lesson already. An archive holds many in one."),
    EditConflict: N_("Somebody has just changed this, so yours is not saved. Please look at it once more."),
    CategoryCircle: N_("A branch cannot lie in itself. Please choose another place."),
    CategoryInUse: N_("This branch is not empty: courses, branches or students' choices are in it. Move them first."),
    PrerequisiteCircle: N_(
        "That course asks for this one first, so neither could ever begin. Please choose another one."
    ),
    TooManyPrerequisites: N_("Ten courses before this one are enough. Take one out first."),
    NotDraft: N_("Only a draft waits for its day. This course is public or archived already."),
    TooManyTeachers: N_("This course has twenty co-teachers, and that is the most it can have."),
    NotYetTeacher: N_("This invitation is for teachers. Ask the centre to make you a teacher, then open it again."),
    CourseInvitationSpent: N_("This invitation is no longer valid. Please ask for a new one."),
    QuotaExceeded: N_("Your place for files is full. Delete lessons or files that you no longer need."),
    ImportGone: N_("This file is no longer kept here. Please send it again."),
    NotImportable: N_("This cannot be saved yet. Look at what is wrong, correct it and send the file again."),
    NotRead: N_("The file is still being read. One moment, please."),
    QuestionImportGone: N_("This test is no longer kept here. Please send it again."),
    NotReadYet: N_("The test is still being read. One moment, please."),
    NothingToAdd: N_("There is nothing to add any more. Look at what is there already."),
    PhotosNotRead: N_("I cannot read photos here. Please send the test as a file or a text."),
}

MISSING: dict[Missing, str] = {
    Missing.LESSON: N_("• Add a first lesson."),
    Missing.CONTENT: N_("• Put something into a lesson: a text, a file, a video or a question."),
    Missing.COURSE_PRICE: N_("• Set the price of the course."),
    Missing.LESSON_PRICE: N_("• Set the price of at least one lesson, or make the course free."),
    Missing.PUBLICATION: N_("• Publish the course first; the lesson comes with it."),
}

_INPUT: dict[tuple[str, str], str] = {
    **QUESTION_INPUT,
    ("title", "empty"): N_("A title needs at least one letter or digit. Please type it."),
    ("title", "too_long"): N_("That is too long for a title: 120 characters at most."),
    ("description", "too_long"): N_("That is too long for a description: 2,000 characters at most."),
    ("text", "empty"): N_("I see no text there. Please type it again."),
    ("text", "too_long"): N_("That is too long for one part of a lesson. Please send it in pieces."),
    ("link", "too_long"): N_("That link is too long. Please send its short form."),
    ("link", "format"): N_("That link cannot be read. Please copy it again from the browser."),
    ("link", "credentials"): N_("There is a name or password in that link. Please send one without."),
    ("link", "private"): N_("Students cannot reach that address. Please send a public link."),
    ("duration", "format"): N_("Please type the duration like 12:40, or 1:02:03 with hours."),
    ("duration", "too_long"): N_("That is longer than a day. Please type it like 12:40."),
    ("outline", "empty"): N_("I see no lesson there. Please type one title a line."),
    ("outline", "too_many"): N_("That is too much at once: 100 lines at most."),
    ("outline", "too_long"): N_("One of the lines is too long for a title: 120 characters at most."),
    ("days", "format"): N_("Please type the number of days, like 7."),
    ("days", "range"): N_("From 1 to 365 days, please."),
    ("percent", "range"): N_("From 1 to 100 percent, please."),
    ("file", "kind"): N_("Please send it as a file (📎 → File), or as music."),
    ("options", "too_many_to_check"): N_("A check question has 4 answers at most."),
    ("title", "taken"): N_("There are too many branches of this name. Please choose another one."),
    ("emoji", "format"): N_("Please send one emoji and nothing else, like 📐."),
    ("slug", "format"): N_("Only small Latin letters, digits and single hyphens between them, please."),
    ("slug", "too_long"): N_("That is too long: 48 characters at most."),
    ("slug", "taken"): N_("This name is taken already. Please choose another one."),
    ("cover", "kind"): N_("Please send the cover as a photo, not as a file."),
    ("percent", "format"): N_("Please type a percentage from 1 to 100."),
    ("moment", "format"): N_("I do not understand this day. Type it like 5.12 09:00 or tomorrow 9:00."),
    ("moment", "past"): N_("That moment is over already. Please choose a later one."),
    ("file", "other_kind"): N_("This part needs a file of the same kind: a photo for a photo, a PDF for a PDF."),
    ("file", "only"): N_("This is the only file of the part, so it stays."),
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
    ("question", "too_long"): N_("The question is too long: 3,000 characters at most."),
    ("options", "missing"): N_(
        "I see no answers there. Begin the right one with + and each wrong one with -, every one on its own line."
    ),
    ("options", "too_few"): N_("A question needs at least two answers."),
    ("options", "too_many"): N_("A question has 12 answers at most."),
    ("options", "empty"): N_("One of the answers is empty."),
    ("options", "too_long"): N_("One of the answers is too long: 500 characters at most."),
    ("options", "duplicate"): N_("Two of the answers are the same."),
    ("correct", "missing"): N_("Which answer is right? Begin it with + instead of -."),
    ("correct", "several"): N_("Only one answer can be right. Begin only that one with +."),
    ("explanation", "too_long"): N_("The explanation is too long: 2,000 characters at most."),
}


def input_sentence(error: InvalidInput) -> str:
    """What is wrong with what was sent, in the current language."""
    return _(_INPUT.get((error.field, error.reason), N_("That does not fit here. Please try again.")))


def quota_sentence(error: QuotaExceeded) -> str:
    """What is used of what, and what to do, in the current language."""
    return _(
        "Your place for files is full: {files} of {max_files} files, {used} of {limit} MB. Delete parts that you no "
        "longer need, or ask the centre for more."
    ).format(
        files=error.used.files,
        max_files=error.limit.files,
        used=-(-error.used.bytes // MIB),
        limit=error.limit.bytes // MIB,
    )


def missing_sentence(error: NotReady) -> str:
    """What to do before it can be published, line by line."""
    return "\n".join([_("Before students can see it:"), *(_(MISSING[missing]) for missing in error.missing)])

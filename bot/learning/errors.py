from bot.i18n import N_
from domain.errors import DomainError
from domain.learning.errors import (
    BeyondTheEnd,
    BookmarkGone,
    CourseGone,
    LessonGone,
    LessonLocked,
    LessonUnfinished,
    PartGone,
)
from domain.learning.ratings import NotFinished, NotRated, RatingGone
from domain.learning.teachers import TeacherGone

SENTENCES: dict[type[DomainError], str] = {
    CourseGone: N_("This course is not available. Here is the menu:"),
    LessonGone: N_("This lesson is not available. Here is the menu:"),
    LessonLocked: N_("This lesson is not open to you yet. Open it to see what is missing."),
    LessonUnfinished: N_("Something is still missing before this lesson is done. Open it to see what."),
    PartGone: N_("This part is not in the lesson any more. Here is the menu:"),
    BookmarkGone: N_("This bookmark is not there any more. Here is the menu:"),
    BeyondTheEnd: N_("The recording is shorter than that. Please check the time."),
    NotFinished: N_("Whoever has finished a course may rate it. A few lessons are still waiting for you."),
    NotRated: N_("First the stars, please, then a sentence."),
    RatingGone: N_("This rating is not there any more."),
    TeacherGone: N_("This teacher has no courses here now. Here is the menu:"),
}

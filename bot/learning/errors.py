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

SENTENCES: dict[type[DomainError], str] = {
    CourseGone: N_("This course is not available. Here is the menu:"),
    LessonGone: N_("This lesson is not available. Here is the menu:"),
    LessonLocked: N_("This lesson has to be bought first."),
    LessonUnfinished: N_("Something is still missing before this lesson is done. Open it to see what."),
    PartGone: N_("This part is not in the lesson any more. Here is the menu:"),
    BookmarkGone: N_("This bookmark is not there any more. Here is the menu:"),
    BeyondTheEnd: N_("The recording is shorter than that. Please check the time."),
}

from bot.i18n import N_
from domain.errors import DomainError
from domain.learning.errors import CourseGone, LessonGone, LessonLocked

SENTENCES: dict[type[DomainError], str] = {
    CourseGone: N_("This course is not available. Here is the menu:"),
    LessonGone: N_("This lesson is not available. Here is the menu:"),
    LessonLocked: N_("This lesson is not open to you yet. Open it to see what is missing."),
}

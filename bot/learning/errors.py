from bot.i18n import N_
from domain.errors import DomainError
from domain.learning.errors import CourseGone, LessonGone, LessonLocked
from domain.learning.ratings import NotFinished, NotRated, RatingGone
from domain.learning.teachers import TeacherGone

SENTENCES: dict[type[DomainError], str] = {
    CourseGone: N_("This course is not available. Here is the menu:"),
    LessonGone: N_("This lesson is not available. Here is the menu:"),
    LessonLocked: N_("This lesson has to be bought first."),
    NotFinished: N_("Whoever has finished a course may rate it. A few lessons are still waiting for you."),
    NotRated: N_("First the stars, please, then a sentence."),
    RatingGone: N_("This rating is not there any more."),
    TeacherGone: N_("This teacher has no courses here now. Here is the menu:"),
}

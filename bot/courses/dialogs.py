"""All screens for teachers."""

from bot.courses.course_dialog import course_dialog
from bot.courses.import_dialog import import_dialog
from bot.courses.lesson_dialog import lesson_dialog
from bot.courses.new_course_dialog import new_course_dialog
from bot.courses.studio_dialog import studio_dialog

dialogs = (studio_dialog, course_dialog, lesson_dialog, new_course_dialog, import_dialog)

"""All screens for teachers."""

from bot.courses.bank_dialog import bank_dialog
from bot.courses.category_dialog import category_dialog
from bot.courses.co_teacher_dialog import co_teacher_dialog, join_course_dialog
from bot.courses.course_dialog import course_dialog
from bot.courses.files_dialog import files_dialog
from bot.courses.import_dialog import import_dialog
from bot.courses.lesson_dialog import lesson_dialog
from bot.courses.marking_dialog import marking_dialog
from bot.courses.new_course_dialog import new_course_dialog
from bot.courses.part_dialog import part_dialog
from bot.courses.question_choice_dialog import question_choice_dialog
from bot.courses.question_editor_dialog import question_editor_dialog
from bot.courses.question_export import question_export_dialog
from bot.courses.question_import_dialog import question_import_dialog
from bot.courses.quiz_card_dialog import quiz_card_dialog
from bot.courses.rules_dialog import rules_dialog
from bot.courses.settings_dialog import settings_dialog
from bot.courses.structure_dialog import structure_dialog
from bot.courses.studio_dialog import studio_dialog
from bot.courses.translation_dialog import translation_dialog

dialogs = (
    studio_dialog,
    course_dialog,
    structure_dialog,
    lesson_dialog,
    part_dialog,
    rules_dialog,
    files_dialog,
    new_course_dialog,
    import_dialog,
    question_import_dialog,
    question_export_dialog,
    question_choice_dialog,
    settings_dialog,
    translation_dialog,
    co_teacher_dialog,
    join_course_dialog,
    category_dialog,
    bank_dialog,
    question_editor_dialog,
    quiz_card_dialog,
    marking_dialog,
)

"""Every screen about tuition."""

from bot.tuition.account_dialog import account_dialog
from bot.tuition.dialog import dialog
from bot.tuition.office_dialog import book_dialog, new_schedule_dialog, schedules_dialog

dialogs = (dialog, schedules_dialog, new_schedule_dialog, book_dialog, account_dialog)

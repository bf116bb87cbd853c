"""What the clock starts, and when."""

from datetime import timedelta

from bot.jobs.scheduler import Slot
from domain.courses.sweep import LOOK_OVER_FILES_JOB, SWEEP_FILES_JOB
from domain.payments.reconciler import RECONCILE_JOB
from domain.review.ports import REMIND_JOB, TUNE_JOB
from domain.tutor.retrieval_ports import EMBED_JOB

TIDY_JOB = "tidy"
TUTOR_SWEEP_JOB = "tutor_sweep"
ORDERS_SWEEP_JOB = "orders_sweep"
TUITION_JOB = "tuition"
PUBLICATION_JOB = "publish_due_courses"
EXAMS_SWEEP_JOB = "exams_sweep"
QUIZZES_SWEEP_JOB = "quizzes_sweep"

SLOTS = (
    Slot(job=TUITION_JOB, cron="0 9 * * *", stale_after=timedelta(days=2)),
    Slot(job=RECONCILE_JOB, cron="10 6 * * *", stale_after=timedelta(days=2)),
    Slot(job=TIDY_JOB, cron="30 4 * * *", stale_after=timedelta(days=2)),
    Slot(job=LOOK_OVER_FILES_JOB, cron="45 3 * * *", stale_after=timedelta(days=2)),
    Slot(job=SWEEP_FILES_JOB, cron="* * * * *", stale_after=timedelta(minutes=2)),
    Slot(job=TUTOR_SWEEP_JOB, cron="* * * * *", stale_after=timedelta(minutes=2)),
    Slot(job=EMBED_JOB, cron="* * * * *", stale_after=timedelta(minutes=2)),
    Slot(job=PUBLICATION_JOB, cron="* * * * *", stale_after=timedelta(minutes=2)),
    Slot(job=EXAMS_SWEEP_JOB, cron="* * * * *", stale_after=timedelta(minutes=2)),
    Slot(job=QUIZZES_SWEEP_JOB, cron="* * * * *", stale_after=timedelta(minutes=2)),
    Slot(job=REMIND_JOB, cron="* * * * *", stale_after=timedelta(minutes=2)),
    Slot(job=TUNE_JOB, cron="20 3 * * *", stale_after=timedelta(days=2)),
    Slot(job=ORDERS_SWEEP_JOB, cron="* * * * *", stale_after=timedelta(minutes=2)),
)

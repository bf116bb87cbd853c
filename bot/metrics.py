"""What the operator sees at /metrics."""

from prometheus_client import Counter, Gauge, Histogram

UPDATES = Counter("ustoz_updates_total", "Updates worked on, by fate", ["fate"])
UPDATE_SECONDS = Histogram(
    "ustoz_update_seconds",
    "From an update's arrival to its last effect",
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30),
)
ERRORS = Counter("ustoz_errors_total", "Unexpected errors, by place", ["place"])
INBOX_PENDING = Gauge("ustoz_inbox_pending", "Updates received and not yet worked on")
OUTBOX_PENDING = Gauge("ustoz_outbox_pending", "Jobs waiting to run")
OUTBOX_LAG = Gauge("ustoz_outbox_lag_seconds", "How long the oldest due job has been waiting")
TELEGRAM_CALLS = Counter("ustoz_telegram_calls_total", "Calls of the Bot API, by outcome", ["outcome"])
OUTBOX_HELD = Gauge("ustoz_outbox_held", "Jobs that failed too often and wait for somebody to look")
NOTICES = Counter("ustoz_notices_total", "Messages sent on the program's own account, by fate", ["fate"])
PARSE_FALLBACKS = Counter("ustoz_parse_fallbacks_total", "Messages sent plain because their markup was refused")
PAYME_CALLS = Counter("ustoz_payme_calls_total", "Calls of Payme, by method and code", ["method", "code"])

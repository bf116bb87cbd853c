"""Errors that somebody should look at, sent to Sentry when the operator has one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from structlog.typing import EventDict, Processor, WrappedLogger

from bot.logs import Scrubber

if TYPE_CHECKING:
    from sentry_sdk.types import Event, Hint


def sentry_reporter(dsn: str, secrets: Sequence[str]) -> Processor:
    """Start Sentry; the processor for the log hands it every error, with ids and without anybody's words.

    Local variables stay here: they hold what people wrote.
    """
    import sentry_sdk

    scrub = Scrubber(secrets)

    def clean(event: "Event", _hint: "Hint") -> "Event":
        for problem in event.get("exception", {}).get("values", []):
            if isinstance(problem.get("value"), str):
                problem["value"] = scrub.clean(problem["value"])
        return event

    sentry_sdk.init(
        dsn,
        include_local_variables=False,
        max_breadcrumbs=0,
        default_integrations=False,
        before_send=clean,
    )

    def report(_logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        if method in ("error", "exception", "critical"):
            facts: dict[str, Any] = {key: value for key, value in event.items() if key not in ("exc_info", "event")}
            with sentry_sdk.new_scope() as scope:
                scope.set_context("log", {key: scrub.clean(str(value)) for key, value in facts.items()})
                problem = event.get("exc_info")
                if isinstance(problem, BaseException):
                    scope.capture_exception(problem)
                elif problem:
                    scope.capture_exception()
                else:
                    scope.capture_message(str(event.get("event")), level="error")
        return event

    return report

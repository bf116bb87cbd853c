"""Structured logs: an event name, ids, never a secret and never a text that somebody wrote."""

import logging
import re
import sys
from collections.abc import Sequence
from enum import Enum
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_TOKEN = re.compile(r"\b\d{3,}:[A-Za-z0-9_-]{20,}|(?<=/bot)\d+:[^/\s]+")
_ROW = re.compile(r"(?<=DETAIL: ).*?(?=\nHINT: |\n\n|\Z)", re.DOTALL)
"""PostgreSQL quotes in its errors the row that it refuses, with all that people wrote into it."""
_PHONE = re.compile(r"\+?\b998\d{9}\b|\+\d{10,15}\b")


class Scrubber:
    """Removes what must never be in a log, wherever it came from: secrets by value, tokens and phones by shape."""

    def __init__(self, secrets: Sequence[str]) -> None:
        """Longer ones go first: an address as a whole, then the password that is part of it."""
        self._secrets = sorted({secret for secret in secrets if len(secret) >= 6}, key=len, reverse=True)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: value if key.startswith("_") else self._cleaned(value) for key, value in event.items()}

    def _cleaned(self, value: Any) -> Any:
        """Numbers stay what they are; of everything else its words could hold a secret, however deep it is."""
        match value:
            case None | bool() | int() | float():
                return value
            case str():
                return self.clean(value)
            case dict():
                return {self.clean(str(key)): self._cleaned(item) for key, item in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._cleaned(item) for item in value]
            case _:
                return self.clean(str(value) if isinstance(value, Enum) else repr(value))

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, "•••")
        return _PHONE.sub("•••", _TOKEN.sub("•••", _ROW.sub("•••", text)))


def set_up_logs(level: str, style: str, secrets: Sequence[str], report: Processor | None = None) -> None:
    """`style` is console or json. The standard library's logs take the same way out.

    `report` is shown every event before it is written (see `bot.monitoring`).
    """
    scrub = Scrubber(secrets)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *([report] if report is not None else []),
        structlog.processors.format_exc_info,
        scrub,
    ]
    renderer = (
        structlog.processors.JSONRenderer()
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    number = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler], force=True)

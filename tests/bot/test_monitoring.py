"""Errors reach Sentry, and nothing that somebody wrote goes with them."""

from collections.abc import Iterator
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from bot.monitoring import sentry_reporter

SECRET = "payme-key-0123456789"


class _Post(Transport):
    """Keeps what would have been sent."""

    sent: list[Any]

    def capture_envelope(self, envelope: Any) -> None:
        self.sent.append(envelope.get_event())


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    post = _Post({"dsn": "http://key@127.0.0.1:1/1"})
    post.sent = []
    start = sentry_sdk.init
    monkeypatch.setattr(sentry_sdk, "init", lambda dsn, **options: start(dsn, transport=post, **options))
    yield post.sent
    start()


def _fail(text: str, phone: str) -> None:
    raise ValueError(f"could not read {text} of {phone}")


def test_an_error_is_reported_with_its_ids_and_without_secrets(sent: list[Any]) -> None:
    report = sentry_reporter("http://key@127.0.0.1:1/1", [SECRET])
    try:
        _fail(SECRET, "+" + "998" * 4)
    except ValueError as error:
        report(None, "error", {"event": "update.dead_letter", "error_id": "AB12CD", "user_id": 7, "exc_info": error})

    [event] = sent
    assert event["contexts"]["log"] == {"error_id": "AB12CD", "user_id": "7"}
    assert event["exception"]["values"][0]["type"] == "ValueError"
    assert SECRET not in str(event)
    assert "998" * 4 not in str(event)


def test_what_is_no_error_is_not_reported(sent: list[Any]) -> None:
    report = sentry_reporter("http://key@127.0.0.1:1/1", [])

    report(None, "info", {"event": "started"})

    assert sent == []

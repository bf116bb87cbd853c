"""SEC-12: secrets, tokens and phone numbers never get into a log, wherever they come from."""

import json
import logging
import subprocess
import sys
import traceback
from pathlib import Path

import asyncpg
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import Scrubber

ROOT = Path(__file__).parents[2]
TOKEN = "123456789:AAcanary-token_of_the_tests-0123456"
KEY = "canary-payme-key-00000000"
SCRUB = Scrubber([TOKEN, KEY, "postgresql://u:canary-word@h/d", "canary-word"])


def logged(**event: object) -> str:
    return json.dumps(SCRUB(None, "info", {"event": "e", **event}), ensure_ascii=False)


@pytest.mark.parametrize(
    "value",
    [
        TOKEN,
        f"https://api.telegram.org/bot{TOKEN}/sendMessage",
        f"https://api.telegram.org/file/bot{TOKEN}/photos/1.jpg",
        "another bot 987654321:BBcanary-token_of_another-bot0123",
        "http://127.0.0.1:8081/bot42:canary/getMe",
        f"key={KEY}&x",
        "postgresql://u:canary-word@h/d",
        "password authentication failed: canary-word",
        [f"in a list {KEY}"],
        {"in": {"a": {"dictionary": (KEY,)}}},
        {KEY: 1},
        {KEY},
        ValueError(f"in an exception {TOKEN}"),
        b"bytes " + KEY.encode(),
        Path(f"/file/{KEY}"),
    ],
)
def test_no_canary_passes(value: object) -> None:
    assert "canary" not in logged(value=value)


@pytest.mark.parametrize(
    "phone", ["+998901234567", "998901234567", "tel:+998901234567.", "+79161234567", '"+998901234567"', "+442071838750"]
)
def test_no_phone_number_passes(phone: str) -> None:
    assert phone.strip('tel:".') not in logged(value=phone, other=[phone])


def test_the_row_that_the_database_refuses_is_not_quoted() -> None:
    error = asyncpg.CheckViolationError('violates check constraint "ck_users_phone"')
    error.detail = "Failing row contains (1, Ali\nKarimov, student)."
    try:
        raise error
    except asyncpg.PostgresError:
        told = traceback.format_exc() + "\n\nDuring handling of the above, another one came"

    line = logged(exception=told, cause=str(error), of=error)

    assert "Ali" not in line
    assert "Karimov" not in line
    assert "ck_users_phone" in line
    assert "another one came" in line


def test_ids_and_numbers_stay_readable() -> None:
    assert json.loads(logged(user_id=5012345678, update_id=998877665, ok=True, took=0.25, none=None)) == {
        "event": "e", "user_id": 5012345678, "update_id": 998877665, "ok": True, "took": 0.25, "none": None,
    }  # fmt: skip


@given(before=st.text(max_size=30), after=st.text(max_size=30))
def test_a_secret_is_removed_whatever_stands_around_it(before: str, after: str) -> None:
    assert KEY not in SCRUB.clean(before + KEY + after)


PROGRAM = """
import logging, sys
from bot.logs import set_up_logs
import structlog
set_up_logs("DEBUG", sys.argv[1], ["canary-secret"])
log = structlog.get_logger()
log.info("told", phone="+998901234567", nested={"key": ["canary-secret"]})
try:
    raise ValueError("canary-secret of https://api.telegram.org/bot123456789:AAcanary-token_of_the_tests-0123456/x")
except ValueError as error:
    log.exception("failed", cause=error)
    logging.getLogger("library").exception("failed for %s", "canary-secret")
    logging.getLogger("library").error("%s", {"phone": "+998901234567"})
"""


@pytest.mark.parametrize("style", ["json", "console"])
def test_tracebacks_and_the_libraries_logs_take_the_same_way_out(style: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM, style],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=True,
    )  # fmt: skip
    everything = ended.stderr + ended.stdout

    assert "canary" not in everything
    assert "901234567" not in everything
    assert everything.count("ValueError") >= 2, "the kind of the error and its place are still told"
    if style == "json":
        assert [json.loads(line)["event"] for line in ended.stderr.splitlines()][:2] == ["told", "failed"]


def test_structlog_is_what_the_tests_think_it_is() -> None:
    """The scrubber is a processor of structlog; the standard library's records come to it as event dictionaries."""
    record = logging.LogRecord("library", logging.ERROR, __file__, 1, KEY, None, None)
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[SCRUB], processors=[structlog.processors.JSONRenderer(default=str)]
    )

    assert "canary" not in json.loads(formatter.format(record))["event"]

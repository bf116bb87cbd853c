"""A missing or malformed value is one line that names the variable, before anything starts."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.settings import ModelSettings, Settings, SettingsError, load_settings
from domain.language import Language
from domain.learning.model import ProductKind
from domain.payments.model import FiscalCodes, Rail

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No `.env`, and none of the product's variables set."""
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    for section in vars(settings).values():
        for name in type(section).model_fields:
            monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("BOT_TOKEN", "not a token"),
        ("BOT_TOKEN", "123456"),
        ("BOT_API_URL", "api.telegram.org"),
        ("BOT_API_URL", "ftp://api.telegram.org"),
        ("WEBHOOK_BASE_URL", "http://bot.example.org"),
        ("WEBHOOK_BASE_URL", "https://"),
        ("WEBHOOK_SECRET", "short"),
        ("WEBHOOK_SECRET", "x" * 257),
        ("WEBHOOK_SECRET", "with spaces and чужое"),
        ("HTTP_PORT", "http"),
        ("HTTP_PORT", "0"),
        ("HTTP_PORT", "65536"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("REDIS_URL", "localhost:6379"),
        ("ADMIN_IDS", "@rustam"),
        ("ADMIN_IDS", "1,-2"),
        ("ADMIN_IDS", "１２"),
        ("TIMEZONE", "Mars/Olympus"),
        ("TIMEZONE", "../../etc/passwd"),
        ("DEFAULT_LANGUAGE", "de"),
        ("PHONE_REQUIRED", "perhaps"),
        ("TUTOR_QUESTIONS_A_DAY", "0"),
        ("PAYME_MERCHANT_ID", "a b"),
        ("PAYME_CHECKOUT_URL", "checkout"),
        ("SELL_COURSES_BY", "payme,click"),
        ("SOMS_PER_STAR", "0"),
        ("REFUNDS", "sometimes"),
        ("FISCAL_IKPU", "12345"),
        ("FISCAL_VAT_PERCENT", "101"),
        ("ADMIN_CHAT_ID", "@admins"),
        ("OPENAI_BASE_URL", "localhost:8000"),
        ("LOG_LEVEL", "LOUD"),
        ("LOG_FORMAT", "xml"),
    ],
)
def test_a_malformed_value_is_one_line_that_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as caught:
        load_settings()

    message = str(caught.value)
    assert message.startswith(f"{name} ")
    assert "\n" not in message


@pytest.mark.parametrize(("given", "missing"), [("PAYME_KEY", "PAYME_MERCHANT_ID"), ("PAYME_MERCHANT_ID", "PAYME_KEY")])
def test_half_of_paymes_pair_names_the_other_half(monkeypatch: pytest.MonkeyPatch, given: str, missing: str) -> None:
    monkeypatch.setenv(given, "5e730e8e0b852a417aa49ceb")

    with pytest.raises(SettingsError, match=f"^{missing} is missing"):
        load_settings()


@pytest.mark.parametrize("given", ["FISCAL_IKPU", "FISCAL_PACKAGE_CODE", "FISCAL_VAT_PERCENT"])
def test_fiscal_codes_are_all_there_or_none(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    values = {"FISCAL_IKPU": "10305008003000000", "FISCAL_PACKAGE_CODE": "1514296", "FISCAL_VAT_PERCENT": "12"}
    for name, value in values.items():
        monkeypatch.setenv(name, value)
    assert load_settings().sales.terms.fiscal == FiscalCodes(
        ikpu="10305008003000000", package_code="1514296", vat_percent=12
    )

    monkeypatch.delenv(given)

    with pytest.raises(SettingsError, match=f"^{given} is missing"):
        load_settings()


def test_rails_are_offered_in_the_operators_order_and_none_sells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SELL_COURSES_BY", " Cash; payme, cash ")
    monkeypatch.setenv("SELL_LESSONS_BY", "none")

    sells = load_settings().sales.rails_by_kind

    assert sells[ProductKind.COURSE] == (Rail.CASH, Rail.PAYME)
    assert sells[ProductKind.LESSON] == ()
    assert sells[ProductKind.TUITION] == (Rail.PAYME, Rail.CASH)


def test_transfer_details_may_have_several_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRANSFER_DETAILS", r"8600 1234\nD. Rahimova")

    assert load_settings().sales.transfer_details == "8600 1234\nD. Rahimova"


def test_with_nothing_set_everything_has_a_sensible_value() -> None:
    settings = load_settings()

    assert settings.is_sandbox
    assert (settings.web.http_host, settings.web.http_port) == ("127.0.0.1", 8080)
    assert (settings.centre.timezone, settings.centre.default_language) == ("Asia/Tashkent", Language.UZ)
    assert not settings.payme.is_complete
    assert not settings.model.is_connected


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-1: an empty secret is not a secret."""
    monkeypatch.setenv("WEBHOOK_SECRET", "")
    monkeypatch.setenv("BOT_TOKEN", "")

    settings = load_settings()

    assert settings.telegram.webhook_secret is None
    assert settings.is_sandbox


def test_admins_may_be_separated_by_commas_spaces_and_semicolons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_IDS", "1001, 1002;1003 1004")

    assert load_settings().centre.admin_ids == {1001, 1002, 1003, 1004}


def test_a_loopback_address_may_be_plain_http(monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("http://127.0.0.1:8080", "http://localhost:8080/", "http://[::1]:8080", "https://bot.example.org/"):
        monkeypatch.setenv("WEBHOOK_BASE_URL", url)
        assert load_settings().telegram.webhook_base_url == url.rstrip("/")


def test_every_secret_is_known_to_the_logs_scrubber(monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-12: also the password inside of a URL, which the database's own errors may quote alone."""
    given = {
        "BOT_TOKEN": "123456:canary-token-canary-token",
        "WEBHOOK_SECRET": "canary-webhook-secret",
        "PAYME_KEY": "canary-payme-key",
        "PAYME_MERCHANT_ID": "5e730e8e0b852a417aa49ceb",
        "OPENAI_API_KEY": "sk-canary-openai",
        "SENTRY_DSN": "https://canarysentry@o1.example/1",
        "DATABASE_URL": "postgresql://ustoz:canary%2Fpassword@localhost/ustoz",
        "REDIS_URL": "redis://:canary-redis@localhost/0",
    }
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    known = load_settings().secrets

    public = {"PAYME_MERCHANT_ID"}
    assert {value for name, value in given.items() if name not in public} <= set(known)
    assert {"canary%2Fpassword", "canary/password", "canary-redis"} <= set(known)


@pytest.mark.parametrize(
    ("name", "value"), [("HTTP_PORT", "eighty"), ("BOT_TOKEN", "canary of a token"), ("PAYME_KEY", "canary of a key")]
)
def test_the_program_says_one_line_and_ends_before_anything_starts(tmp_path: Path, name: str, value: str) -> None:
    """The line says neither a traceback nor the value, which may be a secret."""
    ended = subprocess.run(
        [sys.executable, "-m", "bot"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path / "data"), name: value},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode == 1
    assert name in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert value not in ended.stderr
    assert not (tmp_path / "data").exists()


def test_prices_are_the_operators_else_openais_for_its_own_models_else_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    own = ModelSettings(openai_api_key=SecretStr("k")).prices
    assert (own["gpt-4o-mini"].tokens_out, own["whisper-1"].minute) == (Decimal("0.60"), Decimal("0.006"))

    foreign = ModelSettings(openai_base_url="http://127.0.0.1:1").prices
    assert (foreign["gpt-4o-mini"].tokens_out, foreign["whisper-1"].minute) == (0, 0)

    monkeypatch.setenv("OPENAI_PRICE_OUT", "2.5")
    given = ModelSettings(openai_base_url="http://127.0.0.1:1").prices
    assert given["gpt-4o-mini"].tokens_out == Decimal("2.5")

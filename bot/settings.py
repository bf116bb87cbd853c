"""Settings from the environment or `.env`; the names are the product's contract with its operator."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from domain.courses.quotas import MIB, Quota, Quotas
from domain.fiscal import FiscalCodes
from domain.language import Language
from domain.learning.model import ProductKind
from domain.payments.model import Rail, RefundRule, Terms

TELEGRAM_API = "https://api.telegram.org"


class SettingsError(Exception):
    """A variable is missing or malformed; the message is one line that names it."""


class _Section(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)


class TelegramSettings(_Section):
    bot_token: SecretStr | None = None
    bot_api_url: str = TELEGRAM_API
    webhook_base_url: str | None = None
    webhook_secret: SecretStr | None = None

    @field_validator("bot_token")
    @classmethod
    def _token(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"\d+:[A-Za-z0-9_-]{3,}", value.get_secret_value()):
            raise ValueError("is not a bot token (it looks like 123456:ABC-DEF…)")
        return value

    @field_validator("bot_api_url", "webhook_base_url")
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        return _http_url(value)

    @field_validator("webhook_base_url")
    @classmethod
    def _https(cls, value: str | None) -> str | None:
        if value and value.startswith("http://") and urlsplit(value).hostname not in ("127.0.0.1", "localhost", "::1"):
            raise ValueError("must be https (plain http only for a loopback address)")
        return value

    @field_validator("webhook_secret")
    @classmethod
    def _secret(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value.get_secret_value()):
            raise ValueError("must be 16 to 256 characters of A-Z a-z 0-9 _ -")
        return value


class WebSettings(_Section):
    http_host: str = "127.0.0.1"
    http_port: int = Field(8080, ge=1, le=65535)


class StoreSettings(_Section):
    database_url: SecretStr | None = None
    redis_url: SecretStr | None = None
    data_dir: Path = Path(".data")

    @field_validator("database_url")
    @classmethod
    def _postgres(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("postgresql://", "postgres://")):
            raise ValueError("must start with postgresql://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must start with redis://, rediss:// or unix://")
        return value


class CentreSettings(_Section):
    admin_ids: Annotated[frozenset[int], NoDecode] = frozenset()
    timezone: str = "Asia/Tashkent"
    default_language: Language = Language.UZ
    phone_required: bool = False
    tutor_questions_a_day: int = Field(30, ge=1)
    tutor_alerts: bool = False
    practice_sets_a_day: int = Field(3, ge=1)
    generation_tokens_a_day: int = Field(200_000, ge=1)
    centre_tokens_a_day: int = Field(3_000_000, ge=1)
    centre_contact: str | None = None
    centre_name: str = Field("Ustoz", min_length=1, max_length=80)

    @field_validator("admin_ids", mode="before")
    @classmethod
    def _ids(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = [part for part in re.split(r"[\s,;]+", value.strip()) if part]
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise ValueError("must be Telegram ids separated by commas")
        return frozenset(int(part) for part in parts)

    @field_validator("timezone")
    @classmethod
    def _zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("is not a time zone such as Asia/Tashkent") from error
        return value


class PaymeEnvironment(_Section):
    payme_merchant_id: str | None = None
    payme_key: SecretStr | None = None
    payme_checkout_url: str = "https://checkout.paycom.uz"
    payme_cabinet_url: str = "https://merchant.payme.uz"

    @field_validator("payme_merchant_id")
    @classmethod
    def _merchant(cls, value: str | None) -> str | None:
        if value is not None and not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value):
            raise ValueError("is not a merchant id")
        return value

    @field_validator("payme_checkout_url", "payme_cabinet_url")
    @classmethod
    def _url(cls, value: str) -> str | None:
        return _http_url(value)

    @property
    def is_complete(self) -> bool:
        return self.payme_merchant_id is not None and self.payme_key is not None


class SalesSettings(_Section):
    """How things are sold; the names after SELL_ are those of `Rail`."""

    sell_courses_by: Annotated[tuple[Rail, ...], NoDecode] = tuple(Rail)
    sell_lessons_by: Annotated[tuple[Rail, ...], NoDecode] = tuple(Rail)
    sell_tuition_by: Annotated[tuple[Rail, ...], NoDecode] = (Rail.PAYME, Rail.CASH)
    soms_per_star: int | None = Field(None, ge=1, le=1_000_000)
    transfer_details: str | None = Field(None, max_length=1000)
    refunds: RefundRule = RefundRule.ALWAYS
    fiscal_ikpu: str | None = Field(None, pattern=r"^[0-9]{17}$")
    fiscal_package_code: str | None = Field(None, pattern=r"^[0-9]{1,20}$")
    fiscal_vat_percent: int | None = Field(None, ge=0, le=100)
    admin_chat_id: int | None = None

    @field_validator("sell_courses_by", "sell_lessons_by", "sell_tuition_by", mode="before")
    @classmethod
    def _rails(cls, value: Any) -> Any:
        """`none` sells nothing of the kind."""
        if not isinstance(value, str):
            return value
        names = [name for name in re.split(r"[\s,;]+", value.strip().lower()) if name]
        if unknown := set(names) - {*Rail, "none"}:
            raise ValueError(f"knows {', '.join(Rail)} and none, not {', '.join(sorted(unknown))}")
        return tuple(dict.fromkeys(Rail(name) for name in names if name != "none"))

    @field_validator("transfer_details")
    @classmethod
    def _lines(cls, value: str | None) -> str | None:
        """A line break is written as \\n in a file of settings."""
        return value.replace("\\n", "\n").strip() or None if value is not None else None

    @property
    def fiscal(self) -> FiscalCodes | None:
        if self.fiscal_ikpu is None or self.fiscal_package_code is None or self.fiscal_vat_percent is None:
            return None
        return FiscalCodes(
            ikpu=self.fiscal_ikpu, package_code=self.fiscal_package_code, vat_percent=self.fiscal_vat_percent
        )

    @property
    def terms(self) -> Terms:
        return Terms(fiscal=self.fiscal, soms_per_star=self.soms_per_star, refunds=self.refunds)

    @property
    def rails_by_kind(self) -> dict[ProductKind, tuple[Rail, ...]]:
        return {
            ProductKind.COURSE: self.sell_courses_by,
            ProductKind.LESSON: self.sell_lessons_by,
            ProductKind.TUITION: self.sell_tuition_by,
        }


class ModelSettings(_Section):
    openai_api_key: SecretStr | None = None
    openai_base_url: str | None = None
    openai_model: str = "gpt-4o-mini"
    openai_embedding_model: str = "text-embedding-3-small"
    openai_transcription_model: str = "whisper-1"

    @field_validator("openai_base_url")
    @classmethod
    def _url(cls, value: str | None) -> str | None:
        return _http_url(value)

    @property
    def is_connected(self) -> bool:
        return self.openai_api_key is not None or self.openai_base_url is not None


class FileSettings(_Section):
    s3_bucket: str | None = None
    s3_endpoint_url: str | None = None
    teacher_files: int = Field(5_000, ge=1)
    teacher_files_mb: int = Field(20_480, ge=1)
    student_files: int = Field(200, ge=1)
    student_files_mb: int = Field(500, ge=1)

    @property
    def quotas(self) -> Quotas:
        return Quotas(
            teacher=Quota(files=self.teacher_files, bytes=self.teacher_files_mb * MIB),
            student=Quota(files=self.student_files, bytes=self.student_files_mb * MIB),
        )


class LogSettings(_Section):
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["console", "json"] = "console"
    sentry_dsn: SecretStr | None = None


class Settings:
    """All sections, read once at the start."""

    def __init__(self) -> None:
        self.telegram = TelegramSettings()
        self.web = WebSettings()  # pyright: ignore[reportCallIssue]
        self.store = StoreSettings()
        self.centre = CentreSettings()  # pyright: ignore[reportCallIssue]
        self.payme = PaymeEnvironment()
        self.sales = SalesSettings()  # pyright: ignore[reportCallIssue]
        self.model = ModelSettings()
        self.files = FileSettings()  # pyright: ignore[reportCallIssue]
        self.logs = LogSettings()

    @property
    def is_sandbox(self) -> bool:
        return self.telegram.bot_token is None

    @property
    def secrets(self) -> list[str]:
        """Every secret value, and the passwords within URLs, for the log's scrubber."""
        values = (
            self.telegram.bot_token,
            self.telegram.webhook_secret,
            self.payme.payme_key,
            self.model.openai_api_key,
            self.logs.sentry_dsn,
            self.store.database_url,
            self.store.redis_url,
        )
        known = [value.get_secret_value() for value in values if value is not None]
        passwords = [password for value in known if "://" in value and (password := urlsplit(value).password)]
        return [*known, *passwords, *map(unquote, passwords)]


def load_settings() -> Settings:
    """Read and check everything before anything starts."""
    try:
        settings = Settings()
    except ValidationError as error:
        raise SettingsError(_one_line(error)) from None
    if (settings.payme.payme_merchant_id is None) != (settings.payme.payme_key is None):
        missing = "PAYME_KEY" if settings.payme.payme_key is None else "PAYME_MERCHANT_ID"
        raise SettingsError(f"{missing} is missing: Payme needs PAYME_MERCHANT_ID and PAYME_KEY")
    codes = {
        "FISCAL_IKPU": settings.sales.fiscal_ikpu,
        "FISCAL_PACKAGE_CODE": settings.sales.fiscal_package_code,
        "FISCAL_VAT_PERCENT": settings.sales.fiscal_vat_percent,
    }
    missing_codes = [name for name, value in codes.items() if value is None]
    if 0 < len(missing_codes) < len(codes):
        raise SettingsError(f"{missing_codes[0]} is missing: fiscal receipts need {', '.join(codes)}")
    return settings


def _one_line(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    name = str(first["loc"][0]).upper() if first["loc"] else "a setting"
    return f"{name} {first['msg'].removeprefix('Value error, ')}"


def _http_url(value: str | None) -> str | None:
    if value is None:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be a URL that starts with https:// or http://")
    return value.rstrip("/")

"""Settings: read from the environment, typed, and refused when they would not work."""

import ssl
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from app.card_settings import CardSettings
from app.core.mail import named_address
from app.core.secret_files import secrets_named_by_files
from app.core.urls import parts_of

SHORTEST_SECRET = 32
FEWEST_CHARACTERS = 8
LIKE_POSTGRES = "must be a PostgreSQL address like postgresql://user:password@host:5432/docket"
WORDS_OF_EXAMPLES = ("change-me", "changeme", "secret-key", "secret_key", "secretkey", "password", "example")


class Environment(StrEnum):
    DEVELOPMENT = "development"
    STAGING = "staging"
    PRODUCTION = "production"


class SettingsRefused(Exception):
    """A sentence for whoever starts the application: which setting is wrong and what to set."""


class Settings(CardSettings):
    """Every setting of the application. `.env.example` says what each one does."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore", frozen=True)

    app_env: Environment = Environment.PRODUCTION
    secret_key: SecretStr
    secret_key_fallbacks: Annotated[list[SecretStr], NoDecode] = []
    debug: bool = Field(False, validation_alias=AliasChoices("debug", "flask_debug"))  # as Flask calls it
    demo: bool = False

    database_url: str
    redis_verify: bool = True
    redis_url: str | None = None
    database_pool: int = Field(5, ge=1, le=50)

    # Read by gunicorn and its file; named here so that whatever prepares the database refuses them in words.
    web_concurrency: int = Field(2, ge=1, le=64)
    web_threads: int = Field(4, ge=1, le=64)

    base_url: str = "http://127.0.0.1:8000"
    trusted_hosts: Annotated[list[str], NoDecode] = []
    proxy_hops: int = Field(0, ge=0, le=1)
    cors_origins: Annotated[list[str], NoDecode] = []

    smtp_url: SecretStr | None = None
    smtp_ca_file: Path | None = None
    mail_from: str = "Docket <orders@localhost>"
    mail_reply_to: str | None = None
    files_dir: Path | None = None
    s3_bucket: str | None = None
    s3_endpoint_url: str | None = None
    s3_region: str | None = None
    s3_access_key_id: str | None = None
    s3_secret_access_key: SecretStr | None = None

    metrics_token: SecretStr | None = None
    sentry_dsn: SecretStr | None = None
    otel_exporter_otlp_endpoint: str | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    templates_auto_reload: bool = False

    reads_a_minute: int = Field(600, ge=1)
    writes_a_minute: int = Field(300, ge=1)
    largest_body: int = Field(1_000_000, ge=1_000)
    worker_concurrency: int = Field(2, ge=1, le=16)
    argon2_memory_kib: int = Field(19_456, ge=8)
    argon2_rounds: int = Field(2, ge=1)

    @field_validator("trusted_hosts", "cors_origins", "secret_key_fallbacks", mode="before")
    @classmethod
    def _split_at_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("database_url")
    @classmethod
    def _speak_psycopg(cls, value: str) -> str:
        scheme, found, rest = value.partition("://")
        if not found or scheme.split("+")[0] not in {"postgres", "postgresql"}:
            raise ValueError(LIKE_POSTGRES)
        url = f"postgresql+psycopg://{rest}"
        try:
            if make_url(url).database:
                return url
        except (ArgumentError, ValueError):
            pass
        raise ValueError(LIKE_POSTGRES)

    @field_validator("redis_url")
    @classmethod
    def _speak_redis(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None:
            return None
        parts = parts_of(value)
        if parts is None or parts.scheme not in {"redis", "rediss", "unix"}:
            raise ValueError("must be a Redis address like redis://host:6379/0")
        if parts.scheme == "rediss" and not info.data.get("redis_verify", True):
            return f"{value}{'&' if parts.query else '?'}ssl_cert_reqs=none"
        return value

    @field_validator("s3_endpoint_url")
    @classmethod
    def _speak_s3(cls, value: str | None) -> str | None:
        parts = parts_of(value) if value else None
        if value and (parts is None or parts.scheme not in {"http", "https"} or not parts.hostname):
            raise ValueError("must be the address of an object store, like https://s3.example.com")
        return value

    @field_validator("smtp_url")
    @classmethod
    def _speak_smtp(cls, value: SecretStr | None) -> SecretStr | None:
        parts = parts_of(value.get_secret_value()) if value else None
        if value and (parts is None or parts.scheme not in {"smtp", "smtps"} or not parts.hostname):
            raise ValueError("must be a mail server like smtp://user:password@host:587")
        return value

    @field_validator("smtp_ca_file")
    @classmethod
    def _names_an_authority(cls, value: Path | None) -> Path | None:
        if value is None:
            return None
        try:
            ssl.create_default_context(cafile=value)
        except OSError:  # it cannot be read, or holds no certificate
            raise ValueError(
                "must be a file with the certificate (PEM) of whoever signed the mail server's"
            ) from None
        return value

    @field_validator("mail_from")
    @classmethod
    def _can_be_written_to(cls, value: str) -> str:
        named_address(value)
        return value

    @field_validator("base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        parts = parts_of(value)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be the address people type, like https://orders.example.com")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _fit_for_its_environment(self) -> Self:
        if not _looks_random(self.secret_key.get_secret_value()):
            raise ValueError(f"SECRET_KEY must be {SHORTEST_SECRET} random characters or more")
        if not self.is_live:
            return self
        if self.debug:
            raise ValueError("DEBUG must be off in production and staging")
        if self.demo:
            raise ValueError(
                "DEMO must be off in production and staging: the demo people's password is public"
            )
        if not self.base_url.startswith("https://"):
            raise ValueError(
                "BASE_URL must be the https:// address of this installation in production and staging"
            )
        if self.files_dir is None and self.s3_bucket is None:
            raise ValueError(
                "FILES_DIR (a folder that web and worker share) or S3_BUCKET must be set "
                "in production and staging"
            )
        return self

    @model_validator(mode="after")
    def _keys_only_over_https(self) -> Self:
        if self.is_live and not self.is_gateway_encrypted:
            raise ValueError("STRIPE_BASE_URL must be an https:// address in production and staging")
        return self

    @property
    def is_live(self) -> bool:
        """Staging is held to all that production is held to: that is what it is for."""
        return self.app_env is not Environment.DEVELOPMENT

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).hostname or "localhost"

    @property
    def hosts(self) -> list[str] | None:
        """The names we answer to; None is any, which only a machine of one's own should do."""
        return [self.host, *self.trusted_hosts] if self.is_live or self.trusted_hosts else None


def settings_from_environment(**given: Any) -> Settings:
    """The settings, or one sentence about what to change."""
    try:
        return Settings(**(secrets_named_by_files() | given))
    except ValidationError as wrong:
        raise SettingsRefused(_one_sentence(wrong)) from None
    except OSError as wrong:
        raise SettingsRefused(
            f"Docket cannot start: a secret's file cannot be read: {wrong.filename} ({wrong.strerror})."
        ) from None


def _looks_random(secret: str) -> bool:
    """Long enough, not one pattern again and again, and not copied from a page about settings."""
    repeats = secret in (secret * 2)[1:-1]
    is_example = any(word in secret.lower() for word in WORDS_OF_EXAMPLES)
    varied = len(set(secret)) >= FEWEST_CHARACTERS
    return len(secret) >= SHORTEST_SECRET and varied and not repeats and not is_example


def _one_sentence(wrong: ValidationError) -> str:
    first = wrong.errors(include_input=False, include_url=False)[0]
    reason = first["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    if not first["loc"]:
        return f"Docket cannot start: {reason}."
    name = str(first["loc"][0]).upper()
    if first["type"] == "int_parsing":
        return f"Docket cannot start: {name} must be a whole number."
    if first["type"] == "missing":
        return f"Docket cannot start: set {name} (see .env.example)."
    return f"Docket cannot start: {name} {reason[0].lower()}{reason[1:]}."

"""Settings of the card gateway: both secrets or neither, and no key ever in the clear."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings

from app.core.urls import parts_of

SHORTEST_KEY = 32
STRIPE = "api.stripe.com"
STRIPES_PAGES = "https://checkout.stripe.com"


class CardSettings(BaseSettings):
    """Stripe, or what speaks like it."""

    stripe_secret_key: SecretStr | None = None
    stripe_webhook_secret: SecretStr | None = None
    stripe_base_url: str = f"https://{STRIPE}"
    stripe_timeout: int = Field(8, ge=1, le=10)

    @field_validator("stripe_secret_key", "stripe_webhook_secret")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value and len(value.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must be {SHORTEST_KEY} characters or more, as the gateway shows it")
        return value

    @field_validator("stripe_base_url")
    @classmethod
    def _speak_stripe(cls, value: str) -> str:
        parts = parts_of(value)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("must be the address of the card gateway, like https://api.stripe.com")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.stripe_secret_key is None) != (self.stripe_webhook_secret is None):
            raise ValueError("STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set both, or neither")
        return self

    @property
    def is_gateway_encrypted(self) -> bool:
        return self.stripe_base_url.startswith("https://")

    @property
    def card_pages(self) -> str | None:
        """Where people are sent to type a card: Stripe's own pages live apart from its API."""
        if self.stripe_secret_key is None:
            return None
        parts = urlsplit(self.stripe_base_url)
        return STRIPES_PAGES if parts.hostname == STRIPE else f"{parts.scheme}://{parts.netloc}"

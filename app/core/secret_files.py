"""Secrets from files: NAME_FILE=/run/secrets/name stands for NAME=<what the file holds>."""

import os
from pathlib import Path

MAY_COME_FROM_A_FILE = (
    "secret_key",
    "database_url",
    "redis_url",
    "smtp_url",
    "s3_secret_access_key",
    "stripe_secret_key",
    "stripe_webhook_secret",
    "metrics_token",
    "sentry_dsn",
)


def secrets_named_by_files() -> dict[str, str]:
    """What the files hold, under the name of the setting each stands for."""
    found = {}
    for name in MAY_COME_FROM_A_FILE:
        path = os.environ.get(f"{name.upper()}_FILE")
        if path and not os.environ.get(name.upper()):
            found[name] = Path(path).read_text(encoding="utf-8").strip()
    return found

"""How often one principal or one address may ask; counted in Redis, in memory when Redis is away."""

from flask import Flask, current_app, request
from flask_limiter import Limiter

from app.core.resilience import ANSWER_WITHIN, CONNECT_WITHIN
from app.web.access import viewer_if_known
from app.web.csrf import SAFE_METHODS


def who_asks() -> str:
    """The principal when we know one, else the address."""
    who = viewer_if_known()
    return who.principal if who.is_authenticated else f"address:{request.remote_addr}"


def budget() -> str:
    """Reads and writes are counted apart: a busy reader can still order."""
    settings = current_app.extensions["settings"]
    if request.method in SAFE_METHODS:
        return f"{settings.reads_a_minute} per minute"
    return f"{settings.writes_a_minute} per minute"


limiter = Limiter(key_func=who_asks, default_limits=[budget])


def limit(app: Flask, *, redis_url: str | None) -> None:
    """Redis counts for all processes; without it each counts for itself."""
    app.config["RATELIMIT_STORAGE_URI"] = _as_the_limiter_writes_it(redis_url) if redis_url else "memory://"
    if redis_url:
        app.config["RATELIMIT_IN_MEMORY_FALLBACK_ENABLED"] = True
        app.config["RATELIMIT_STORAGE_OPTIONS"] = {
            "socket_connect_timeout": CONNECT_WITHIN,
            "socket_timeout": ANSWER_WITHIN,
        }
    limiter.init_app(app)


def _as_the_limiter_writes_it(url: str) -> str:
    return f"redis+{url}" if url.startswith("unix:") else url

"""The thread that joins a request, the promises it made, the jobs that kept them and their mail."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

ACCEPTABLE = re.compile(r"[A-Za-z0-9._:-]{8,128}")


def correlation_id() -> str | None:
    found = structlog.contextvars.get_contextvars().get("correlation_id")
    return str(found) if found else None


def remote_address() -> str | None:
    found = structlog.contextvars.get_contextvars().get("address")
    return str(found) if found else None


def begin(offered: str | None = None, *, address: str | None = None) -> str:
    """Start a new thread, or take up the one the caller offers when it is well formed."""
    taken = offered if offered and ACCEPTABLE.fullmatch(offered) else secrets.token_hex(8)
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(correlation_id=taken)
    if address:
        structlog.contextvars.bind_contextvars(address=address)
    return taken


@contextmanager
def continued(offered: str | None) -> Iterator[None]:
    """A job takes up the thread of the request that promised it."""
    begin(offered)
    try:
        yield
    finally:
        structlog.contextvars.clear_contextvars()

"""Logs are JSON lines on stdout: when, how bad, what, where in the code, and which thread of work."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.processors import CallsiteParameter, CallsiteParameterAdder
from structlog.typing import EventDict, Processor

MASKED = "…"
SECRET_NAMES = re.compile(
    r"pass(word)?|secret|token|authorization|cookie|api_?key|dsn|iban|card|totp|credential", re.IGNORECASE
)
SECRETS_IN_TEXT = re.compile(
    r"(?i)(bearer\s+|password=|token=|secret=|key=|://[^:/\s@]*:)([^\s&\"'@,;]+)"
    r"|(?<=/reset/)[\w-]{16,}|(?<=/invite/)[\w-]{16,}|(?<=/verify/)[\w-]{16,}"
    r"|(?<=\bdk_)[0-9a-f]{12}_\w+"  # an API key
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]+"  # an access token
    r"|(?<=^DETAIL: )[^\n]*",  # where PostgreSQL repeats the row it refused
    re.MULTILINE,
)


def configure_logging(*, level: str, style: str) -> None:
    """One formatter for our own lines and for those of libraries."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        CallsiteParameterAdder(
            {CallsiteParameter.MODULE, CallsiteParameter.FUNC_NAME, CallsiteParameter.LINENO}
        ),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    _send_to_stdout(shared, structlog.dev.ConsoleRenderer() if style == "console" else _json)
    logging.getLogger().setLevel(level)
    for noisy in ("werkzeug", "alembic", "rq.worker", "rq.queue"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _send_to_stdout(shared: list[Processor], render: Processor) -> None:
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _named, render],
        )
    )
    logging.getLogger().handlers[:] = [handler]


# JSON writes newlines and terminal codes as \n and \u001b: nothing that is logged can forge a line.
_json = structlog.processors.JSONRenderer(ensure_ascii=False)


def _named(_: Any, __: str, event: EventDict) -> EventDict:
    event["message"] = event.pop("event", "")
    event["function"] = event.pop("func_name", None)
    event["line"] = event.pop("lineno", None)
    return event


def without_secrets(_: Any, __: str, event: EventDict) -> EventDict:
    """Values under a telling name go; secrets inside a text are cut out of it, however deep they lie."""
    for name, value in event.items():
        event[name] = _shown(value, name)
    return event


def _shown(value: Any, name: str = "") -> Any:
    if SECRET_NAMES.search(name):
        return MASKED
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, dict):
        return {key: _shown(part, str(key)) for key, part in value.items()}
    return [_shown(part) for part in value] if isinstance(value, list | tuple) else value


def masked(text: str) -> str:
    return SECRETS_IN_TEXT.sub(lambda found: f"{found.group(1) or ''}{MASKED}", text)

"""Sentry and OpenTelemetry: both optional, each switched on by its setting, and loaded only then."""

from collections.abc import Callable
from typing import Any

import structlog
from flask import Flask
from structlog.typing import EventDict

from app.config import Settings, SettingsRefused
from app.core.correlation import correlation_id
from app.core.logging import MASKED, SECRET_NAMES, masked

FLUSH_WITHIN = 2  # seconds

Flush = Callable[[], object]


def switch_on(app: Flask, settings: Settings) -> None:
    """Before anything else takes part in a request, so that all of it is seen.

    What is gathered here is sent by a thread in the background: a process that ends without goodbye, like
    the fork that does a job, calls everything in `last_words` first.
    """
    last_words: list[Flush] = []
    if settings.sentry_dsn:
        last_words.append(_report_errors(settings.sentry_dsn.get_secret_value(), settings))
    if settings.otel_exporter_otlp_endpoint:
        last_words.append(_trace(app, settings.otel_exporter_otlp_endpoint))
    app.extensions["last_words"] = last_words


def _report_errors(dsn: str, settings: Settings) -> Flush:
    """Whatever the log calls an error, or tells with its traceback, goes to Sentry too."""
    try:
        import sentry_sdk
    except ImportError:
        raise _package_missing("SENTRY_DSN") from None
    try:
        sentry_sdk.init(
            dsn,
            environment=settings.app_env.value,
            default_integrations=False,  # they would report each error again, and what people typed with it
            include_local_variables=False,
            before_send=lambda event, _: _without_secrets(event),
        )
    except ValueError:
        raise SettingsRefused(
            "Docket cannot start: SENTRY_DSN must be an address like https://key@sentry.example.com/1."
        ) from None

    structlog.get_config()["processors"].insert(0, _report)  # later ones turn the exception into text
    return lambda: sentry_sdk.flush(timeout=FLUSH_WITHIN)


def _report(_: Any, method: str, event: EventDict) -> EventDict:
    import sentry_sdk

    error = event.get("exc_info")
    if error or method in {"error", "critical"}:
        with sentry_sdk.new_scope() as scope:
            scope.set_tag("correlation_id", correlation_id())
            scope.set_context("log", {name: value for name, value in event.items() if name != "exc_info"})
            if isinstance(error, BaseException):
                sentry_sdk.capture_exception(error)
            else:
                sentry_sdk.capture_message(str(event.get("event")), level="error")
    return event


def _trace(app: Flask, endpoint: str) -> Flush:
    """Requests, statements and Redis commands as spans. The SDK reads its other OTEL_… variables itself."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.flask import FlaskInstrumentor
        from opentelemetry.instrumentation.psycopg import PsycopgInstrumentor
        from opentelemetry.instrumentation.redis import RedisInstrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise _package_missing("OTEL_EXPORTER_OTLP_ENDPOINT") from None
    provider = TracerProvider(resource=Resource.create({"service.name": "docket"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(f"{endpoint.rstrip('/')}/v1/traces")))
    requests: Any = FlaskInstrumentor()  # it has no types
    requests.instrument_app(app, tracer_provider=provider, response_hook=_keep_no_secrets)
    PsycopgInstrumentor().instrument(tracer_provider=provider)
    RedisInstrumentor().instrument(tracer_provider=provider)
    return lambda: provider.force_flush(FLUSH_WITHIN * 1000)


def _keep_no_secrets(span: Any, *_: object) -> None:
    """A link from a mail is a key to an account: the trace may know which page, not which key."""
    if span.is_recording():
        span.update_name(masked(span.name))
        span.set_attributes(_without_secrets(dict(span.attributes)))


def _without_secrets(told: Any) -> Any:
    """As in the log: values under a telling name go, and secrets inside a text are cut out of it."""
    if isinstance(told, str):
        return masked(told)
    if isinstance(told, dict):
        return {
            name: MASKED if SECRET_NAMES.search(str(name)) else _without_secrets(part)
            for name, part in told.items()
        }
    return [_without_secrets(part) for part in told] if isinstance(told, list | tuple) else told


def _package_missing(setting: str) -> SettingsRefused:
    return SettingsRefused(
        f"Docket cannot start: {setting} is set and its packages are not installed:"
        " pip install -r requirements-observability.txt, or take the setting away."
    )

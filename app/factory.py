"""How the application is put together: configure, extend, guard, register."""

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from app import ROOT, cli, observability, routes
from app.accounts.access_tokens import AccessTokens
from app.accounts.bearer import viewer_of_bearer
from app.accounts.identity import viewer_of_session
from app.accounts.passwords import Passwords
from app.config import Settings, settings_from_environment
from app.core.database import (
    WEB_TIMEOUTS,
    begin_only_what_is_a_unit,
    db,
    engine_options,
    notice_dead_connections,
)
from app.core.logging import configure_logging
from app.gateways import build_gateways
from app.jobs import JOBS
from app.schedule import SCHEDULE
from app.web import (
    access,
    addresses,
    arrival,
    compression,
    cors,
    csrf,
    errors,
    headers,
    limits,
    observing,
    overload,
    templating,
)
from app.web.doorstep import Doorstep
from app.web.static_files import StaticFiles


def create_app(settings: Settings | None = None) -> Flask:
    settings = settings or settings_from_environment()
    configure_logging(level=settings.log_level, style=settings.log_format)
    app = Flask(
        "app", root_path=str(ROOT / "app"), static_folder=None, template_folder=str(ROOT / "templates")
    )
    observability.switch_on(app, settings)
    _configure(app, settings)
    _extend(app, settings)
    _guard(app, settings)
    routes.register(app)
    cli.register(app)
    _wrap(app, settings)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.debug = settings.debug
    app.secret_key = settings.secret_key.get_secret_value()
    app.extensions["settings"] = settings
    app.config.update(
        BASE_URL=settings.base_url,
        SECRET_KEY_FALLBACKS=[key.get_secret_value() for key in settings.secret_key_fallbacks] or None,
        TRUSTED_HOSTS=settings.hosts,
        MAX_CONTENT_LENGTH=settings.largest_body,
        MAX_FORM_MEMORY_SIZE=settings.largest_body,
        MAX_FORM_PARTS=1000,
        TEMPLATES_AUTO_RELOAD=settings.templates_auto_reload,
        SESSION_COOKIE_NAME="__Host-docket_session" if settings.is_https else "docket_session",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(days=7),
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(pool=settings.database_pool, timeouts=WEB_TIMEOUTS),
    )


def _extend(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    with app.app_context():
        notice_dead_connections(db.engine)
        begin_only_what_is_a_unit(db.engine)
    Migrate(app, db, directory=str(ROOT / "migrations"))
    app.extensions["gateways"] = build_gateways(settings)
    app.extensions["passwords"] = Passwords(
        memory_kib=settings.argon2_memory_kib, rounds=settings.argon2_rounds, demo=settings.demo
    )
    app.extensions["access_tokens"] = AccessTokens(
        secret_keys=[key.get_secret_value() for key in (settings.secret_key, *settings.secret_key_fallbacks)],
        issuer=settings.base_url,
    )
    app.extensions["jobs"] = JOBS
    app.extensions["schedule"] = SCHEDULE


def _guard(app: Flask, settings: Settings) -> None:
    addresses.restrict(app)
    observing.observe(app)
    overload.refuse_when_full(app)
    access.viewers_come_from(session=viewer_of_session, bearer=viewer_of_bearer)
    limits.limit(
        app,
        app.extensions["gateways"].redis,
        reads_a_minute=settings.reads_a_minute,
        writes_a_minute=settings.writes_a_minute,
    )
    access.guard(app)
    arrival.hear_out(app, at_most=settings.largest_body)  # whoever was refused need not be heard
    csrf.guard(app)
    errors.answer_errors(app)
    cors.allow(app, origins=settings.cors_origins)
    headers.keep_private_pages_private(app)
    compression.compress(app)


def _wrap(app: Flask, settings: Settings) -> None:
    static = StaticFiles(ROOT / "static", reload=settings.templates_auto_reload)
    templating.furnish(app, static)
    only_https = settings.is_live and settings.proxy_hops > 0  # without a proxy nobody tells us the scheme
    wsgi: Any = Doorstep(static.wrap(app.wsgi_app), base_url=settings.base_url, only_https=only_https)
    if settings.proxy_hops:
        wsgi = ProxyFix(wsgi, x_for=1, x_proto=1, x_host=0, x_port=0, x_prefix=0)
    guarded = headers.SecurityHeaders(wsgi, https=settings.is_https, card_pages=settings.card_pages)
    app.wsgi_app = guarded  # type: ignore[method-assign]  # Flask's documented way

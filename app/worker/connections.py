"""A worker's own connections: patient with PostgreSQL, and known there by name."""

from typing import Any

from flask import Flask
from sqlalchemy import event

from app.core.database import WORKER_TIMEOUTS, db, engine_options


def call_ourselves(name: str, app: Flask) -> None:
    """For every connection this process makes from now on: it has made none yet."""
    given = engine_options(pool=1, timeouts=WORKER_TIMEOUTS)["connect_args"] | {"application_name": name}

    def connecting(_dialect: Any, _record: Any, _args: Any, cparams: dict[str, Any]) -> None:
        cparams.update(given)

    with app.app_context():
        db.engine.dispose(close=False)
        event.listen(db.engine, "do_connect", connecting)

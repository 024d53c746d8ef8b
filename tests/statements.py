"""Which statements go to PostgreSQL, by whatever way."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

FRAMES = ("BEGIN", "SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO SAVEPOINT")


@contextmanager
def noted() -> Iterator[list[str]]:
    """All that any connection of this process is asked meanwhile, but for what frames a unit of work."""
    asked: list[str] = []
    really = psycopg.Cursor.execute

    def note(self: Any, query: Any, *more: Any, **named: Any) -> Any:
        if not str(query).startswith(FRAMES):
            asked.append(str(query))
        return really(self, query, *more, **named)

    psycopg.Cursor.execute = note
    try:
        yield asked
    finally:
        psycopg.Cursor.execute = really

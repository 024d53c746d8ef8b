"""All that the sandbox knows, in one file: whoever kills it and starts it again finds everything as it was."""

import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

Json = dict[str, Any]

TABLES = """
CREATE TABLE IF NOT EXISTS thing (id TEXT PRIMARY KEY, kind TEXT, parent TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS thing_parent ON thing (parent);
CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, asked TEXT, status INTEGER, body TEXT);
CREATE TABLE IF NOT EXISTS delivery (
    n INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT, forged INTEGER, due REAL, tries INTEGER, done INTEGER
);
CREATE INDEX IF NOT EXISTS delivery_due ON delivery (done, due, n);
CREATE TABLE IF NOT EXISTS entry (n INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT);
"""


class Delivery(NamedTuple):
    """One telling of one event."""

    n: int
    body: str
    forged: bool
    tries: int


class Store:
    """One thing after another: every piece of work is whole or did not happen."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.file = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.file.execute("PRAGMA journal_mode=WAL")
        self.file.execute("PRAGMA synchronous=NORMAL")
        self.file.executescript(TABLES)

    @contextmanager
    def work(self) -> Iterator[None]:
        with self.lock:
            self.file.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.file.execute("ROLLBACK")
                raise
            self.file.execute("COMMIT")

    def put(self, thing: Json, *, parent: str | None = None) -> Json:
        self.file.execute(
            "INSERT INTO thing VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            (thing["id"], thing["object"], parent, json.dumps(thing)),
        )
        return thing

    def get(self, thing_id: str) -> Json | None:
        found = self.file.execute("SELECT body FROM thing WHERE id = ?", (thing_id,)).fetchone()
        return dict(json.loads(found[0])) if found else None

    def children(self, parent: str) -> list[Json]:
        rows = self.file.execute(
            "SELECT body FROM thing WHERE parent = ? ORDER BY rowid DESC", (parent,)
        ).fetchall()
        return [json.loads(body) for (body,) in rows]

    def with_status(self, kind: str, status: str) -> list[Json]:
        rows = self.file.execute(
            "SELECT body FROM thing WHERE kind = ? AND json_extract(body, '$.status') = ?", (kind, status)
        ).fetchall()
        return [json.loads(body) for (body,) in rows]

    def answer(self, key: str) -> tuple[str, int, Json] | None:
        """What was asked under this key, and what was said."""
        found = self.file.execute("SELECT asked, status, body FROM answer WHERE key = ?", (key,)).fetchone()
        return (found[0], found[1], json.loads(found[2])) if found else None

    def keep_answer(self, key: str, asked: str, status: int, body: Json) -> None:
        self.file.execute("INSERT INTO answer VALUES (?, ?, ?, ?)", (key, asked, status, json.dumps(body)))

    def enter(self, entry: Json) -> None:
        """Into the ledger: what moved on a card, once for each time it did."""
        self.file.execute("INSERT INTO entry (body) VALUES (?)", (json.dumps(entry),))

    def ledger(self) -> list[Json]:
        rows = self.file.execute("SELECT n, body FROM entry ORDER BY n").fetchall()
        return [{"n": n, **json.loads(body)} for n, body in rows]

    def promise(self, event: Json, *, forged: bool = False, after: float = 0) -> None:
        self.file.execute(
            "INSERT INTO delivery (body, forged, due, tries, done) VALUES (?, ?, ?, 0, 0)",
            (json.dumps(event), forged, time.time() + after),
        )

    def deliveries(self, *, after: int = 0) -> list[Delivery]:
        """In the order they are told, whether they were already or not."""
        rows = self.file.execute(
            "SELECT n, body, forged, tries FROM delivery WHERE n > ? ORDER BY due, n", (after,)
        ).fetchall()
        return [Delivery(n, body, bool(forged), tries) for n, body, forged, tries in rows]

    def next_delivery(self) -> Delivery | None:
        found = self.file.execute(
            "SELECT n, body, forged, tries FROM delivery WHERE done = 0 AND due <= ? ORDER BY due, n LIMIT 1",
            (time.time(),),
        ).fetchone()
        return Delivery(found[0], found[1], bool(found[2]), found[3]) if found else None

    def undelivered(self) -> int:
        found = self.file.execute("SELECT count(*) FROM delivery WHERE done = 0").fetchone()
        return int(found[0])

    def delivered(self, n: int) -> None:
        self.file.execute("UPDATE delivery SET done = 1, tries = tries + 1 WHERE n = ?", (n,))

    def deliver_later(self, n: int, *, after: float) -> None:
        self.file.execute(
            "UPDATE delivery SET due = ?, tries = tries + 1 WHERE n = ?", (time.time() + after, n)
        )

"""The very statements of one request, sent to PostgreSQL again without the house around them."""

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Jsonb

from tests.bench.load import Answered


@dataclass(slots=True)
class Recording:
    """What was asked and answered, in order, under a key that must be new each time."""

    key: str
    steps: list[tuple[str, Any, list[Any]]] = field(default_factory=list)


@contextmanager
def recorded(key: str) -> Iterator[Recording]:
    """Everything that psycopg is told meanwhile, with what it answered."""
    found, execute, fetchall, fetchone = (
        Recording(key),
        psycopg.Cursor.execute,
        psycopg.Cursor.fetchall,
        psycopg.Cursor.fetchone,
    )

    def note(self: Any, query: Any, params: Any = None, **named: Any) -> Any:
        answer = execute(self, query, params, **named)
        found.steps.append((str(query), params, []))
        return answer

    def note_all(self: Any) -> Any:
        rows = fetchall(self)
        found.steps[-1][2].extend(tuple(row) for row in rows)
        return rows

    def note_one(self: Any) -> Any:
        row = fetchone(self)
        if row is not None:
            found.steps[-1][2].append(tuple(row))
        return row

    patched = {"execute": note, "fetchall": note_all, "fetchone": note_one}
    for name, way in patched.items():
        setattr(psycopg.Cursor, name, way)
    try:
        yield found
    finally:
        for name, way in {"execute": execute, "fetchall": fetchall, "fetchone": fetchone}.items():
            setattr(psycopg.Cursor, name, way)


def replay(recordings: Sequence[Recording], database_url: str, *, times: int, clients: int) -> Answered:
    """So often, over so many connections, each with one of them. What PostgreSQL gave out is learnt anew."""
    answered, lock = Answered(), threading.Lock()

    def client(recording: Recording) -> None:
        mine = []
        with psycopg.connect(database_url, autocommit=True, prepare_threshold=0) as connection:
            for _ in range(times // clients):
                began = time.perf_counter()
                once(connection, recording, {recording.key: uuid4().hex})
                mine.append(time.perf_counter() - began)
        with lock:
            answered.seconds += mine

    threads = [threading.Thread(target=client, args=[one]) for one in islice(cycle(recordings), clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered.wall = time.perf_counter() - began
    return answered


def once(connection: psycopg.Connection[Any], recording: Recording, anew: dict[Any, Any]) -> None:
    """With other values in place of those that are the keys of `anew`."""
    with connection.transaction():
        for query, params, rows in recording.steps:
            cursor = connection.execute(query, _put(params, anew), prepare=True)
            if cursor.description is not None:
                for was, now in zip(rows, cursor.fetchall(), strict=False):
                    _learn(was, now, anew)


def _learn(was: tuple[Any, ...], now: tuple[Any, ...], anew: dict[Any, Any]) -> None:
    for before, after in zip(was, now, strict=False):
        if isinstance(before, int) and not isinstance(before, bool) and before > LARGE and before != after:
            anew[before], anew[str(before)] = after, str(after)


LARGE = 1_000_000  # identities begin above it for a recording, so that none is taken for a quantity


def _put(value: Any, anew: Mapping[Any, Any]) -> Any:
    """The same value with everything in it that must be new."""
    ways: list[tuple[type, Callable[[Any], Any]]] = [
        (Jsonb, lambda one: Jsonb(json.loads(_text(json.dumps(one.obj), anew)))),
        (dict, lambda one: {name: _put(inner, anew) for name, inner in one.items()}),
        (list, lambda one: [_put(inner, anew) for inner in one]),
        (tuple, lambda one: tuple(_put(inner, anew) for inner in one)),
        (str, lambda one: _text(one, anew)),
        (int, lambda one: anew.get(one, one)),
    ]
    return next((way(value) for kind, way in ways if isinstance(value, kind)), value)


def _text(text: str, anew: Mapping[Any, Any]) -> str:
    for before, after in anew.items():
        if isinstance(before, str):
            text = text.replace(before, after)
    return text

"""PostgreSQL and Valkey from the wheels: what they are told, where they live, what they survive."""

import os
import threading
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, text

from app.local.embedded import Servers, servers
from app.local.processes import CannotRun


def ask(found: Servers, question: str) -> object:
    engine = create_engine(found.database_url)
    with engine.begin() as connection:
        answer = connection.execute(text(question))
        value = answer.scalar() if answer.returns_rows else None
    engine.dispose()
    return value


def pid_of(found: Servers, name: str) -> int:
    return next(part.process.pid for part in found.parts if part.name == name)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def passing(open_folder: Path) -> Path:
    return open_folder / "my data"


def test_both_answer_as_the_application_wants_them(passing):
    with servers(passing, durable=False) as found:
        assert ask(found, "select current_user || ' ' || current_database()") == "docket docket"
        assert ask(found, "select datlocale from pg_database where datname = 'docket'") == "C.UTF-8"
        assert ask(found, "show server_encoding") == "UTF8"
        assert ask(found, "show listen_addresses") == ""
        assert ask(found, "show max_connections") == "120"
        assert ask(found, "show fsync") == "off"
        assert ask(found, "create extension pg_trgm") is None
        assert ask(found, "select rolsuper from pg_roles where rolname = 'docket'") is False
        valkey = redis.Redis.from_url(found.redis_url)
        assert valkey.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert valkey.config_get("appendonly") == {"appendonly": "no"}
        assert "my%20data" in found.database_url


def test_nothing_is_left_of_a_passing_server_though_a_client_stays(passing):
    (passing / "postgres.new").mkdir(parents=True)  # a first start was cut off here
    (passing / "postgres.new" / "PG_VERSION").write_text("18\n")
    with servers(passing, durable=False) as found:
        staying = psycopg.connect(found.database_url.replace("+psycopg", ""))
        staying.execute("select 1")
        for part in found.parts:
            owner = Path(f"/proc/{part.process.pid}").stat().st_uid
            assert owner != 0
            assert os.geteuid() in {0, owner}
    assert not any(is_running(part.process.pid) for part in found.parts)
    assert not (passing / "postgres").exists()
    staying.close()


def test_two_folders_side_by_side_however_long_their_names_and_one_only_once(open_folder):
    long = open_folder / ("a very long name, with a comma and an é, " * 4) / "data"
    with (
        servers(open_folder / "a", durable=False) as first,
        servers(long, durable=False) as second,
    ):
        sockets = Path(second.redis_url.removeprefix("unix://")).parent
        assert len(str(sockets)) < 60
        assert redis.Redis.from_url(second.redis_url).ping()
        ask(first, "create table only_here (x int)")
        assert ask(second, "select to_regclass('only_here')") is None
        with pytest.raises(CannotRun, match=r"already running on .*a\. Stop that copy first"):
            servers(open_folder / "a").__enter__()


def test_what_the_environment_gives_is_not_started(open_folder, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://docket@db.example/docket")
    with servers(open_folder / "redis only", durable=False) as found:
        assert found.database_url == "postgresql+psycopg://docket@db.example/docket"
        assert [part.name for part in found.parts] == ["Valkey"]
    (open_folder / "address").write_text("redis://cache.example:6379/0\n")
    monkeypatch.setenv("REDIS_URL_FILE", str(open_folder / "address"))
    with servers(open_folder / "nothing") as found:
        assert found.redis_url == "redis://cache.example:6379/0"
        assert found.parts == ()


def test_parts_are_started_from_the_main_thread_only(passing):
    """They end with the thread that started them: a helper thread would take them along."""
    caught: list[BaseException] = []

    def start() -> None:
        try:
            servers(passing, durable=False).__enter__()
        except RuntimeError as wrong:
            caught.append(wrong)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(caught[0])


def test_a_server_that_cannot_start_shows_its_last_words(passing):
    (passing / "postgres").mkdir(parents=True)
    with pytest.raises(
        CannotRun, match=r"(?s)PostgreSQL ended while starting .*postgres\.log:.*could not access"
    ):
        servers(passing, durable=False).__enter__()

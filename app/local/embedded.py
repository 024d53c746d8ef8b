"""PostgreSQL and Valkey from the wheels, for a machine that has neither."""

import os
import re
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from app.local.data_folder import claimed
from app.local.processes import Part, stop, wait_until
from app.local.servers_home import Home, home_for

CRASH_RECOVERY_MAY_TAKE = 120.0
PATIENCE = 20.0

POSTGRES_SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_wal_size": "512MB",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %a ",
}
WITHOUT_CARE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
INITDB = (
    "--username=postgres",
    "--auth=trust",  # the folder's mode is the lock: nobody else reaches the socket
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
DRAW_UP = b"create role docket login createdb;\ncreate database docket owner docket;\n"
VALKEY_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "appendfsync": "everysec",
    "maxmemory-policy": "noeviction",  # a queue must refuse loudly, never forget
}


@dataclass(frozen=True)
class Servers:
    """Where the two servers answer, and those of them that are ours to watch."""

    database_url: str
    redis_url: str
    parts: tuple[Part, ...] = ()


@contextmanager
def servers(folder: Path, *, durable: bool = True) -> Iterator[Servers]:
    """Run what the environment does not give, in the folder, until the block ends.

    `durable=False` is for tests and benches: nothing waits for the disk, and nothing is kept.
    """
    folder = folder.resolve()
    database_url, redis_url = given("DATABASE_URL"), given("REDIS_URL")
    with ExitStack() as leaving:
        leaving.enter_context(claimed(folder))
        if database_url and redis_url:
            yield Servers(_for_psycopg(database_url), redis_url)
            return
        home = leaving.enter_context(home_for(folder, durable=durable))
        parts: list[Part] = []
        leaving.callback(stop, parts, patience=PATIENCE)
        if not database_url:
            parts.append(_postgres(home, durable=durable))
            database_url = f"postgresql+psycopg://docket@/docket?host={quote(str(home.sockets), safe='')}"
        if not redis_url:
            parts.append(_valkey(home, durable=durable))
            redis_url = f"unix://{quote(str(home.sockets))}/valkey.sock?db=0"
        wait_until(lambda: _all_answer(home, parts), parts, patience=CRASH_RECOVERY_MAY_TAKE)
        yield Servers(_for_psycopg(database_url), redis_url, tuple(parts))


def given(name: str) -> str:
    """What the environment says, or the file it names (NAME_FILE), as the application reads it too."""
    path = os.environ.get(f"{name}_FILE")
    if path and not os.environ.get(name):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, "")


def _for_psycopg(url: str) -> str:
    return re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", url)


def _postgres(home: Home, *, durable: bool) -> Part:
    data = home.data / "postgres"
    log = home.log / "postgres.log"
    if not data.exists():
        _draw_up_postgres(home, data, log, durable=durable)
    (data / "postmaster.pid").unlink(missing_ok=True)  # whoever holds the lock knows that it is stale
    settings = POSTGRES_SETTINGS | ({} if durable else WITHOUT_CARE)
    options = [f"--{name}={value}" for name, value in settings.items()]
    command = [home.postgres("postgres"), "-D", str(data), "-k", str(home.sockets), *options]
    # SIGTERM would wait for the last client; SIGINT sends them home.
    return home.start("PostgreSQL", command, log=log, stops_by=signal.SIGINT)


def _draw_up_postgres(home: Home, data: Path, log: Path, *, durable: bool) -> None:
    """A new cluster with our role and database in it, put in place when it is whole."""
    draft = data.with_name("postgres.new")
    shutil.rmtree(draft, ignore_errors=True)
    home.folder(draft.name)
    careless = [] if durable else ["--no-sync"]
    initdb = [home.postgres("initdb"), "-D", str(draft), *INITDB, *careless]
    home.run("Making the database", initdb, log=log)
    with tempfile.TemporaryFile() as statements:
        statements.write(DRAW_UP)
        statements.seek(0)
        single = [
            home.postgres("postgres"),
            "--single",
            "-D",
            str(draft),
            "-c",
            "exit_on_error=on",
            "postgres",
        ]
        home.run("Making the database", single, log=log, stdin=statements)
    draft.replace(data)


def _valkey(home: Home, *, durable: bool) -> Part:
    settings = VALKEY_SETTINGS | {
        "unixsocket": str(home.sockets / "valkey.sock"),
        "dir": str(home.folder("valkey")),
        "appendonly": "yes" if durable else "no",
    }
    options = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return home.start("Valkey", [home.valkey(), *options], log=home.log / "valkey.log")


def _all_answer(home: Home, parts: list[Part]) -> bool:
    asks = {"PostgreSQL": _postgres_is_ready, "Valkey": _valkey_answers}
    return all(asks[part.name](home, part) for part in parts)


def _postgres_is_ready(home: Home, part: Part) -> bool:
    """PostgreSQL writes its state into the last line of its pid file, so nobody has to connect."""
    try:
        lines = (home.data / "postgres" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return False
    return lines[0:1] == [str(part.process.pid)] and lines[-1].strip() == "ready"


def _valkey_answers(home: Home, _part: Part) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(1)
        try:
            line.connect(str(home.sockets / "valkey.sock"))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

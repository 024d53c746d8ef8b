"""The data folder of bin/run: whose it is, who uses it now, what is in it, how it is emptied."""

import fcntl
import hashlib
import os
import pwd
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.local.processes import CannotRun

MARKER = ".docket-data"
LOCK = ".lock"
WORD = "environment"
OURS = frozenset(
    {"postgres", "postgres.new", "valkey", "run", "server", "server.new"}
    | {"files", "log", "metrics", "sandbox", "secret_key", "secret_key.new", WORD, f"{WORD}.new"}
)
NOT_WORTH_A_WORD = frozenset({MARKER, LOCK, "lost+found"})
LEFTOVERS_MAY_TAKE = 30.0


class AlreadyRunning(CannotRun):
    """Another copy, or a command of bin/flask, has the folder."""


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Make the folder ours and keep every other copy out.

    Every part we start inherits the lock. So it outlives a killed launcher for exactly as long as one of
    its parts still runs, and whoever holds it knows that nothing else touches the data.
    """
    _make(folder)
    lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(lock, folder)
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        os.set_inheritable(lock, True)
        (folder / WORD).unlink(missing_ok=True)  # what a killed copy left is no longer so
        yield
    finally:
        os.close(lock)


def _make(folder: Path) -> None:
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
            # Root's servers run as somebody else, who must be able to walk through.
            folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
        _refuse_a_stranger(folder)
        marker = folder / MARKER
        if not marker.exists():
            marker.write_text("Docket keeps its data here; bin/run --reset deletes it.\n", encoding="utf-8")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError
    except (PermissionError, NotADirectoryError, FileExistsError, OSError) as wrong:
        reason = wrong.strerror or "Permission denied"
        raise CannotRun(
            f"Docket cannot write to {folder} ({reason}). Choose another folder with --data."
        ) from wrong


def _refuse_a_stranger(folder: Path) -> None:
    """Never settle in, and so never delete, a folder that holds something else."""
    marker = folder / MARKER
    if not marker.exists():
        strangers = {path.name for path in folder.iterdir()} - OURS - NOT_WORTH_A_WORD
        if strangers:
            raise CannotRun(
                f"{folder} holds other things ({sorted(strangers)[0]}). Choose an empty folder with --data."
            )
    elif marker.stat().st_uid != os.geteuid():
        raise CannotRun(
            f"{folder} belongs to {_name_of(marker.stat().st_uid)}."
            " Start Docket as that user, or choose another folder with --data."
        )


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


def _take(lock: int, folder: Path) -> None:
    deadline = time.monotonic() + LEFTOVERS_MAY_TAKE
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if _is_alive(os.pread(lock, 20, 0)):
                raise AlreadyRunning(
                    f"Docket is already running on {folder}."
                    " Stop that copy first, or give this one another folder with --data."
                ) from None
            if time.monotonic() > deadline:
                raise CannotRun(
                    f"Parts of an earlier Docket still run on {folder}. End them, then start again."
                ) from None
            time.sleep(0.05)
        else:
            return


def _is_alive(holder: bytes) -> bool:
    """Whether the launcher that wrote its number runs; without it only its parts are ending."""
    try:
        os.kill(int(holder), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def apart(folder: Path) -> Path:
    """Where root's servers keep their data when their own user cannot reach the data folder.

    The name comes from the folder's path: a folder that is moved leaves this one behind.
    """
    return Path("/var/lib") / f"docket-{hashlib.sha256(bytes(folder)).hexdigest()[:12]}"


def holds_data(folder: Path) -> bool:
    """Whether there is anything to empty: a new folder, or one emptied before, has nothing."""
    try:
        names = {path.name for path in folder.iterdir()}
    except OSError:  # not there, or closed to us: whoever starts in it is told
        names = set()
    return bool(names & OURS) or _kept_apart(folder)


def _kept_apart(folder: Path) -> bool:
    return os.geteuid() == 0 and apart(folder).exists()


def refuse_to_empty(folder: Path) -> None:
    """Somebody else's folder may have names in it that we use too."""
    if not (folder / MARKER).exists() and not _kept_apart(folder):
        raise CannotRun(f"{folder} is not a data folder of Docket: nothing was deleted.")


def empty(folder: Path) -> None:
    """Delete what is ours, nothing else, and only while no copy runs."""
    refuse_to_empty(folder)
    with claimed(folder):
        for path in sorted(folder / name for name in OURS):
            shutil.rmtree(path) if path.is_dir() and not path.is_symlink() else path.unlink(missing_ok=True)
        if _kept_apart(folder):
            shutil.rmtree(apart(folder))


def secret_key(folder: Path) -> str:
    """Made once: sessions survive a restart, and no two installations share one."""
    path = folder / "secret_key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48))
    return path.read_text(encoding="utf-8")


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, and readable by nobody else at any moment."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
    draft.replace(path)

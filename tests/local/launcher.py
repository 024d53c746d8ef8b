"""A launcher under test: the real process tree around the stub application."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from app import ROOT

LAUNCH = (
    "import sys; from pathlib import Path; from app.local.launch import main; sys.exit(main(root=Path.cwd()))"
)
NOT_INHERITED = {
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "APP_ENV",
    "DEMO",
    "PORT",
    "BASE_URL",
    "DOCKET_DATA",
}


def stub_application(folder: Path) -> Path:
    """A checkout that holds as much as the launcher needs."""
    folder.mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "stub.py", folder / "wsgi.py")
    shutil.copy(ROOT / "gunicorn.conf.py", folder)
    return folder


class Launcher:
    """bin/run's Python half, started in `root`."""

    def __init__(self, root: Path, *options: str, port: int, **environment: str) -> None:
        self.root, self.port = root, port
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - never full, unlike a pipe, and asked after the end
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, "--port", str(port), *options],
            cwd=root,
            env=kept | {"PYTHONPATH": str(ROOT)} | environment,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def __enter__(self) -> "Launcher":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    @property
    def said(self) -> str:
        """All of it, so far."""
        return os.pread(self._output.fileno(), 1 << 20, 0).decode()

    def until_ready(self) -> "Launcher":
        return self.until_it_says("Stop: Ctrl-C")

    def until_it_says(self, words: str) -> "Launcher":
        while words not in self.said:
            assert self.process.poll() is None, f"It ended without {words!r}: {self.said}"
            time.sleep(0.02)
        return self

    def until_ended(self) -> int:
        return self.process.wait(timeout=60)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.until_ended()

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return answer.read().decode()

    def health(self) -> dict[str, object]:
        return json.loads(self.get("/health/ready"))

    def part(self, words: str) -> int:
        """The number of the launcher's own child whose command has these words."""
        (found,) = (
            pid
            for pid in _processes()
            if _parent(pid) == self.process.pid and words in _read(pid, "cmdline").replace("\0", " ")
        )
        return found


def left_in(root: Path, *, patience: float = 0.0) -> list[str]:
    """What still runs anywhere in this folder, once patience is over."""
    deadline = time.monotonic() + patience
    while (found := _living_in(root)) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _living_in(root: Path) -> list[str]:
    found = []
    for pid in _processes():
        try:
            where = Path(f"/proc/{pid}/cwd").readlink()
        except OSError:
            continue
        if where.is_relative_to(root):
            found.append(f"{pid} {_read(pid, 'cmdline')}")
    return found


def _processes() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _parent(pid: int) -> int:
    return int(_read(pid, "stat").rpartition(")")[2].split()[1] or 0) if _read(pid, "stat") else 0


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:
        return ""

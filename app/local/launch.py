"""bin/run: one command starts everything on this machine, watches it, and stops it."""

import http.client
import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app import ROOT
from app.local.card_sandbox import sandbox_for
from app.local.embedded import Servers, servers
from app.local.launch_settings import (
    Options,
    leave_word,
    options_from,
    read_env_file,
    refuse_a_busy_port,
    reset,
    told,
)
from app.local.processes import (
    CannotRun,
    Command,
    Part,
    Stopped,
    adopt_orphans,
    bury_orphans,
    run,
    start,
    stop,
    wait_until,
)
from app.millrace import DEMO_PASSWORD, PEOPLE

FLASK = (sys.executable, "-m", "flask", "--app", "wsgi")
GUNICORN = (sys.executable, "-m", "gunicorn", "wsgi:app")
FIRST_ANSWER_MAY_TAKE = 60.0
WORKER_MAY_TAKE = 8.0  # it loads the same code as web, and says that it lives as soon as it has
RUNNING_WORK_MAY_TAKE = 30.0  # gunicorn gives its requests 25 s
WHEN_SOMETHING_BROKE = 5.0
BETWEEN_LOOKS = 0.1


class Wishes:
    """Counts the wishes to stop. Nothing is interrupted half way: every wait asks here."""

    def __init__(self) -> None:
        self.count = 0
        signal.signal(signal.SIGINT, self)
        signal.signal(signal.SIGTERM, self)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup wants us to stay
            signal.signal(signal.SIGHUP, self)

    def __call__(self, *_: object) -> None:
        self.count += 1

    def stopped(self) -> bool:
        return self.count > 0

    def impatient(self) -> bool:
        return self.count > 1


def main(arguments: list[str] | None = None, *, root: Path = ROOT) -> int:
    try:
        read_env_file(root / ".env")
        options = options_from(arguments, root=root)
        if options.reset:
            reset(options)
        wishes = Wishes()
        _say("Starting Docket ...")
        adopt_orphans()
        try:
            with servers(options.data) as running:
                Launch(options, root, running, wishes).until_it_ends()
        finally:
            bury_orphans(patience=WHEN_SOMETHING_BROKE)
    except Stopped:
        _say("Docket has stopped.")
    except CannotRun as reason:
        print(reason, file=sys.stderr)
        return 1
    return 0


@dataclass(frozen=True)
class Launch:
    """Prepare the database, then web and worker side by side, then watch until somebody wants an end."""

    options: Options
    root: Path
    servers: Servers
    wishes: Wishes

    def until_it_ends(self) -> None:
        refuse_a_busy_port(self.options)
        ours, sandbox = told(self.options, self.servers), sandbox_for(self.options)
        ours |= sandbox.settings if sandbox else {}
        word = leave_word(self.options, ours)
        patience = RUNNING_WORK_MAY_TAKE
        parts: list[Part] = []
        try:
            if sandbox:
                parts.append(self._start("Sandbox", sandbox.command(self.options), ours))
            with self._loading_web(ours) as web:
                parts.append(web)
                self._prepare(ours)
            parts.append(self._start("Worker", (*FLASK, "worker"), ours))
            self._greet_when_ready(parts)
            self._watch(parts)
        except CannotRun:
            patience = WHEN_SOMETHING_BROKE
            raise
        finally:
            word.unlink(missing_ok=True)
            stop(parts, patience=patience, hurry=self.wishes.impatient)

    @contextmanager
    def _loading_web(self, ours: dict[str, str]) -> Iterator[Part]:
        """Web may load its code meanwhile, but listens only when the block has ended: half the wait."""
        waits, ends = os.pipe()
        os.set_inheritable(waits, True)
        metrics = str(self.options.data / "metrics")
        try:
            more = {"PROMETHEUS_MULTIPROC_DIR": metrics, "WEB_WAITS_ON": str(waits)}
            web = self._start("Web", GUNICORN, ours | more)
            os.close(waits)
            yield web
        finally:
            os.close(ends)

    def _prepare(self, ours: dict[str, str]) -> None:
        command = (*FLASK, "prepare", *(["--demo"] if self.options.demo else []))
        run("Preparing the database", command, stopped=self.wishes.stopped, **self._how("prepare", ours))

    def _start(self, name: str, command: Command, ours: dict[str, str]) -> Part:
        return start(name, command, **self._how(name.lower(), ours))

    def _how(self, log: str, ours: dict[str, str]) -> dict[str, Any]:
        folder = self.options.data / "log"
        folder.mkdir(mode=0o700, exist_ok=True)
        return {"log": folder / f"{log}.log", "cwd": self.root, "env": os.environ | ours}

    def _greet_when_ready(self, parts: list[Part]) -> None:
        everything = [*parts, *self.servers.parts]
        wait_until(self._is_ready, everything, patience=FIRST_ANSWER_MAY_TAKE, stopped=self.wishes.stopped)
        _say(greeting(self.options, works=self._sees_the_worker(parts)))

    def _sees_the_worker(self, parts: list[Part]) -> bool:
        """Soon, as a rule. Without one, pages work all the same, so nobody waits long for it."""
        deadline = time.monotonic() + WORKER_MAY_TAKE
        while self._health().get("checks", {}).get("worker") != "ok":
            is_in_vain = self.wishes.stopped() or any(part.has_ended for part in parts)
            if is_in_vain or time.monotonic() > deadline:
                return False
            time.sleep(BETWEEN_LOOKS)
        return True

    def _is_ready(self) -> bool:
        return bool(self._health())

    def _health(self) -> dict[str, Any]:
        """What /health/ready says, once it answers that it is."""
        host = urlsplit(os.environ.get("BASE_URL") or self.options.address).netloc
        connection = http.client.HTTPConnection(self.options.near_host, self.options.port, timeout=3)
        try:
            connection.request("GET", "/health/ready", headers={"Host": host})
            answer = connection.getresponse()
            return dict(json.load(answer)) if answer.status == http.HTTPStatus.OK else {}
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            connection.close()

    def _watch(self, parts: list[Part]) -> None:
        """Any part's end is the end of all: half a Docket helps nobody, and the next start recovers."""
        while not self.wishes.stopped():
            for part in (*self.servers.parts, *parts):
                if part.has_ended:
                    raise CannotRun(
                        f"{part.name} ended ({part.ending}), so everything was stopped. {part.last_words()}"
                    )
            time.sleep(BETWEEN_LOOKS)
        _say("\nStopping. A second Ctrl-C does not wait for running work.")
        raise Stopped


def greeting(options: Options, *, works: bool = True) -> str:
    if options.demo:
        people = [f"    {person.email:<28}{person.what}" for person in PEOPLE]
        who = ["  Sign in as any of them; the password is " + DEMO_PASSWORD, "", *people]
    else:
        who = ["  The first administrator, in another terminal:", "", "    " + _first_admin(options)]
    first = ["", f"  Docket is ready:  {options.address}", *([] if works else [_no_worker(options)]), ""]
    return "\n".join([*first, *who, "", _last_line(options), ""])


def _no_worker(options: Options) -> str:
    return f"  No worker was seen yet, so emails wait; {options.data / 'log' / 'worker.log'} says why."


def _first_admin(options: Options) -> str:
    elsewhere = "" if options.data == ROOT / ".docket" else f"DOCKET_DATA={shlex.quote(str(options.data))} "
    return f"{elsewhere}{shlex.quote(str(ROOT / 'bin' / 'flask'))} user create-admin"


def _last_line(options: Options) -> str:
    return f"  Logs: {options.data / 'log'}   Stop: Ctrl-C"


def _say(line: str) -> None:
    with suppress(OSError):  # whoever read us may have gone; that is no reason to end
        print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())

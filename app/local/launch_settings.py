"""What bin/run was told, and what it tells the parts it starts."""

import argparse
import errno
import os
import shlex
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

from app import ROOT
from app.local.data_folder import WORD, empty, holds_data, refuse_to_empty, secret_key, write_private
from app.local.embedded import Servers, given
from app.local.processes import CannotRun

EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - recognised, not chosen
HIGHEST_PORT = 65535


@dataclass(frozen=True)
class Options:
    """One start of bin/run."""

    data: Path
    port: int = 8000
    host: str = "127.0.0.1"
    demo: bool = True
    dev: bool = False
    reset: bool = False
    yes: bool = False

    @property
    def near_host(self) -> str:
        """Where this machine itself reaches what listens on every address."""
        return EVERY_ADDRESS.get(self.host, self.host)

    @property
    def address(self) -> str:
        host = f"[{self.near_host}]" if ":" in self.near_host else self.near_host
        return f"http://{host}:{self.port}"


def read_env_file(path: Path) -> None:
    """What .env says counts where the environment says nothing; a folder in it is meant from where it lies."""
    from dotenv import dotenv_values  # bin/run --help is answered before there are packages

    try:
        for name, value in dotenv_values(path).items():
            said = str(path.parent / value) if name == "DOCKET_DATA" and value else value
            os.environ.setdefault(name, said or "")
    except (OSError, UnicodeError) as wrong:
        raise CannotRun(f"Docket cannot read {path}: {wrong}.") from wrong


def options_from(arguments: list[str] | None, *, root: Path) -> Options:
    parser = argparse.ArgumentParser(prog="bin/run", description="Start Docket on this machine.")
    parser.add_argument("--port", type=_port, default=given("PORT") or "8000", help="default: 8000")
    parser.add_argument("--host", default=given("WEB_HOST") or "127.0.0.1", help="default: 127.0.0.1")
    data = given("DOCKET_DATA") or root / ".docket"
    parser.add_argument("--data", type=Path, default=data, metavar="DIR", help="default: .docket")
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo business")
    parser.add_argument("--dev", action="store_true", help="reload the web process when the code changes")
    parser.add_argument("--reset", action="store_true", help="delete the data first, after asking")
    parser.add_argument("--yes", action="store_true", help="do not ask before deleting")
    chosen = parser.parse_args(arguments)
    called_from = Path(os.environ.get("DOCKET_CALLED_FROM") or Path.cwd())
    in_production = given("APP_ENV") in {"production", "staging"}
    demo_wanted = given("DEMO").lower() not in {"0", "false", "no", "off"}
    return Options(
        data=(called_from / chosen.data).resolve(),
        port=chosen.port,
        host=chosen.host,
        demo=demo_wanted and not chosen.no_demo and not in_production,
        dev=chosen.dev,
        reset=chosen.reset,
        yes=chosen.yes,
    )


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= HIGHEST_PORT:
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to {HIGHEST_PORT}")
    return int(text)


def reset(options: Options) -> None:
    """Delete the data, but only after somebody said so."""
    if not holds_data(options.data):
        return
    refuse_to_empty(options.data)
    if not options.yes:
        if not sys.stdin.isatty():
            raise CannotRun(
                f"--reset deletes everything in {options.data}. Add --yes to say that you mean it."
            )
        try:
            answer = input(f"Delete everything in {options.data}? Type yes: ")
        except (EOFError, KeyboardInterrupt):
            answer = ""
        if answer.strip().lower() != "yes":
            raise CannotRun("Nothing was deleted.")
    empty(options.data)


def refuse_a_busy_port(options: Options) -> None:
    """Say it before gunicorn tries for five seconds."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(options.host, options.port, type=socket.SOCK_STREAM)[
            0
        ]
    except (socket.gaierror, UnicodeError):
        raise CannotRun(f"{options.host} is no address. Choose another with --host.") from None
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as wrong:
            raise CannotRun(_why_not(options, wrong)) from None


def _why_not(options: Options, wrong: OSError) -> str:
    if wrong.errno == errno.EADDRINUSE:
        return f"Port {options.port} is in use. Stop what uses it, or choose another with --port."
    if wrong.errno == errno.EACCES:
        return f"Port {options.port} is for root alone. Choose one above 1023 with --port."
    if wrong.errno == errno.EADDRNOTAVAIL:
        return f"This machine has no address {options.host}. Choose another with --host."
    return f"Docket cannot listen on {options.host}, port {options.port} ({wrong.strerror})."


def told(options: Options, servers: Servers) -> dict[str, str]:
    """What every part learns from us; whatever is set already stays as it is."""
    ours = {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "WEB_HOST": options.host,
        "PORT": str(options.port),
        "DEMO": "1" if options.demo else "0",
    }
    unless_set = {
        "APP_ENV": "development",
        "BASE_URL": options.address,
        "FILES_DIR": str(options.data / "files"),
        "WEB_CONCURRENCY": "2",  # gunicorn stumbles over one that is set to nothing
    }
    ours |= {name: value for name, value in unless_set.items() if not given(name)}
    if not given("SECRET_KEY"):
        ours["SECRET_KEY"] = secret_key(options.data)
    if options.dev:
        ours |= {"WEB_RELOAD": "1", "WEB_CONCURRENCY": "1", "TEMPLATES_AUTO_RELOAD": "1"}
    return ours


def leave_word(options: Options, ours: dict[str, str]) -> Path:
    """For bin/flask, which talks to the same data while we run."""
    path = options.data / WORD
    write_private(path, "".join(f"{name}={shlex.quote(value)}\n" for name, value in ours.items()))
    return path


def word_left_for_us(options: Options) -> dict[str, str]:
    try:
        text = (options.data / WORD).read_text(encoding="utf-8")
    except OSError:
        raise CannotRun(
            f"Docket is just starting or stopping on {options.data}, or another command works on it."
            " Try again in a moment."
        ) from None
    return dict(line.split("=", 1) for line in shlex.split(text))


if __name__ == "__main__":
    options_from(None, root=ROOT)

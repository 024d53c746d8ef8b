"""bin/flask: the right data from whatever folder, with Docket running or not."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import ROOT
from app.local.data_folder import claimed
from tests.local.launcher import NOT_INHERITED, Launcher, left_in, stub_application
from tests.machine import free_port

COMMANDS = """
import sys
from pathlib import Path
from app.local.commands import main
sys.exit(main(sys.argv[2:], root=Path(sys.argv[1])))
"""
PORT = free_port()
A_PYTHON_THAT_SAYS_WHERE = """#!/bin/sh
case $* in *'import pip'*) exit ;; esac
echo "$PWD|$PYTHONPATH|$*"
"""


class Shell:
    """Somebody who stands in another folder than the checkout."""

    def __init__(self, root: Path, folder: Path) -> None:
        self.root, self.folder = root, folder
        folder.mkdir()
        (folder / "app.py").write_text("raise SystemExit('This is another project.')")
        (folder / ".env").write_text("DATABASE_URL=postgresql://another.project/docket\n")

    def flask(self, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        kept = {name: value for name, value in os.environ.items() if name not in NOT_INHERITED}
        return subprocess.run(
            [sys.executable, "-P", "-c", COMMANDS, str(self.root), *words],
            cwd=self.folder,
            env=kept | {"PYTHONPATH": f"{self.root}:{ROOT}"} | environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def shell(open_folder: Path) -> Iterator[Shell]:
    yield Shell(stub_application(open_folder / "clone"), open_folder / "elsewhere")
    assert left_in(open_folder) == []


@pytest.mark.slow
def test_commands_work_on_the_same_data_whether_docket_runs_or_not(shell):
    assert shell.flask("prepare", "--demo").returncode == 0
    with Launcher(shell.root, "--no-demo", port=PORT) as running:
        assert running.until_ready().health()["loads"] == 1
        said = shell.flask("address").stdout
        assert said.startswith("database postgresql+psycopg://docket@/docket?host=")
        assert said.endswith(f"port {PORT}\n")
        running.process.kill()
    after = shell.flask("address")
    assert after.stdout == said.replace(f"port {PORT}", "port 8000"), after.stderr


def test_a_copy_that_is_only_starting_is_waited_for_by_the_person(shell):
    with claimed(shell.root / ".docket"):
        ended = shell.flask("prepare")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "Try again in a moment." in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_help_starts_nothing_and_says_what_was_typed(shell):
    for words in ((), ("--help",), ("prepare", "--help")):
        ended = shell.flask(*words, APP_ENV="production")
        assert "Usage: bin/flask" in ended.stdout + ended.stderr
    assert not (shell.root / ".docket").exists()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Both scripts, with a .venv that has everything in it."""
    checkout = tmp_path / "a checkout"
    installed = checkout / ".venv" / ".installed"
    installed.mkdir(parents=True)
    for name in ("requirements.txt", "requirements-local.txt"):
        (checkout / name).write_text(f"# {name}\n")
        (installed / name).write_text(f"# {name}\n")
    python = checkout / ".venv" / "bin" / "python"
    python.parent.mkdir()
    python.write_text(A_PYTHON_THAT_SAYS_WHERE)
    python.chmod(0o755)
    shutil.copytree(ROOT / "bin", checkout / "bin")
    shutil.copytree(ROOT / "app" / "local", checkout / "app" / "local")
    shutil.copy(ROOT / "app" / "__init__.py", checkout / "app")
    return checkout


def ran(program: Path, *words: str, cwd: Path) -> "subprocess.CompletedProcess[str]":
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [str(program), *words], cwd=cwd, env=kept, capture_output=True, text=True, timeout=60, check=False
    )


def test_a_file_is_meant_from_where_the_person_stands(checkout, tmp_path):
    (tmp_path / "link").symlink_to(checkout / "bin" / "flask")
    for program in (checkout / "bin" / "flask", Path("../link")):
        (tmp_path / "here").mkdir(exist_ok=True)
        ended = ran(program, "backup", "mine.backup", cwd=tmp_path / "here")
        words = "-P -m app.local.commands backup mine.backup"
        assert ended.stdout == f"{tmp_path / 'here'}|{checkout}|{words}\n", ended.stderr


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--help"], 0, "--no-demo"),
        (["--prot", "1"], 2, "unrecognized arguments"),
        (["--port", "x"], 2, "a port is a number"),
    ],
)
def test_help_and_wrong_options_need_no_packages(checkout, words, code, said):
    shutil.rmtree(checkout / ".venv")
    ended = ran(checkout / "bin" / "run", *words, cwd=checkout)
    assert ended.returncode == code
    assert said in ended.stdout + ended.stderr
    assert not (checkout / ".venv").exists()
    assert "--fast" in ran(checkout / "bin" / "test", "--help", cwd=checkout).stdout
    assert not (checkout / ".venv").exists()

"""bin/_environment: which Python, which platform, and what it says when something is missing."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from app import ROOT

NEW_ENOUGH = "exit 0"
TOO_OLD = "case $2 in *version_info*) exit 1 ;; esac; exit 0"
WITHOUT_VENV = "case $2 in *ensurepip*) exit 1 ;; esac; exit 0"
NOT_GLIBC = "case $2 in *CS_GNU_LIBC*) exit 1 ;; esac; exit 0"
A_SHIM_TO_NOTHING = "echo 'command not found' >&2; exit 127"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    checkout = tmp_path / "a checkout"
    (checkout / "bin").mkdir(parents=True)
    shutil.copy(ROOT / "bin" / "_environment", checkout / "bin")
    for name in ("requirements.txt", "requirements-local.txt"):
        (checkout / name).write_text(f"# {name}\n")
    return checkout


def sh(
    checkout: Path, script: str, pythons: dict[str, str], **environment: str
) -> "subprocess.CompletedProcess[str]":
    """Run a script after the shared piece, on a machine that has only these Pythons."""
    path = checkout.parent / "machine"
    path.mkdir()
    for tool in ("sh", "basename", "cat", "cmp", "cp", "grep", "mkdir", "uname"):
        (path / tool).symlink_to(str(shutil.which(tool)))
    for name, words in pythons.items():
        (path / name).unlink(missing_ok=True)
        (path / name).write_text(f"#!/bin/sh\n{words}\n")
        (path / name).chmod(0o755)
    return subprocess.run(
        [str(path / "sh"), "-euc", f". ./bin/_environment; {script}"],
        cwd=checkout,
        env={"PATH": str(path)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("pythons", "found"),
    [
        ({"python3": NEW_ENOUGH, "python3.12": NEW_ENOUGH}, "python3"),
        ({"python3": TOO_OLD, "python3.11": NEW_ENOUGH, "python3.13": NEW_ENOUGH}, "python3.13"),
        ({"python3": TOO_OLD, "python3.13": A_SHIM_TO_NOTHING, "python3.12": NEW_ENOUGH}, "python3.12"),
        ({"python3": WITHOUT_VENV, "python3.11": NEW_ENOUGH}, "python3.11"),
        ({"python3.11": NEW_ENOUGH}, "python3.11"),
    ],
)
def test_the_first_python_that_will_do(checkout, pythons, found):
    assert sh(checkout, 'find_python; echo "$python"', pythons).stdout.strip() == found


@pytest.mark.parametrize(
    ("pythons", "environment", "sentence"),
    [
        ({}, {}, "Docket needs Python 3.11 or newer: install it, or name one with PYTHON=/path/to/python3."),
        ({"python3": TOO_OLD}, {}, "Docket needs Python 3.11 or newer"),
        ({"python3": NEW_ENOUGH, "old": TOO_OLD}, {"PYTHON": "old"}, "Python 3.11 or newer, and old is not"),
        ({"python3": WITHOUT_VENV}, {}, "apt install python3-venv"),
        ({"python3.12": WITHOUT_VENV}, {}, "apt install python3.12-venv"),
    ],
)
def test_one_sentence_when_none_will_do(checkout, pythons, environment, sentence):
    ended = sh(checkout, "find_python; echo went on", pythons, **environment)
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""


PLATFORM = 'refuse_a_strange_platform; echo "local: $LOCAL_REQUIREMENTS"'
WINDOWS = {"python3": NEW_ENOUGH, "uname": "echo MINGW64"}


def test_the_usual_machine_gets_the_servers(checkout):
    assert sh(checkout, PLATFORM, {"python3": NEW_ENOUGH}).stdout == "local: requirements-local.txt\n"


@pytest.mark.parametrize(
    "pythons",
    [
        {"python3": NOT_GLIBC},
        WINDOWS,
        {"python3": NEW_ENOUGH, "uname": "[ $1 = -s ] && echo Darwin || echo x86_64"},
    ],
)
def test_a_strange_machine_is_told_what_to_set(checkout, pythons):
    ended = sh(checkout, PLATFORM, pythons)
    assert ended.returncode == 1
    assert "set DATABASE_URL and REDIS_URL to servers of your own" in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


def test_with_both_addresses_any_machine_will_do(checkout):
    (checkout / ".env").write_text("# mine\nREDIS_URL=redis://localhost\n")
    ended = sh(checkout, PLATFORM, WINDOWS, DATABASE_URL="postgresql://localhost/docket")
    assert ended.stdout == "local: \n"


A_VENV_THAT_COUNTS = """
case $* in
  *'-m venv'*) mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
  *'-m pip install'*) echo "pip: $*"; exit ${PIP_ENDS:-0} ;;
esac
"""
INSTALL = "install_requirements requirements.txt requirements-local.txt"


def test_packages_go_in_once_and_again_when_a_file_changed(checkout):
    once = f"{INSTALL}; {INSTALL}; echo '# newer' >>requirements-local.txt; {INSTALL}"
    said = sh(checkout, once, {"python3": A_VENV_THAT_COUNTS}).stdout
    assert said.count("pip:") == 2
    assert "--require-hashes -r requirements.txt -r requirements-local.txt" in said


def test_a_failed_installation_is_one_sentence_after_pips_own_words_and_not_remembered(checkout):
    ended = sh(checkout, INSTALL, {"python3": A_VENV_THAT_COUNTS}, PIP_ENDS="1")
    assert ended.returncode == 1
    assert "Docket could not install its Python packages" in ended.stderr
    assert not (checkout / ".venv" / ".installed" / "requirements.txt").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_checkout_that_is_not_ours_to_write(checkout):
    checkout.chmod(0o555)
    ended = sh(checkout, INSTALL, {"python3": A_VENV_THAT_COUNTS})
    assert "cannot write to" in ended.stderr

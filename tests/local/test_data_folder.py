"""The data folder: never somebody else's, never two copies, never deleted by mistake."""

import os
import subprocess
import sys

import pytest

from app import ROOT
from app.local.data_folder import claimed, empty, secret_key
from app.local.processes import CannotRun


def test_a_new_folder_is_closed_and_marked(tmp_path):
    with claimed(tmp_path / "data"):
        assert (tmp_path / "data" / ".docket-data").exists()
        assert (tmp_path / "data").stat().st_mode & 0o066 == 0


def test_a_folder_with_other_things_is_left_alone(tmp_path):
    (tmp_path / "thesis.odt").write_text("years of work")
    with pytest.raises(CannotRun, match="holds other things"):
        claimed(tmp_path).__enter__()
    with pytest.raises(CannotRun, match="nothing was deleted"):
        empty(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.odt"]


def test_emptying_deletes_what_is_ours_and_nothing_else(tmp_path):
    with claimed(tmp_path):
        (tmp_path / "postgres").mkdir()
        (tmp_path / "secret_key").write_text("x")
    (tmp_path / "notes.txt").write_text("put here later")
    empty(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {".docket-data", ".lock", "notes.txt"}


def test_a_copy_that_runs_is_never_emptied(tmp_path):
    with claimed(tmp_path), pytest.raises(CannotRun, match="already running"):
        empty(tmp_path)


def test_what_a_killed_copy_said_about_itself_is_forgotten(tmp_path):
    (tmp_path / "environment").write_text("DATABASE_URL=gone\n")
    with claimed(tmp_path):
        assert not (tmp_path / "environment").exists()


def test_a_part_that_outlives_its_launcher_keeps_the_folder(tmp_path, monkeypatch):
    """The lock goes with the parts, so the next start cannot meet an old server on its data."""
    monkeypatch.setattr("app.local.data_folder.LEFTOVERS_MAY_TAKE", 0.2)
    dying = (
        "import os, subprocess, sys; from pathlib import Path; from app.local.data_folder import claimed\n"
        f"with claimed(Path({str(tmp_path)!r})):\n"
        "    print(subprocess.Popen(['sleep', '30'], close_fds=False, stdout=subprocess.DEVNULL).pid, flush=True)\n"
        "    os._exit(9)"
    )
    part = subprocess.run(
        [sys.executable, "-c", dying], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    try:
        with pytest.raises(CannotRun, match="Parts of an earlier Docket still run"):
            claimed(tmp_path).__enter__()
    finally:
        os.kill(int(part.stdout), 9)
    monkeypatch.undo()
    with claimed(tmp_path):
        pass


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(CannotRun, match=r"cannot write to .*Choose another folder with --data"):
        claimed(tmp_path / "file" / "data").__enter__()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_somebody_elses_data_is_theirs(tmp_path):
    with claimed(tmp_path):
        os.chown(tmp_path / ".docket-data", 65534, 65534)
    with pytest.raises(CannotRun, match="belongs to nobody"):
        claimed(tmp_path).__enter__()


def test_the_secret_is_made_once_and_private(tmp_path):
    first = secret_key(tmp_path)
    assert len(first) >= 32
    assert secret_key(tmp_path) == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600

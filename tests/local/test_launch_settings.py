"""What bin/run understands, and what it passes on."""

import os
import socket
from pathlib import Path

import pytest

from app.local.data_folder import claimed
from app.local.embedded import Servers
from app.local.launch_settings import (
    Options,
    leave_word,
    options_from,
    read_env_file,
    refuse_a_busy_port,
    reset,
    told,
    word_left_for_us,
)
from app.local.processes import CannotRun

FOUND = Servers("postgresql+psycopg://docket@/docket?host=%2Frun", "unix:///run/valkey.sock?db=0")
READ = (
    "PORT",
    "WEB_HOST",
    "DOCKET_DATA",
    "APP_ENV",
    "DEMO",
    "SECRET_KEY",
    "BASE_URL",
    "FILES_DIR",
    "DOCKET_CALLED_FROM",
)


@pytest.fixture(autouse=True)
def nothing_is_set(monkeypatch):
    for name in READ:
        monkeypatch.delenv(name, raising=False)


def test_the_usual_start(tmp_path):
    options = options_from([], root=tmp_path)
    assert options == Options(data=tmp_path / ".docket", port=8000, host="127.0.0.1", demo=True)
    assert options.address == "http://127.0.0.1:8000"


def test_a_relative_folder_is_meant_from_where_the_person_stands(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKET_CALLED_FROM", str(tmp_path))
    assert options_from(["--data", "mine"], root=Path("/srv/docket")).data == tmp_path / "mine"


def test_a_relative_folder_in_the_env_file_is_meant_from_where_that_lies(tmp_path, monkeypatch):
    monkeypatch.setenv("DOCKET_CALLED_FROM", "/elsewhere")
    monkeypatch.setenv("PORT", "9000")
    (tmp_path / ".env").write_text("DOCKET_DATA=mine\nPORT=7000\nWEB_HOST=::1\n")
    monkeypatch.setattr("os.environ", dict(os.environ))
    read_env_file(tmp_path / ".env")
    options = options_from([], root=tmp_path)
    assert options.data == tmp_path / "mine"
    assert (options.port, options.host) == (9000, "::1")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1"])
def test_a_port_is_a_number(port, capsys):
    with pytest.raises(SystemExit) as ended:
        options_from([f"--port={port}"], root=Path("/"))
    assert ended.value.code != 0
    assert "a port is a number from 1 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize(("name", "value"), [("APP_ENV", "production"), ("DEMO", "0")])
def test_no_demo_where_it_does_not_belong(name, value, monkeypatch):
    monkeypatch.setenv(name, value)
    assert options_from([], root=Path("/")).demo is False


def test_the_parts_learn_what_they_need(tmp_path):
    ours = told(Options(data=tmp_path, port=21999, host="::"), FOUND)
    assert ours["DATABASE_URL"] == FOUND.database_url
    assert ours["BASE_URL"] == "http://[::1]:21999"
    assert (ours["WEB_HOST"], ours["PORT"], ours["DEMO"]) == ("::", "21999", "1")
    assert ours["FILES_DIR"] == str(tmp_path / "files")
    assert ours["APP_ENV"] == "development"
    assert "WEB_RELOAD" not in ours


def test_an_empty_number_of_processes_does_not_reach_gunicorn(tmp_path, monkeypatch):
    monkeypatch.setenv("WEB_CONCURRENCY", "")
    assert told(Options(data=tmp_path), FOUND)["WEB_CONCURRENCY"] == "2"
    monkeypatch.setenv("WEB_CONCURRENCY", "3")
    assert "WEB_CONCURRENCY" not in told(Options(data=tmp_path), FOUND)


def test_what_is_set_already_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "mine")
    monkeypatch.setenv("FILES_DIR", "/srv/files")
    ours = told(Options(data=tmp_path, dev=True), FOUND)
    assert not {"SECRET_KEY", "FILES_DIR"} & ours.keys()
    assert not (tmp_path / "secret_key").exists()
    assert (ours["WEB_RELOAD"], ours["WEB_CONCURRENCY"]) == ("1", "1")


def test_the_word_for_bin_flask_is_private(tmp_path):
    said = {"SECRET_KEY": "it's = $HOME", "DEMO": ""}
    path = leave_word(Options(data=tmp_path), said)
    assert path.stat().st_mode & 0o777 == 0o600
    assert word_left_for_us(Options(data=tmp_path)) == said


def test_a_busy_port_is_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            CannotRun, match=rf"^Port {port} is in use\. Stop what uses it, or choose another with --port\.$"
        ):
            refuse_a_busy_port(Options(data=tmp_path, port=port))


def test_an_address_that_is_not_ours(tmp_path):
    with pytest.raises(CannotRun, match=r"This machine has no address 192\.0\.2\.1"):
        refuse_a_busy_port(Options(data=tmp_path, host="192.0.2.1"))


def test_nothing_is_deleted_without_a_yes(tmp_path, monkeypatch):
    with claimed(tmp_path):
        (tmp_path / "files").mkdir()
    with pytest.raises(CannotRun, match="Add --yes"):
        reset(Options(data=tmp_path))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CannotRun, match="Nothing was deleted"):
        reset(Options(data=tmp_path))
    assert (tmp_path / "files").exists()
    reset(Options(data=tmp_path, yes=True))
    assert not (tmp_path / "files").exists()


def test_there_may_be_nothing_to_delete(tmp_path):
    for folder in (tmp_path / "never made", tmp_path):
        reset(Options(data=folder, yes=True))
        reset(Options(data=folder))
    assert list(tmp_path.iterdir()) == []


def test_nobody_is_invited_to_delete_what_is_not_ours(tmp_path):
    (tmp_path / "log").mkdir()  # a name that we use too
    with pytest.raises(CannotRun, match=r"is not a data folder of Docket: nothing was deleted\.$"):
        reset(Options(data=tmp_path))

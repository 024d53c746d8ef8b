"""The demo brings a card gateway to try; nobody else gets one that they did not ask for."""

import socket
import urllib.request
from pathlib import Path

import pytest

from app.local.card_sandbox import sandbox_for
from app.local.launch_settings import Options
from tests.local.launcher import Launcher, stub_application
from tests.machine import free_port


@pytest.fixture(autouse=True)
def no_account(monkeypatch):
    for name in ("STRIPE_SECRET_KEY", "STRIPE_SECRET_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)


def test_only_the_demo_has_one(tmp_path):
    assert sandbox_for(Options(data=tmp_path, demo=False)) is None
    assert sandbox_for(Options(data=tmp_path)) is not None


def test_whoever_names_an_account_of_their_own_uses_that(tmp_path, monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_test_of_somebody_0123456789abcdef")
    assert sandbox_for(Options(data=tmp_path)) is None


def test_its_port_is_the_same_at_every_start_unless_somebody_has_it(tmp_path):
    first = sandbox_for(Options(data=tmp_path, port=8123))
    assert sandbox_for(Options(data=tmp_path, port=8123)).port == first.port < 32_768
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", first.port))
        somebody.listen()
        assert sandbox_for(Options(data=tmp_path, port=8123)).port != first.port


def test_each_start_has_secrets_of_its_own(tmp_path):
    one, other = (sandbox_for(Options(data=tmp_path)) for _ in range(2))
    assert {one.secret_key, one.webhook_secret}.isdisjoint({other.secret_key, other.webhook_secret})


@pytest.mark.slow
@pytest.mark.parametrize("demo", [True, False])
def test_it_runs_beside_web_and_worker_and_keeps_its_book_in_the_same_folder(open_folder: Path, demo) -> None:
    root, port = stub_application(open_folder / "clone"), free_port()
    with Launcher(root, *([] if demo else ["--no-demo"]), port=port, STRIPE_SECRET_KEY="") as started:
        started.until_ready()
        kept = root / ".docket" / "sandbox" / "sandbox.sqlite"
        assert kept.exists() is demo
        if demo:
            assert (
                _ledger_of((root / ".docket" / "environment").read_text())
                == b'{"entries":[],"undelivered":0}\n'
            )
        assert started.stop() == 0


def _ledger_of(environment: str) -> bytes:
    [address] = [
        line.partition("=")[2] for line in environment.splitlines() if line.startswith("STRIPE_BASE")
    ]
    with urllib.request.urlopen(f"{address}/sandbox/ledger", timeout=20) as answer:
        return bytes(answer.read())

"""Whatever is killed, nothing is orphaned, and the next start recovers."""

import os
import signal
import threading
from pathlib import Path

import pytest

from tests.local.conftest import nothing_is_given, open_folder  # noqa: F401 - fixtures
from tests.local.launcher import Launcher, left_in, stub_application
from tests.machine import free_port

pytestmark = [pytest.mark.proof, pytest.mark.slow]

PORT, ANOTHER = free_port(), free_port()
PARTS = {
    "PostgreSQL": "bin/postgres -D",
    "Valkey": "valkey-server",
    "Web": "gunicorn",
    "Worker": "wsgi worker",
    "Sandbox": "app.sandbox",
}


@pytest.fixture
def root(open_folder: Path) -> Path:  # noqa: F811 - the fixture
    return stub_application(open_folder / "clone")


def test_one_command_starts_everything_and_one_signal_stops_it(open_folder: Path) -> None:  # noqa: F811 - the fixture
    root = stub_application(open_folder / "a clone")
    with Launcher(root, port=PORT) as first:
        first.until_ready()
        assert f"http://127.0.0.1:{PORT}" in first.said
        before = first.health()
        assert (before["status"], before["loads"], before["demo"]) == ("healthy", 1, "1")
        with Launcher(root, port=ANOTHER) as second:
            assert second.until_ended() == 1
            assert "Docket is already running on" in second.said
        with Launcher(root, "--data", str(open_folder / "other"), port=PORT) as third:
            assert third.until_ended() == 1
            assert f"Port {PORT} is in use." in third.said
        assert first.stop() == 0
    assert left_in(open_folder) == []
    with Launcher(root, port=PORT) as again:
        assert again.until_ready().health() == before
        assert again.stop() == 0


def test_a_schema_that_breaks_says_why_and_leaves_nothing(open_folder: Path) -> None:  # noqa: F811 - the fixture
    root = stub_application(open_folder / "clone")
    for _ in range(2):  # the second start does not repeat what the first one had to say
        with Launcher(root, port=PORT, BREAK_PREPARE="1") as broken:
            assert broken.until_ended() == 1
            assert "Preparing the database failed (exit code 1)." in broken.said
            assert broken.said.count("  The schema is broken.") == 1
    assert left_in(open_folder) == []


@pytest.mark.parametrize("name", PARTS)
def test_one_killed_part_ends_the_rest_and_the_next_start_recovers(root, name):
    with Launcher(root, port=PORT) as first:
        before = first.until_ready().health()
        os.kill(first.part(PARTS[name]), signal.SIGKILL)
        assert first.until_ended() == 1
        assert f"{name} ended (killed by SIGKILL), so everything was stopped." in first.said
    assert left_in(root) == []
    with Launcher(root, port=PORT) as again:
        assert again.until_ready().health() == before
        assert again.stop() == 0


def test_nothing_outlives_a_killed_launcher_and_the_next_start_need_not_wait(root):
    with Launcher(root, port=PORT) as first:
        before = first.until_ready().health()
        first.process.kill()
    with Launcher(root, port=PORT) as again:
        assert again.until_ready().health() == before
        again.process.kill()
    assert left_in(root, patience=5) == []


def test_a_killed_web_worker_is_replaced(root):
    with Launcher(root, port=PORT) as running:
        running.until_ready()
        master = running.part("gunicorn")
        children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
        assert running.health()["status"] == "healthy"
        assert running.stop() == 0


def test_a_request_under_way_is_finished_before_the_end(root):
    with Launcher(root, port=PORT) as running:
        running.until_ready()
        heard: list[str] = []
        asking = threading.Thread(target=lambda: heard.append(running.get("/slow")))
        asking.start()
        asking.join(timeout=0.5)
        assert running.stop() == 0
        asking.join()
        assert heard == ["finished"]
    assert left_in(root) == []


def test_ctrl_c_reaches_the_whole_group_and_still_ends_in_order(root):
    with Launcher(root, port=PORT) as running:
        running.until_ready()
        os.killpg(running.process.pid, signal.SIGINT)
        assert running.until_ended() == 0
        assert "Docket has stopped." in running.said
    assert left_in(root) == []


def test_a_wish_to_stop_while_starting_is_heard(root):
    with Launcher(root, port=PORT) as starting:
        assert starting.until_it_says("Starting Docket").stop() == 0
    assert left_in(root) == []

"""What bin/run says when it is ready; tests/proof/test_launch.py starts and kills the whole tree."""

from pathlib import Path

import pytest

from app.local.launch import greeting
from app.local.launch_settings import Options
from app.millrace import DEMO_PASSWORD, PEOPLE
from tests.local.launcher import Launcher, stub_application
from tests.machine import free_port

PORT = free_port()
NO_WORKER = "No worker was seen yet"


def test_the_demo_is_greeted_with_everybody_as_the_sign_in_page_names_them(tmp_path):
    words = greeting(Options(data=tmp_path))
    assert DEMO_PASSWORD in words
    for person in PEOPLE:
        assert f"{person.email}  " in words
        assert f"  {person.what}\n" in words


@pytest.mark.parametrize("demo", [True, False])
def test_the_greeting_says_how_to_get_in(tmp_path, demo):
    words = greeting(Options(data=tmp_path, demo=demo))
    assert ("owner@millrace.example" in words) is demo
    assert ("user create-admin" in words) is not demo
    assert max(len(line) for line in words.splitlines() if "/" not in line) < 80


@pytest.mark.slow
def test_whoever_looks_when_it_says_ready_finds_a_worker(open_folder: Path) -> None:
    with Launcher(stub_application(open_folder / "clone"), port=PORT) as started:
        assert started.until_ready().health()["checks"] == {"worker": "ok"}
        assert NO_WORKER not in started.said
        assert started.stop() == 0


@pytest.mark.slow
def test_without_a_worker_it_is_ready_all_the_same_and_says_so(open_folder: Path) -> None:
    with Launcher(stub_application(open_folder / "clone"), port=PORT, SILENT_WORKER="1") as started:
        assert f"Docket is ready:  http://127.0.0.1:{PORT}" in started.until_ready().said
        assert NO_WORKER in started.said
        assert started.stop() == 0


@pytest.mark.slow
def test_a_setting_that_is_refused_is_one_sentence_and_nothing_else(open_folder: Path) -> None:
    with Launcher(stub_application(open_folder / "clone"), port=PORT, WEB_CONCURRENCY="many") as refused:
        assert refused.until_ended() == 1
    said = refused.said.splitlines()
    assert said == ["Starting Docket ...", "Docket cannot start: WEB_CONCURRENCY must be a whole number."]

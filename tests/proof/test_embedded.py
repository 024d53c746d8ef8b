"""PostgreSQL and Valkey after kill -9, and in a folder their own user cannot reach."""

import os
import signal
from pathlib import Path

import pytest
import redis

from app.local.data_folder import apart
from app.local.embedded import servers
from tests.local.conftest import nothing_is_given, open_folder  # noqa: F401 - fixtures
from tests.local.test_embedded import ask, pid_of

pytestmark = [pytest.mark.proof, pytest.mark.slow]


def test_what_is_committed_survives_a_killed_server(open_folder: Path):  # noqa: F811 - the fixture
    with servers(open_folder) as found:
        assert ask(found, "show fsync") == "on"
        assert redis.Redis.from_url(found.redis_url).config_get("appendonly") == {"appendonly": "yes"}
        ask(found, "create table orders (number text)")
        ask(found, "insert into orders values ('ML-1')")
        os.kill(pid_of(found, "PostgreSQL"), signal.SIGKILL)
        os.kill(pid_of(found, "Valkey"), signal.SIGKILL)
    with servers(open_folder) as found:
        assert ask(found, "select number from orders") == "ML-1"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a home that its servers cannot reach")
def test_in_roots_closed_folder_the_data_lives_elsewhere_and_comes_back(open_folder: Path):  # noqa: F811 - the fixture
    open_folder.chmod(0o700)
    folder = open_folder / "data"
    with servers(folder, durable=False) as found:
        assert ask(found, "select 1") == 1
        assert not (folder / "postgres").exists()
        assert not apart(folder).exists()
    assert open_folder.stat().st_mode & 0o777 == 0o700

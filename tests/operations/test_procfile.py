"""Each line of the Procfile runs with what a host like Heroku sets, and nothing else."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from urllib.error import URLError
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import create_engine, text

from tests.machine import free_port

ROOT = Path(__file__).parents[2]
LINES = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines())
NAME = "orders.millrace.example"
PORT = str(free_port())

pytestmark = pytest.mark.slow


@pytest.fixture
def hosts_environment(own_database, running_servers, tmp_path) -> dict[str, str]:
    """What Heroku sets by itself, and the few settings that docs/deploying.md asks for."""
    return {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PORT": PORT,
        "DYNO": "web.1",
        "DATABASE_URL": own_database.replace("postgresql+psycopg://", "postgres://"),
        "REDIS_URL": running_servers.redis_url,
        "SECRET_KEY": "q7Zr0uW3nB9xKf2LtY8sVd5JgH1mPc6E",
        "APP_ENV": "production",
        "BASE_URL": f"https://{NAME}",
        "FILES_DIR": str(tmp_path),
    }


class Line(subprocess.Popen[str]):
    """In a shell and a process group of its own; what it says is kept in a file, which never fills up."""

    def __init__(self, line: str, environment: dict[str, str], said: IO[bytes]) -> None:
        self.said = said
        shell = ["/bin/sh", "-c", line]
        super().__init__(shell, cwd=ROOT, env=environment, stdout=said, stderr=said, start_new_session=True)

    @property
    def words(self) -> str:
        return os.pread(self.said.fileno(), 1 << 20, 0).decode()  # it writes on from where it is


@contextmanager
def running(name: str, environment: dict[str, str]) -> Iterator[Line]:
    """As a host starts it, and ends it."""
    with tempfile.TemporaryFile() as said:
        line = Line(LINES[name], environment, said)
        try:
            yield line
            if line.poll() is None:
                stopped(line)
        finally:
            if line.poll() is None:
                os.killpg(line.pid, signal.SIGKILL)
                line.wait()


def stopped(process: Line) -> None:
    """All of it is told at once, as a host does it, and is gone before gunicorn would lose its patience."""
    os.killpg(process.pid, signal.SIGTERM)
    try:
        assert process.wait(timeout=20) == 0
    except subprocess.TimeoutExpired:
        raise AssertionError(process.words) from None


def answer(path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    try:
        with urlopen(Request(f"http://127.0.0.1:{PORT}{path}", headers=headers), timeout=20) as found:
            return found.status, dict(found.headers), found.read().decode()
    except URLError as error:
        if hasattr(error, "code"):
            return error.code, dict(error.headers), ""
        raise


def eventually(holds, process: Line, *, within: float = 60) -> None:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        assert process.poll() is None, process.words
        try:
            if holds():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"not within {within} s")


def test_there_are_the_three_lines_a_host_needs():
    assert set(LINES) == {"web", "worker", "release"}


def test_release_brings_an_empty_database_up_to_date(hosts_environment, own_database):
    engine = create_engine(own_database, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    for _ in range(2):  # a host runs it at every deploy
        ended = subprocess.run(
            ["/bin/sh", "-c", LINES["release"]],
            cwd=ROOT,
            env=hosts_environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == 0, ended.stdout + ended.stderr
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM role")) == 7
    engine.dispose()


def test_web_serves_behind_the_hosts_router_and_stops_when_told(hosts_environment):
    with running("web", hosts_environment) as process:
        eventually(lambda: answer("/health/ready")[0] == 200, process)
        said = json.loads(answer("/health/ready")[2])
        assert (said["status"], said["checks"]["worker"]) == ("degraded", "no worker seen yet")
        status, headers, page = answer("/login", **{"Host": NAME, "X-Forwarded-Proto": "https"})
        assert status == 200
        assert headers["Strict-Transport-Security"]
        assert "__Host-docket_session" in headers["Set-Cookie"]
        assert 'name="password"' in page
        assert answer("/login", **{"Host": "evil.example", "X-Forwarded-Proto": "https"})[0] == 400
        assert answer("/metrics")[0] == 404


TOKEN = "a-token-for-the-monitoring"


def figures() -> str:
    return answer("/metrics", Authorization=f"Bearer {TOKEN}")[2]


def test_the_web_processes_add_up_their_figures(hosts_environment, tmp_path):
    folder = tmp_path / "figures"
    more = {"METRICS_TOKEN": TOKEN, "WEB_CONCURRENCY": "2", "PROMETHEUS_MULTIPROC_DIR": str(folder)}
    with running("web", hosts_environment | more) as process:
        eventually(lambda: answer("/health/ready")[0] == 200, process)
        for _ in range(20):
            assert answer("/login", **{"Host": NAME, "X-Forwarded-Proto": "https"})[0] == 200
        twenty = 'http_requests_total{endpoint="accounts.login",method="GET",status="200"} 20.0'
        eventually(lambda: twenty in figures(), process)
        assert "pid=" not in figures()
        for worker in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split():
            os.kill(int(worker), signal.SIGKILL)
        eventually(lambda: twenty in figures(), process)
        files = {path.stem.partition("_")[2] for path in folder.iterdir()}
        assert files <= {"web-1", "web-2"}, "whoever follows counts on in the same files"


def test_a_worker_that_is_told_to_stop_while_it_is_born_stops(hosts_environment, tmp_path):
    slow_birth = tmp_path / "slow_birth.py"
    slow_birth.write_text(
        (ROOT / "gunicorn.conf.py").read_text()
        + "\n\ndef post_fork(_server, _worker):\n    import time\n\n    time.sleep(1)\n"
    )
    environment = hosts_environment | {"GUNICORN_CMD_ARGS": f"--config {slow_birth}"}
    with running("web", environment) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        eventually(lambda: len(children.read_text().split()) == 2, process)
        stopped(process)


def test_the_web_tells_what_the_worker_did_though_they_share_only_postgresql(hosts_environment, own_database):
    engine = create_engine(own_database, isolation_level="AUTOCOMMIT")
    with (
        running("worker", hosts_environment | {"DYNO": "worker.1"}) as worker,
        running("web", hosts_environment | {"METRICS_TOKEN": TOKEN}) as web,
        engine.connect() as connection,
    ):
        connection.execute(
            text("INSERT INTO outbox_message (topic, payload) VALUES ('operations.prune', '{}')")
        )
        open_ones = text("SELECT count(*) FROM outbox_message WHERE done_at IS NULL")
        eventually(lambda: connection.scalar(open_ones) == 0, worker)
        eventually(lambda: json.loads(answer("/health/ready")[2])["status"] == "healthy", web)
        eventually(lambda: 'jobs_total{outcome="done",topic="operations.prune"} 1.0' in figures(), web)
        assert 'job_duration_seconds_count{outcome="done",topic="operations.prune"} 1.0' in figures()
    engine.dispose()

"""A real web process, and a browser without a screen that reaches it over a socket."""

import base64
import json
import os
import re
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from app import ROOT
from tests.conftest import SECRET_KEY
from tests.machine import free_port
from tests.proof.tree import eventually


def settings(database_url: str, redis_url: str, **more: object) -> dict[str, str]:
    """All that a web process is told, whatever this machine has."""
    told = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "SECRET_KEY": SECRET_KEY,
        "APP_ENV": "development",
    }
    return told | {name: str(value) for name, value in more.items()}


class Web:
    """gunicorn as in production, with all it says kept in one file."""

    def __init__(self, environment: dict[str, str], log: Path, *, target: str = "wsgi:app") -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self.log = log
        address = self.url.removeprefix("http://")
        given = {"WEB_CONCURRENCY": "1"} | environment | {"BASE_URL": self.url}
        with log.open("ab") as output:
            command = [sys.executable, "-m", "gunicorn", target, "--bind", address]
            self.process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=output, stderr=output)
        eventually(self._answers)

    def _answers(self) -> bool:
        if self.process.poll() is not None:
            raise AssertionError(self.log.read_text())
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/health/live").status_code == 200
        return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=30)


@contextmanager
def web(environment: dict[str, str], log: Path, *, target: str = "wsgi:app") -> Iterator[Web]:
    found = Web(environment, log, target=target)
    try:
        yield found
    finally:
        found.stop()


class Browser:
    """Follows redirects, sends forms with their tokens, and remembers every page that was an error."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, follow_redirects=True, timeout=20)
        self.errors: list[str] = []

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self._seen(self.client.get(path, **more))

    def submit(self, path: str, *, token_from: str = "/login", **fields: Any) -> httpx.Response:
        page = self.client.get(token_from)
        hidden = dict(
            re.findall(r'<input[^>]*name="(csrf_token|once|version)"[^>]*value="([^"]+)"', page.text)
        )
        return self._seen(self.client.post(path, data=hidden | fields))

    def send(self, path: str, body: Any, **more: Any) -> httpx.Response:
        """To the JSON door."""
        return self._seen(self.client.post(f"/api/v1{path}", json=body, **more))

    def _seen(self, answer: httpx.Response) -> httpx.Response:
        if answer.status_code >= 400:
            self.errors.append(f"{answer.status_code} {answer.headers} {answer.text}")
        return answer

    @property
    def cookie(self) -> str:
        return str(self.client.cookies["docket_session"])

    @property
    def session(self) -> dict[str, Any]:
        """What the cookie carries."""
        packed = self.cookie.strip('"')
        content = packed.lstrip(".").split(".")[0]
        raw = base64.urlsafe_b64decode(content + "=" * (-len(content) % 4))
        found: dict[str, Any] = json.loads(zlib.decompress(raw) if packed.startswith(".") else raw)
        return found

"""These tests start servers of their own, so nothing of the environment may stand in for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.machine import passing_folder


@pytest.fixture(autouse=True)
def nothing_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "DATABASE_URL_FILE", "REDIS_URL_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with passing_folder() as folder:
        yield folder

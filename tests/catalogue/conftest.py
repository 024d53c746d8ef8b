"""Who looks after the catalogue, and where its files are kept."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.accounts.models import User
from app.core.files import DiskFiles
from tests.accounts.program import Program, signed_in


@pytest.fixture
def desk(as_user, owner, context):
    """The owner's browser."""
    return as_user(owner)


@pytest.fixture
def office(app: Flask, owner: User) -> Program:
    """The owner's program."""
    return signed_in(app, owner)


@pytest.fixture
def mayas(app: Flask, maya: User) -> Program:
    """The program of a customer."""
    return signed_in(app, maya)


@pytest.fixture
def files(app: Flask, tmp_path: Path) -> Iterator[DiskFiles]:
    """A folder for files, as long as the test lasts."""
    before = app.extensions["gateways"]
    kept = DiskFiles(tmp_path)
    app.extensions["gateways"] = replace(before, files=kept)
    yield kept
    app.extensions["gateways"] = before

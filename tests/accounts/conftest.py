"""Who sits in front of the pages of administration, and who knocks at the JSON door."""

import pytest
from flask import Flask

from app.accounts.models import User
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
    """The program of a customer's administrator."""
    return signed_in(app, maya)

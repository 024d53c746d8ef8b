"""Who sits in front of the pages of administration."""

import pytest


@pytest.fixture
def desk(as_user, owner, context):
    """The owner's browser."""
    return as_user(owner)

"""What proofs of races have in common."""

import pytest

from app.core import database, transaction


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow machine locks nobody out: what is told apart here is right from wrong, never fast from slow."""
    monkeypatch.setitem(database.WEB_TIMEOUTS, "lock_timeout", "20000")
    monkeypatch.setitem(database.WEB_TIMEOUTS, "statement_timeout", "30000")
    monkeypatch.setitem(database.WEB_TIMEOUTS, "idle_in_transaction_session_timeout", "60000")


@pytest.fixture
def patient_but_with_one_try(patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadlock, which would be tried again and stay unseen, fails at once."""
    monkeypatch.setattr(transaction, "WORTH_ANOTHER_TRY", set())

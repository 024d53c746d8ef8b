"""Cards: one sandbox for all tests of a process, well again before each of them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.payments.stripe_gateway import StripeGateway
from tests.payments.sandbox import Sandbox, running_sandbox


@pytest.fixture(scope="session")
def sandbox_process() -> Iterator[Sandbox]:
    with running_sandbox() as found:
        yield found


@pytest.fixture
def sandbox(sandbox_process: Sandbox) -> Iterator[Sandbox]:
    sandbox_process.no_faults()
    yield sandbox_process
    sandbox_process.no_faults()


@pytest.fixture
def cards(app: Flask, sandbox: Sandbox) -> Iterator[StripeGateway]:
    """The house takes cards, through the real adapter."""
    before, found = app.extensions["gateways"], sandbox.gateway(timeout=2)
    app.extensions["gateways"] = replace(before, cards=found)
    yield found
    app.extensions["gateways"] = before

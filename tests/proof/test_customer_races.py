"""Several at once on one customer, on real connections: one usual door, and nobody left without a customer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.accounts.models import Customer, User
from app.accounts.service import people
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refusal
from app.customers.models import Address
from app.customers.service import addresses, standing
from tests import factories
from tests.customers.typing_in import DOOR

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("patient")]

AT_ONCE, ROUNDS = 8, 5


def all_at_once(app: Flask, work: list[Callable[[], Any]]) -> list[str]:
    """What each of them was told; an error that is no refusal fails the test."""

    def one(do: Callable[[], Any]) -> str:
        with app.app_context():
            try:
                do()
            except Refusal as refusal:
                return refusal.message
            return "done"

    with ThreadPoolExecutor(len(work)) as threads:
        return list(threads.map(one, work))


def usual_doors(app: Flask, customer: Customer) -> tuple[int, int]:
    with app.app_context():
        counts = select(
            func.count().filter(Address.is_default_shipping), func.count().filter(Address.is_default_billing)
        )
        shipping, billing = db.session.execute(counts.where(Address.customer_id == customer.id)).one()
        return shipping, billing


def test_of_many_usual_doors_named_at_once_one_is_usual(own_app: Flask) -> None:
    with own_app.app_context():
        customers = [factories.customer(f"Kettle {chr(65 + number)}") for number in range(ROUNDS)]
    usual = DOOR | {"is_default_shipping": True, "is_default_billing": True}

    for customer in customers:

        def add(customer: Customer = customer) -> None:
            addresses.add(customer.id, **usual, by=SYSTEM)

        assert all_at_once(own_app, [add] * AT_ONCE) == ["done"] * AT_ONCE
        assert usual_doors(own_app, customer) == (1, 1)


def test_nobody_is_invited_into_a_customer_that_goes_meanwhile(own_app: Flask) -> None:
    for number in range(ROUNDS):
        with own_app.app_context():
            customer = factories.customer(f"Gone {chr(65 + number)}")

        def remove(customer: Customer = customer) -> None:
            standing.remove(customer.code, version=1, by=SYSTEM, at=clock.now())

        def invite(customer: Customer = customer, number: int = number) -> None:
            people.invite(
                email=f"ida{number}@gone.example",
                name="Ida Hall",
                kind="buyer",
                customer_id=customer.id,
                roles=["buyer"],
                by=SYSTEM,
                at=clock.now(),
            )

        told = all_at_once(own_app, [remove, invite])
        assert told.count("done") == 1, told
        with own_app.app_context():
            joined = select(func.count()).select_from(User).join(Customer, Customer.id == User.customer_id)
            assert db.session.scalar(joined.where(Customer.deleted_at.is_not(None))) == 0

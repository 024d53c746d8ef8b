"""Many refund one order at once: together never more than was invoiced, and nobody waits in a circle."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.billing.models import Invoice, Refund
from app.billing.service import crediting
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.core.errors import Refusal
from app.operations import checks
from tests import factories
from tests.fulfilment.moving_goods import confirmed, sent
from tests.orders.ordering import able_to_order, goods
from tests.payments.refunding import paid_by_card, refunded
from tests.proof.test_stock_races import crowd, unexpected
from tests.stock.shelving import filled

pytestmark = [pytest.mark.proof, pytest.mark.usefixtures("patient_but_with_one_try")]

LOAVES, CLIENTS = 12, 8


@pytest.fixture
def bakery(own_app: Flask) -> Iterator[Flask]:
    with own_app.app_context():
        factories.user("Hana Whitlock", role="admin")
        yield own_app


def came_to(kind: str) -> Decimal:
    return db.session.scalar(select(func.sum(Invoice.total)).where(Invoice.kind == kind)) or Decimal(0)


def invoiced(quantity: int, *parts: int) -> tuple[int, list[str]]:
    """The number of an order that left in so many parts, and of its invoices, which are paid by card."""
    cafe = able_to_order(factories.customer("Copper Kettle Café"), credit_limit=100_000)
    order = confirmed({filled(goods("Sourdough", "3.33"), quantity): quantity}, cafe)
    for part in parts:
        sent(order, picked={1: part})
    question = select(Invoice).where(Invoice.order_id == order.id).order_by(Invoice.id)
    invoices = db.session.scalars(question).all()
    for invoice in invoices:
        paid_by_card(invoice)
    return order.number, [invoice.number for invoice in invoices]


def credited_by(paper: str, times: int) -> list[Any]:
    """Each of one loaf."""
    said = {"with_delivery": False, "reason": "Torn", "by": SYSTEM, "on": today()}
    return [partial(crediting.credit, paper, lines={1: 1}, **said)] * times


def successes(ends: list[Any]) -> int:
    assert unexpected(ends, Refusal) == []
    return sum(not isinstance(end, Exception) for end in ends)


def wrong() -> list[Any]:
    db.session.rollback()
    return [verdict for verdict in checks.run_all() if not verdict.holds]


def test_the_last_loaf_of_an_invoice_is_credited_once_however_many_try(bakery: Flask) -> None:
    _, [paper] = invoiced(LOAVES, LOAVES)
    assert successes(crowd(bakery, 1, credited_by(paper, LOAVES - 1))) == LOAVES - 1
    assert successes(crowd(bakery, CLIENTS, credited_by(paper, CLIENTS))) == 1
    assert came_to("credit_note") == came_to("invoice")
    assert wrong() == []


def test_of_twelve_loaves_in_two_invoices_thirty_refunds_get_exactly_twelve(bakery: Flask) -> None:
    number, papers = invoiced(LOAVES, 5, 7)
    ways = [partial(refunded, number, {1: 1}, to=to) for to in ("card", "bank", "account")]
    works = [*ways * 6, *(work for paper in papers for work in credited_by(paper, 6))]
    assert successes(crowd(bakery, CLIENTS, works)) == LOAVES
    assert came_to("credit_note") == came_to("invoice")
    assert db.session.scalar(select(func.sum(Refund.amount))) <= came_to("invoice")
    assert wrong() == []

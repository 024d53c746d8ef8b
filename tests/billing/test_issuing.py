"""What leaves is invoiced at once: one paper for each shipment, that nobody changes afterwards."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

from app.accounts.models import Customer
from app.billing.invoiced import fingerprint
from app.billing.models import Invoice, NumberSeries
from app.billing.service.issuing import content_of
from app.catalogue.models import Product
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import read_business, setting
from app.core.database import db
from app.core.errors import Refusal
from app.core.outbox import OutboxMessage
from app.core.transaction import use_case
from app.fulfilment.models import Shipment
from app.fulfilment.service import packing, sending
from app.operations import checks
from app.orders.amended import Changes
from app.orders.models import Order
from app.orders.service import amending, moving
from tests import factories
from tests.orders.ordering import able_to_order, as_it_is, goods, placed
from tests.orders.standing import confirmed, opened, sent
from tests.stock.shelving import filled


@pytest.fixture
def cafe(copper_kettle: Customer, owner, context) -> Customer:
    factories.delivery_method("North round", price_net="4.50")
    return able_to_order(copper_kettle)


@pytest.fixture
def loaf(context) -> Product:
    return filled(goods("Sourdough", "3.25", unit_label="loaf"), 90)


@pytest.fixture
def buns(context) -> Product:
    untaxed = factories.tax_class("zero", rate="0.00")
    return filled(goods("Buns", "0.3333", tax_class_id=untaxed.id), 90)


@pytest.fixture
def order(cafe, loaf, buns) -> Order:
    """£13.00 and £3.33 of goods, £4.50 of delivery, £3.50 of VAT."""
    found = placed({loaf: 4, buns: 10}, cafe, po_number="PO-77")
    return confirmed(found)


def invoices() -> list[Invoice]:
    db.session.expire_all()
    question = select(Invoice).options(selectinload(Invoice.lines), selectinload(Invoice.balance))
    return list(db.session.scalars(question.order_by(Invoice.id)))


def sent_at(order: Order, moment: datetime) -> Shipment:
    shipment = opened(order)
    packing.pack(shipment.id, by=SYSTEM, at=moment)
    return sending.ship(shipment.id, by=SYSTEM, at=moment)


def wrong() -> list[object]:
    return [verdict for verdict in checks.run_all() if not verdict.holds]


def test_a_shipment_has_one_invoice_of_what_left(order, cafe):
    shipment = sent(order)
    [invoice] = invoices()
    year = clock.now().year
    assert (invoice.number, invoice.shipment_id) == (f"INV-{year}-00001", shipment.id)
    said = [
        (line.name, line.quantity, str(line.unit_price), str(line.net), str(line.tax))
        for line in invoice.lines
    ]
    assert said == [
        ("Sourdough", 4, "3.2500", "13.00", "2.60"),
        ("Buns", 10, "0.3333", "3.33", "0.00"),
        ("North round", 1, "4.5000", "4.50", "0.90"),
    ]
    sums = (invoice.net, invoice.tax, invoice.rounding, invoice.total)
    assert sums == tuple(map(Decimal, ("20.83", "3.50", "0", "24.33")))
    assert (invoice.po_number, invoice.terms) == ("PO-77", "net30")
    assert (invoice.due_on - invoice.issued_on).days == 30
    assert invoice.sha256 == fingerprint(content_of(invoice))
    assert invoice.balance.open == invoice.total == order.total
    assert as_it_is(order).invoiced == order.total
    mail = select(func.count()).where(OutboxMessage.topic == "billing.mail_invoice")
    assert db.session.scalar(mail) == 1
    assert wrong() == []


def test_delivery_is_charged_with_the_first_that_leaves_and_all_comes_to_the_order(order):
    sent(order, {1: 1, 2: 3})
    sent(order, {1: 2, 2: 3})
    sent(order)
    papers = invoices()
    assert [[line.name for line in paper.lines][2:] for paper in papers] == [["North round"], [], []]
    assert [paper.net for paper in papers] == [Decimal("8.75"), Decimal("7.50"), Decimal("4.58")]
    assert sum(paper.total for paper in papers) == order.total == as_it_is(order).invoiced
    assert wrong() == []


def test_what_is_cancelled_after_a_part_left_is_never_invoiced(order):
    sent(order, {1: 1})
    moving.cancel_remainder(order.number, reason="None left", by=SYSTEM, at=clock.now())
    [total] = [paper.total for paper in invoices()]
    assert total == as_it_is(order).total == order.invoiced
    assert wrong() == []


def test_a_change_after_a_part_left_moves_no_price_of_what_left(order, loaf):
    """The loaves are cheaper by the dozen, and dearer since."""
    sent(order, {1: 2})
    factories.price(loaf, "2.95", min_qty=12)
    db.session.execute(text("UPDATE price SET unit_price = 3.95 WHERE min_qty = 1"))
    db.session.commit()
    amending.amend(order.number, Changes(items={loaf.id: 14}), by=SYSTEM, at=clock.now())
    sent(order)
    papers = invoices()
    assert [paper.lines[0].unit_price for paper in papers] == [Decimal("3.25")] * 2
    assert sum(paper.total for paper in papers) == as_it_is(order).total
    assert wrong() == []


@pytest.mark.parametrize(
    ("moment", "day", "due"),
    [
        (datetime(2026, 6, 30, 23, 30, tzinfo=UTC), "2026-07-01", "2026-07-31"),  # summer time in London
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), "2026-12-31", "2027-01-30"),
        (datetime(2028, 1, 30, 12, tzinfo=UTC), "2028-01-30", "2028-02-29"),
    ],
)
def test_its_day_is_that_of_the_business(order, moment, day, due):
    sent_at(order, moment)
    [invoice] = invoices()
    assert (invoice.issued_on, invoice.supplied_on) == (date.fromisoformat(day),) * 2
    assert (invoice.due_on, invoice.number) == (date.fromisoformat(due), f"INV-{day[:4]}-00001")


def test_numbers_begin_anew_each_year_and_days_never_go_back(cafe, loaf):
    days = ("2026-12-31", "2027-01-01", "2026-12-30", "2026-12-31")
    for day in days:
        sent_at(confirmed(placed({loaf: 1}, cafe)), datetime.fromisoformat(f"{day}T12:00:00+00:00"))
    papers = invoices()
    assert [paper.number[4:] for paper in papers] == ["2026-00001", "2027-00001", "2026-00002", "2026-00003"]
    assert [str(paper.issued_on) for paper in papers] == [
        "2026-12-31",
        "2027-01-01",
        "2026-12-31",
        "2026-12-31",
    ]
    assert str(papers[2].supplied_on) == "2026-12-30"
    assert wrong() == []


def test_a_number_is_not_used_up_by_what_fails_afterwards(order):
    shipment = opened(order)
    packing.pack(shipment.id, by=SYSTEM, at=clock.now())

    @use_case
    def ship_and_fail() -> None:
        sending.ship(shipment.id, by=SYSTEM, at=clock.now())
        raise Refusal("The van is broken.")

    with pytest.raises(Refusal):
        ship_and_fail()
    assert (invoices(), db.session.scalar(select(func.count(NumberSeries.last)))) == ([], 0)
    sending.ship(shipment.id, by=SYSTEM, at=clock.now())
    assert [paper.serial for paper in invoices()] == [1]


def test_it_keeps_saying_who_both_were_then(order, cafe):
    sent(order)
    setting().name, cafe.name = "Another Name Ltd", "Another Café"
    db.session.add(cafe)
    db.session.commit()
    read_business()
    [invoice] = invoices()
    assert (invoice.seller["name"], invoice.buyer["name"]) == ("Docket", "Copper Kettle Café")
    assert invoice.deliver_to["line1"] == "14 Weir Street"
    assert wrong() == []


@pytest.mark.parametrize("table", ["invoice", "invoice_line", "allocation"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_what_was_issued(order, table, change):
    sent(order)
    with pytest.raises(IntegrityError, match="keeps history"), db.session.begin_nested():
        db.session.execute(text(change.format(table)))
    assert wrong() == []

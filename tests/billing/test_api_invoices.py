"""Invoices as programs see them."""

from decimal import Decimal

import pytest
from flask import Flask

from app.accounts.models import User
from app.billing.models import Invoice
from app.billing.service import crediting
from app.core.access import SYSTEM
from app.core.business import today
from tests import factories
from tests.accounts.program import Program, signed_in
from tests.billing.owing import invoice_for
from tests.orders.ordering import goods
from tests.statements import noted
from tests.stock.shelving import filled


@pytest.fixture
def invoice(cafe, loaf) -> Invoice:
    """Three loaves and the van, both with VAT."""
    factories.delivery_method("North round", price_net="4.50")
    return invoice_for({loaf: 3}, cafe)


@pytest.fixture
def hers(app: Flask, maya: User) -> Program:
    return signed_in(app, maya)


def numbers(program: Program, query: str = "") -> list[str]:
    answer = program.get(f"/invoices?{query}")
    assert answer.status_code == 200, answer.json
    return [one["number"] for one in answer.json["data"]["items"]]


def test_an_invoice_is_told_whole(hers, invoice):
    told = hers.get(f"/invoices/{invoice.number}").json["data"]
    expected = {
        "number": invoice.number,
        "kind": "invoice",
        "customer": "COPPER-KETTLE-CAF",
        "order": str(invoice.order_number),
        "shipment": f"{invoice.order_number}/1",
        "credits": None,
        "issued_on": str(today()),
        "terms": "net30",
        "net": "14.25",
        "tax": "2.85",
        "rounding": "0.00",
        "total": "17.10",
        "open": "17.10",
        "credited": "0.00",
        "taxes": [{"rate": "0.2", "net": "14.25", "tax": "2.85"}],
        "pdf_url": f"http://localhost/invoices/{invoice.number}.pdf",
    }
    assert {name: told[name] for name in expected} == expected
    first, van = told["lines"]
    assert (first["sku"], first["quantity"], first["unit_price"], first["net"]) == (
        "SOURDOUGH",
        3,
        "3.25",
        "9.75",
    )
    assert (van["kind"], van["name"], van["product_id"]) == ("delivery", "North round", None)


def test_a_credit_note_names_its_invoice_and_moves_what_is_open(hers, invoice):
    note = crediting.credit(
        invoice.number, lines={1: 1}, with_delivery=False, reason="Burnt", by=SYSTEM, on=today()
    )
    told = hers.get(f"/invoices/{note.number}").json["data"]
    assert (told["kind"], told["credits"], told["reason"]) == ("credit_note", invoice.number, "Burnt")
    assert (told["total"], told["open"]) == ("3.90", "0.00")
    credited = hers.get(f"/invoices/{invoice.number}?fields=credited,open").json["data"]
    assert credited == {"credited": "3.90", "open": "13.20"}


def test_a_list_is_narrowed(hers, invoice, cafe, deli):
    other = invoice_for({filled(goods("Buns"), 9): 1}, cafe)
    invoice_for({filled(goods("Rolls"), 9): 1}, deli)
    assert numbers(hers) == [other.number, invoice.number]
    assert numbers(hers, f"order={invoice.order_number}") == [invoice.number]
    assert numbers(hers, "status=open&sort=issued_on") == [invoice.number, other.number]
    assert numbers(hers, "status=overdue") == numbers(hers, "kind=credit_note") == []
    assert numbers(hers, f"issued_to={today()}&issued_from={today()}&page_size=1") == [other.number]
    assert numbers(hers, "customer=northgate-deli") == []
    for wrong in ("status=nonsense", "order=x", "issued_from=yesterday", "page=9999"):
        assert hers.get(f"/invoices?{wrong}").status_code == 422, wrong


def test_a_list_counts_balances_only_where_it_is_narrowed_by_them(hers, invoice):
    for query, is_joined in (("", False), ("status=open", True), ("sort=due_on", True)):
        with noted() as asked:
            assert numbers(hers, query) == [invoice.number]
        [count] = [one for one in asked if "count(*)" in one and "invoice" in one]
        assert ("invoice_balance" in count) is is_joined, query


def test_staff_see_every_customers_and_a_customer_no_others(app, tom, ben, invoice):
    assert (
        Decimal(signed_in(app, tom).get(f"/invoices/{invoice.number}").json["data"]["total"]) == invoice.total
    )
    assert numbers(signed_in(app, tom), "customer=COPPER-KETTLE-CAF") == [invoice.number]
    assert signed_in(app, ben).get(f"/invoices/{invoice.number}").status_code == 404
    assert numbers(signed_in(app, ben)) == []

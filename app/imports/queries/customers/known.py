"""Customers as we have them, each with its buyers and addresses, in the words of a file."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from app.accounts.models import Customer, User, UserKind
from app.catalogue.models import PriceList
from app.core.database import db
from app.customers.models import Address
from app.imports.judges.around import Standing
from app.imports.judges.customers import Known, Texts
from app.imports.kinds import CUSTOMERS
from app.imports.kinds.customers import ADDRESS, BUYER, FACTS
from app.imports.queries.standing import among, as_row, texts_of

AT_A_TIME = 500
manager = aliased(User)


def customers_called(codes: Sequence[str], *, locked: bool) -> dict[str, Known]:
    question = _customers().where(among(Customer.code, list(codes)))
    if locked:
        question = question.order_by(Customer.id).with_for_update(of=Customer, key_share=True)
    return _known(question)


def every_row() -> Iterator[SimpleNamespace]:
    """As many rows for a customer as it has buyers or addresses, whichever are more."""
    after = ""
    while found := _known(_customers().where(Customer.code > after).order_by(Customer.code).limit(AT_A_TIME)):
        for after, known in found.items():  # noqa: B007 - the last code is where the next ones begin
            for texts in _rows_of(known):
                yield as_row(texts, CUSTOMERS)


def _rows_of(known: Known) -> Iterator[Mapping[str, str]]:
    pairs: list[tuple[Texts, Texts]] = list(zip_longest(known.buyers.values(), known.addresses, fillvalue={}))
    for buyer, address in pairs or [({}, {})]:
        yield {**known.standing.texts, **buyer, **address}


def _known(question: Select[*tuple[Any, ...]]) -> dict[str, Known]:
    """Three questions, however many customers there are."""
    found: dict[str, Known] = {}
    by_id: dict[int, Known] = {}
    for row in db.session.execute(question):
        texts = texts_of(row, CUSTOMERS, FACTS)
        by_id[row.id] = found[row.code] = Known(Standing(row.id, row.version, texts))
    for row in db.session.execute(_buyers().where(among(User.customer_id, list(by_id)))):
        texts = texts_of(row, CUSTOMERS, BUYER)
        by_id[row.customer_id].buyers[row.buyer_email] = texts
    for row in db.session.execute(_addresses().where(among(Address.customer_id, list(by_id)))):
        by_id[row.customer_id].addresses.append(texts_of(row, CUSTOMERS, ADDRESS))
    return found


def _customers() -> Select[*tuple[Any, ...]]:
    named_elsewhere = {"price_list", "account_manager"}
    return (
        select(
            Customer.id,
            Customer.version,
            PriceList.code.label("price_list"),
            manager.email.label("account_manager"),
            *(getattr(Customer, name) for name in FACTS if name not in named_elsewhere),
        )
        .outerjoin(PriceList, PriceList.id == Customer.price_list_id)
        .outerjoin(manager, manager.id == Customer.account_manager_id)
        .where(Customer.deleted_at.is_(None))
    )


def _buyers() -> Select[*tuple[Any, ...]]:
    return (
        select(
            User.customer_id,
            User.email.label("buyer_email"),
            User.name.label("buyer_name"),
            User.phone.label("buyer_phone"),
        )
        .where(User.kind == UserKind.BUYER, User.deleted_at.is_(None))
        .order_by(User.email)
    )


def _addresses() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Address.customer_id,
            Address.label.label("address_label"),
            Address.line1.label("address_line1"),
            Address.line2.label("address_line2"),
            Address.city.label("address_city"),
            Address.postcode.label("address_postcode"),
            Address.country.label("address_country"),
            Address.is_default_billing.label("address_billing"),
            Address.is_default_shipping.label("address_shipping"),
            Address.delivery_instructions.label("address_instructions"),
        )
        .where(Address.deleted_at.is_(None))
        .order_by(func.lower(Address.label), Address.line1, Address.id)
    )

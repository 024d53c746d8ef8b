"""People and things with names, made in one line."""

import re
from collections.abc import Iterable
from datetime import date, time
from decimal import Decimal
from typing import Any, TypeVar

from flask import current_app

from app.accounts import key_text
from app.accounts.credentials import ApiKey
from app.accounts.models import Customer, CustomerStatus, Role, User, UserKind
from app.accounts.queries import people
from app.accounts.service import keys
from app.catalogue.models import (
    Category,
    DeliveryMethod,
    Price,
    PriceList,
    PriceListKind,
    Product,
    ProductStatus,
    TaxClass,
    TaxRate,
)
from app.core import clock
from app.core.access import Viewer
from app.core.database import db
from app.core.tokens import new_token
from app.imports.models import ImportJob, ImportKind, ImportRow, ImportState, Verdict

Row = TypeVar("Row")

PASSWORD = "correct horse battery staple"


def customer(name: str, *, status: CustomerStatus = CustomerStatus.ACTIVE) -> Customer:
    code = re.sub(r"[^A-Z]+", "-", name.upper()).strip("-")
    return saved(Customer(code=code, name=name, status=status))


def user(name: str, *, role: str, of: Customer | None = None, password: str | None = PASSWORD) -> User:
    hashed = current_app.extensions["passwords"].hashed(password) if password else None
    return saved(_person(name, people.roles_called([role]), of, hashed))


def users(names: Iterable[str], *, role: str) -> list[User]:
    """Many who work here, at the price of one: they share a password and a transaction."""
    hashed, roles = current_app.extensions["passwords"].hashed(PASSWORD), people.roles_called([role])
    found = [_person(name, roles, None, hashed) for name in names]
    db.session.add_all(found)
    db.session.commit()
    return found


def _person(name: str, roles: list[Role], of: Customer | None, hashed: str | None) -> User:
    first, _, last = name.lower().partition(" ")
    return User(
        email=f"{first}.{last}@{'buyers' if of else 'staff'}.example",
        name=name,
        kind=UserKind.BUYER if of else UserKind.STAFF,
        customer_id=of.id if of else None,
        password_hash=hashed,
        email_verified_at=clock.now(),
        roles=list(roles),
        prefs={},
    )


def api_key(
    *permissions: str, by: Viewer, name: str = "Till", customer_id: int | None = None, **facts: Any
) -> tuple[ApiKey, str]:
    """A key, and the text that a program uses it by."""
    text = key_text.grown_from(new_token(), secret_key="only for tests")
    usual = {"name": name, "permissions": permissions, "customer_id": customer_id, "expires_at": None}
    return keys.create(**(usual | facts), text=text, by=by), text


def product(name: str, **facts: Any) -> Product:
    """On sale, among the bread, taxed at the standard rate, unless told otherwise. Its name makes its SKU."""
    usual = {
        "sku": re.sub(r"[^A-Z0-9]+", "-", name.upper()).strip("-"),
        "status": ProductStatus.ACTIVE,
        "category_id": facts.get("category_id") or category("Bread").id,
        "tax_class_id": facts.get("tax_class_id") or tax_class("standard").id,
    }
    return saved(Product(name=name, **(usual | facts)))


def category(name: str, **facts: Any) -> Category:
    """The one of this name, made when it is missing."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    found = db.session.query(Category).filter_by(slug=slug).one_or_none()
    return found or saved(Category(name=name, slug=slug, **facts))


def tax_class(code: str, *, rate: str = "0.20") -> TaxClass:
    """The one of this code, made when it is missing."""
    found = db.session.query(TaxClass).filter_by(code=code).one_or_none()
    rates = [TaxRate(rate=Decimal(rate), valid_from=date(2020, 1, 1))]
    return found or saved(TaxClass(code=code, name=code.capitalize(), rates=rates))


def delivery_method(name: str, **facts: Any) -> DeliveryMethod:
    """On every working day, the day after the order, unless told otherwise."""
    usual = {"weekdays": [1, 2, 3, 4, 5], "lead_days": 1, "cutoff_time": time(14)}
    tax_class_id = facts.get("tax_class_id") or tax_class("standard").id
    return saved(DeliveryMethod(**({"name": name, "tax_class_id": tax_class_id} | usual | facts)))


def price_list(name: str, **facts: Any) -> PriceList:
    """A list for some; with a customer it is their contract."""
    kind = PriceListKind.CONTRACT if "customer_id" in facts else PriceListKind.LIST
    code = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return saved(PriceList(**({"code": code, "name": name, "kind": kind} | facts)))


def base_list() -> PriceList:
    return db.session.query(PriceList).filter_by(kind=PriceListKind.BASE).one()


def price(of: Product, unit_price: str, *, on: PriceList | None = None, **facts: Any) -> Price:
    """On the base list unless told otherwise."""
    list_id = (on or base_list()).id
    return saved(Price(price_list_id=list_id, product_id=of.id, unit_price=Decimal(unit_price), **facts))


def import_of_prices(state: ImportState = ImportState.READ, **facts: Any) -> ImportJob:
    """A file with a row of each verdict."""
    usual = {"kind": ImportKind.PRICES, "filename": "autumn-prices.csv", "file": "0" * 64, "rows_total": 4}
    usual["verdicts"] = dict.fromkeys(Verdict, 1)
    job = saved(ImportJob(**(usual | {"state": state, "columns": ["sku", "unit_price"]} | facts)))
    rows = {
        Verdict.CHANGED: {"before": {"unit_price": "18.40"}},
        Verdict.NEW: {},
        Verdict.SAME: {},
        Verdict.WRONG: {"problems": {"sku": "No product has the SKU PAS-CRO-21."}},
    }
    for line, (verdict, more) in enumerate(rows.items(), 2):
        said = {"sku": f"SKU-{line}", "unit_price": "18.90"}
        saved(
            ImportRow(
                import_job_id=job.id,
                line=line,
                verdict=verdict,
                typed=said,
                values={} if verdict is Verdict.WRONG else said,
                **({"before": {}, "problems": {}} | more),
            )
        )
    return job


def saved(row: Row) -> Row:
    db.session.add(row)
    db.session.commit()
    return row

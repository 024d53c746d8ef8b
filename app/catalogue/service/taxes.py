"""Tax classes and their rates: what held once stays as it was, and is only ever followed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

from sqlalchemy.exc import IntegrityError

from app.catalogue.models import TaxClass, TaxRate
from app.catalogue.queries import taxes as queries
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.transaction import constraint_of, use_case


@use_case
def create(*, name: str, rate: Decimal, valid_from: date, by: Viewer) -> TaxClass:
    """With its first rate, which may have begun long ago."""
    made = TaxClass(name=name, code=_code(name), created_by=by.user_id, updated_by=by.user_id)
    made.rates = [TaxRate(rate=rate, valid_from=valid_from)]
    with _code_unique(name):
        db.session.add(made)
    diff: audit.Diff = {
        "name": [None, name],
        "rate": [None, str(rate)],
        "valid_from": [None, str(valid_from)],
    }
    audit.record("tax_class.created", made, by=by, diff=diff)
    return made


@use_case
def rename(tax_class_id: int, *, name: str, version: int, by: Viewer) -> TaxClass:
    """Programs go on calling it by its code."""
    found = queries.tax_class(tax_class_id, locked=True)
    found.expect(version)
    found.name = name
    found.mark_edited(by.user_id)
    audit.record("tax_class.edited", found, by=by)
    return found


@use_case
def follow(tax_class_id: int, *, rate: Decimal, valid_from: date, today: date, by: Viewer) -> TaxClass:
    """Another rate from a day on."""
    found = queries.tax_class(tax_class_id, locked=True)
    if found.rates and valid_from <= today:
        raise Refused(
            "Choose a day after today: the rate in force cannot be changed, only followed.",
            field="valid_from",
        )
    if any(known.valid_from == valid_from for known in found.rates):
        raise Refused("Another rate begins on this day. Remove that one first.", field="valid_from")
    found.rates.append(TaxRate(rate=rate, valid_from=valid_from))
    found.mark_edited(by.user_id)
    diff: audit.Diff = {"rate": [None, str(rate)], "valid_from": [None, str(valid_from)]}
    audit.record("tax_class.rate_added", found, by=by, diff=diff)
    return found


@use_case
def drop(tax_class_id: int, *, rate_id: int, today: date, by: Viewer) -> TaxClass:
    """Only a rate that has not begun."""
    found = queries.tax_class(tax_class_id, locked=True)
    rate = next((one for one in found.rates if one.id == rate_id), None)
    if rate is None:
        raise NotFound("We cannot find that rate.")
    if rate.valid_from <= today:
        raise Refused("This rate has begun, so it stays. Add one that follows it.")
    diff: audit.Diff = {"rate": [str(rate.rate), None], "valid_from": [str(rate.valid_from), None]}
    found.rates.remove(rate)
    found.mark_edited(by.user_id)
    audit.record("tax_class.rate_removed", found, by=by, diff=diff)
    return found


@use_case
def remove(tax_class_id: int, *, version: int, by: Viewer) -> TaxClass:
    found = queries.tax_class(tax_class_id, locked=True)
    found.expect(version)
    why_not = reason_to_keep(found)
    if why_not:
        raise Refused(why_not)
    audit.record("tax_class.removed", found, by=by, diff={"name": [found.name, None]})
    db.session.delete(found)
    return found


def reason_to_keep(found: TaxClass) -> str:
    """Why it cannot go, or nothing."""
    uses = queries.uses_of(found.id)
    used_by = " and ".join(
        f"{count:,} {one if count == 1 else many}"
        for count, one, many in (
            (uses.products, "product", "products"),
            (uses.methods, "delivery method", "delivery methods"),
        )
        if count
    )
    if not used_by:
        return ""
    return f"{found.name} is the tax class of {used_by}, deleted ones counted. Give them another one first."


def _code(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:20].strip("_") or "class"


@contextmanager
def _code_unique(name: str) -> Iterator[None]:
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        if constraint_of(error) != "uq_tax_class_code":
            raise
        raise Refused(
            f"There is a tax class like {name} already. Choose another name.", field="name"
        ) from None

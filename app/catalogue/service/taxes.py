"""Tax classes and their rates: what held once stays as it was, and is only ever followed."""

import re
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal

from app.catalogue.models import TaxClass, TaxRate
from app.catalogue.queries import taxes as queries
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.text import counted
from app.core.transaction import refusing, use_case


@use_case
def create(*, name: str, rate: Decimal, valid_from: date, by: Viewer) -> TaxClass:
    """With its first rate, which may have begun long ago."""
    made = TaxClass(name=name, code=_code(name), created_by=by.user_id, updated_by=by.user_id)
    made.rates = [TaxRate(rate=rate, valid_from=valid_from)]
    with _name_unique(name):
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
    with _name_unique(name):
        found.name = name
        found.mark_edited(by.user_id)
        diff = audit.changes_of(found)
    audit.record("tax_class.edited", found, by=by, diff=diff)
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
    parts = ((uses.products, "product", "products"), (uses.methods, "delivery method", "delivery methods"))
    used_by = " and ".join(counted(*part) for part in parts if part[0])
    if not used_by:
        return ""
    return f"{found.name} is the tax class of {used_by}, deleted ones counted. Give them another one first."


def _code(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:20].strip("_") or "class"


def _name_unique(name: str) -> AbstractContextManager[None]:
    """Neither the name nor the code that comes of it."""
    taken = Refused(f"There is a tax class like {name} already. Choose another name.", field="name")
    return refusing(uq_tax_class_name=taken, uq_tax_class_code=taken)

"""What programs ask for in one go, made of the same verbs that people use one by one."""

from datetime import datetime
from typing import Any, Unpack

from app.accounts.models import Customer, CustomerStatus
from app.accounts.service.applications import approve
from app.core.access import Viewer
from app.core.errors import Refused
from app.core.transaction import use_case
from app.customers.queries import customers
from app.customers.service import customers as service
from app.customers.service import standing
from app.customers.service.customers import Facts

ACTIVE, ON_STOP, CLOSED = CustomerStatus.ACTIVE, CustomerStatus.ON_STOP, CustomerStatus.CLOSED
REASON = "As a program asked."


class Sent(Facts, total=False):
    """A program knows a price list by its code."""

    price_list: str | None


@use_case
def create(*, by: Viewer, **sent: Unpack[Sent]) -> Customer:
    return service.create(**_facts(sent), by=by)


@use_case
def replace(
    known_as: str, /, *, status: str, version: int, by: Viewer, at: datetime, **sent: Unpack[Sent]
) -> Customer:
    """Everything a program can see of a customer, as it should be from now on."""
    customer = service.edit(known_as, **_facts(sent), version=version, by=by)
    return _standing(customer, CustomerStatus(status), by=by, at=at)


@use_case
def remove(code: str, *, version: int, by: Viewer, at: datetime) -> None:
    standing.remove(code, version=version, by=by, at=at)


def _standing(customer: Customer, wanted: CustomerStatus, *, by: Viewer, at: datetime) -> Customer:
    """The one verb that leads from where it is to where it should be."""
    now = CustomerStatus(customer.status)
    if now is wanted:
        return customer
    if (now, wanted) == (CustomerStatus.APPLIED, ACTIVE):
        return approve(customer.id, by=by, at=at)
    verbs = {
        (ACTIVE, ON_STOP): standing.put_on_stop,
        (ON_STOP, ACTIVE): standing.take_off_stop,
        (ACTIVE, CLOSED): standing.close,
        (ON_STOP, CLOSED): standing.close,
        (CLOSED, ACTIVE): standing.reopen,
    }
    verb = verbs.get((now, wanted))
    if verb is None:
        raise Refused(f"{customer.name} is {now.word}, and cannot become {wanted.word}.", field="status")
    return verb(customer.code, reason=REASON, version=customer.version, by=by, at=at)


def _facts(sent: Sent) -> dict[str, Any]:
    code = sent.pop("price_list", None)
    found = customers.price_list_called(code) if code else None
    if code and found is None:
        raise Refused(f"There is no price list called {code} that a customer can have.", field="price_list")
    return {**sent, "price_list_id": found.id if found else None}

"""Whether a customer may order, and whether it is still one: on stop, closed, deleted, and back."""

from datetime import datetime

from app.accounts.models import Customer, CustomerStatus, TokenKind
from app.accounts.service import keys
from app.accounts.service.signing_out import end_everything
from app.core import audit
from app.core.access import Viewer
from app.core.errors import Refused
from app.core.transaction import refusing, use_case
from app.customers.queries import customers, people
from app.customers.queries.hanging import hanging_on
from app.customers.service.customers import to_change

ACTIVE, ON_STOP, CLOSED = CustomerStatus.ACTIVE, CustomerStatus.ON_STOP, CustomerStatus.CLOSED


@use_case
def put_on_stop(code: str, *, reason: str, version: int, by: Viewer, at: datetime) -> Customer:
    """They may look and ask, and not order."""
    customer = to_change(code, version=version, by=by)
    diff = _moved(customer, ON_STOP, out_of=(ACTIVE,), reason=reason, by=by)
    audit.record("customer.put_on_stop", customer, by=by, diff=diff)
    return customer


@use_case
def take_off_stop(code: str, *, reason: str, version: int, by: Viewer, at: datetime) -> Customer:
    customer = to_change(code, version=version, by=by)
    diff = _moved(customer, ACTIVE, out_of=(ON_STOP,), reason=reason, by=by)
    audit.record("customer.taken_off_stop", customer, by=by, diff=diff)
    return customer


@use_case
def close(code: str, *, reason: str, version: int, by: Viewer, at: datetime) -> Customer:
    """Its people are out at once, and its programs for good."""
    customer = to_change(code, version=version, by=by)
    diff = _moved(customer, CLOSED, out_of=(ACTIVE, ON_STOP), reason=reason, by=by)
    audit.record("customer.closed", customer, by=by, diff=diff)
    shut_out(customer, by=by, at=at)
    return customer


@use_case
def reopen(code: str, *, reason: str, version: int, by: Viewer, at: datetime) -> Customer:
    customer = to_change(code, version=version, by=by)
    diff = _moved(customer, ACTIVE, out_of=(CLOSED,), reason=reason, by=by)
    audit.record("customer.reopened", customer, by=by, diff=diff)
    return customer


@use_case
def remove(code: str, *, version: int, by: Viewer, at: datetime) -> Customer:
    """Out of the lists, as long as nothing hangs on it; it can come back."""
    customer = to_change(code, version=version, by=by)
    hanging = hanging_on(customer.id)
    if hanging:
        raise Refused(
            f"{customer.name} cannot be deleted: {', '.join(hanging)} would be left without a customer. "
            "Close it instead."
        )
    customer.deleted_at = at
    customer.mark_edited(by.user_id)
    audit.record("customer.removed", customer, by=by)
    return customer


@use_case
def restore(customer_id: int, *, version: int, by: Viewer) -> Customer:
    customer = customers.customer_with_id(by, customer_id, locked=True)
    customer.expect(version)
    if not customer.deleted_at:
        raise Refused(f"{customer.name} is not deleted.")
    taken = f"Another customer has the code {customer.code} by now. Change that one’s code first."
    with refusing(uq_customer_code=Refused(taken)):
        customer.deleted_at = None
        customer.mark_edited(by.user_id)
        diff = audit.changes_of(customer)
    audit.record("customer.restored", customer, by=by, diff=diff)
    return customer


def shut_out(customer: Customer, *, by: Viewer, at: datetime) -> None:
    """Inside a use case that has closed it."""
    for person in people.people_of(customer.id):
        end_everything(person, at, links=TokenKind)
    keys.revoke_those_bound_to(customer.id, by=by, at=at)


def _moved(
    customer: Customer,
    status: CustomerStatus,
    *,
    out_of: tuple[CustomerStatus, ...],
    reason: str,
    by: Viewer,
) -> audit.Diff:
    """What changed, for the log; the reason stays on the page as long as there is one to act on."""
    customer.move(status, out_of=out_of, reason="" if status is ACTIVE else reason)
    customer.mark_edited(by.user_id)
    diff = audit.changes_of(customer)
    diff.pop("status_reason", None)
    return diff | {"reason": [None, reason]}

"""What programs ask for in one go, made of the same verbs that people use one by one."""

from collections.abc import Collection
from datetime import datetime

from app.accounts.models import User
from app.accounts.queries import directory
from app.accounts.queries import people as queries
from app.accounts.service import people
from app.core.access import Viewer
from app.core.errors import Refused
from app.core.transaction import use_case


@use_case
def invite(
    *,
    email: str,
    name: str,
    kind: str,
    customer: str | None,
    roles: Collection[str],
    by: Viewer,
    at: datetime,
) -> User:
    """The same invitation; a program knows a customer by its code."""
    customer_id = _customer_id(customer, by=by)
    try:
        return people.invite(
            email=email, name=name, kind=kind, customer_id=customer_id, roles=roles, by=by, at=at
        )
    except Refused as refusal:
        if refusal.field != "customer_id":
            raise
        raise Refused(refusal.message, field="customer") from None


@use_case
def replace(
    user_id: int,
    *,
    email: str,
    name: str,
    roles: Collection[str],
    is_active: bool,
    version: int,
    by: Viewer,
    at: datetime,
) -> None:
    """Everything a program can see of a person, as it should be from now on. Their phone it cannot see."""
    directory.account_seen_by(by, user_id)
    phone = queries.person_seen_by(by, user_id).phone
    user = people.edit(user_id, name=name, email=email, phone=phone, roles=roles, version=version, by=by)
    if is_active and not user.is_active:
        people.reactivate(user_id, by=by, at=at)
    if user.is_active and not is_active:
        people.deactivate(user_id, by=by, at=at)


@use_case
def remove(user_id: int, *, version: int, by: Viewer, at: datetime) -> None:
    """To a program a deleted person is not there, so they cannot be deleted again."""
    directory.account_seen_by(by, user_id)
    people.remove(user_id, by=by, at=at, version=version)


def _customer_id(code: str | None, *, by: Viewer) -> int | None:
    if code is None:
        return None
    customer_id = directory.customer_id_of(by, code)
    if customer_id is None:
        raise Refused(f"There is no customer with the code {code}.", field="customer")
    return customer_id

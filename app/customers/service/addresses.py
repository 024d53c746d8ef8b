"""The doors of a customer: added, changed, taken away, and which of them is the usual one."""

import re
from datetime import datetime
from typing import TypedDict, Unpack

from babel.core import Locale

from app.accounts.queries import people
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import use_case
from app.customers.models import Address
from app.customers.queries import addresses

COUNTRIES = frozenset(filter(re.compile("[A-Z]{2}").fullmatch, Locale("en", "GB").territories))


class Door(TypedDict):
    """What is written on a parcel, and what the driver should know."""

    label: str
    line1: str
    line2: str
    city: str
    postcode: str
    country: str
    delivery_instructions: str
    is_default_shipping: bool
    is_default_billing: bool


@use_case
def add(customer_id: int, *, by: Viewer, **door: Unpack[Door]) -> Address:
    """The first one of a customer is the usual one for everything."""
    _lock_customer(customer_id, by=by)
    _refuse_unknown_country(door)
    if not addresses.has_addresses(customer_id):
        door["is_default_shipping"] = door["is_default_billing"] = True
    _make_room_for(customer_id, door, but=None)
    address = Address(customer_id=customer_id, created_by=by.user_id, updated_by=by.user_id, **door)
    db.session.add(address)
    audit.record("address.added", address, by=by)
    return address


@use_case
def edit(customer_id: int, address_id: int, *, version: int, by: Viewer, **door: Unpack[Door]) -> Address:
    _lock_customer(customer_id, by=by)
    address = addresses.address_seen_by(by, customer_id, address_id, locked=True)
    address.expect(version)
    _refuse_unknown_country(door)
    _make_room_for(customer_id, door, but=address.id)
    for name, value in door.items():
        setattr(address, name, value)
    address.mark_edited(by.user_id)
    audit.record("address.edited", address, by=by)
    return address


@use_case
def remove(customer_id: int, address_id: int, *, version: int, by: Viewer, at: datetime) -> Address:
    _lock_customer(customer_id, by=by)
    address = addresses.address_seen_by(by, customer_id, address_id, locked=True)
    address.expect(version)
    address.deleted_at = at
    address.is_default_shipping = address.is_default_billing = False
    address.mark_edited(by.user_id)
    audit.record("address.removed", address, by=by)
    return address


def _lock_customer(customer_id: int, *, by: Viewer) -> None:
    """Of two who name a usual address at once, the second moves what the first has set."""
    people.customer_seen_by(by, customer_id, locked=True)


def _make_room_for(customer_id: int, door: Door, *, but: int | None) -> None:
    if door["is_default_shipping"]:
        addresses.no_longer_usual(customer_id, "is_default_shipping", but=but)
    if door["is_default_billing"]:
        addresses.no_longer_usual(customer_id, "is_default_billing", but=but)


def _refuse_unknown_country(door: Door) -> None:
    if door["country"] not in COUNTRIES:
        raise Refused("Type the two letters of a country, like GB or IE.", field="country")

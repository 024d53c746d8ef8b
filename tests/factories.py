"""People and things with names, made in one line."""

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from flask import current_app

from app.accounts import key_text
from app.accounts.credentials import ApiKey
from app.accounts.models import Customer, CustomerStatus, Role, User, UserKind
from app.accounts.queries import people
from app.accounts.service import keys
from app.core import clock
from app.core.access import Viewer
from app.core.database import db
from app.core.tokens import new_token

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


def saved(row: Row) -> Row:
    db.session.add(row)
    db.session.commit()
    return row

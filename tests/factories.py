"""People and things with names, made in one line."""

import re
from typing import TypeVar

from flask import current_app

from app.accounts.models import Customer, CustomerStatus, User, UserKind
from app.accounts.queries import people
from app.core import clock
from app.core.database import db

Row = TypeVar("Row")

PASSWORD = "correct horse battery staple"


def customer(name: str, *, status: CustomerStatus = CustomerStatus.ACTIVE) -> Customer:
    code = re.sub(r"[^A-Z]+", "-", name.upper()).strip("-")
    return saved(Customer(code=code, name=name, status=status))


def user(name: str, *, role: str, of: Customer | None = None, password: str | None = PASSWORD) -> User:
    hashed = current_app.extensions["passwords"].hashed(password) if password else None
    first, _, last = name.lower().partition(" ")
    return saved(
        User(
            email=f"{first}.{last}@{'buyers' if of else 'staff'}.example",
            name=name,
            kind=UserKind.BUYER if of else UserKind.STAFF,
            customer_id=of.id if of else None,
            password_hash=hashed,
            email_verified_at=clock.now(),
            roles=people.roles_called([role]),
            prefs={},
        )
    )


def saved(row: Row) -> Row:
    db.session.add(row)
    db.session.commit()
    return row

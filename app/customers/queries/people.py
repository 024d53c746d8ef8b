"""The people of a customer."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, func, select

from app.accounts.models import User
from app.accounts.queries.people_list import role_names
from app.core.database import db


def people_of(customer_id: int) -> Sequence[User]:
    """Who buys for it, locked: whoever asks is about to end what they have open."""
    question = select(User).where(User.customer_id == customer_id, User.deleted_at.is_(None))
    return db.session.scalars(question.order_by(User.id).with_for_update()).all()


def people_shown(customer_id: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Who buys for it, with what they may do and when they were here."""
    return db.session.execute(
        select(
            User.id,
            User.name,
            User.email,
            User.phone,
            User.standing,
            User.last_login_at,
            role_names.label("role_names"),
        )
        .where(User.customer_id == customer_id, User.deleted_at.is_(None))
        .order_by(func.lower(User.name), User.id)
    ).all()

"""What a buyer's start page tells, over several features."""

from sqlalchemy import func, select

from app.accounts.models import User
from app.core.access import Viewer
from app.core.database import db


def colleagues_of(viewer: Viewer) -> int:
    """How many others may sign in for the same customer."""
    others = select(func.count()).where(
        User.customer_id == viewer.customer_id,
        User.id != viewer.user_id,
        User.is_active,
        User.deleted_at.is_(None),
    )
    return db.session.scalar(others) or 0

"""What a buyer's start page tells, over several features."""

from sqlalchemy import func, select

from app.accounts.models import User
from app.accounts.queries.people import colleagues_of
from app.core.access import Viewer
from app.core.database import db


def count_of_colleagues(viewer: Viewer) -> int:
    """How many others may sign in for the same customer."""
    others = select(func.count()).where(*colleagues_of(viewer), User.id != viewer.user_id, User.is_active)
    return db.session.scalar(others) or 0

"""What people write beside orders: notes, and views of the queue that they keep."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Model, Record
from app.orders.models.orders import LONGEST_NOTES

LONGEST_VIEW = 40


class OrderNote(Model):
    """Said about an order, to ourselves or to its buyer. Rows are added, never changed."""

    __tablename__ = "order_note"
    __table_args__ = (CheckConstraint("kind IN ('internal', 'buyer')", name="kind"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp())
    order_id: Mapped[int] = mapped_column(ForeignKey("order.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))
    text: Mapped[str] = mapped_column(String(LONGEST_NOTES))
    author: Mapped[str] = mapped_column(String(40))
    author_name: Mapped[str] = mapped_column(String(200))


class SavedView(Record):
    """Filters of the queue that somebody keeps under a name."""

    __tablename__ = "saved_view"
    __table_args__ = (Index("uq_saved_view_name", "user_id", text("lower(name)"), unique=True),)

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(LONGEST_VIEW))
    query: Mapped[str] = mapped_column(String(400))

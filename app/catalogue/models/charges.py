"""What is added to the goods: tax by class and day, and the ways of delivery."""

from datetime import date, time
from decimal import Decimal

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Numeric,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.database import Edited, Record, SoftDeleted


class TaxClass(Edited, Record):
    """Goods that are taxed alike."""

    __tablename__ = "tax_class"
    __table_args__ = (Index("uq_tax_class_name", text("lower(name)"), unique=True),)

    code: Mapped[str] = mapped_column(String(20), unique=True)
    name: Mapped[str] = mapped_column(String(60))

    rates: Mapped[list["TaxRate"]] = relationship(cascade="all, delete-orphan", order_by="TaxRate.valid_from")

    def __str__(self) -> str:
        return self.name


class TaxRate(Record):
    """Holds from its day until the next one begins."""

    __tablename__ = "tax_rate"
    __table_args__ = (
        UniqueConstraint("tax_class_id", "valid_from"),
        CheckConstraint("rate >= 0 AND rate < 1", name="rate"),
    )

    tax_class_id: Mapped[int] = mapped_column(ForeignKey("tax_class.id", ondelete="CASCADE"))
    rate: Mapped[Decimal] = mapped_column(Numeric(6, 4))
    valid_from: Mapped[date]


class DeliveryMethod(Edited, SoftDeleted, Record):
    """A way to a customer's door, and the days on which we take it."""

    __tablename__ = "delivery_method"
    __table_args__ = (
        Index(
            "uq_delivery_method_name",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        CheckConstraint("price_net >= 0", name="price_net"),
        CheckConstraint("free_over_net >= 0", name="free_over_net"),
        CheckConstraint("lead_days BETWEEN 0 AND 60", name="lead_days"),
        CheckConstraint("weekdays <@ '{1,2,3,4,5,6,7}' AND cardinality(weekdays) > 0", name="weekdays"),
    )

    name: Mapped[str] = mapped_column(String(60))
    price_net: Mapped[Decimal] = mapped_column(Numeric(12, 2), default=0, server_default="0")
    free_over_net: Mapped[Decimal | None] = mapped_column(Numeric(12, 2))
    tax_class_id: Mapped[int] = mapped_column(ForeignKey("tax_class.id"))
    weekdays: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))  # Monday is 1, as in ISO 8601
    lead_days: Mapped[int] = mapped_column(SmallInteger, default=1, server_default="1")
    cutoff_time: Mapped[time]
    position: Mapped[int] = mapped_column(default=100, server_default="100")

    tax_class: Mapped[TaxClass] = relationship(lazy="raise")

    def __str__(self) -> str:
        return self.name


class ClosedDay(Record):
    """A day on which nothing is delivered."""

    __tablename__ = "closed_day"

    day: Mapped[date] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(String(60), default="", server_default="")

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"

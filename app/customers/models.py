"""Where a customer wants things to go."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Edited, Record, SoftDeleted


class Address(Edited, SoftDeleted, Record):
    """A door of a customer's; one at most is the usual one to deliver to, one to bill."""

    __tablename__ = "address"
    __table_args__ = (
        Index(
            "uq_address_default_billing",
            "customer_id",
            unique=True,
            postgresql_where=text("is_default_billing AND deleted_at IS NULL"),
        ),
        Index(
            "uq_address_default_shipping",
            "customer_id",
            unique=True,
            postgresql_where=text("is_default_shipping AND deleted_at IS NULL"),
        ),
        CheckConstraint("country ~ '^[A-Z]{2}$'", name="country"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    label: Mapped[str] = mapped_column(String(40))
    line1: Mapped[str] = mapped_column(String(120))
    line2: Mapped[str] = mapped_column(String(120), default="", server_default="")
    city: Mapped[str] = mapped_column(String(60))
    postcode: Mapped[str] = mapped_column(String(12))
    country: Mapped[str] = mapped_column(String(2), default="GB", server_default="GB")
    is_default_billing: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    is_default_shipping: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    delivery_instructions: Mapped[str] = mapped_column(String(300), default="", server_default="")

    def __str__(self) -> str:
        return self.label

    def snapshot(self, name: str) -> dict[str, object]:
        """As it is written today, for what outlives a change of it."""
        return {
            "id": self.id,
            "name": name,
            "label": self.label,
            "line1": self.line1,
            "line2": self.line2,
            "city": self.city,
            "postcode": self.postcode,
            "country": self.country,
            "instructions": self.delivery_instructions,
        }

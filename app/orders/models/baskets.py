"""Baskets: what a person is about to ask for."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Record


class Basket(Record):
    """One open basket for each person; a named one is an order pad."""

    __tablename__ = "basket"
    __table_args__ = (
        Index("uq_basket_open", "user_id", "customer_id", unique=True, postgresql_where=text("name IS NULL")),
        Index(
            "uq_basket_name",
            "customer_id",
            "user_id",
            text("lower(name)"),
            unique=True,
            postgresql_where=text("name IS NOT NULL"),
        ),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    name: Mapped[str | None] = mapped_column(String(60))


class BasketItem(Record):
    """A product, and how many of it."""

    __tablename__ = "basket_item"
    __table_args__ = (
        UniqueConstraint("basket_id", "product_id"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    basket_id: Mapped[int] = mapped_column(ForeignKey("basket.id", ondelete="CASCADE"))
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    quantity: Mapped[int]

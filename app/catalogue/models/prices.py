"""What things cost: lists, and the prices in them."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Numeric, String, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.core.database import Edited, Record, SoftDeleted


class PriceListKind(StrEnum):
    BASE = "base"
    LIST = "list"
    CONTRACT = "contract"


class PriceList(Edited, SoftDeleted, Record):
    """The base list for everybody, a list for some, or a contract with one customer."""

    __tablename__ = "price_list"
    __table_args__ = (
        Index(
            "uq_price_list_code",
            text("lower(code)"),
            unique=True,
            postgresql_where=text("deleted_at IS NULL"),
        ),
        Index("uq_price_list_base", "kind", unique=True, postgresql_where=text("kind = 'base'")),
        CheckConstraint("kind IN ('base', 'list', 'contract')", name="kind"),
        CheckConstraint("(kind = 'contract') = (customer_id IS NOT NULL)", name="contract_has_customer"),
        CheckConstraint("valid_to >= valid_from", name="valid"),
    )

    code: Mapped[str] = mapped_column(String(24))
    name: Mapped[str] = mapped_column(String(60))
    kind: Mapped[PriceListKind] = mapped_column(String(8))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))

    def __str__(self) -> str:
        return self.name


class Price(Record):
    """From this quantity on, in these days. No two of one list and quantity hold on the same day."""

    __tablename__ = "price"
    __table_args__ = (
        ExcludeConstraint(
            ("price_list_id", "="),
            ("product_id", "="),
            ("min_qty", "="),
            (text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="ex_price_no_overlap",
            using="gist",
        ),
        Index("ix_price_product_id_price_list_id", "product_id", "price_list_id"),
        CheckConstraint("min_qty >= 1", name="min_qty"),
        CheckConstraint("unit_price >= 0", name="unit_price"),
        CheckConstraint("valid_to >= valid_from", name="valid"),
    )

    price_list_id: Mapped[int] = mapped_column(ForeignKey("price_list.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    min_qty: Mapped[int] = mapped_column(default=1, server_default="1")
    unit_price: Mapped[Decimal] = mapped_column(Numeric(12, 4))
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    created_by: Mapped[int | None] = mapped_column(BigInteger)

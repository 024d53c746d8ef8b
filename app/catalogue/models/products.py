"""What we sell, by category, and what it is found by."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.catalogue.models.charges import TaxClass
from app.core.database import Edited, Model, Record, SoftDeleted

NOT_DELETED = text("deleted_at IS NULL")


class ProductStatus(StrEnum):
    """`word` is what people read."""

    DRAFT = "draft"
    ACTIVE = "active"
    DISCONTINUED = "discontinued"

    @property
    def word(self) -> str:
        return self.value.capitalize()


class Category(Edited, SoftDeleted, Record):
    """A branch of the catalogue."""

    __tablename__ = "category"
    __table_args__ = (
        Index("uq_category_slug", "slug", unique=True, postgresql_where=NOT_DELETED),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug"),
        CheckConstraint("parent_id <> id", name="not_its_own_parent"),
    )

    parent_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    slug: Mapped[str] = mapped_column(String(60))
    icon: Mapped[str] = mapped_column(String(20), default="", server_default="")
    position: Mapped[int] = mapped_column(default=100, server_default="100")

    def __str__(self) -> str:
        return self.name


# 8oz is found as 8 oz is, and a product by the number of its category, which the search puts in a name's place.
SEARCH_VECTOR = (
    "setweight(to_tsvector('simple', "
    "sku || ' ' || replace(sku, '-', ' ') || ' ' || family_code || ' ' || barcode), 'A')"
    r" || setweight(to_tsvector('english', regexp_replace(name, '([0-9])([A-Za-z])', '\1 \2', 'g')), 'B')"
    " || setweight(to_tsvector('simple', 'category' || category_id::text), 'C')"
    " || setweight(to_tsvector('english', unit_label), 'D')"
    " || setweight(to_tsvector('english', description), 'D')"
)
SEARCH_LETTERS = "lower(name || ' ' || sku || ' ' || family_code || ' ' || barcode)"
SKU = r"^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$"


class Product(Edited, SoftDeleted, Record):
    """One thing that can be ordered; `family_code` groups its siblings."""

    __tablename__ = "product"
    __table_args__ = (
        Index("uq_product_sku", text("lower(sku)"), unique=True, postgresql_where=NOT_DELETED),
        Index(
            "uq_product_barcode",
            "barcode",
            unique=True,
            postgresql_where=text("barcode <> '' AND deleted_at IS NULL"),
        ),
        Index("ix_product_name", text("lower(name)"), "id", postgresql_where=NOT_DELETED),
        Index(
            "ix_product_shown",
            text("lower(name)"),
            "id",
            postgresql_where=text("status = 'active' AND deleted_at IS NULL"),
        ),
        Index(
            "ix_product_category_shown",
            "category_id",
            text("lower(name)"),
            "id",
            postgresql_where=text("status = 'active' AND deleted_at IS NULL"),
        ),
        Index("ix_product_category", "category_id", text("lower(name)"), "id", postgresql_where=NOT_DELETED),
        Index(
            "ix_product_not_on_sale",
            "status",
            text("lower(name)"),
            "id",
            postgresql_where=text("status <> 'active' AND deleted_at IS NULL"),
        ),
        Index(
            "ix_product_deleted", text("lower(name)"), "id", postgresql_where=text("deleted_at IS NOT NULL")
        ),
        Index("ix_product_shelf", "shelf", "id", postgresql_where=NOT_DELETED),
        Index("ix_product_family_code", "family_code", postgresql_where=text("family_code <> ''")),
        Index("ix_product_words", "words", postgresql_using="gin"),
        Index(
            "ix_product_letters",
            "letters",
            postgresql_using="gin",
            postgresql_ops={"letters": "gin_trgm_ops"},
        ),
        Index("ix_product_picture", "picture", postgresql_where=text("picture IS NOT NULL")),
        Index("ix_product_thumbnail", "thumbnail", postgresql_where=text("thumbnail IS NOT NULL")),
        CheckConstraint(f"sku ~ '{SKU}'", name="sku"),
        CheckConstraint("status IN ('draft', 'active', 'discontinued')", name="status"),
        CheckConstraint("pack_size >= 1", name="pack_size"),
        CheckConstraint("min_qty >= 1", name="min_qty"),
        CheckConstraint("max_qty >= min_qty", name="max_qty"),
    )

    sku: Mapped[str] = mapped_column(String(64))
    barcode: Mapped[str] = mapped_column(String(32), default="", server_default="")
    family_code: Mapped[str] = mapped_column(String(40), default="", server_default="")
    name: Mapped[str] = mapped_column(String(120))
    description: Mapped[str] = mapped_column(Text, default="", server_default="")
    category_id: Mapped[int] = mapped_column(ForeignKey("category.id"))
    tax_class_id: Mapped[int] = mapped_column(ForeignKey("tax_class.id"), index=True)
    unit_label: Mapped[str] = mapped_column(String(40), default="", server_default="")
    pack_size: Mapped[int] = mapped_column(default=1, server_default="1")
    min_qty: Mapped[int] = mapped_column(default=1, server_default="1")
    max_qty: Mapped[int | None]
    shelf: Mapped[str] = mapped_column(String(20), default="", server_default="")
    status: Mapped[ProductStatus] = mapped_column(
        String(12), default=ProductStatus.DRAFT, server_default="draft"
    )
    picture: Mapped[str | None] = mapped_column(String(64))  # what the file store calls it
    thumbnail: Mapped[str | None] = mapped_column(String(64))
    words: Mapped[str] = mapped_column(TSVECTOR, Computed(SEARCH_VECTOR, persisted=True), deferred=True)
    letters: Mapped[str] = mapped_column(Text, Computed(SEARCH_LETTERS, persisted=True), deferred=True)

    category: Mapped[Category] = relationship(lazy="raise")
    tax_class: Mapped[TaxClass] = relationship(lazy="raise")

    def __str__(self) -> str:
        return self.name


class ProductWord(Model):
    """A word of some product's name; a trigger keeps them. What nobody has is spelt like one of these."""

    __tablename__ = "product_word"
    __table_args__ = (
        Index(
            "ix_product_word_letters", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}
        ),
    )

    word: Mapped[str] = mapped_column(Text, primary_key=True)


class PictureWaiting(Record):
    """An upload that the worker has yet to judge; the newest one of a product counts.

    It stays where it was refused, with the reason, until the next one comes.
    """

    __tablename__ = "picture_waiting"

    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), unique=True)
    original: Mapped[str] = mapped_column(String(64))
    problem: Mapped[str] = mapped_column(String(200), default="", server_default="")
    judged_at: Mapped[datetime | None]

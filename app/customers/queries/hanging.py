"""What hangs on a customer: whatever has a foreign key to one, in any room of the house."""

from sqlalchemy import ColumnElement, ForeignKey, func, select
from sqlalchemy.schema import Table

from app.accounts.models import Customer
from app.core.database import db

GOES_ALONG = {"address", "basket"}  # worth nothing without their customer
WORDS = {
    "user": ("person", "people"),
    "api_key": ("API key", "API keys"),
    "price_list": ("contract price list", "contract price lists"),
}


def hanging_on(customer_id: int) -> list[str]:
    """In words, like “2 people”; nothing when it may go."""
    keys = [
        key
        for table in db.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table is Customer.__table__ and table.name not in GOES_ALONG
    ]
    counts = [
        select(func.count()).select_from(key.parent.table).where(_hangs(key, customer_id)).scalar_subquery()
        for key in keys
    ]
    found = db.session.execute(select(*counts)).one()
    return [_counted(key.parent.table, count) for key, count in zip(keys, found, strict=True) if count]


def _hangs(key: ForeignKey, customer_id: int) -> ColumnElement[bool]:
    columns = key.parent.table.columns
    hangs = key.parent == customer_id
    for over in ("deleted_at", "revoked_at"):
        if over in columns:
            hangs = hangs & columns[over].is_(None)
    return hangs


def _counted(table: Table, count: int) -> str:
    one, many = WORDS.get(table.name, (table.name.replace("_", " "), f"{table.name.replace('_', ' ')}s"))
    return f"{count} {one if count == 1 else many}"

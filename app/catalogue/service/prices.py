"""Prices: those of one product on one list, and a percentage on many at once."""

from collections.abc import Sequence
from datetime import date

from app.catalogue.models import Price, PriceList
from app.catalogue.price_rows import HIGHEST, PriceRow, check, overlap, version_of
from app.catalogue.queries import price_changes, prices
from app.catalogue.queries.price_changes import Extent, PriceChange
from app.catalogue.queries.products import product_seen_by
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused, Stale
from app.core.transaction import refusing, use_case


@use_case
def set_for_product(
    list_id: int, sku: str, rows: Sequence[PriceRow], *, version: int, by: Viewer, on: date
) -> None:
    """These are its prices on this list from now on; what was over before today stays as it was."""
    price_list = prices.price_list(list_id, locked=True)
    product = product_seen_by(by, sku)
    standing = prices.prices_on(list_id, [product.id])[product.id]
    if version_of(standing) != version:
        raise Stale("Somebody changed these prices while you had them open. Look at them again.")
    check(rows, [row for row in standing if row.is_over(on)])
    gone = [row for row in standing if not row.is_over(on) and row not in rows]
    prices.take_away(list_id, product.id, gone)
    new = [row for row in rows if row not in standing]
    _add(price_list, product.id, new, by=by)
    if gone or new:
        diff: audit.Diff = {product.sku: [[str(row) for row in gone], [str(row) for row in new]]}
        audit.record("price_list.prices_set", price_list, by=by, diff=diff)


def _add(price_list: PriceList, product_id: int, rows: Sequence[PriceRow], *, by: Viewer) -> None:
    if not rows:
        return
    met = overlap("rows.0.valid_from", rows[0].min_qty)  # an import was at the same prices
    with refusing(ex_price_no_overlap=met):
        db.session.add_all(
            Price(
                price_list_id=price_list.id,
                product_id=product_id,
                min_qty=row.min_qty,
                unit_price=row.unit_price,
                valid_from=row.valid_from,
                valid_to=row.valid_to,
                created_by=by.user_id,
            )
            for row in rows
        )


@use_case
def change_by_percent(change: PriceChange, *, version: int, by: Viewer, on: date) -> Extent:
    """All or nothing, and only what was looked at."""
    price_list = prices.price_list(change.list_id, locked=True)
    check_change(change, on)
    extent = price_changes.extent_of(change)
    if extent.version != version:
        raise Stale("Prices on this list were changed since you looked. Look at them again.")
    if not extent.prices:
        raise Refused("No price would change.", field="percent")
    if extent.highest is not None and extent.highest > HIGHEST:
        raise Refused("A price would become more than we can write down.", field="percent")
    price_changes.apply(change, by=by.user_id)
    db.session.expire_all()
    diff: audit.Diff = {
        "percent": [None, f"{change.percent.normalize():f}"],
        "from": [None, change.starts_on.isoformat()],
        "category": [None, change.category or None],
        "prices": [None, extent.prices],
    }
    audit.record("price_list.changed_by_percent", price_list, by=by, diff=diff)
    return extent


def check_change(change: PriceChange, on: date) -> None:
    if change.starts_on < on:
        raise Refused("What was charged stays as it was. Choose today or a later day.", field="starts_on")
    if not -100 < change.percent <= 1000 or not change.percent:
        raise Refused("Type more than 0, and less than 100 to lower prices.", field="percent")

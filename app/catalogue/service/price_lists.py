"""Price lists: the base list for everybody, lists for some, contracts with one customer."""

from contextlib import AbstractContextManager
from datetime import date, datetime

from app.accounts.queries import people
from app.catalogue.models import PriceList, PriceListKind
from app.catalogue.queries import prices
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import refusing, use_case


@use_case
def create(
    *,
    code: str,
    name: str,
    valid_from: date | None,
    valid_to: date | None,
    is_active: bool,
    customer_id: int | None,
    by: Viewer,
) -> PriceList:
    """With a customer it is their contract. There is one base list, and it is there from the beginning."""
    if customer_id is not None:
        people.customer_seen_by(by, customer_id)
    price_list = PriceList(
        code=code,
        name=name,
        kind=PriceListKind.LIST if customer_id is None else PriceListKind.CONTRACT,
        customer_id=customer_id,
        valid_from=valid_from,
        valid_to=valid_to,
        is_active=is_active,
        created_by=by.user_id,
        updated_by=by.user_id,
    )
    _check_days(valid_from, valid_to)
    with _code_unique(code):
        db.session.add(price_list)
    diff: audit.Diff = {"code": [None, code], "name": [None, name], "kind": [None, price_list.kind.value]}
    audit.record("price_list.created", price_list, by=by, diff=diff)
    return price_list


@use_case
def edit(
    list_id: int,
    *,
    code: str,
    name: str,
    valid_from: date | None,
    valid_to: date | None,
    is_active: bool,
    version: int,
    by: Viewer,
) -> PriceList:
    price_list = prices.price_list(list_id, locked=True)
    price_list.expect(version)
    if price_list.kind == PriceListKind.BASE and (valid_from or valid_to or not is_active):
        raise Refused("The base list holds for everybody, every day.", field="is_active")
    _check_days(valid_from, valid_to)
    with _code_unique(code):
        price_list.code, price_list.name, price_list.is_active = code, name, is_active
        price_list.valid_from, price_list.valid_to = valid_from, valid_to
        price_list.mark_edited(by.user_id)
        diff = audit.changes_of(price_list)
    audit.record("price_list.edited", price_list, by=by, diff=diff)
    return price_list


@use_case
def remove(list_id: int, *, version: int, by: Viewer, at: datetime) -> PriceList:
    """It leaves the lists; its prices stay with it, for whoever asks how a price came about."""
    price_list = prices.price_list(list_id, locked=True)
    price_list.expect(version)
    if price_list.kind == PriceListKind.BASE:
        raise Refused("The base list cannot go: everybody's prices come from it in the end.")
    if buyers := buyers_of(list_id):
        raise Refused(f"{buyers} by this list. Give them another one first.")
    price_list.deleted_at = at
    price_list.mark_edited(by.user_id)
    audit.record("price_list.removed", price_list, by=by, diff={"name": [price_list.name, None]})
    return price_list


def buyers_of(list_id: int) -> str:
    """Copper Kettle Café, Northgate Deli and 3 more customers buy; nothing when nobody does."""
    count, names = prices.customers_on(list_id)
    if not count:
        return ""
    if count == 1:
        return f"{names[0]} buys"
    more = count - len(names)
    rest = f" and {more} more customers" if more else f" and {names.pop()}"
    return f"{', '.join(names)}{rest} buy"


def _check_days(valid_from: date | None, valid_to: date | None) -> None:
    if valid_from and valid_to and valid_to < valid_from:
        raise Refused("It ends before it begins. Choose a later last day.", field="valid_to")


def _code_unique(code: str) -> AbstractContextManager[None]:
    taken = Refused(f"There is already a price list with the code {code}.", field="code")
    return refusing(uq_price_list_code=taken)

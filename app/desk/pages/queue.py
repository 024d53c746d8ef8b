"""The queue: orders in views that are tabs, searched and filtered by the address, and the same rows as a file."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import today
from app.desk.pages.blueprint import bp
from app.desk.queries import queue as queries
from app.desk.queries.queue import Sought
from app.desk.queries.views import COUNTED, EVERY, SORTS, VIEWS, standing
from app.orders.queries.views import KeptView, views_of
from app.orders.words import PAYMENTS, hold_of, payment_of, stage_of
from app.web.access import requires, viewer
from app.web.csv import Columns, csv_of
from app.web.listing import Asked, Listing, asked, numbers_in


class View(NamedTuple):
    """A view in words: its tab, and what is said where nothing is left in it. In some, orders wait to be confirmed.

    One that other pages lead to has a tab only while somebody looks at it.
    """

    word: str
    empty: str
    lands: str
    can_confirm: bool = False
    is_led_to: bool = False


SHOWN = {
    "confirm": View(
        "To confirm", "Nothing to confirm", "Every order has been looked at. New ones land here.", True
    ),
    "hold": View(
        "On hold", "Nothing on hold", "Orders over a credit limit or waiting for payment land here.", True
    ),
    "pick": View("To pick", "Nothing to pick", "Confirmed orders land here."),
    "picking": View("Being picked", "Nothing is being picked", "Orders land here while somebody picks them."),
    "packed": View("Packed", "All shipped", "Nothing is waiting for a van. Packed orders land here."),
    "late": View("Late", "Nothing is late", "Whatever has not left yet is still in time.", True),
    "part": View(
        word="Part shipped",
        empty="Nothing is outstanding",
        lands="Orders that left in part land here, with what is still to come.",
    ),
    "today": View(
        word="Placed today",
        empty="Nothing placed today",
        lands="Orders that come in today land here.",
        can_confirm=True,
        is_led_to=True,
    ),
    EVERY: View("All orders", "No orders yet", "The first one lands here.", True),
}
SORT_WORDS = (
    ("placed", "Oldest first"),
    ("-placed", "Newest first"),
    ("deliver", "Delivery day"),
    ("-deliver", "Delivery day, last first"),
    ("-total", "Largest total"),
    ("total", "Smallest total"),
)
DAYS = {"today": timedelta(0), "tomorrow": timedelta(days=1)}
FILTERS = ("view", "day", "payment")
AS_CSV: Columns = {
    "Order": "number",
    "Placed": "created_at",
    "Customer code": "customer_code",
    "Customer": "customer",
    "Buyer": "buyer_name",
    "Reference": "po_number",
    "State": lambda row: stage_of(row).word,
    "On hold": lambda row: hold.word if (hold := hold_of(row)) else "",
    "Delivery day": "promised_on",
    "Delivery": "delivery_method",
    "Payment": lambda row: payment_of(row).word,
    "Lines": "line_count",
    "Goods": "subtotal_net",
    "Delivery charge": "delivery_net",
    "VAT": "tax_total",
    "Total": "total",
    "Currency": "currency",
}


class Tab(NamedTuple):
    """One view of the queue; `how_many` is None where nobody counts."""

    label: str
    url: str
    is_here: bool
    how_many: int | None


@bp.get("/desk/orders")
@requires(Permission.ORDERS_READ, staff=True)
def queue() -> ResponseReturnValue:
    """Four questions with the viewer's own, and one more for a search."""
    wanted, on = wanted_now(), today()
    page = queries.queue_page(_sought(wanted), today=on, after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "orders", one="order")
    return render_template("desk/queue.html", listing=listing, **_around(wanted, on))


def _around(wanted: Asked, on: date) -> dict[str, Any]:
    """What stands around the rows. Where nothing is left to do, the page leads to where something is."""
    view, now_standing, kept = view_of(wanted), standing(on), views_of(viewer())
    here = next((one for one in kept if one.query == query_of(wanted)), None)
    return {
        "view": view,
        "here": here,
        "tabs_shown": _tabs(view, now_standing.counts, kept, here),
        "days": [day for day in now_standing.days if day > on + DAYS["tomorrow"]],
        "next_view": next((name for name in COUNTED if now_standing.counts[name]), None),
        "on": on,
        "views": SHOWN,
        "sorts": SORT_WORDS,
    }


@bp.get("/desk/orders.csv")
@requires(Permission.ORDERS_READ, staff=True)
def queue_csv() -> ResponseReturnValue:
    ticked = numbers_in(request.args.getlist("order"), queries.PAGE_SIZE)
    rows = (
        queries.orders_numbered(ticked, today=today())
        if ticked
        else queries.every_order(_sought(wanted_now()), today=today())
    )
    return csv_of("orders", rows, AS_CSV)


def wanted_now() -> Asked:
    """What was searched for is looked for everywhere, unless a view is named; all there are begin with the newest."""
    is_of_all = view_in(request.args.get("view", ""), request.args.get("q", "")) == EVERY
    return asked(*FILTERS, sorts=("-placed" if is_of_all else "placed", *SORTS))


def view_in(view: str, q: str) -> str:
    return view if view in VIEWS else EVERY if q else "confirm"


def view_of(wanted: Asked) -> str:
    return view_in(wanted["view"], wanted["q"])


def query_of(wanted: Asked) -> str:
    """The filters as they are kept: what two people who see the same rows have in their address."""
    filled = {name: wanted[name] for name in ("q", "day", "payment") if wanted[name]}
    return urlencode({"view": view_of(wanted)} | filled | {"sort": wanted.sort})


def _sought(wanted: Asked) -> Sought:
    """All there are have one order, the one in which they came; whatever is narrowed down has the others, too."""
    view = view_of(wanted)
    is_sorted = view != EVERY or wanted["q"]
    return Sought(
        view=view,
        q=wanted["q"],
        day=_day(wanted["day"]),
        payment=wanted["payment"] if wanted["payment"] in PAYMENTS else "",
        sort=wanted.sort_name if is_sorted else "placed",
        is_descending=wanted.is_descending,
    )


def _day(word: str) -> date | None:
    """A day that moves with the calendar, or one of it."""
    if word in DAYS:
        return today() + DAYS[word]
    try:
        return date.fromisoformat(word)
    except ValueError:
        return None


def _tabs(view: str, counts: Mapping[str, int], kept: Sequence[KeptView], here: KeptView | None) -> list[Tab]:
    address = url_for(".queue")
    views = [
        Tab(shown.word, f"{address}?view={name}", name == view and here is None, counts.get(name))
        for name, shown in SHOWN.items()
        if name == view or not shown.is_led_to
    ]
    return views + [Tab(one.name, f"{address}?{one.query}", one is here, None) for one in kept]

"""The queue: every order in the views it belongs to, found by whatever somebody types, and as a file."""

import csv
import re
from datetime import date, timedelta

import flask
import pytest
from sqlalchemy import text

from app.accounts.models import Role
from app.core import clock
from app.core.access import SYSTEM
from app.core.business import today
from app.core.database import db
from app.desk.queries import queue
from app.desk.queries.queue import Sought
from app.fulfilment.service import packing
from app.orders.service import moving
from app.orders.states import PaymentMethod
from tests import factories
from tests.desk.queueing import confirmed, flags, listed, packed, picking, promised, sent_in_part, tabs
from tests.orders.ordering import goods, placed
from tests.statements import noted
from tests.stock.shelving import filled


@pytest.fixture
def at_every_stage(cafe, loaf) -> dict[str, int]:
    """One order of each kind, under the name of the view that it belongs to."""
    held = placed({loaf: 1}, cafe)
    moving.hold(held.number, reason="Ring them first", by=SYSTEM)
    cancelled = placed({loaf: 1}, cafe)
    moving.cancel(cancelled.number, reason="Wrong day", by=SYSTEM, at=clock.now())
    return {
        "confirm": placed({loaf: 1}, cafe).number,
        "hold": held.number,
        "pick": confirmed({loaf: 1}, cafe).number,
        "picking": picking({loaf: 1}, cafe).number,
        "packed": packed({loaf: 1}, cafe).number,
        "part": sent_in_part(confirmed({loaf: 2}, cafe)).number,
        "late": promised(placed({loaf: 1}, cafe), -1).number,
        "cancelled": cancelled.number,
    }


@pytest.mark.parametrize("view", ["confirm", "hold", "picking", "packed", "part", "late"])
def test_each_view_holds_its_orders(clerk, at_every_stage, view):
    numbers = listed(clerk.get(f"/desk/orders?view={view}"))
    assert at_every_stage[view] in numbers
    assert set(numbers) <= {at_every_stage[view], at_every_stage["late"]}


def test_the_tabs_count_what_stands_in_them(clerk, at_every_stage):
    page = clerk.get("/desk/orders")
    counted = {"To confirm": 2, "On hold": 1, "To pick": 2, "Being picked": 1, "Packed": 1, "Late": 1}
    assert tabs(page) == counted | {"Part shipped": 1}
    for view in ("confirm", "hold", "pick", "picking", "packed", "late", "part"):
        assert f'href="/desk/orders?view={view}"' in page.text
    assert len(listed(clerk.get("/desk/orders?view=all"))) == len(at_every_stage)


def test_who_waits_longest_stands_first_and_all_orders_begin_with_the_newest(clerk, cafe, loaf):
    first, second = (placed({loaf: 1}, cafe).number for _ in range(2))
    assert listed(clerk.get("/desk/orders")) == [first, second]
    assert listed(clerk.get("/desk/orders?view=all")) == [second, first]
    assert listed(clerk.get("/desk/orders?view=nonsense")) == [first, second]


def test_what_is_to_be_picked_waits_until_somebody_begins_and_its_rest_again(clerk, cafe, loaf):
    order = confirmed({loaf: 2}, cafe)
    assert listed(clerk.get("/desk/orders?view=pick")) == [order.number]
    sent_in_part(order)
    assert listed(clerk.get("/desk/orders?view=pick")) == [order.number]
    packing.open_shipment(order.number, by=SYSTEM, at=clock.now())
    assert listed(clerk.get("/desk/orders?view=pick")) == []
    assert listed(clerk.get("/desk/orders?view=picking")) == [order.number]


def test_the_queue_today_and_the_warehouse_count_the_same_orders(as_user, owner, cafe, loaf, at_every_stage):
    confirmed({filled(goods("Rye"), 0, backorder_limit=9): 3}, cafe)  # nothing of it is on hand
    browser = as_user(owner)
    queue_page, pick_page = browser.get("/desk/orders"), browser.get("/desk/pick")
    assert tabs(queue_page)["To pick"] == tabs(pick_page)["To pick"] == 3
    assert tabs(queue_page)["Being picked"] == tabs(pick_page)["Being picked"] == 1
    assert '<a href="/desk/pick">3 orders to pick</a>' in browser.get("/desk").text


@pytest.fixture
def two(cafe, deli, loaf) -> tuple[int, int]:
    """Bread for the café, and buns for the deli."""
    buns = filled(goods("Buns", "60.00", sku="BUN-06"), 20)
    return (
        placed({loaf: 1}, cafe, po_number="PO-4471").number,
        placed({buns: 1, loaf: 1}, deli, po_number="100%_sure").number,
    )


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("PO-44", [0]),
        ("po-4471", [0]),
        ("4471", []),
        ("BUN-06", [1]),
        ("bun-", [1]),
        ("kett", [0]),
        ("NORTHGATE", [1]),
        ("100%", [1]),
        ("%", []),
        ("100%s", []),
        ("_", []),
        ("\\", []),
        ("nothing like it", []),
        ("9" * 30, []),
        (f"{'0' * 11}{'9' * 20}", []),
        ("²", []),
        ("٣", []),
    ],
)
def test_orders_are_found_by_reference_sku_and_customer(clerk, two, q, found):
    page = clerk.get("/desk/orders", query_string={"q": q})
    assert (page.status_code, listed(page)) == (200, [two[one] for one in reversed(found)])


@pytest.mark.parametrize("sign", ["", "#", "0" * 40])
def test_orders_are_found_by_their_number_wherever_they_stand(clerk, two, sign):
    moving.cancel(two[0], reason="Wrong day", by=SYSTEM, at=clock.now())
    q = {"q": f"{sign}{two[0]}"}
    assert listed(clerk.get("/desk/orders", query_string=q)) == [two[0]]
    nowhere = clerk.get("/desk/orders", query_string=q | {"view": "confirm"})
    assert (listed(nowhere), "Search all orders" in nowhere.text) == ([], True)


def test_the_queue_is_narrowed_by_day_and_payment(clerk, cafe, loaf):
    now = promised(placed({loaf: 1}, cafe), 0).number
    soon = promised(placed({loaf: 1}, cafe), 1).number
    later = promised(placed({loaf: 1}, cafe), 9).number
    cafe.payment_terms = "prepay"
    db.session.commit()
    paid = promised(placed({loaf: 1}, cafe, payment_method="transfer"), 1).number
    day = (today() + timedelta(days=9)).isoformat()
    for query, found in [
        ("day=today", [now]),
        ("day=tomorrow&view=all", [paid, soon]),
        (f"day={day}", [later]),
        ("day=whenever", [now, soon, later]),
        ("payment=transfer&view=hold", [paid]),
        ("payment=account&day=tomorrow", [soon]),
        ("payment=shells", [now, soon, later]),
    ]:
        assert listed(clerk.get(f"/desk/orders?{query}")) == found, query
    assert f'<option value="{day}"' in clerk.get("/desk/orders").text


@pytest.mark.parametrize(
    ("narrowed", "index"),
    [({"day": date(2026, 11, 20)}, "promised_on_id"), ({"payment": "transfer"}, "payment_method_id")],
)
def test_a_day_or_a_payment_among_all_orders_is_found_by_an_index(context, narrowed, index):
    """With few orders PostgreSQL would read them all; told not to, it must find a way by the index."""
    db.session.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off"))
    rows = queue.every_order(Sought("all", **narrowed), today=today()).rows
    asked = rows.compile(dialect=db.engine.dialect)
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN {asked}", asked.params)
    assert f"ix_order_{index}" in "\n".join(line for (line,) in plan)


def test_the_queue_is_sorted_by_day_and_by_total(clerk, cafe, loaf):
    small = promised(placed({loaf: 1}, cafe), 3).number
    large = promised(placed({loaf: 9}, cafe), 1).number
    assert listed(clerk.get("/desk/orders?sort=deliver")) == [large, small]
    assert listed(clerk.get("/desk/orders?sort=-deliver")) == [small, large]
    assert listed(clerk.get("/desk/orders?sort=-total")) == [large, small]
    assert listed(clerk.get("/desk/orders?sort=total")) == [small, large]
    assert listed(clerk.get("/desk/orders?sort=-total&q=kettle")) == [large, small]
    assert listed(clerk.get("/desk/orders?sort=nonsense")) == [small, large]


def test_a_long_queue_has_pages_that_keep_the_filter(clerk, cafe, loaf):
    numbers = [placed({loaf: 1}, cafe).number for _ in range(19)]
    numbers += [placed({filled(goods(f"Roll {n}"), 9): 1}, cafe).number for n in range(8)]
    first = clerk.get("/desk/orders?q=kettle&view=confirm")
    assert (listed(first), "1–25 of 27 orders" in first.text) == (numbers[:25], True)
    after = re.search(r'href="([^"]*after=[^"]*)" rel="next"', first.text)[1].replace("&amp;", "&")
    rest = clerk.get(after)
    assert (listed(rest), "26–27 of 27" in rest.text or "27 orders" in rest.text) == (numbers[25:], True)


def test_what_needs_a_second_look_is_said_under_the_name(clerk, cafe, deli, loaf):
    first = placed({loaf: 1}, cafe)
    late = promised(placed({loaf: 1}, cafe), -2)
    cafe.credit_limit = 20
    db.session.commit()
    over = placed({loaf: 10}, cafe)
    page = clerk.get("/desk/orders?view=all")
    assert flags(page, first.number) == ["First order"]
    assert flags(page, late.number) == ["Late"]
    exposed = first.total + late.total + over.total - 20
    assert flags(page, over.number) == [f"£{exposed:.2f} over credit limit"]


def test_the_youngest_go_short(clerk, cafe, loaf):
    rare = filled(goods("Rare cheese"), 5, backorder_limit=10)
    old, young, other = (placed({what: 4}, cafe) for what in (rare, rare, loaf))
    page = clerk.get("/desk/orders")
    assert flags(page, old.number) == ["First order"]
    assert flags(page, young.number) == ["Short on stock"]
    assert flags(page, other.number) == []


def test_an_empty_view_says_what_lands_there_and_leads_on(clerk, cafe, loaf):
    page = clerk.get("/desk/orders?view=packed").text
    assert "All shipped" in page
    placed({loaf: 1}, cafe)
    assert "Show orders to confirm" in clerk.get("/desk/orders?view=packed").text


def test_the_file_holds_the_same_rows(clerk, two, loaf, cafe):
    for query, found in [("q=kettle", [two[0]]), ("view=confirm", list(two)), (f"order={two[1]}", [two[1]])]:
        text = clerk.get(f"/desk/orders.csv?{query}").text.lstrip("\ufeff")
        rows = list(csv.DictReader(text.splitlines()))
        assert [int(row["Order"]) for row in rows] == found
    assert rows[0]["Customer code"] == "NORTHGATE-DELI"
    assert rows[0]["Reference"] == "100%_sure"


def test_the_file_speaks_as_the_page_does(clerk, cafe, loaf):
    waits = placed({loaf: 1}, cafe, payment_method=PaymentMethod.TRANSFER)
    part = sent_in_part(confirmed({loaf: 2}, cafe))
    text = clerk.get("/desk/orders.csv?view=all").text.lstrip("\ufeff")
    rows = {int(row["Order"]): row for row in csv.DictReader(text.splitlines())}
    said = {number: [row[name] for name in ("State", "On hold", "Payment")] for number, row in rows.items()}
    assert said == {
        waits.number: ["Placed", "Waiting for payment", "By transfer"],
        part.number: ["Part shipped", "", "Due"],
    }


@pytest.mark.parametrize(
    ("ticked", "found"), [("2147483648", []), ("9" * 18, []), ("9" * 19, [0, 1]), ("٣", [0, 1])]
)
def test_a_file_of_what_is_no_order_s_number_breaks_nothing(clerk, two, ticked, found):
    """What was never a number is not a tick, and without a tick it is the whole view."""
    answer = clerk.get("/desk/orders.csv", query_string={"order": ticked})
    rows = answer.text.splitlines()[1:]
    assert (answer.status_code, [int(row.split(",")[0]) for row in rows]) == (
        200,
        [two[one] for one in found],
    )


def test_a_page_asks_little_however_long_it_is(clerk, cafe, loaf):
    placed({loaf: 1}, cafe)
    clerk.get("/desk/orders?q=kettle")
    for _ in range(5):
        placed({loaf: 1}, cafe)
    for address, most in [("/desk/orders", 4), ("/desk/orders?view=all", 4), ("/desk/orders?q=kettle", 5)]:
        with noted() as asked:
            assert len(listed(clerk.get(address))) == 6
        assert len(asked) <= most, asked


@pytest.mark.parametrize(
    ("view", "offers"),
    [("confirm", 1), ("hold", 1), ("late", 1), ("all", 1), ("pick", 0), ("packed", 0), ("part", 0)],
)
def test_a_view_of_what_is_confirmed_offers_no_confirming(clerk, at_every_stage, view, offers):
    page = clerk.get(f"/desk/orders?view={view}").text
    assert page.count('name="do" value="confirm"') == offers


def test_the_warehouse_reads_the_queue_and_confirms_nothing(as_user, wanda, cafe, loaf):
    order = placed({loaf: 1}, cafe)
    warehouse = as_user(wanda)
    page = warehouse.get("/desk/orders")
    assert (listed(page), 'name="do" value="confirm"' in page.text) == ([order.number], False)
    assert warehouse.submit("/desk/orders", do="confirm", order=order.number).status_code == 403


def test_the_queue_is_no_business_of_buyers_and_guests(app, as_user, maya, context):
    factories.saved(Role(code="guest", name="Guest", kind="staff"))
    assert as_user(maya).get("/desk/orders").status_code == 404
    flask.g.pop("_login_user")  # one context for both, in which Flask-Login keeps whoever came first
    assert as_user(factories.user("Clara Bow", role="guest")).get("/desk/orders").status_code == 403

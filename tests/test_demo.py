"""The demo business: there once, and in the history like any other."""

from typing import Any

from sqlalchemy import func, select, text

from app import demo
from app.core.audit import AuditEvent
from app.core.database import db
from app.operations import checks

AT_BASE = (
    "SELECT FROM price JOIN price_list ON price_list.id = price_list_id AND kind = 'base' "
    "WHERE product_id = product.id AND min_qty = 1"
)


def rows(question: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in db.session.execute(text(question))]


def recorded(action: str) -> set[str]:
    return set(db.session.scalars(select(AuditEvent.entity_name).where(AuditEvent.action == action)))


def test_everybody_and_every_customer_of_the_demo_is_in_the_history(context):
    assert demo.load()
    assert recorded("user.created") >= {person.name for person in demo.PEOPLE}
    assert recorded("customer.created") == {customer.name for customer in demo.CUSTOMERS}


def test_the_demo_is_loaded_once(context):
    assert demo.load()
    events = db.session.scalar(select(func.count(AuditEvent.id)))
    assert not demo.load()
    assert db.session.scalar(select(func.count(AuditEvent.id))) == events


def test_there_is_a_whole_shop_to_try(context):
    assert demo.load()
    assert rows("SELECT count(*) FROM product WHERE status = 'active'") == [(120,)]
    assert rows("SELECT count(*) FROM category WHERE icon <> ''") == [(6,)]
    assert rows("SELECT kind FROM price_list ORDER BY kind") == [("base",), ("contract",), ("list",)]
    assert rows("SELECT count(*), count(DISTINCT customer_id) FROM address") == [(12, 12)]
    assert rows(f"SELECT sku FROM product WHERE NOT EXISTS ({AT_BASE})") == []


def test_customers_of_the_demo_stand_where_real_ones_do(context):
    assert demo.load()
    standings = "SELECT status, count(*) FROM customer GROUP BY status ORDER BY status"
    assert rows(standings) == [("active", 10), ("applied", 1), ("closed", 1), ("on_stop", 1)]
    assert rows("SELECT count(DISTINCT account_manager_id) FROM customer") == [(2,)]
    assert rows(
        "SELECT count(*) FROM customer WHERE status IN ('closed', 'on_stop') AND status_reason = ''"
    ) == [(0,)]


def test_whoever_greets_you_may_order_anything(context):
    assert demo.load()
    bound = "customer.status <> 'active' OR po_required OR min_order_net IS NOT NULL"
    buyers = ", ".join(f"'{person.email}'" for person in demo.PEOPLE if person.customer)
    theirs = f'FROM "user" JOIN customer ON customer.id = customer_id WHERE "user".email IN ({buyers})'
    assert rows(f"SELECT count(*), count(*) FILTER (WHERE {bound}) {theirs}") == [(2, 0)]


def test_every_shelf_of_the_demo_agrees_with_its_history(context):
    assert demo.load()
    ledger = "SELECT sum(delta) FROM stock_movement m WHERE m.product_id = i.product_id"
    assert rows(f"SELECT product_id FROM stock_item i WHERE on_hand IS DISTINCT FROM ({ledger})") == []
    assert rows("SELECT count(*) FROM stock_item") == [(120,)]


def test_there_are_orders_in_every_state_and_all_that_is_always_true_is_true(context):
    assert demo.load()
    assert rows('SELECT count(*), max(business_date) - min(business_date) > 80 FROM "order"') == [(400, True)]
    states = {state for (state,) in rows('SELECT DISTINCT status FROM "order"')}
    assert states == {"pending", "confirmed", "shipped", "delivered", "cancelled"}
    assert {state for (state,) in rows("SELECT DISTINCT status FROM shipment")} >= {
        *("picking", "packed", "shipped", "delivered")
    }
    assert (
        rows('SELECT count(*) > 5 FROM "return"') == rows("SELECT count(*) > 20 FROM order_note") == [(True,)]
    )
    assert rows('SELECT count(*) > 2 FROM "order" WHERE hold_reason IS NOT NULL') == [(True,)]
    by_number = 'SELECT created_at, lag(created_at) OVER (ORDER BY number) AS earlier FROM "order"'
    assert rows(f"SELECT count(*) FROM ({by_number}) AS row WHERE created_at < earlier") == [(0,)]
    assert [verdict for verdict in checks.run_all() if not verdict.holds] == []


def test_there_is_money_of_every_kind(context):
    """Something overdue in each column of the aged debt, and something of all else that can be tried."""
    assert demo.load()
    late = "least((current_date - due_on + 29) / 30, 4)"
    overdue = (
        f"SELECT DISTINCT {late} FROM invoice_balance WHERE open > 0 AND due_on < current_date ORDER BY 1"
    )
    assert rows(overdue) == [(1,), (2,), (3,), (4,)]
    assert rows("""
        SELECT count(*) FILTER (WHERE open = 0) > 100, count(*) FILTER (WHERE open > 0 AND open < total) > 0,
               count(*) FILTER (WHERE open = total AND due_on > current_date) > 20 FROM invoice_balance
    """) == [(True, True, True)]
    assert rows("SELECT count(*) > 0 FROM invoice WHERE kind = 'credit_note'") == [(True,)]
    assert rows("SELECT amount FROM receipt WHERE unused = amount") == [(250,)]
    assert rows(
        "SELECT count(*) > 2 FROM payment WHERE captured = amount AND gateway_ref LIKE 'pi_demo%'"
    ) == [(True,)]
    waiting = "payment_method = 'transfer' AND hold_reason = 'payment'"
    assert rows(f'SELECT count(*) > 0 FROM "order" WHERE {waiting}') == [(True,)]
    assert rows("SELECT bank_account <> '' AND registration <> '' AND tax_id <> '' FROM setting") == [(True,)]


def test_it_grows_to_any_size_and_asking_again_adds_nothing(own_app):
    for _ in range(2):
        with own_app.app_context():
            own_app.test_cli_runner().invoke(
                args=["demo", "--products", "300", "--customers", "20", "--orders", "500"],
                catch_exceptions=False,
            )
            assert rows("SELECT count(*) FROM product") == [(420,)]
            assert rows("SELECT count(*), sum(on_hand) > 0 FROM stock_item") == [(420, True)]
            assert rows(f"SELECT sku FROM product WHERE NOT EXISTS ({AT_BASE})") == []
            assert rows("SELECT count(*) FROM customer") == [(33,)]
            assert rows("""SELECT count(*) FROM "user" WHERE email LIKE '%@bulk.example'""") == [(40,)]
            assert rows('SELECT count(*) FROM "order"') == [(900,)]
            assert [verdict for verdict in checks.run_all() if not verdict.holds] == []

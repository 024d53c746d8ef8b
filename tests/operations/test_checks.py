"""The book proves itself: each invariant notices exactly the corruption it is about."""

import pytest
from sqlalchemy import text

from app.core.database import db
from app.operations import checks
from tests.orders.standing import in_every_stage

CORRUPTIONS = {
    "working_admin": "UPDATE \"user\" SET is_active = false WHERE name = 'Hana Whitlock'",
    "buyers_have_customers": "UPDATE customer SET deleted_at = now() WHERE name = 'Northgate Deli'",
    "mails_sent_once": """
        ALTER TABLE outbox_message DROP CONSTRAINT uq_outbox_message_dedupe_key;
        INSERT INTO outbox_message (topic, dedupe_key, payload, attempts, done_at, sent)
        SELECT 'accounts.mail_welcome', 'welcome:7', '{}', 1, now(), '{"to": "maya@buyers.example"}'
        FROM generate_series(1, 2)
    """,
    "promises_make_sense": """
        INSERT INTO outbox_message (topic, payload, attempts, dead_at) VALUES ('a.b', '{}', 3, now())
    """,
    "stock_is_its_ledger": "UPDATE stock_item SET on_hand = on_hand + 7",
    "stock_is_held_for_orders": "UPDATE stock_item SET reserved = reserved + 1",
    "orders_add_up": 'UPDATE "order" SET tax_total = tax_total + 0.01 WHERE id = (SELECT max(id) FROM "order")',
    "orders_are_their_history": """
        UPDATE "order" SET status = 'confirmed', confirmed_at = now() WHERE status = 'pending'
    """,
    "lines_are_their_shipments": "UPDATE order_item SET quantity_planned = 0 WHERE quantity_planned > 0",
    "orders_are_their_shipments": 'UPDATE "order" SET shipments_sent = 2 WHERE shipments_sent = 1',
    "what_left_is_invoiced": 'UPDATE "order" SET invoiced = invoiced + 0.01 WHERE invoiced > 0',
    "numbers_have_no_gap": "UPDATE number_series SET last = last + 1",
    "papers_stay_as_issued": """
        ALTER TABLE invoice DISABLE TRIGGER invoice_is_history; UPDATE invoice SET po_number = 'PO-7'
    """,
    "money_is_used_once": "UPDATE invoice_balance SET open = open - 0.01 WHERE open > 0",
    "payments_are_known": """
        WITH asked AS (
            INSERT INTO payment (customer_id, amount, currency, status)
            SELECT min(id), 9, 'GBP', 'unknown' FROM customer RETURNING id
        )
        INSERT INTO payment_operation (payment_id, kind, key, amount, status, sent_at)
        SELECT id, 'capture', 'k', 9, 'unknown', now() - interval '1 hour' FROM asked
    """,
    "gateway_events_are_ours": """
        INSERT INTO gateway_event (id, type, gateway_ref, raw, received_at)
        VALUES ('evt_1', 'payment_intent.succeeded', 'pi_of_nobody', '{}', now() - interval '1 hour')
    """,
    "known_permissions": """
        INSERT INTO role_permission (role_id, permission) SELECT id, 'orders:eat' FROM role WHERE code = 'buyer'
    """,
}


def broken() -> set[str]:
    db.session.commit()
    return {verdict.invariant.name for verdict in checks.run_all() if not verdict.holds}


@pytest.fixture
def at_work(context, owner, maya, ben, copper_kettle) -> None:
    in_every_stage(copper_kettle)


def test_a_sound_house_passes_every_check(at_work):
    assert broken() == set()


def test_every_invariant_has_a_corruption_here():
    assert {invariant.name for invariant in checks.INVARIANTS} == set(CORRUPTIONS)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_turns_its_own_check_red_and_no_other(at_work, name):
    db.session.execute(text(CORRUPTIONS[name]))
    assert broken() == {name}


@pytest.mark.parametrize(
    "confused",
    [
        "attempts = 0, done_at = now()",
        "attempts = 1, done_at = now(), lease_until = now()",
        """attempts = 1, sent = '{"to": "x"}'""",
    ],
)
def test_a_promise_cannot_be_in_two_minds(context, owner, confused):
    db.session.execute(text("INSERT INTO outbox_message (topic, payload) VALUES ('a.b', '{}')"))
    db.session.execute(text(f"UPDATE outbox_message SET {confused}"))
    assert broken() == {"promises_make_sense"}


def test_the_page_names_the_row(app, as_user, owner, ben):
    with app.app_context():
        db.session.execute(text(CORRUPTIONS["buyers_have_customers"]))
        db.session.commit()
    page = as_user(owner).get("/admin/checks").get_data(as_text=True)
    assert f"user {ben.id}" in page
    assert "ben.farrow@buyers.example" in page
    assert f"1 of {len(checks.INVARIANTS)} do not hold" in page


def test_the_page_is_for_those_who_may_read_the_log(as_user, tom, maya):
    assert as_user(tom).get("/admin/checks").status_code == 403
    assert as_user(maya).get("/admin/checks").status_code == 404

"""The book proves itself: each invariant notices exactly the corruption it is about."""

import pytest
from sqlalchemy import text

from app.core.database import db
from app.operations import checks

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
    "stock_is_its_ledger": """
        WITH bread AS (INSERT INTO category (name, slug) VALUES ('Bread', 'bread') RETURNING id),
             full_rate AS (INSERT INTO tax_class (code, name) VALUES ('full', 'Full') RETURNING id),
             loaf AS (INSERT INTO product (sku, name, category_id, tax_class_id)
                      SELECT 'LOAF', 'Loaf', bread.id, full_rate.id FROM bread, full_rate RETURNING id)
        INSERT INTO stock_item (product_id, on_hand) SELECT id, 7 FROM loaf
    """,
    "known_permissions": """
        INSERT INTO role_permission (role_id, permission) SELECT id, 'orders:eat' FROM role WHERE code = 'buyer'
    """,
}


def broken() -> set[str]:
    return {verdict.invariant.name for verdict in checks.run_all() if not verdict.holds}


def test_a_sound_house_passes_every_check(context, owner, maya, ben):
    assert broken() == set()


def test_every_invariant_has_a_corruption_here():
    assert {invariant.name for invariant in checks.INVARIANTS} == set(CORRUPTIONS)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_turns_its_own_check_red_and_no_other(context, owner, maya, ben, name):
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

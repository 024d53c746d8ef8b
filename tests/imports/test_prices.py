"""Prices from a file: judged beside what stands, written as a whole, taken back as a whole."""

from sqlalchemy import func, select

from app.catalogue.models import Price
from app.core.audit import AuditEvent
from app.core.database import db
from tests import factories
from tests.imports.desk import table


def prices(app):
    with app.app_context():
        db.session.expire_all()
        rows = db.session.execute(select(Price.min_qty, Price.unit_price).order_by(Price.id))
        return [(row.min_qty, str(row.unit_price)) for row in rows]


def test_each_row_gets_its_verdict_and_nothing_changes(app, desk, shop):
    seen = desk.send(
        "prices",
        table("sku,unit_price", "COF-HSE-1K,18.90", "cof-dec-1k,18.4", "PAS-CRO-21,12.10", "COF-HSE-1K,1.00"),
    )
    assert seen.verdicts == ["changed", "same", "wrong", "wrong"]
    assert seen.befores[0] == {"unit_price": "18.40"}
    assert seen.problems[2] == {"sku": "No product has the SKU PAS-CRO-21."}
    assert list(seen.problems[3].values()) == ["Row 2 says this already."]
    assert prices(app) == [(1, "18.4000"), (1, "18.4000")]


def test_good_rows_are_written_and_wrong_ones_stay_out(app, desk, shop):
    desk.send("prices", table("sku,min_qty,unit_price", "COF-HSE-1K,1,18.9", "COF-HSE-1K,10,17.5", "NO,1,1"))
    assert desk.do("commit").state == "committed"
    assert prices(app) == [(1, "18.9000"), (1, "18.4000"), (10, "17.5000")]


def test_an_import_is_undone_as_a_whole(app, desk, shop):
    desk.send("prices", table("sku,min_qty,unit_price", "COF-HSE-1K,1,18.9", "COF-HSE-1K,10,17.5"))
    desk.do("commit")
    assert desk.do("undo").state == "undone"
    assert prices(app) == [(1, "18.4000"), (1, "18.4000")]


def test_what_was_changed_since_it_was_judged_stops_all_of_it(app, desk, shop):
    desk.send("prices", table("sku,unit_price", "COF-HSE-1K,18.90", "COF-DEC-1K,19.00"))
    with app.app_context():
        db.session.execute(Price.__table__.update().where(Price.id > 0).values(unit_price="20"))
        db.session.commit()
    seen = desk.do("commit")
    assert (seen.state, prices(app)) == ("read", [(1, "20.0000"), (1, "20.0000")])
    assert "Check again" in desk.page()
    assert desk.do("check").befores == [{"unit_price": "20.00"}] * 2
    assert desk.do("commit").state == "committed"


def test_what_was_changed_since_it_was_imported_cannot_be_undone(app, desk, shop):
    desk.send("prices", table("sku,unit_price", "COF-HSE-1K,18.90", "COF-DEC-1K,19.00"))
    desk.do("commit")
    with app.app_context():
        db.session.execute(Price.__table__.update().where(Price.unit_price == 19).values(unit_price="20"))
        db.session.commit()
    seen = desk.do("undo")
    assert seen.state == "committed"
    assert seen.problem.startswith("Row 3 of this import was changed or used since")
    assert prices(app) == [(1, "18.9000"), (1, "20.0000")]


def test_a_price_follows_another_when_the_first_one_ends(app, desk, shop):
    head = "sku,unit_price,valid_from,valid_to"
    seen = desk.send("prices", table(head, "COF-HSE-1K,19.90,2027-01-01,"))
    assert "On 2027-01-01 two prices would hold" in seen.said()
    seen = desk.send("prices", table(head, "COF-HSE-1K,19.90,2027-01-01,", "COF-HSE-1K,18.40,,2026-12-31"))
    assert seen.verdicts == ["new", "changed"]
    assert desk.do("commit").state == "committed"
    assert desk.do("undo").state == "undone"
    assert len(prices(app)) == 2


def test_every_changed_row_and_the_import_itself_are_in_the_log(app, desk, shop):
    desk.send("prices", table("sku,min_qty,unit_price", "COF-HSE-1K,1,18.9", "COF-HSE-1K,10,17.5"))
    desk.do("commit")
    with app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "price.imported")).all()
        assert [event.actor_name for event in events] == ["Hana Whitlock"] * 2
        assert {"unit_price": ["18.40", "18.90"]} in [event.diff for event in events]
        of_import = select(func.count()).where(AuditEvent.action == "import.committed")
        assert db.session.scalar(of_import) == 1


def test_a_list_is_chosen_by_its_code(app, desk, shop):
    with app.app_context():
        factories.price_list("Cafés", code="CAFES")
    seen = desk.send(
        "prices", table("price_list,sku,unit_price", "cafes,COF-HSE-1K,17", "bars,COF-HSE-1K,16")
    )
    assert seen.verdicts == ["new", "wrong"]
    assert seen.said() == "“bars” is not one of: base, cafes."
    desk.do("commit")
    assert prices(app)[-1] == (1, "17.0000")

"""Prices from a file: judged beside what stands, written as a whole, taken back as a whole."""

from datetime import date, timedelta

from sqlalchemy import func, select, update

from app.catalogue.models import Price, Product
from app.core import clock
from app.core.audit import AuditEvent
from app.core.database import db
from app.imports.models import ImportRow
from tests import factories
from tests.imports.desk import table, text_of


def prices(app):
    with app.app_context():
        db.session.expire_all()
        rows = db.session.execute(select(Price.min_qty, Price.unit_price).order_by(Price.id))
        return [(row.min_qty, str(row.unit_price)) for row in rows]


def days(app):
    with app.app_context():
        rows = db.session.execute(select(Price.valid_from, Price.valid_to).order_by(Price.id))
        return [tuple(row) for row in rows]


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


def test_a_price_that_begins_later_for_good_ends_the_one_before_it(app, desk, shop):
    seen = desk.send("prices", table("sku,unit_price,valid_from", "COF-HSE-1K,19.90,2999-01-01"))
    assert seen.verdicts == ["new"]
    assert "The price before it ends on 2998-12-31" in text_of(desk.page("new"))
    assert desk.do("commit").state == "committed"
    assert days(app) == [(None, date(2998, 12, 31)), (None, None), (date(2999, 1, 1), None)]
    assert desk.do("undo").state == "undone"
    assert days(app) == [(None, None), (None, None)]


def test_a_price_that_was_ended_and_changed_since_is_not_let_go_on(app, desk, shop):
    desk.send("prices", table("sku,unit_price,valid_from", "COF-HSE-1K,19.90,2999-01-01"))
    desk.do("commit")
    with app.app_context():
        ended = update(Price).where(Price.valid_to.is_not(None))
        db.session.execute(ended.values(valid_to=date(2030, 1, 1)))
        db.session.commit()
    seen = desk.do("undo")
    assert (seen.state, seen.problem.startswith("Something of this import was changed")) == (
        "committed",
        True,
    )
    assert len(days(app)) == 3


def test_a_price_that_ends_meanwhile_is_not_ended_once_more(app, desk, shop):
    desk.send("prices", table("sku,unit_price,valid_from", "COF-HSE-1K,19.90,2999-01-01"))
    with app.app_context():
        db.session.execute(update(Price).values(valid_to=date(2030, 1, 1)))
        db.session.commit()
    assert desk.do("commit").state == "read"
    assert days(app) == [(None, date(2030, 1, 1))] * 2


def test_where_two_prices_would_hold_it_is_said_which_of_them_is_in_the_file(desk, shop):
    head = "sku,unit_price,valid_from,valid_to"
    seen = desk.send("prices", table(head, "COF-HSE-1K,19.90,2999-01-01,2999-02-01"))
    assert seen.said() == (
        "On 2999-01-01, a price that we have, which holds from the beginning on, would hold as well. "
        "End that one before, in this file."
    )
    seen = desk.send("prices", table(head, "COF-HSE-1K,19.90,2999-01-01,", "COF-HSE-1K,20.00,2999-02-01,"))
    assert "the price in row 2, which holds from 2999-01-01 on, would hold as well" in seen.said()
    seen = desk.send("prices", table(head, "COF-HSE-1K,19.90,2999-01-01,", "COF-HSE-1K,18.40,,2998-12-31"))
    assert seen.verdicts == ["new", "changed"]


def test_without_a_first_day_a_row_is_about_the_price_that_holds_today(app, desk, shop):
    with app.app_context():
        db.session.execute(update(Price).values(valid_from=date(2020, 1, 1), valid_to=date(2998, 12, 31)))
        later = db.session.scalars(select(Product).where(Product.sku == "COF-HSE-1K")).one()
        factories.price(later, "30", valid_from=date(2999, 1, 1))
    seen = desk.send("prices", table("sku,unit_price", "COF-HSE-1K,18.90"))
    assert seen.befores == [{"unit_price": "18.40"}]
    desk.do("commit")
    assert prices(app) == [(1, "18.9000"), (1, "18.4000"), (1, "30.0000")]
    assert desk.do("undo").state == "undone"
    assert prices(app)[0] == (1, "18.4000")


def test_a_price_that_holds_no_more_when_it_is_written_stops_the_import(app, desk, shop):
    desk.send("prices", table("sku,unit_price", "COF-HSE-1K,18.90"))
    with app.app_context():
        db.session.execute(update(Price).values(valid_to=date(2020, 1, 1)))
        espresso = db.session.scalars(select(Product).where(Product.sku == "COF-HSE-1K")).one()
        factories.price(espresso, "18.40", valid_from=date(2020, 1, 2))
    assert desk.do("commit").state == "read"
    assert desk.do("check").befores == [{"unit_price": "18.40"}]
    assert desk.do("commit").state == "committed"
    assert prices(app) == [(1, "18.4000"), (1, "18.4000"), (1, "18.9000")]


def test_where_no_price_holds_today_a_row_says_from_which_day_on_its_own_does(app, desk, shop):
    with app.app_context():
        db.session.execute(update(Price).values(valid_to=date(2020, 1, 1)))
        db.session.commit()
    seen = desk.send("prices", table("sku,unit_price", "COF-HSE-1K,18.90"))
    assert list(seen.problems[0]) == ["valid_from"]
    seen = desk.send("prices", table("sku,unit_price,valid_from", "COF-HSE-1K,18.90,2020-01-02"))
    assert seen.verdicts == ["new"]


def test_a_deleted_list_is_no_list(app, desk, shop):
    with app.app_context():
        factories.price_list("Old", code="OLD", deleted_at=clock.now())
    seen = desk.send("prices", table("price_list,sku,unit_price", "old,COF-HSE-1K,17"))
    assert seen.said() == "“old” is not one of: base."


def test_a_value_that_fits_nowhere_stops_the_import_and_nothing_else(app, desk, shop):
    desk.send("prices", table("sku,unit_price,valid_from", "COF-HSE-1K,19.90,2999-01-01"))
    with app.app_context():
        too_much = {"sku": "COF-HSE-1K", "unit_price": "123456789.00", "valid_from": "2999-01-01"}
        db.session.execute(update(ImportRow).values(values=too_much | {"price_list": "base", "min_qty": "1"}))
        db.session.commit()
    seen = desk.do("commit")
    assert (seen.state, "does not fit where it belongs" in seen.problem) == ("read", True)


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


def test_the_file_of_a_change_by_percent_does_what_the_change_would(app, desk, shop):
    with app.app_context():
        list_id = factories.base_list().id
        factories.price(db.session.scalars(select(Product)).first(), "17.00", min_qty=10)
    starts_on = clock.now().date() + timedelta(days=10)
    wanted = f"direction=up&percent=10&category_id=&starts_on={starts_on}"
    answer = desk.visitor.get(f"/admin/price-lists/{list_id}/change.csv?{wanted}")
    seen = desk.send("prices", answer.get_data().decode("utf-8-sig"))
    assert (seen.state, seen.verdicts, seen.problem) == ("read", ["new"] * 3, "")
    desk.do("commit")
    before, after = [(1, "18.4000"), (1, "18.4000"), (10, "17.0000")], [(1, "20.2400"), (1, "20.2400")]
    assert sorted(prices(app)) == sorted(before + after + [(10, "18.7000")])
    ended, begun = (None, starts_on - timedelta(days=1)), (starts_on, None)
    assert sorted(days(app), key=str) == sorted([ended] * 3 + [begun] * 3, key=str)

"""Stock counts from a file: movements in the ledger, never an overwrite."""

from datetime import date

from sqlalchemy import func, select

from app.catalogue.models import Product
from app.core.database import db
from app.stock import invariants
from app.stock.models import StockItem, StockMovement
from tests import factories
from tests.imports.desk import table


def shelves(app):
    with app.app_context():
        db.session.expire_all()
        rows = db.session.execute(
            select(Product.sku, StockItem).join(StockItem, StockItem.product_id == Product.id)
        )
        return {row.sku: row.StockItem for row in rows}


def movements(app):
    with app.app_context():
        rows = db.session.execute(
            select(StockMovement.kind, StockMovement.delta, StockMovement.balance_after).order_by(
                StockMovement.id
            )
        )
        return [tuple(row) for row in rows]


def the_book_agrees(app):
    with app.app_context():
        return [finding for one in invariants.INVARIANTS for finding in one.findings()] == []


def test_a_count_is_a_movement(app, desk, shop):
    seen = desk.send("stock", table("sku,on_hand,low_at", "COF-HSE-1K,40,5", "COF-DEC-1K,0,", "NO,1,"))
    assert seen.verdicts == ["changed", "same", "wrong"]
    assert desk.do("commit").state == "committed"
    shelf = shelves(app)["COF-HSE-1K"]
    assert (shelf.on_hand, shelf.low_at) == (40, 5)
    assert movements(app) == [("import", 40, 40)]
    assert the_book_agrees(app)


def test_a_count_is_undone_by_its_opposite(app, desk, shop):
    desk.send("stock", table("sku,on_hand,back_on", "COF-HSE-1K,40,2026-12-25"))
    desk.do("commit")
    assert desk.do("undo").state == "undone"
    shelf = shelves(app)["COF-HSE-1K"]
    assert (shelf.on_hand, shelf.back_on) == (0, None)
    assert movements(app) == [("import", 40, 40), ("import", -40, 0)]
    assert the_book_agrees(app)


def test_what_is_reserved_meanwhile_is_kept(app, desk, shop):
    desk.send("stock", table("sku,on_hand", "COF-HSE-1K,40"))
    desk.do("commit")
    desk.send("stock", table("sku,on_hand", "COF-HSE-1K,30"))
    with app.app_context():
        db.session.execute(StockItem.__table__.update().values(reserved=12))
        db.session.commit()
    assert desk.do("commit").state == "committed"
    shelf = shelves(app)["COF-HSE-1K"]
    assert (shelf.on_hand, shelf.reserved) == (30, 12)


def test_what_moved_since_the_count_stops_all_of_it(app, desk, shop):
    desk.send("stock", table("sku,on_hand", "COF-HSE-1K,40"))
    desk.do("commit")
    desk.send("stock", table("sku,on_hand", "COF-HSE-1K,30", "COF-DEC-1K,7"))
    with app.app_context():
        db.session.execute(StockItem.__table__.update().values(on_hand=39))
        db.session.commit()
    seen = desk.do("commit")
    assert (seen.state, len(movements(app))) == ("read", 1)
    assert "Something was changed since" in seen.problem


def test_limits_alone_move_nothing(app, desk, shop):
    desk.send("stock", table("sku,backorder_limit", "COF-HSE-1K,24"))
    desk.do("commit")
    assert shelves(app)["COF-HSE-1K"].backorder_limit == 24
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(StockMovement)) == 0


def test_a_day_that_is_over_promises_nothing_new(app, desk, shop):
    seen = desk.send("stock", table("sku,back_on", "COF-HSE-1K,2001-01-01"))
    assert seen.said() == "This day is over. Choose today or a later one."
    with app.app_context():
        product_id = db.session.scalar(select(Product.id).where(Product.sku == "COF-HSE-1K"))
        factories.saved(StockItem(product_id=product_id, back_on=date(2001, 1, 1)))
    assert desk.send("stock", table("sku,back_on", "COF-HSE-1K,2001-01-01")).verdicts == ["same"]


def test_a_count_is_known_in_the_ledger_by_the_import_it_came_with(app, desk, shop):
    desk.send("stock", table("sku,on_hand", "COF-HSE-1K,40"))
    desk.do("commit")
    desk.do("undo")
    with app.app_context():
        rows = db.session.execute(select(StockMovement.reason, StockMovement.ref).order_by(StockMovement.id))
        assert [tuple(row) for row in rows] == [
            ("", f"import {desk.import_id}"),
            ("Undone", f"import {desk.import_id}"),
        ]


def test_the_list_of_stock_is_a_file_for_an_import(desk, shop):
    desk.send("stock", table("sku,on_hand,low_at", "COF-HSE-1K,40,5"))
    desk.do("commit")
    file = desk.visitor.get("/desk/stock.csv").get_data().decode("utf-8-sig")
    assert "In stock" in file
    assert desk.send("stock", file).verdicts == ["same", "same"]
    assert desk.send("stock", file.replace(",40,", ",39,")).befores[1] == {"on_hand": "40"}


def test_a_file_with_nothing_to_change_is_refused(desk, shop):
    seen = desk.send("stock", table("sku,name,problem", "COF-HSE-1K,Espresso,"))
    assert seen.problem.startswith("There is no column to change beside “sku”")

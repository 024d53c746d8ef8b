"""Ninety days after an import ended its rows and its file are forgotten; what it was, and its figures, stay."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.core import clock, outbox
from app.core.database import db
from app.core.transaction import in_one_transaction
from app.imports.models import ImportJob, ImportRow
from tests.imports.desk import table, text_of

CONTENT = table("sku,unit_price", "COF-HSE-1K,18.90", "NO,1")


@pytest.fixture
def old(app, desk, shop):
    """An import that was written ninety-one days ago."""
    desk.send("prices", CONTENT)
    desk.do("commit")
    ended(app, days=91)
    return desk


def ended(app, *, days):
    with app.app_context():
        moment = clock.now() - timedelta(days=days)
        db.session.execute(update(ImportJob).values(updated_at=moment, committed_at=moment))
        db.session.commit()


def prune(desk):
    with desk.app.app_context():
        in_one_transaction(lambda: outbox.promise("imports.prune"))
    return desk.look()


def rows_left(app):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(ImportRow))


def kept(files):
    return [path for path in files.folder.glob("*/*") if path.parent.name != "drafts"]


def test_rows_and_file_go_and_the_figures_stay(app, old, files):
    assert (rows_left(app), len(kept(files))) == (2, 1)
    assert prune(old).state == "committed"
    assert (rows_left(app), kept(files)) == (0, [])
    page = text_of(old.page())
    assert "Changed 1 Added 0 Already right 0 Left out 1" in page
    assert ",prices,2,0,1,0,1," in old.visitor.get("/admin/imports.csv").text


def test_what_is_forgotten_cannot_be_undone_and_the_page_says_why(old):
    prune(old)
    page = text_of(old.page())
    assert "its rows and its file are forgotten" in page
    assert "Undo the whole import" not in page
    answer = old.visitor.submit(f"/admin/imports/{old.import_id}/undo")
    assert (answer.status_code, "its rows and its file are forgotten" in answer.text) == (409, True)


def test_a_younger_import_is_kept(app, old, files):
    ended(app, days=89)
    prune(old)
    assert (rows_left(app), len(kept(files))) == (2, 1)
    assert old.do("undo").state == "undone"


def test_an_import_that_is_at_work_is_kept(app, old):
    with app.app_context():
        db.session.execute(update(ImportJob).values(state="undoing", updated_at=ImportJob.updated_at))
        db.session.commit()
    prune(old)
    assert rows_left(app) == 2


def test_a_file_that_was_sent_again_since_is_kept(old, files):
    old.upload("prices", CONTENT)
    assert prune(old).verdicts == ["same", "wrong"]
    assert len(kept(files)) == 1

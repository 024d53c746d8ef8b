"""The pages around an import: who may, what is said, and what can be downloaded."""

import pytest
from sqlalchemy import update

from app.accounts.service import roles
from app.core.access import SYSTEM
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.imports import words
from app.imports.models import ImportJob
from tests import factories
from tests.imports.desk import ImportDesk, table, text_of

HEAD = "sku,unit_price"


def test_sending_leads_to_a_page_that_waits_for_the_worker(desk, shop):
    desk.upload("prices", table(HEAD, "COF-HSE-1K,18.90"), "prices/autumn.csv")
    page = desk.page()
    assert "Being read" in page
    assert "Look again" in page
    assert "data-refresh" in page
    assert ">autumn.csv<" in page


def test_the_page_says_what_would_happen_and_what_stays_out(desk, shop):
    desk.send("prices", table(HEAD, "COF-HSE-1K,18.90", "COF-DEC-1K,18.40", "NO,1", "NO-2,12.50"))
    page = text_of(desk.page())
    assert "2 rows cannot be imported" in page
    assert "Row 4, SKU: No product has the SKU NO." in page
    assert "Import 1 good row" in page
    assert "2 rows stay out" in page
    assert "18.40 → becomes 18.90" in text_of(desk.page("changed"))


def test_wrong_rows_come_back_with_their_reason_and_can_be_sent_again(desk, shop):
    desk.send("prices", table(HEAD, "COF-HSE-1K,18.90", 'NO,"12,5"', "=NO,1"))
    text = desk.file("wrong")
    no_amount = "“12,5” can be read in two ways. Type it without a comma, like 18.40."
    first = f'"sku: No product has the SKU NO. unit_price: {no_amount}"'
    assert text.splitlines()[:2] == ["sku,unit_price,problem", f'NO,"12,5",{first}']
    assert text.splitlines()[2].startswith("'=NO,1,")
    mended = text.replace("NO", "COF-DEC-1K").replace('"12,5"', "12.50").replace("'=", "").splitlines()[:2]
    assert desk.send("prices", table(*mended)).verdicts == ["changed"]


def test_nothing_to_do_is_not_done(desk, shop):
    desk.send("prices", table(HEAD, "COF-HSE-1K,18.40"))
    assert "good row" not in desk.page()
    assert desk.visitor.submit(f"/admin/imports/{desk.import_id}/commit").status_code == 409


def test_an_import_is_committed_once(desk, shop):
    desk.send("prices", table(HEAD, "COF-HSE-1K,18.90"))
    desk.do("commit")
    again = desk.visitor.submit(f"/admin/imports/{desk.import_id}/commit")
    assert (again.status_code, "This import is imported" in again.text) == (409, True)


def test_the_same_form_twice_is_one_import(app, desk, shop):
    with app.app_context():
        before = db.session.query(ImportJob).count()
    for _ in range(2):
        answer = desk.visitor.submit(
            "/admin/imports", kind="prices", once="a-token", file=(_file(table(HEAD, "A,1")), "a.csv")
        )
        assert answer.status_code == 303
    with app.app_context():
        assert db.session.query(ImportJob).count() == before + 1


def test_another_file_is_another_import_also_from_a_form_that_was_sent_before(app, desk, shop):
    places = set()
    for row in ("A,1", "B,1"):
        answer = desk.visitor.submit(
            "/admin/imports", kind="prices", once="a-token", file=(_file(table(HEAD, row)), "a.csv")
        )
        places.add(answer.location)
    assert len(places) == 2


def _file(text):
    from io import BytesIO

    return BytesIO(text.encode())


def test_rows_are_paged_in_the_order_of_the_file(desk, shop):
    desk.send("prices", table(HEAD, *[f"NO-{number},1" for number in range(120)]))
    page = desk.page("wrong")
    assert "120 rows" in text_of(page)
    assert 'rel="next"' in page
    assert 'id="r51"' in page
    assert 'id="r52"' not in page


@pytest.mark.parametrize(
    "path", ["", ".csv", "/1", "/1.csv", "/1/undo", "/templates/prices.csv", "/now/prices.csv"]
)
def test_nobody_without_the_permission_comes_here(as_user, tom, maya, path):
    assert as_user(tom).get(f"/admin/imports{path}").status_code == 403
    assert as_user(maya).get(f"/admin/imports{path}").status_code == 404


def somebody_who_counts():
    facts = {"code": "counter", "name": "Counter", "kind": "staff"}
    roles.create(**facts, permissions=["imports:run", "stock:write"], by=SYSTEM)
    return factories.user("Cleo Counter", role="counter")


def test_whoever_may_not_change_prices_by_hand_may_not_import_them(app, files, as_user):
    with app.app_context():
        counter = somebody_who_counts()
    desk = ImportDesk(app, as_user(counter))
    page = desk.visitor.get("/admin/imports").text
    assert ('value="stock"' in page, 'value="prices"' in page) == (True, False)
    assert desk.upload("prices", table(HEAD, "A,1")).status_code == 403


def test_a_worker_that_always_dies_over_it_leaves_a_verdict(app, desk, shop):
    desk.upload("prices", table(HEAD, "COF-HSE-1K,18.90"))
    with app.app_context():
        db.session.execute(update(OutboxMessage).values(attempts=3))
        db.session.commit()
    seen = desk.look()
    assert (seen.state, seen.problem.startswith("We tried several times to read")) == ("failed", True)
    assert desk.do("check").verdicts == ["changed"]


def test_a_worker_that_was_taken_for_dead_replaces_nothing(app, desk, files, shop):
    from app.core.business import today
    from app.imports.kinds import PRICES
    from app.imports.service import judging

    desk.send("prices", table(HEAD, "COF-HSE-1K,18.90"))
    desk.do("commit")
    with app.app_context():
        judging.judge(desk.import_id, PRICES, _file(table(HEAD, "COF-HSE-1K,20.00")), on=today())
        judging.refuse(desk.import_id, "This file is empty.")
    assert (desk.seen().state, desk.seen().verdicts) == ("committed", ["changed"])
    assert desk.do("undo").state == "undone"


def test_a_file_that_is_gone_says_so(desk, files, shop):
    desk.upload("prices", table(HEAD, "COF-HSE-1K,18.90"))
    for kept in files.folder.glob("*/*"):
        kept.unlink()
    assert desk.look().problem == "The file itself is gone. Send it again."


def test_without_a_place_for_files_the_page_says_what_to_set(app, as_user, owner):
    desk = ImportDesk(app, as_user(owner))
    answer = desk.upload("prices", table(HEAD, "A,1"))
    assert (answer.status_code, "Set FILES_DIR or S3_BUCKET" in answer.text) == (422, True)


def test_earlier_imports_and_the_rows_of_one_come_as_files(desk, shop):
    desk.send("prices", table(HEAD, "COF-HSE-1K,18.90", "COF-DEC-1K,18.40", "NO,1"), "autumn.csv")
    head, line = desk.visitor.get("/admin/imports.csv").get_data().decode("utf-8-sig").splitlines()
    assert head == "Number,File,What,Rows,New,Changed,Same,To fix,Sent,By,State"
    assert line.startswith(f"{desk.import_id},autumn.csv,prices,3,0,1,1,1,")
    assert line.endswith(",Hana Whitlock,read")
    changed = "sku,unit_price,was\r\nCOF-HSE-1K,18.90,unit_price: 18.40\r\n"
    assert desk.file("changed") == changed
    assert desk.file("same") == "sku,unit_price,was\r\nCOF-DEC-1K,18.40,\r\n"
    assert desk.send("prices", changed).verdicts == ["changed"]


def test_an_import_is_undone_after_a_question(desk, shop):
    desk.send("prices", table(HEAD, "COF-HSE-1K,18.90"))
    desk.do("commit")
    path = f"/admin/imports/{desk.import_id}/undo"
    assert f'href="{path}"' in desk.page()
    assert "1 row goes back to what it said before" in text_of(desk.visitor.get(path).text)
    assert desk.seen().state == "committed"
    assert desk.do("undo").state == "undone"


def test_whoever_may_not_see_prices_sees_no_file_of_them(app, desk, shop, as_user):
    desk.send("prices", table(HEAD, "COF-HSE-1K,18.90"))
    prices = desk.import_id
    desk.send("stock", table("sku,on_hand", "COF-HSE-1K,5"))
    with app.app_context():
        theirs = as_user(somebody_who_counts())
    for path in (f"{prices}", f"{prices}.csv", f"{prices}/undo", "now/prices.csv", "now/customers.csv"):
        assert theirs.get(f"/admin/imports/{path}").status_code == 403, path
    for path in (f"{desk.import_id}", f"{desk.import_id}.csv", "now/stock.csv"):
        assert theirs.get(f"/admin/imports/{path}").status_code == 200, path
    listed = theirs.get("/admin/imports").text
    assert [f"/admin/imports/{number}" in listed for number in (prices, desk.import_id)] == [False, True]
    file = theirs.get("/admin/imports.csv").text
    assert ("prices" in file, "stock" in file) == (False, True)


@pytest.mark.parametrize("verb", ["commit", "undo"])
def test_whoever_may_not_change_prices_by_hand_writes_and_undoes_no_import(app, desk, shop, as_user, verb):
    desk.send("prices", table(HEAD, "COF-HSE-1K,18.90"))
    if verb == "undo":
        desk.do("commit")
    before = desk.seen().state
    with app.app_context():
        theirs = as_user(somebody_who_counts())
    assert theirs.submit(f"/admin/imports/{desk.import_id}/{verb}").status_code == 403
    assert desk.look().state == before


def test_columns_are_called_as_people_write_them(desk):
    assert [words.column(name) for name in ("po_required", "address_line1", "tax_id")] == [
        "PO required",
        "Address line 1",
        "Tax ID",
    ]

"""Customers from a file, with their buyers and addresses."""

from sqlalchemy import select

from app.accounts.models import Customer, User
from app.accounts.queries.people import person_called, person_seen_by
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.customers.models import Address
from tests import factories
from tests.accounts.acting import EVERYBODY
from tests.imports.desk import table

HEAD = (
    "code,name,payment_terms,buyer_email,buyer_name,address_label,address_line1,address_city,address_postcode,"
    "address_billing"
)
MILL = (
    "OLD-MILL,The Old Mill,net30,ida@mill.example,Ida Hall,Shop,1 Weir Lane,Leeds,LS1 4AB,yes",
    "OLD-MILL,The Old Mill,net30,otto@mill.example,Otto Reed,Barn,2 Weir Lane,Leeds,LS1 4AC,no",
)


def customers(app):
    with app.app_context():
        db.session.expire_all()
        rows = db.session.scalars(select(Customer).where(Customer.deleted_at.is_(None)))
        return {row.code: row for row in rows}


def names(app, table_of, column):
    with app.app_context():
        db.session.expire_all()
        return sorted(db.session.scalars(select(column).where(table_of.deleted_at.is_(None))))


def test_a_customer_comes_with_its_buyers_and_addresses(app, desk):
    seen = desk.send("customers", table(HEAD, *MILL))
    assert seen.verdicts == ["new", "new"]
    assert desk.do("commit").state == "committed"
    mill = customers(app)["OLD-MILL"]
    assert (mill.name, mill.payment_terms, mill.status) == ("The Old Mill", "net30", "active")
    with app.app_context():
        ida = person_called("ida@mill.example")
        assert (ida.customer_id, ida.state) == (mill.id, "invited")
        assert person_seen_by(EVERYBODY, ida.id).role_codes == ["buyer"]
        doors = db.session.scalars(select(Address).order_by(Address.label)).all()
        assert [(door.label, door.postcode, door.is_default_billing) for door in doors] == [
            ("Barn", "LS1 4AC", False),
            ("Shop", "LS1 4AB", True),
        ]


def test_imported_buyers_get_no_mail_and_the_page_says_so(app, desk):
    desk.send("customers", table(HEAD, *MILL))
    assert "Buyers get no mail from an import" in desk.page()
    desk.do("commit")
    with app.app_context():
        topics = set(db.session.scalars(select(OutboxMessage.topic)))
    assert topics == {"imports.read", "imports.commit"}


def test_the_same_file_again_changes_nothing(app, desk):
    desk.send("customers", table(HEAD, *MILL))
    desk.do("commit")
    assert desk.send("customers", table(HEAD, *MILL)).verdicts == ["same", "same"]


def test_a_known_customer_gets_a_buyer_and_another_address(app, desk, copper_kettle):
    code = copper_kettle.code
    seen = desk.send(
        "customers",
        table(
            "code,phone,buyer_email,buyer_name,address_label,address_line1,address_city,address_postcode",
            f"{code},0113,ida@kettle.example,Ida,Shop,1 Weir Lane,Leeds,LS1",
        ),
    )
    assert seen.verdicts == ["changed"]
    assert seen.befores[0]["buyer_email"] == ""
    desk.do("commit")
    assert customers(app)[code].phone == "0113"
    assert names(app, Address, Address.label) == ["Shop"]
    assert desk.do("undo").state == "undone"
    assert customers(app)[code].phone == ""
    assert names(app, Address, Address.label) == []
    assert "ida@kettle.example" not in names(app, User, User.email)


def test_an_import_of_customers_is_undone_and_done_again(app, desk):
    desk.send("customers", table(HEAD, *MILL))
    desk.do("commit")
    assert desk.do("undo").state == "undone"
    assert "OLD-MILL" not in customers(app)
    assert names(app, Address, Address.label) == []
    desk.do("check")
    assert desk.do("commit").state == "committed"


def test_facts_of_one_customer_agree_between_its_rows(desk):
    other = MILL[1].replace("net30", "net7")
    seen = desk.send("customers", table(HEAD, MILL[0], other))
    assert seen.problems == [{}, {"payment_terms": "Row 2 says “net30” of the same customer."}]


def test_a_buyer_belongs_to_one_customer(desk, maya, owner):
    seen = desk.send(
        "customers",
        table(
            "code,name,buyer_email,buyer_name", f"NEW,New,{maya.email},Maya", f"NEW,New,{owner.email},Hana"
        ),
    )
    assert [row["buyer_email"] for row in seen.problems] == [
        f"Somebody else already uses {maya.email}.",
        f"Somebody else already uses {owner.email}.",
    ]


def test_one_address_at_most_is_the_usual_one(app, desk):
    desk.send("customers", table(HEAD, *MILL))
    desk.do("commit")
    both = [row.replace("LS1 4AC,no", "LS1 4AC,yes") for row in MILL]
    assert "has another usual address" in desk.send("customers", table(HEAD, both[1])).said()
    swapped = [row.replace(",yes", ",x").replace(",no", ",yes").replace(",x", ",no") for row in MILL]
    assert desk.send("customers", table(HEAD, *swapped)).verdicts == ["changed", "changed"]
    assert desk.do("commit").state == "committed"
    assert desk.do("undo").state == "undone"
    desk.do("check")
    desk.do("commit")
    desk.send("customers", table(HEAD, *MILL))
    assert desk.do("commit").state == "committed"
    with app.app_context():
        usual = select(Address.label).where(Address.is_default_billing, Address.deleted_at.is_(None))
        assert db.session.scalars(usual).all() == ["Shop"]


def test_an_import_moves_no_customer_that_we_have(desk, copper_kettle):
    seen = desk.send("customers", table("code,status", f"{copper_kettle.code},closed"))
    assert seen.said() == "An import does not move a customer that we have: do that on its own page."


def test_a_new_address_says_what_it_needs_and_a_part_needs_its_whole(desk, copper_kettle):
    code = copper_kettle.code
    seen = desk.send(
        "customers", table("code,address_label,address_city", f"{code},Shop,Leeds", f"{code},,York")
    )
    assert seen.problems[0] == {"address_line1": "An address needs its first line."}
    assert seen.problems[1] == {"address_city": "This needs “address_label” beside it."}


def test_a_list_is_one_for_some_and_a_manager_is_one_of_ours(app, desk, owner, copper_kettle):
    with app.app_context():
        factories.price_list("Cafés", code="cafes")
    code = copper_kettle.code
    seen = desk.send("customers", table("code,price_list,account_manager", f"{code},base,a@b.example"))
    assert set(seen.problems[0]) == {"price_list", "account_manager"}
    desk.send("customers", table("code,price_list,account_manager", f"{code},cafes,{owner.email}"))
    desk.do("commit")
    assert customers(app)[code].account_manager_id == owner.id

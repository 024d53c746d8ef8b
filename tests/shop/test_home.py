"""The buyer's start page: who they are, for whom they buy, and what we wrote to them."""

from sqlalchemy import func

from app.core.outbox import OutboxMessage
from tests import factories

NOW = func.clock_timestamp()


def mail(to, subject: str) -> OutboxMessage:
    sent = {"to": to.email, "subject": subject, "text": "Hello", "html": "", "message_id": "<1@x>"}
    return factories.saved(
        OutboxMessage(topic="a.b", payload={}, attempts=1, done_at=NOW, sent=sent, user_id=to.id)
    )


def said_to(browser) -> str:
    page = browser.get("/")
    assert page.status_code == 200
    return " ".join(page.get_data(as_text=True).split())


def test_it_says_who_you_are_and_for_whom_you_buy(as_user, maya):
    page = said_to(as_user(maya))
    assert "<h1>Copper Kettle Café</h1>" in page
    assert "Maya Osei" in page
    assert maya.email in page
    assert "None yet" in page


def test_colleagues_are_counted_within_the_company_only(app, as_user, maya, ben, copper_kettle):
    with app.app_context():
        factories.user("Ada Osei", role="buyer", of=copper_kettle)
    assert "<dt>Colleagues</dt><dd>1</dd>" in said_to(as_user(maya))
    assert "<dt>Colleagues</dt><dd>None yet</dd>" in said_to(as_user(ben))


def test_the_last_mails_are_yours_and_lead_to_their_text(app, as_user, maya, ben):
    with app.app_context():
        number = mail(maya, "Your price list").id
        mail(ben, "For Ben alone")
    browser = as_user(maya)
    page = said_to(browser)
    assert "Your price list" in page
    assert "For Ben alone" not in page
    assert browser.get(f"/account/emails/{number}").status_code == 200


def test_staff_start_at_their_desk(as_user, tom):
    assert as_user(tom).get("/").location == "/desk"


def test_strangers_sign_in_first(visitor):
    assert visitor.get("/").location.startswith("/login")

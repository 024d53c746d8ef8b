"""A key that may come from some addresses only: which those are, and what it does elsewhere."""

import pytest
from flask import Flask
from sqlalchemy import select

from app.accounts.allowed_addresses import includes, networks
from app.accounts.credentials import ApiKey
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from tests import factories
from tests.accounts.acting import actions
from tests.accounts.program import Program, code_of
from tests.accounts.test_role_and_key_pages import key_facts
from tests.visitor import Visitor


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("203.0.113.7/24", "203.0.113.0/24"),
        ("2001:DB8:0::7", "2001:db8::7/128"),
        ("2001:db8::/32", "2001:db8::/32"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.0/120", "203.0.113.0/24"),
    ],
)
def test_an_address_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    assert networks([typed, kept]) == [kept]


@pytest.mark.parametrize(
    "typed",
    [
        "example.com",
        "300.1.1.1",
        "10.0.0.0/33",
        "10.1",
        "2130706433",
        "0x7f.1",
        "fe80::1%eth0",
        "٣.3.3.3",
        "/8",
    ],
)
def test_what_is_no_address_is_refused_by_its_name(typed: str) -> None:
    with pytest.raises(Refused, match="is no address") as refusal:
        networks(["203.0.113.7", typed])
    assert typed in refusal.value.message
    assert refusal.value.field == "allowed_addresses"


@pytest.mark.parametrize("typed", ["0.0.0.0/0", "::/0", "::ffff:0.0.0.0/96"])
def test_everywhere_is_no_network(typed: str) -> None:
    with pytest.raises(Refused, match="is everywhere"):
        networks([typed])


def test_a_long_list_is_refused() -> None:
    with pytest.raises(Refused, match="20 networks or fewer"):
        networks(f"10.0.0.{number}" for number in range(21))


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("203.0.113.7", True),
        ("203.0.114.7", False),
        ("::ffff:203.0.113.7", True),
        ("2001:db8:1::5", True),
        ("2001:db9::5", False),
        ("::203.0.113.7", False),
        ("", False),
        ("unix:", False),
    ],
)
def test_where_a_request_comes_from_is_in_the_list_or_not(address: str, may: bool) -> None:
    assert includes(["203.0.113.0/24", "2001:db8::/32"], address) is may
    assert includes([], address)


def made(app: Flask, *allowed: str) -> str:
    with app.app_context():
        return factories.api_key("users:write", allowed_addresses=allowed, by=SYSTEM)[1]


def asked_from(app: Flask, address: str, text: str, **headers: str):
    program = Program(app, text)
    program.client.environ_base["REMOTE_ADDR"] = address
    return program.get("/users", **headers)


def test_a_key_works_from_its_addresses_only_and_says_why_elsewhere(app: Flask) -> None:
    text = made(app, "203.0.113.0/24", "2001:db8::/32")
    assert asked_from(app, "203.0.113.9", text).status_code == 200
    assert asked_from(app, "2001:db8::9", text).status_code == 200
    elsewhere = asked_from(app, "198.51.100.1", text)
    assert (elsewhere.status_code, code_of(elsewhere)) == (403, "address_not_allowed")
    assert elsewhere.json["message"] == "This key may not be used from 198.51.100.1."
    assert asked_from(app, "198.51.100.1", made(app)).status_code == 200, (
        "one without a list comes from anywhere"
    )


def test_a_claimed_address_counts_for_nothing(app: Flask) -> None:
    answer = asked_from(app, "198.51.100.1", made(app, "203.0.113.7"), X_Forwarded_For="203.0.113.7")
    assert answer.status_code == 403


def test_a_use_from_elsewhere_is_no_use(app: Flask) -> None:
    asked_from(app, "198.51.100.1", made(app, "203.0.113.7"))
    with app.app_context():
        assert db.session.scalars(select(ApiKey)).one().last_used_at is None


def test_whoever_has_half_a_key_does_not_hear_where_it_would_work(app: Flask) -> None:
    text = made(app, "203.0.113.7")
    assert asked_from(app, "198.51.100.1", text[:-1]).status_code == 401


def test_the_page_takes_a_list_and_shows_it(desk: Visitor) -> None:
    typed = " 203.0.113.7/24, 2001:db8::7 ;198.51.100.4, "
    made = desk.submit("/admin/keys/new", **key_facts(allowed_addresses=typed))
    kept = db.session.scalars(select(ApiKey)).one().allowed_addresses
    assert kept == ["198.51.100.4/32", "2001:db8::7/128", "203.0.113.0/24"]
    assert ", ".join(kept) in desk.get(made.location).text


def test_the_page_refuses_what_is_no_address_beside_the_box(desk: Visitor) -> None:
    answer = desk.submit("/admin/keys/new", **key_facts(allowed_addresses="10.0.0.1, shop.example"))
    assert answer.status_code == 422
    assert "“shop.example” is no address." in answer.text
    assert 'value="10.0.0.1, shop.example"' in answer.text
    assert actions() == []

"""People through the JSON door: read, invited, replaced, deleted, and never somebody else's."""

from typing import Any

import pytest
from flask import Flask

from app.accounts.models import Customer, User
from app.core.database import db
from app.core.outbox import OutboxMessage
from tests import factories, statements
from tests.accounts.program import NOT_OURS_TO_SEND, Program, code_of, signed_in


@pytest.fixture
def lena(app: Flask, copper_kettle: Customer) -> User:
    """Maya's colleague."""
    with app.app_context():
        return factories.user("Lena Brandt", role="buyer", of=copper_kettle)


def replacing(user: User, **changed: Any) -> dict[str, Any]:
    return {"email": user.email, "name": user.name, "roles": ["buyer"], "is_active": True} | changed


def row(app: Flask, user_id: int) -> User:
    with app.app_context():
        found = db.session.get(User, user_id)
        assert found is not None
        return found


def test_me_is_the_person_with_permissions(mayas: Program, maya: User, copper_kettle: Customer) -> None:
    answer = mayas.get("/me")
    assert answer.status_code == 200
    me = answer.json["data"]
    assert me["email"] == maya.email
    assert me["customer"] == copper_kettle.code
    assert me["roles"] == ["customer_admin"]
    assert "users:write" in me["permissions"]
    assert me["created_at"].endswith("Z")
    assert answer.headers["ETag"].startswith(f'"{me["version"]}.')


def test_a_user_has_exactly_the_promised_fields(office: Program, maya: User) -> None:
    data = office.get(f"/users/{maya.id}").json["data"]
    assert list(data) == [
        *("id", "email", "name", "kind", "customer", "roles", "is_active"),
        *("created_at", "updated_at", "version"),
    ]


def test_an_invited_person_gets_a_mail_and_no_password(
    app: Flask, office: Program, northgate: Customer
) -> None:
    sent = {
        "email": " Nadia@Northgate.Example ",
        "name": "Nadia  Khan",
        "kind": "buyer",
        "customer": northgate.code,
        "roles": ["buyer"],
    }
    answer = office.post("/users", sent)
    assert answer.status_code == 201, answer.text
    data = answer.json["data"]
    assert (data["email"], data["name"]) == ("nadia@northgate.example", "Nadia Khan")
    assert data["customer"] == northgate.code
    assert row(app, data["id"]).password_hash is None
    with app.app_context():
        assert [m.topic for m in db.session.query(OutboxMessage)] == ["accounts.mail_invite"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"customer": "NOBODY"}, "customer"),
        ({"customer": None}, "customer"),
        ({"roles": ["order_clerk"]}, "roles"),
        ({"roles": ["nothing"]}, "roles"),
        ({"email": "not an address"}, "email"),
        ({"name": "   "}, "name"),
        ({"kind": "robot"}, "kind"),
    ],
)
def test_a_wrong_invitation_names_its_field(
    office: Program, northgate: Customer, changed: dict[str, Any], field: str
) -> None:
    sent = {
        "email": "n@n.example",
        "name": "N",
        "kind": "buyer",
        "customer": northgate.code,
        "roles": ["buyer"],
    }
    answer = office.post("/users", sent | changed)
    assert answer.status_code == 422, answer.text
    assert answer.json["errors"][0]["field"] == field


def test_put_replaces_and_moves_the_version(app: Flask, office: Program, maya: User) -> None:
    before = office.get(f"/users/{maya.id}").json["data"]
    answer = office.put(
        f"/users/{maya.id}", replacing(maya, name="Maya Osei-Bell"), version=before["version"]
    )
    assert answer.status_code == 200, answer.text
    after = answer.json["data"]
    assert (after["name"], after["roles"]) == ("Maya Osei-Bell", ["buyer"])
    assert after["version"] > before["version"]
    assert answer.headers["ETag"] == f'"{after["version"]}"'


def test_a_change_of_roles_alone_moves_the_version(office: Program, lena: User) -> None:
    seen = office.get(f"/users/{lena.id}").json["data"]["version"]
    roles = {"roles": ["customer_admin"]}
    after = office.put(f"/users/{lena.id}", replacing(lena, **roles), version=seen).json["data"]
    again = office.put(f"/users/{lena.id}", replacing(lena), version=after["version"]).json["data"]
    assert seen < after["version"] < again["version"]


def test_a_change_needs_the_version_it_was_made_from(app: Flask, office: Program, maya: User) -> None:
    path = f"/users/{maya.id}"
    assert office.put(path, replacing(maya, name="Lost"), version=None).status_code == 428
    stale = office.put(path, replacing(maya, name="Lost"), version=99)
    assert (stale.status_code, code_of(stale)) == (412, "stale")
    assert office.delete(path, version=None).status_code == 428
    assert office.delete(path, version=99).status_code == 412
    assert office.ask("PUT", path, replacing(maya), If_Match="*").status_code == 428
    assert office.ask("PUT", path, replacing(maya), If_Match='"abc"').status_code == 412
    assert row(app, maya.id).name == "Maya Osei"


def test_put_can_shut_out_and_let_in(app: Flask, office: Program, mayas: Program, maya: User) -> None:
    path = f"/users/{maya.id}"
    seen = office.get(path).json["data"]["version"]
    out = office.put(path, replacing(maya, is_active=False), version=seen)
    assert out.json["data"]["is_active"] is False
    assert mayas.get("/me").status_code == 401
    again = office.put(path, replacing(maya), version=out.json["data"]["version"])
    assert again.json["data"]["is_active"] is True


def test_put_keeps_the_phone_it_cannot_see(app: Flask, office: Program, maya: User) -> None:
    with app.app_context():
        db.session.get(User, maya.id).phone = "0113 496 0000"
        db.session.commit()
    seen = office.get(f"/users/{maya.id}").json["data"]["version"]
    office.put(f"/users/{maya.id}", replacing(maya), version=seen)
    assert row(app, maya.id).phone == "0113 496 0000"


def test_a_deleted_person_is_gone_but_kept(app: Flask, office: Program, maya: User) -> None:
    path = f"/users/{maya.id}"
    version = office.get(path).json["data"]["version"]
    answer = office.delete(path, version=version)
    assert (answer.status_code, answer.json["data"], answer.json["success"]) == (200, None, True)
    assert office.get(path).status_code == 404
    assert office.delete(path, version=version).status_code == 404
    assert row(app, maya.id).deleted_at is not None


@pytest.mark.parametrize("name", NOT_OURS_TO_SEND)
def test_what_is_not_ours_to_send_changes_nothing(app: Flask, office: Program, maya: User, name: str) -> None:
    path = f"/users/{maya.id}"
    before = office.get(path).json["data"]
    answer = office.put(path, replacing(maya) | {name: NOT_OURS_TO_SEND[name]}, version=before["version"])
    assert (answer.status_code, code_of(answer)) == (422, "unknown_field")
    assert answer.json["errors"][0]["field"] == name
    invitation = {"email": "n@n.example", "name": "N", "kind": "staff", "roles": ["warehouse"]}
    assert code_of(office.post("/users", invitation | {name: NOT_OURS_TO_SEND[name]})) == "unknown_field"
    assert office.get(path).json["data"] == before
    assert office.get("/users?q=n@n.example").json["data"]["total"] == 0


def test_a_buyer_sees_and_changes_colleagues_only(
    mayas: Program, ben: User, owner: User, lena: User, copper_kettle: Customer
) -> None:
    listed = mayas.get("/users").json["data"]
    assert {user["customer"] for user in listed["items"]} == {copper_kettle.code}
    for stranger in (ben, owner):
        path = f"/users/{stranger.id}"
        assert mayas.get(path).status_code == 404
        assert mayas.put(path, replacing(stranger), version=1).status_code == 404
        assert mayas.delete(path, version=1).status_code == 404
    seen = mayas.get(f"/users/{lena.id}").json["data"]["version"]
    assert mayas.put(f"/users/{lena.id}", replacing(lena, name="Lena B"), version=seen).status_code == 200


def test_a_buyer_invites_into_their_own_company_only(
    mayas: Program, copper_kettle: Customer, northgate: Customer
) -> None:
    sent = {"email": "n@n.example", "name": "N", "kind": "buyer", "roles": ["buyer"]}
    assert mayas.post("/users", sent | {"customer": northgate.code}).status_code == 422
    assert mayas.post("/users", sent | {"kind": "staff", "roles": ["admin"]}).status_code == 403
    assert mayas.post("/users", sent).json["data"]["customer"] == copper_kettle.code


def test_without_the_permission_nothing_is_shown(app: Flask, ben: User, tom: User) -> None:
    for person in (ben, tom):
        program = signed_in(app, person)
        answer = program.get("/users")
        assert (answer.status_code, code_of(answer)) == (403, "forbidden")
        assert program.post("/users", {}).status_code == 403


def test_lists_are_filtered_sorted_and_paged(office: Program, maya: User, ben: User, tom: User) -> None:
    def names(query: str) -> list[str]:
        return [user["name"] for user in office.get(f"/users?{query}").json["data"]["items"]]

    assert names("sort=-name") == ["Tom Ridley", "Maya Osei", "Hana Whitlock", "Ben Farrow"]
    assert names("sort=name&page=2&page_size=3") == ["Tom Ridley"]
    assert names("q=osei") == ["Maya Osei"]
    assert names("kind=buyer") == ["Ben Farrow", "Maya Osei"]
    assert names("role=order_clerk") == ["Tom Ridley"]
    assert names("customer=NORTHGATE-DELI") == ["Ben Farrow"]
    assert names("is_active=false") == []
    page = office.get("/users?page_size=3").json["data"]
    assert (page["total"], page["page"], page["page_size"], page["has_more"]) == (4, 1, 3, True)
    assert office.get("/users?page=2&page_size=3").json["data"]["has_more"] is False


def test_a_list_costs_two_queries_however_long(app: Flask, office: Program, maya: User, ben: User) -> None:
    with statements.noted() as asked:
        office.get("/users")
    selects = [statement for statement in asked if statement.lstrip().startswith("SELECT")]
    assert len(selects) == 3  # who asks, the rows, the total


def test_a_number_beyond_the_database_is_not_found(office: Program) -> None:
    assert office.get(f"/users/{2**63}").status_code == 404
    assert office.delete(f"/users/{2**63}", version=1).status_code == 404
    assert office.get(f"/jobs/{10**30}").status_code == 404

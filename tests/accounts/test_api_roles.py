"""Roles through the JSON door: made, changed, removed, and by staff only."""

import pytest

from tests.accounts.program import NOT_OURS_TO_SEND, Program, code_of


def test_roles_are_made_changed_and_removed(office: Program) -> None:
    made = office.post(
        "/roles",
        {"code": "night_shift", "name": "Night shift", "kind": "staff", "permissions": ["orders:read"]},
    )
    assert made.status_code == 201, made.text
    first = made.json["data"]
    assert first["permissions"] == ["orders:read"]
    changed = office.put(
        "/roles/night_shift",
        {"name": "Nights", "permissions": ["orders:fulfil", "orders:read"]},
        version=first["version"],
    ).json["data"]
    assert changed["permissions"] == ["orders:fulfil", "orders:read"]
    assert changed["version"] > first["version"]
    stale = office.put(
        "/roles/night_shift", {"name": "X", "permissions": ["orders:read"]}, version=first["version"]
    )
    assert stale.status_code == 412
    assert office.delete("/roles/night_shift", version=changed["version"]).status_code == 200
    assert office.get("/roles/night_shift").status_code == 404


def test_buyers_see_the_roles_of_buyers_and_change_none(mayas: Program) -> None:
    listed = mayas.get("/roles").json["data"]["items"]
    assert {role["kind"] for role in listed} == {"buyer"}
    assert mayas.get("/roles/admin").status_code == 404
    sent = {"code": "x1", "name": "X", "kind": "buyer", "permissions": ["orders:read"]}
    assert mayas.post("/roles", sent).status_code == 404
    assert mayas.delete("/roles/buyer", version=1).status_code == 404


@pytest.mark.parametrize("extra", NOT_OURS_TO_SEND)
def test_a_role_takes_no_foreign_fields(office: Program, extra: str) -> None:
    sent = {"code": "x1", "name": "X", "kind": "staff", "permissions": ["orders:read"]}
    answer = office.post("/roles", sent | {extra: NOT_OURS_TO_SEND[extra]})
    assert (answer.status_code, code_of(answer)) == (422, "unknown_field")
    assert office.get("/roles/x1").status_code == 404

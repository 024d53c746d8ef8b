"""Imports for programs."""

from io import BytesIO

import pytest

from app.jobs import perform_all
from tests.accounts.program import Program, code_of, signed_in
from tests.imports.desk import table

HEAD = "sku,unit_price"


@pytest.fixture
def program(app, owner, files):
    return signed_in(app, owner)


def send(program: Program, **fields):
    headers = {"Authorization": f"Bearer {program.credential}", "Content-Type": "multipart/form-data"}
    return program.client.post("/api/v1/imports", data=fields, headers=headers)


def test_a_program_sends_a_file_reads_the_verdict_commits_and_undoes(app, program, shop):
    content = table(HEAD, "COF-HSE-1K,18.90", "NO,1")
    answer = send(program, kind="prices", file=(BytesIO(content.encode()), "autumn.csv"))
    assert answer.status_code == 202, answer.text
    sent = answer.json["data"]
    assert (sent["state"], sent["filename"]) == ("reading", "autumn.csv")
    path = f"/imports/{sent['id']}"
    for verb, state in (("", "read"), ("/commit", "committed"), ("/undo", "undone")):
        if verb:
            assert program.post(f"{path}{verb}").status_code == 202
        with app.app_context():
            perform_all()
        found = program.get(path).json["data"]
        assert found["state"] == state
        assert found["rows"] == {"new": 0, "changed": 1, "same": 0, "wrong": 1}
    assert code_of(program.post(f"{path}/commit")) == "conflict"


def test_what_is_missing_or_unknown_is_named(program):
    answer = send(program, kind="prizes", file=(BytesIO(b"x"), "a.csv"), more="x")
    assert {error["field"] for error in answer.json["errors"]} == {"kind", "more"}
    answer = send(program, kind="prices", file="not a file")
    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "file")
    assert program.post("/imports", {"kind": "prices"}).status_code == 415


def test_an_import_that_is_not_there_is_not_there(program):
    assert program.get("/imports/987654321").status_code == 404
    assert program.post("/imports/987654321/commit").status_code == 404


def test_a_large_file_is_listened_to_only_from_whoever_may_send_it(app, program, files):
    stranger = Program(app, "made.up.token")
    answer = send(stranger, kind="prices", file=(BytesIO(b"x" * 10_200_000), "autumn.csv"))
    assert (answer.status_code, code_of(answer)) == (401, "unauthorized")
    assert send(program, kind="prices", file=(BytesIO(b"x" * 10_200_000), "a.csv")).status_code == 413

"""What the loop runs after a change: no less than what the change can reach."""

import pytest

from tests.changed import ROOT, everything_as_it_is, folders_for, rooms_from_above

EVERYTHING = ["tests"]


@pytest.mark.parametrize(
    "path",
    [
        "app/core/clock.py",
        "app/web/forms.py",
        "app/jobs_of_tomorrow.py",
        "templates/layouts/shell.html",
        "templates/macros/forms.html",
        "tests/conftest.py",
        "migrations/versions/0001.py",
        "requirements.txt",
        "pyproject.toml",
        "bin/test",
    ],
)
def test_what_lies_beneath_all_rooms_reaches_every_test(path: str) -> None:
    assert folders_for({path}, rooms_from_above()) == EVERYTHING


@pytest.mark.parametrize(
    "path", ["app/stock/shelf.py", "templates/stock/list.html", "templates/mail/stock/low.txt"]
)
def test_a_room_is_seen_by_itself_and_from_above(path: str) -> None:
    found = folders_for({path}, rooms_from_above())
    assert {"tests/stock", "tests/orders", "tests/imports", "tests/shop", "tests/architecture"} <= set(found)
    assert not {"tests/accounts", "tests/catalogue", "tests/customers", "tests/core"} & set(found)


def test_what_stands_beside_the_house_is_seen_by_the_tests_that_drive_it() -> None:
    assert "tests/payments" in folders_for({"app/sandbox/cards.py"}, rooms_from_above())


def test_tests_run_when_they_change_and_words_for_people_reach_none() -> None:
    found = folders_for({"tests/stock/test_pages.py", "README.md", "docs/api.md"}, rooms_from_above())
    assert found == ["tests/architecture", "tests/stock"]


def test_it_looks_at_what_is_not_committed_yet() -> None:
    assert str(__file__).removeprefix(f"{ROOT}/") in everything_as_it_is()

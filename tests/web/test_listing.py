"""A list lives in its address: whoever sends it to a colleague sends what they see."""

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.accounts.models import User
from app.core.paging import PAGE_SIZE
from tests import factories
from tests.visitor import Visitor

COUNT = PAGE_SIZE + 5


@pytest.fixture
def desk(as_user: Callable[[User], Visitor], owner: User) -> Visitor:
    return as_user(owner)


@pytest.fixture
def packers(app: Flask) -> None:
    """More than one page of them."""
    with app.app_context():
        factories.users([f"P{number:02} Packer" for number in range(COUNT)], role="warehouse")


def query(url: str) -> dict[str, str]:
    """What an address asks for, its place in the list left out."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    return {name: value for name, value in asked.items() if name not in {"after", "before"}}


def link(page: str, words: str) -> str:
    found = re.search(rf'<a href="([^"]+)"[^>]*>(?:<svg(?:(?!</svg>).)*</svg>)?{words}', page)
    assert found, words
    return unescape(found[1])


def names(page: str) -> list[str]:
    return re.findall(r">(P\d\d Packer)<", page)


def test_the_next_page_keeps_search_filter_and_order(desk: Visitor, packers: None) -> None:
    asked = {"q": "packer", "role": "warehouse", "sort": "-name"}
    first = desk.get("/admin/users", query_string=asked).text
    onward = link(first, "Next")
    assert query(onward) == asked
    second = desk.get(onward).text
    assert names(first) + names(second) == [f"P{number:02} Packer" for number in reversed(range(COUNT))]
    assert query(link(second, "Previous")) == asked


def test_another_order_begins_at_the_first_page_and_keeps_the_filters(desk: Visitor, packers: None) -> None:
    second = desk.get(link(desk.get("/admin/users?q=packer").text, "Next")).text
    by_email = link(second, "Email")
    assert (query(by_email), urlsplit(by_email).path) == ({"q": "packer", "sort": "email"}, "/admin/users")
    assert "after=" not in by_email
    assert names(desk.get(by_email).text)[0] == "P00 Packer"


def test_the_same_order_again_turns_it_round(desk: Visitor, packers: None) -> None:
    here = "/admin/users?q=packer"
    turned = link(desk.get(here).text, "Name")
    assert query(turned)["sort"] == "-name"
    assert query(link(desk.get(turned).text, "Name"))["sort"] == "name"


@pytest.mark.parametrize("sort", ["", "salary", "name;drop", "-"])
def test_an_order_that_does_not_exist_is_the_usual_one(desk: Visitor, packers: None, sort: str) -> None:
    shown = desk.get("/admin/users", query_string={"q": "packer", "sort": sort})
    assert shown.status_code == 200
    assert names(shown.text)[:2] == ["P00 Packer", "P01 Packer"]


def test_a_search_is_tidied_and_cut_where_nobody_types_any_more(desk: Visitor, packers: None) -> None:
    assert len(names(desk.get("/admin/users", query_string={"q": "  p07\t packer "}).text)) == 1
    shown = desk.get("/admin/users", query_string={"q": "x" * 5000})
    assert (shown.status_code, "x" * 121 in shown.text) == (200, False)


@pytest.mark.parametrize(("q", "said"), [("p07 packer", "1 person"), ("p0", "10 people")])
def test_one_is_counted_as_one(desk: Visitor, packers: None, q: str, said: str) -> None:
    assert said in desk.get("/admin/users", query_string={"q": q}).text

"""Menus: everybody sees where they may go, nobody where they may not, and where they are."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.accounts.models import Role, User
from tests import factories
from tests.visitor import Visitor

AsUser = Callable[[User], Visitor]
WORKING = ["/desk/orders", "/desk", "/admin/products", "/desk/stock"]
SELLING = [
    *("/desk/pick", "/desk/returns", "/desk/invoices"),
    *("/desk/customers", "/admin/applications", "/admin/categories"),
    *("/admin/price-lists", "/admin/tax", "/admin/delivery"),
]
MANAGING = [
    *("/admin/imports", "/admin/users", "/admin/roles", "/admin/keys"),
    *("/admin/audit", "/admin/messages", "/admin/jobs", "/admin/checks", "/admin/settings"),
]
BUYING = [
    "/catalogue",
    "/quick-order",
    "/orders",
    "/basket",
    "/invoices",
    "/pads",
    "/",
    "/company",
    "/account",
]
MENUS = {
    "owner": [*WORKING, *SELLING, *MANAGING, "/account"],
    "tom": [*WORKING, "/desk/returns", "/desk/invoices", "/desk/customers", "/account"],
    "wanda": [*WORKING, "/desk/pick", "/desk/returns", "/desk/invoices", "/account"],
    "maya": BUYING,
    "ben": BUYING,
}


def menu_on(page: str) -> str:
    found = re.search(r'<nav class="nav".*?</nav>', page, re.DOTALL)
    assert found
    return found[0]


def places_on(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)"', menu_on(page))


def here_on(page: str) -> list[str]:
    return re.findall(r'<a href="([^"]+)" aria-current="page"', menu_on(page))


@pytest.mark.parametrize("name", MENUS)
def test_a_menu_lists_what_this_person_may_open_and_all_of_it_opens(
    as_user: AsUser, request: pytest.FixtureRequest, name: str
) -> None:
    browser = as_user(request.getfixturevalue(name))
    places = places_on(browser.get("/account").text)
    assert places == MENUS[name]
    assert {place: browser.get(place).status_code for place in places} == dict.fromkeys(places, 200)


def test_one_persons_menu_is_never_anothers(as_user: AsUser, owner: User, tom: User, maya: User) -> None:
    browsers = {"owner": as_user(owner), "tom": as_user(tom), "maya": as_user(maya)}
    for _ in range(2):
        for name, browser in browsers.items():
            assert places_on(browser.get("/account").text) == MENUS[name]


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/desk", ["/desk"]),
        ("/desk/orders/views/new", ["/desk/orders"]),
        ("/admin/users", ["/admin/users"]),
        ("/admin/users?tab=buyers", ["/admin/users"]),
        ("/admin/users/invite", ["/admin/users"]),
        ("/account/devices", ["/account"]),
    ],
)
def test_the_menu_says_where_one_is(as_user: AsUser, owner: User, path: str, here: list[str]) -> None:
    assert here_on(as_user(owner).get(path).text) == here


def test_the_start_page_is_not_everywhere(as_user: AsUser, maya: User) -> None:
    browser = as_user(maya)
    assert here_on(browser.get("/").text) == ["/"]
    assert here_on(browser.get("/account/emails").text) == ["/account"]


def test_a_sheet_opens_for_several_places_and_a_single_one_stands_in_the_bar(
    app: Flask, as_user: AsUser, maya: User
) -> None:
    with app.app_context():
        factories.saved(Role(code="guest", name="Guest", kind="staff"))
        clara = factories.user("Clara Bow", role="guest")
    hers = menu_on(as_user(clara).get("/desk").text)
    assert ("popover" in hers, ">More<" in hers) == (False, False)
    theirs = menu_on(as_user(maya).get("/").text)
    assert 'popovertarget="nav-rest"' in theirs


def test_keys_are_offered_to_those_who_use_them(as_user: AsUser, owner: User, maya: User) -> None:
    browser = as_user(owner)
    page = browser.get("/account").text
    assert 'data-key="g t"' in menu_on(page)
    version = re.search(r'name="version"[^>]*value="(\d+)"', page)
    assert version
    browser.submit("/account", name=owner.name, phone="", version=version[1])  # with the tick taken away
    assert "data-key" not in menu_on(browser.get("/account").text)
    assert "data-key" not in menu_on(as_user(maya).get("/account").text)

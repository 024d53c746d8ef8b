"""The list of people: tabs, search, filter, order and pages, at a steady price."""

import re

import pytest

from tests import factories, statements


def test_everybody_is_on_one_tab(desk, tom, maya, context):
    factories.user("Ida Hall", role="warehouse", password=None)
    tabs = {"staff": "Tom Ridley", "buyers": "Maya Osei", "invited": "Ida Hall"}
    for tab, name in tabs.items():
        shown = desk.get(f"/admin/users?tab={tab}").text
        assert name in shown, tab
        for other in set(tabs.values()) - {name}:
            assert other not in shown, (tab, other)
    assert "Nobody is listed under Deleted" in desk.get("/admin/users?tab=deleted").text


@pytest.mark.parametrize("q", ["rid", "RIDLEY", "tom.ridley@", "Ri", "t"])
def test_search_finds_people_by_a_part_of_what_they_are_called(desk, tom, wanda, q):
    shown = desk.get(f"/admin/users?q={q}").text
    assert "Tom Ridley" in shown
    assert "Wanda Price" not in shown
    assert "1 person" in shown


def test_search_finds_buyers_by_their_customer(desk, maya, ben):
    shown = desk.get("/admin/users?tab=buyers&q=kettle").text
    assert "Maya Osei" in shown
    assert "Ben Farrow" not in shown


@pytest.mark.parametrize("q", ["%", "_", "\\", "'", "%25%27"])
def test_search_takes_every_sign_for_itself(desk, tom, q):
    answer = desk.get("/admin/users", query_string={"q": q})
    assert answer.status_code == 200
    assert "Tom Ridley" not in answer.text


def test_the_list_is_filtered_by_role(desk, tom, wanda):
    shown = desk.get("/admin/users?role=warehouse").text
    assert "Wanda Price" in shown
    assert "Tom Ridley" not in shown


@pytest.mark.parametrize("sort", ["name", "-name", "email", "-email", "last_login", "-last_login"])
def test_pages_follow_each_other_in_every_order(desk, context, sort):
    factories.users([f"P{number:03} Person" for number in range(120)], role="warehouse")
    seen, path = [], f"/admin/users?sort={sort}&q=person"
    while path:
        shown = desk.get(path).text
        seen += re.findall(r">(P\d\d\d Person)<", shown)
        found = re.search(r'href="([^"]+)" rel="next"', shown)
        path = found[1].replace("&amp;", "&") if found else None
    assert len(seen) == 120
    assert sorted(seen) == sorted(set(seen))
    back = re.search(r'href="([^"]+)" rel="prev"', shown)[1].replace("&amp;", "&")
    assert re.findall(r">(P\d\d\d Person)<", desk.get(back).text) == seen[50:100]


@pytest.mark.parametrize("place", ["nonsense", "WzEsMl0", "WyJhIiwgMV0", "W251bGwsIDFd"])
def test_a_made_up_place_is_no_error(desk, place):
    for sort in ("name", "last_login"):
        assert desk.get(f"/admin/users?sort={sort}&after={place}").status_code == 200


def test_the_list_costs_three_queries(desk, tom, context):
    factories.users([f"P{number:03} Person" for number in range(30)], role="warehouse")
    desk.get("/admin/users")
    with statements.noted() as asked:
        desk.get("/admin/users?q=person")
    assert len(asked) == 2, asked  # the viewer is known to this context already

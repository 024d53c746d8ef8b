"""Small things that only show in a browser: the bar under the thumb, labels on a phone, the list of keys."""

import pytest
from playwright.sync_api import Browser, Page, expect

from app.accounts.service import roles
from app.core.access import SYSTEM
from tests import factories
from tests.browser.serving import Site
from tests.browser.test_every_page import sign_in
from tests.browser.visits import OWNER

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}


def opened(browser: Browser, site: Site, who: str, path: str, **how: object) -> Page:
    page = browser.new_context(**how).new_page()
    sign_in(page, site, who)
    page.goto(site.url + path)
    if "/confirm" in page.url:
        page.fill("#password", site.password)
        page.click("form .btn--primary")
    return page


def test_a_single_further_place_stands_in_the_thumb_bar(site: Site, browser: Browser) -> None:
    with site.app.app_context():
        roles.create(code="readers", name="Readers", kind="staff", permissions=["stock:write"], by=SYSTEM)
        reader = factories.user("Rita Reed", role="readers", password=site.password).email
    page = opened(browser, site, reader, "/desk", viewport=PHONE)
    link = page.locator(".nav").get_by_role("link", name="Account details")
    bar, box = page.locator(".nav").bounding_box(), link.bounding_box()
    assert bar
    assert box
    assert (box["y"] >= bar["y"], box["x"] + box["width"] <= bar["x"] + bar["width"]) == (True, True)
    link.click()
    expect(page).to_have_url(f"{site.url}/account")
    page.context.close()


def test_several_further_places_wait_behind_more(site: Site, browser: Browser) -> None:
    page = opened(browser, site, OWNER, "/desk", viewport=PHONE)
    link = page.locator(".nav").get_by_role("link", name="Settings")
    expect(link).to_be_hidden()
    page.get_by_role("button", name="More").click()
    expect(link).to_be_visible()
    page.context.close()


def test_optional_stands_beside_its_label(site: Site, browser: Browser) -> None:
    page = opened(browser, site, OWNER, "/admin/settings", viewport=PHONE)
    heights = page.locator("label:has(.opt)").evaluate_all(
        "labels => Object.fromEntries(labels.map(label => [label.innerText, label.offsetHeight]))"
    )
    assert len(heights) > 5
    assert heights == dict.fromkeys(heights, min(heights.values()))
    page.context.close()


def test_the_list_of_keys_names_those_of_this_page(site: Site, browser: Browser) -> None:
    page = opened(browser, site, OWNER, "/admin/keys")
    dialog = page.locator("#keys")
    for path, there, absent in (
        ("/admin/users", ["Search", "Add one", "Next row"], ["Change this one"]),
        ("/admin/keys", ["Add one"], ["Search", "Next row"]),
    ):
        page.goto(site.url + path)
        page.keyboard.press("?")
        for words in there:
            expect(dialog.get_by_text(words, exact=True)).to_be_visible()
        for words in absent:
            expect(dialog.get_by_text(words, exact=True)).to_be_hidden()
    page.context.close()

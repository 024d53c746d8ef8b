"""Every page, in both colour schemes, on a desk and on a phone: readable by all, silent, and never sideways."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from app.web.access import access_of
from tests.browser.serving import Site

pytestmark = pytest.mark.browser

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
PEOPLE = {"owner": "owner@millrace.example", "buyer": "maya@copperkettle.example"}
NOT_PAGES = ("/api/", "/health/", "/metrics", "/media/")
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    }
}


@dataclass
class Seen:
    """What was wrong, page by page."""

    problems: list[str] = field(default_factory=list)
    here: str = ""

    def note(self, problem: str) -> None:
        self.problems.append(f"{self.here}: {problem}")

    def hear(self, message: ConsoleMessage) -> None:
        self.note(f"console {message.type}: {message.text}")


def pages(app: Flask) -> Iterator[tuple[str, bool, bool]]:
    """Path, public, staff only: every address without a variable part that answers GET with a page."""
    for rule in app.url_map.iter_rules():
        access = access_of(app.view_functions[rule.endpoint])
        if (
            access
            and not rule.arguments
            and "GET" in (rule.methods or ())
            and not rule.rule.startswith(NOT_PAGES)
        ):
            staff = access.staff_only or rule.rule.startswith("/admin")
            yield rule.rule, access.is_public, staff and not rule.rule.endswith(".csv")


def visit(page: Page, site: Site, path: str, seen: Seen) -> None:
    seen.here = f"{seen.here.split(' ')[0]} {path}"
    answer = page.goto(site.url + path)
    if answer is None or answer.status >= 400:
        seen.note(f"answered {answer and answer.status}")
        return
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        seen.note("scrolls sideways")
    for violation in Axe().run(page, options=RULES).response["violations"]:
        targets = [node["target"][0] for node in violation["nodes"][:3]]
        seen.note(f"{violation['id']} at {targets}")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_silent_and_fits(
    site: Site, browser: Browser, size: str, scheme: str
) -> None:
    width, height = SIZES[size]
    seen = Seen()
    for who, email in {"nobody": "", **PEOPLE}.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, has_touch=size == "phone"
        )
        page = context.new_page()
        page.on("console", seen.hear)
        page.on("pageerror", lambda error: seen.note(f"script: {error}"))
        seen.here = f"{who}/{size}/{scheme} "
        if email:
            sign_in(page, site, email)
        for path, is_public, staff_only in sorted(pages(site.app)):
            if is_public == (who == "nobody") and (who == "owner" or not staff_only):
                visit(page, site, path, seen)
        context.close()
    assert seen.problems == []


def sign_in(page: Page, site: Site, email: str) -> None:
    page.goto(f"{site.url}/login")
    page.fill("#email", email)
    page.fill("#password", site.password)
    page.click("form .btn--primary")
    page.wait_for_url(lambda url: "/login" not in url)


def test_the_demo_people_sign_in_with_one_click_without_script(site: Site, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.url}/login")
    page.click("text=Hana Whitlock")
    expect(page).to_have_url(f"{site.url}/desk")
    context.close()


def test_a_refusal_takes_the_focus_to_its_summary(site: Site, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{site.url}/login")
    page.fill("#email", "maya@copperkettle.example")
    page.click("form .btn--primary")
    expect(page.locator(".errors")).to_be_focused()
    page.click(".errors a")
    expect(page.locator("#password")).to_be_focused()
    assert page.input_value("#email") == "maya@copperkettle.example"
    page.close()

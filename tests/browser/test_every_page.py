"""Every page, in both colour schemes, on a desk and on a phone: readable by all, silent, and never sideways."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Response, expect

from tests.browser.serving import Site
from tests.browser.visits import NOBODY, Visit, visits

pytestmark = pytest.mark.browser

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
AXE = Axe().axe_script
# Without fetching each stylesheet and sound again: no page of ours locks a screen's turning or plays anything.
RUN_AXE = "rules => axe.run({runOnly: rules, resultTypes: ['violations', 'incomplete'], preload: false})"
EVERYTHING = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# By night the same page has other colours, and only those, whatever its size.
SCHEMES = {"desk": {"light": EVERYTHING, "dark": COLOURS}, "phone": {"light": EVERYTHING}}
ORNAMENTS = {"bgImage", "bgGradient", "bgOverlap", "pseudoContent", "imgNode"}
# Perforation and carbon copies lie around the text; with them axe gives up and judges no colours at all.
WITHOUT_ORNAMENT = """() => {
    const plain = new CSSStyleSheet()
    plain.replaceSync(`
        *, ::before, ::after { background-image: none !important; mask: none !important }
        ::before, ::after { content: none !important }
        .btn--ticket { background-color: var(--act) !important } /* which is painted behind its notches */
        .orderbar { position: static !important } /* it lies over whatever is being scrolled under it */
    `)
    document.adoptedStyleSheets = [plain]
}"""
FORM = (
    "form[method=post]:not([data-order], .listing):has(.btn--primary):has(input:not([type=hidden]), textarea)"
)
TYPED_INTO = "form[method=post]:has(.btn--primary)"
EMPTY = """form => form.querySelectorAll("input:not([type=hidden], [readonly]), textarea").forEach(box => {
    box.type === "checkbox" || box.type === "radio" ? box.checked = false : box.value = ""
})"""
ALL_OPTIONAL = "form => [...form.querySelectorAll('label')].every(label => label.querySelector('.opt'))"
TYPE = "(form, [name, value]) => { form.elements[name].value = value }"


@dataclass
class Seen:
    """What was wrong, page by page."""

    size: str
    problems: list[str] = field(default_factory=list)
    here: str = ""
    status: int = 200

    def note(self, problem: str) -> None:
        self.problems.append(f"{self.here}: {problem}")

    def hear(self, message: ConsoleMessage) -> None:
        if f"status of {self.status}" not in message.text:  # the page itself, refused as it should be
            self.note(f"console {message.type}: {message.text}")


@pytest.mark.parametrize("size", SIZES)
def test_every_page_is_accessible_silent_and_fits(site: Site, browser: Browser, size: str) -> None:
    seen, everything = Seen(size), visits(site.app)
    for who in sorted({visit.who for visit in everything}):
        with browsing(browser, site, who, seen) as page:
            for visit in everything:
                if visit.who == who:
                    go(page, site, visit, seen)
    assert not seen.problems, "\n".join(seen.problems)


@contextmanager
def browsing(browser: Browser, site: Site, who: str, seen: Seen) -> Iterator[Page]:
    width, height = SIZES[seen.size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, has_touch=seen.size == "phone", reduced_motion="reduce"
    )
    page = context.new_page()
    page.on("console", seen.hear)
    page.on("pageerror", lambda error: seen.note(f"script: {error}"))
    if who != NOBODY:
        sign_in(page, site, who)
    yield page
    context.close()


def go(page: Page, site: Site, visit: Visit, seen: Seen) -> None:
    """Look at the page as it opens, or at what comes of its form; and at the form with nothing typed."""
    seen.here, seen.status = f"{visit.who} {visit.path}", visit.status
    answer = page.goto(site.url + visit.path)
    if visit.typed:
        answer = sent(page, page.locator(TYPED_INTO).first, dict(visit.typed))
    look(page, answer, seen)
    rows = page.locator("form input[name=rows]").count()  # those that are emptied are taken away
    form = page.locator(FORM).first
    if visit.status == 200 and not rows and form.count() and not form.evaluate(ALL_OPTIONAL):
        seen.here, seen.status = f"{seen.here}, sent empty", 422
        form.evaluate(EMPTY)
        look(page, sent(page, form, {}), seen)


def sent(page: Page, form: Locator, typed: dict[str, str]) -> Response | None:
    for name, value in typed.items():
        form.evaluate(TYPE, [name, value])
    with page.expect_navigation() as answer:
        form.locator(".btn--primary").click()
    return answer.value


def look(page: Page, answer: Response | None, seen: Seen) -> None:
    if answer is None or answer.status != seen.status:
        seen.note(f"answered {answer and answer.status} instead of {seen.status}")
        return
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        seen.note("scrolls sideways")
    page.evaluate(f"{AXE}; ({WITHOUT_ORNAMENT})()")
    for scheme, rules in SCHEMES[seen.size].items():
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(RUN_AXE, rules)
        for violation in found["violations"]:
            targets = [node["target"][0] for node in violation["nodes"][:3]]
            seen.note(f"{violation['id']} at {targets} in {scheme}")
        if hidden := unjudged(found):
            seen.note(f"axe cannot see the colours at {hidden[:3]} in {scheme}")


def unjudged(found: dict[str, Any]) -> list[str]:
    """Where an ornament keeps axe from judging; what is scrolled away or a single sign it need not judge."""
    nodes = [node for result in found["incomplete"] for node in result["nodes"]]
    reasons = [(node["target"][0], check["data"]) for node in nodes for check in node["any"]]
    return [target for target, data in reasons if data and data.get("messageKey") in ORNAMENTS]


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

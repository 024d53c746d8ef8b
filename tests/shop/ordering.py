"""What tests of the checkout and of orders share: a buyer who can order, and the checkout as a browser sends it."""

import re
from html import unescape
from typing import Any

from werkzeug.test import TestResponse

from app.catalogue.models import Product
from tests.visitor import Visitor

A_FIELD = re.compile(r"<input[^>]*>")
AN_OPTION = re.compile(r'<select[^>]*name="([a-z_]+)"[^>]*>(.*?)</select>', re.S)


def words(page: TestResponse) -> str:
    return " ".join(page.get_data(as_text=True).split())


def fields_of(page: TestResponse) -> dict[str, str]:
    """What a browser without script would send of the page's form, with nothing typed."""
    found = page.text[page.text.index('<form class="split"') :]
    fields = {}
    for tag in A_FIELD.findall(found):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in told and (told.get("type") != "radio" or " checked" in tag):
            fields[told["name"]] = unescape(told.get("value", ""))
    for name, options in AN_OPTION.findall(found):
        values = re.findall(r'<option( selected)?[^>]*value="([^"]*)"|<option[^>]*value="([^"]*)"', options)
        chosen = re.search(r'<option selected value="([^"]*)"|<option value="([^"]*)" selected', options)
        fields[name] = (chosen[1] or chosen[2]) if chosen else (values[0][1] or values[0][2])
    fields.pop("csrf_token", None)
    return fields


def fill(browser: Visitor, wanted: dict[Product, int]) -> None:
    browser.submit("/basket", **{f"q{one.id}": str(quantity) for one, quantity in wanted.items()})


def sent(browser: Visitor, page: TestResponse | None = None, **typed: Any) -> TestResponse:
    """The page's button, pressed."""
    shown = page or browser.get("/checkout")
    return browser.submit("/checkout", **(fields_of(shown) | {"do": "place"} | typed))


def ordered(browser: Visitor, wanted: dict[Product, int], **typed: Any) -> int:
    """The number of the order that came of it."""
    fill(browser, wanted)
    answer = sent(browser, **typed)
    assert answer.status_code == 303, words(answer)
    return int(answer.location.rpartition("/")[2])

"""Whoever takes something away or brings it back means what they saw: somebody else changed it, and they are told."""

from collections.abc import Callable
from typing import Any

import pytest

from app.core import clock
from app.core.database import db
from tests import factories

THINGS: dict[str, Callable[[], Any]] = {
    "categories/{}/remove": lambda: factories.category("Nothing yet"),
    "products/{}/remove": lambda: factories.product("Sourdough"),
    "products/{}/restore": lambda: factories.product("Sourdough", deleted_at=clock.now()),
    "price-lists/{}/remove": lambda: factories.price_list("Cafes"),
    "tax/{}/remove": lambda: factories.tax_class("unused"),
    "delivery/{}/remove": lambda: factories.delivery_method("Our van"),
}


@pytest.mark.parametrize("address", THINGS)
def test_a_stale_version_is_told_and_nothing_happens(desk, address):
    thing = THINGS[address]()
    seen = thing.version
    thing.mark_edited(None)
    db.session.commit()
    path = f"/admin/{address.format(thing.id)}"
    answer = desk.submit(path, version=seen)
    assert (answer.status_code, "Somebody changed this while you had it open" in answer.text) == (409, True)
    db.session.expire_all()
    assert thing.version == seen + 1
    assert desk.submit(path, version=thing.version).status_code == 303, "looked at again, it may be done"

"""Two who move branches of the tree at once: nobody hangs it on itself, and nothing is lost in an empty category."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from flask import Flask

from app.catalogue.models import Category, Product
from app.catalogue.product_rules import Facts
from app.catalogue.service import categories, products
from app.core import clock
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from tests import factories

pytestmark = pytest.mark.proof

ROUNDS = 10


def at_once(app: Flask, *works: Callable[[], object]) -> list[str]:
    """What each was told; nothing when it was done."""
    start, told = Barrier(len(works)), []

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                work()
                told.append("")
            except Refused as refusal:
                told.append(refusal.message)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(told)


def under(category: Category, parent: Category) -> Callable[[], object]:
    facts = {"name": category.name, "parent_id": parent.id, "icon": "", "version": category.version}
    category_id = category.id
    return lambda: categories.edit(category_id, **facts, by=SYSTEM)


def test_two_branches_are_never_hung_on_each_other(own_app: Flask) -> None:
    for number in range(ROUNDS):
        with own_app.app_context():
            one, other = (factories.category(f"{name} {number}") for name in ("Bread", "Rolls"))
            told = at_once(own_app, under(one, other), under(other, one))
            assert told[0] == ""
            assert "cannot stand under itself" in told[1]


def test_no_product_gets_into_a_category_that_goes(own_app: Flask) -> None:
    for number in range(ROUNDS):
        with own_app.app_context():
            category, tax = factories.category(f"Cups {number}"), factories.tax_class("standard")
            facts = Facts(sku=f"CUP-{number}", name="Cup", category_id=category.id, tax_class_id=tax.id)
            gone = {"category_id": category.id, "version": category.version}
            told = at_once(
                own_app,
                lambda facts=facts: products.create(facts, by=SYSTEM),
                lambda gone=gone: categories.remove(**gone, by=SYSTEM, at=clock.now()),
            )
            assert told[0] == ""
            assert told[1] != ""
            db.session.expire_all()
            is_in_use = db.session.query(Product).filter_by(category_id=category.id).count() == 1
            assert is_in_use == (db.session.get_one(Category, category.id).deleted_at is None)

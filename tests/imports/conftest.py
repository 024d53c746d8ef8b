"""A shop with two products, a place for files, and somebody who sends them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from app.core.files import DiskFiles
from tests import factories
from tests.imports.desk import ImportDesk


@pytest.fixture
def files(whole_app: Flask, tmp_path: Path) -> Iterator[DiskFiles]:
    """Gone after the test, with all that was sent."""
    before = whole_app.extensions["gateways"]
    kept = DiskFiles(tmp_path / "files")
    whole_app.extensions["gateways"] = replace(before, files=kept)
    yield kept
    whole_app.extensions["gateways"] = before


@pytest.fixture
def desk(app: Flask, files: DiskFiles, as_user, owner) -> ImportDesk:
    """Hana sends files, looks at what became of them, and goes on."""
    return ImportDesk(app, as_user(owner))


@pytest.fixture
def shop(app: Flask) -> None:
    """Two products in a category, with a price each."""
    with app.app_context():
        coffee, standard = factories.category("Coffee"), factories.tax_class("standard")
        for name, sku in (("House espresso", "COF-HSE-1K"), ("Decaf espresso", "COF-DEC-1K")):
            made = factories.product(name, sku=sku, category_id=coffee.id, tax_class_id=standard.id)
            factories.price(made, "18.40")

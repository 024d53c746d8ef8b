"""Millrace's catalogue: six shelves, three price lists, two rates of tax, three ways to a door."""

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import NamedTuple

from app.accounts.models import Customer
from app.catalogue.models import (
    Category,
    DeliveryMethod,
    Price,
    PriceList,
    PriceListKind,
    Product,
    ProductStatus,
    TaxClass,
    TaxRate,
)
from app.core.access import SYSTEM
from app.core.audit import record
from app.core.database import db
from app.core.money import rounded
from app.demo.goods import SHELVES, Shelf

MANY, LESS_FOR_MANY = 10, Decimal("0.96")
LESS_FOR_CAFES = Decimal("0.94")
FOR_CAFES = {"coffee", "pastry", "drinks"}
AGREED = {"COF-HSE-1K": "17.20", "COF-DEC-1K": "18.40", "MLK-OAT-6": "9.20", "PAS-CRO-12": "11.20"}


class DemoProduct(NamedTuple):
    """What stands on one line of a shelf."""

    sku: str
    name: str
    unit: str
    price: Decimal
    pack: int
    stock: int
    low_at: int


def load(
    customers: dict[str, Customer], base: PriceList, *, on: date
) -> dict[str, tuple[Product, DemoProduct]]:
    """The products by SKU, each with the words it was made from."""
    taxes = _taxes()
    _delivery(taxes["standard"])
    cafes, agreed = _lists(customers)
    known: dict[str, tuple[Product, DemoProduct]] = {}
    for position, shelf in enumerate(SHELVES, start=1):
        category = Category(name=shelf.name, slug=shelf.slug, icon=shelf.icon, position=position * 10)
        db.session.add(category)
        for line in _lines(shelf):
            known[line.sku] = _product(line, category, taxes[shelf.tax]), line
    db.session.flush()
    for product, line in known.values():
        record("product.created", product, by=SYSTEM, diff={"sku": [None, product.sku]})
        _prices(product, line.price, base, on)
        if product.category.slug in FOR_CAFES:
            _price(cafes, product, rounded(line.price * LESS_FOR_CAFES), on)
    for sku, price in AGREED.items():
        _price(agreed, known[sku][0], Decimal(price), on)
    return known


def _taxes() -> dict[str, TaxClass]:
    classes = {
        "standard": TaxClass(code="standard", name="Standard rate"),
        "reduced": TaxClass(code="reduced", name="Reduced rate"),
        "zero": TaxClass(code="zero", name="Zero rate"),
    }
    since = date(2011, 1, 4)
    for code, rate in {"standard": "0.2", "reduced": "0.05", "zero": "0"}.items():
        classes[code].rates = [TaxRate(rate=Decimal(rate), valid_from=since)]
    db.session.add_all(classes.values())
    db.session.flush()
    return classes


def _delivery(tax: TaxClass) -> None:
    round_days, every_day = [1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5]
    ways = (
        ("North round", "4.50", "75.00", round_days, 1, time(16, 0)),
        ("Collection from Foundry Lane", "0.00", None, round_days, 0, time(14, 0)),
        ("Carrier, two days", "9.50", "250.00", every_day, 2, time(12, 0)),
    )
    for position, (name, price, free_over, weekdays, lead, cutoff) in enumerate(ways, start=1):
        db.session.add(
            DeliveryMethod(
                name=name,
                price_net=Decimal(price),
                free_over_net=Decimal(free_over) if free_over else None,
                tax_class_id=tax.id,
                weekdays=weekdays,
                lead_days=lead,
                cutoff_time=cutoff,
                position=position * 10,
            )
        )


def _lists(customers: dict[str, Customer]) -> tuple[PriceList, PriceList]:
    cafes = PriceList(code="cafes", name="Cafés", kind=PriceListKind.LIST)
    copper_kettle = customers["COPPER-KETTLE"]
    agreed = PriceList(
        code="copper-kettle",
        name="Agreed with Copper Kettle",
        kind=PriceListKind.CONTRACT,
        customer_id=copper_kettle.id,
    )
    db.session.add_all((cafes, agreed))
    db.session.flush()
    for code in ("COPPER-KETTLE", "CANAL-ROAD", "HEADROW", "BRIDGE-END", "FOUNDRY-GYM", "ROUNDHAY"):
        customers[code].price_list_id = cafes.id
    return cafes, agreed


def _lines(shelf: Shelf) -> Iterator[DemoProduct]:
    for line in shelf.products.strip().splitlines():
        sku, name, unit, price, pack, stock, low_at = (part.strip() for part in line.split("|"))
        yield DemoProduct(sku, name, unit, Decimal(price), int(pack), int(stock), int(low_at))


def _product(line: DemoProduct, category: Category, tax: TaxClass) -> Product:
    product = Product(
        sku=line.sku,
        name=line.name,
        family_code=line.sku.rpartition("-")[0],
        unit_label=line.unit,
        category=category,
        tax_class_id=tax.id,
        pack_size=line.pack,
        min_qty=line.pack,
        shelf=f"{line.sku[0]}-{sum(map(ord, line.sku)) % 24 + 1:02}",
        status=ProductStatus.ACTIVE,
    )
    db.session.add(product)
    return product


def _prices(product: Product, price: Decimal, base: PriceList, on: date) -> None:
    _price(base, product, price, on)
    if price < MANY * 10:
        _price(base, product, rounded(price * LESS_FOR_MANY), on, min_qty=MANY)


def _price(in_list: PriceList, product: Product, price: Decimal, on: date, *, min_qty: int = 1) -> None:
    db.session.add(
        Price(
            price_list_id=in_list.id,
            product_id=product.id,
            min_qty=min_qty,
            unit_price=price,
            valid_from=date(on.year, 1, 1),
        )
    )

"""One order from the catalogue to the door: a buyer, the desk, a picker with a phone; with script and without."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.catalogue.models import Product
from app.core.database import db
from app.operations import checks
from app.orders.models import Order
from app.stock.models import StockItem
from tests.browser.serving import Site
from tests.browser.test_small_things import PHONE, opened

pytestmark = pytest.mark.browser

MAYA, TOM, WANDA = "maya@copperkettle.example", "tom@millrace.example", "wanda@millrace.example"
CROISSANTS, LOAF = "PAS-CRO-12", "BRD-SDG-800"


def quick_order(page: Page, site: Site) -> None:
    """Three of one and two of another, as somebody pastes them."""
    page.goto(f"{site.url}/quick-order")
    page.get_by_label("SKUs and quantities").fill(f"{CROISSANTS} 3\n{LOAF}, 2")
    page.get_by_role("button", name="Check lines").click()
    page.get_by_role("button", name=re.compile("Add 2 lines")).click()


def place(page: Page, site: Site) -> int:
    page.goto(f"{site.url}/checkout")
    page.get_by_label("Your reference").fill("CK-1119")
    page.get_by_role("button", name=re.compile("Place order, £")).click()
    expect(page).to_have_url(re.compile(r"/orders/\d+$"))
    return int(page.url.rsplit("/", 1)[1])


def confirm(page: Page, site: Site, number: int) -> None:
    page.goto(f"{site.url}/desk/orders?q={number}")
    page.get_by_role("link", name=str(number)).click()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Confirmed", exact=True).first).to_be_visible()


def pick_and_send(page: Page, site: Site, number: int) -> None:
    page.goto(f"{site.url}/desk/orders/{number}")
    page.get_by_role("button", name="Start picking").click()
    expect(page).to_have_url(re.compile(r"/desk/shipments/\d+$"))
    page.get_by_role("button", name="Mark as packed").click()
    page.get_by_label("Carrier").fill("North round")
    page.get_by_role("button", name="Mark as shipped").click()
    expect(page.get_by_role("button", name="Mark as shipped")).to_have_count(0)


def one_order(browser: Browser, site: Site, **how: object) -> int:
    buyer = opened(browser, site, MAYA, "/", **how)
    quick_order(buyer, site)
    number = place(buyer, site)
    desk = opened(browser, site, TOM, "/desk", **how)
    confirm(desk, site, number)
    picker = opened(browser, site, WANDA, "/desk/pick", viewport=PHONE, **how)
    pick_and_send(picker, site, number)
    buyer.goto(f"{site.url}/orders/{number}")
    expect(buyer.locator(".punch [aria-current]")).to_contain_text("Shipped")
    expect(buyer.get_by_text("North round").first).to_be_visible()
    buyer.get_by_role("button", name="Yes, received").click()
    expect(buyer.locator(".punch [aria-current]")).to_contain_text("Delivered")
    for page in (buyer, desk, picker):
        page.context.close()
    return number


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_an_order_goes_from_the_basket_to_the_door(site: Site, browser: Browser, script: bool) -> None:
    before = shelf(site)
    number = one_order(browser, site, java_script_enabled=script)
    with site.app.app_context():
        order = db.session.scalars(select(Order).where(Order.number == number)).one()
        assert (order.status, order.po_number, order.channel) == ("delivered", "CK-1119", "web")
        assert [verdict.invariant.name for verdict in checks.run_all() if not verdict.holds] == []
    after = shelf(site)
    assert {sku: before[sku][0] - after[sku][0] for sku in before} == {CROISSANTS: 3, LOAF: 2}
    assert {sku: before[sku][1] - after[sku][1] for sku in before} == {CROISSANTS: 0, LOAF: 0}


def shelf(site: Site) -> dict[str, tuple[int, int]]:
    """On hand and held, by SKU."""
    with site.app.app_context():
        rows = db.session.execute(
            select(Product.sku, StockItem.on_hand, StockItem.reserved)
            .join(StockItem, StockItem.product_id == Product.id)
            .where(Product.sku.in_((CROISSANTS, LOAF)))
        )
        return {sku: (on_hand, reserved) for sku, on_hand, reserved in rows}


def test_another_way_of_delivery_counts_anew_before_the_desk_places_the_order(
    browser: Browser, site: Site
) -> None:
    page = opened(browser, site, TOM, "/desk/orders/new?customer=COPPER-KETTLE")
    page.get_by_label("SKUs and quantities").fill(f"{LOAF} 2")
    page.get_by_role("radio", name=re.compile("Carrier, two days")).check()
    expect(page.get_by_text("Delivery, Carrier, two days")).to_be_visible()
    page.get_by_role("button", name=re.compile("Place order, £")).click()
    expect(page.get_by_text(re.compile(r"Order \d+ is placed for Copper Kettle"))).to_be_visible()
    page.context.close()

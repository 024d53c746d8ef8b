"""A catalogue in which something has happened: for each address with variable parts, what they may be."""

from datetime import date, timedelta
from decimal import Decimal

from app.catalogue.models import ClosedDay, PictureWaiting, Product, ProductStatus, TaxRate
from app.core import clock
from tests import factories

Values = dict[str, str | int]


def catalogue_in_all_states() -> dict[str, list[Values]]:
    empty, held = factories.category("Nothing yet", icon="cup"), factories.category("Bread")
    factories.category("Rolls", parent_id=held.id, icon="bun")
    products = _products()
    changing = products["on sale"]
    unused, used = factories.tax_class("unused"), factories.tax_class("standard")
    factories.saved(TaxRate(tax_class_id=used.id, rate=Decimal("0.175"), valid_from=date(2999, 1, 1)))
    factories.saved(ClosedDay(day=clock.now().date() + timedelta(days=9), reason="Stocktaking"))
    van = {"method_id": factories.delivery_method("Our van", price_net=Decimal("4.50")).id}
    return {
        "catalogue_admin.product": [{"product_id": one.id} for one in products.values()],
        "catalogue_admin.edit_product": [{"product_id": changing.id}],
        "catalogue_admin.remove_product": [{"product_id": changing.id}],
        "catalogue_admin.restore_product": [{"product_id": products["deleted"].id}],
        "catalogue_admin.category": [{"category_id": held.id}],
        "catalogue_admin.remove_category": [{"category_id": empty.id}, {"category_id": held.id}],
        "catalogue_admin.tax_class": [{"tax_class_id": used.id}],
        "catalogue_admin.edit_tax_class": [{"tax_class_id": used.id}],
        "catalogue_admin.remove_tax_class": [{"tax_class_id": used.id}, {"tax_class_id": unused.id}],
        "catalogue_admin.delivery_method": [van],
        "catalogue_admin.remove_delivery_method": [van],
    }


def _products() -> dict[str, Product]:
    facts = {
        "on sale": {
            "unit_label": "case of 6",
            "pack_size": 6,
            "max_qty": 60,
            "barcode": "501",
            "shelf": "A-1",
        },
        "waiting": {"status": ProductStatus.DRAFT},
        "refused": {"status": ProductStatus.DISCONTINUED},
        "deleted": {"deleted_at": clock.now()},
    }
    made = {name: factories.product(f"Loaf that is {name}", **given) for name, given in facts.items()}
    for name, problem in (("waiting", ""), ("refused", "This picture is damaged. Save it again.")):
        judged_at = clock.now() if problem else None
        waiting = PictureWaiting(product_id=made[name].id, original="0" * 64)
        waiting.problem, waiting.judged_at = problem, judged_at
        factories.saved(waiting)
    return made

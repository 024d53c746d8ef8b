"""One product: what it is, what it costs this customer and why, and what else its family has."""

from flask import Response
from flask.typing import ResponseReturnValue

from app.catalogue.pricing import price
from app.core.access import Permission
from app.core.business import today
from app.shop.forms import QuantitiesForm
from app.shop.lines import Around, lines_of, steps_in_packs, was_words
from app.shop.pages.blueprint import bp
from app.shop.pages.filling import fill
from app.shop.pages.todays import todays
from app.shop.queries import catalogue as queries
from app.web.access import requires


@bp.get("/products/<sku>")
@requires(Permission.ORDERS_READ, buyers=True)
def product(sku: str) -> ResponseReturnValue:
    return _page(sku, QuantitiesForm())


@bp.post("/products/<sku>")
@requires(Permission.ORDERS_WRITE, buyers=True)
def fill_from_product(sku: str) -> ResponseReturnValue:
    queries.family_on_sale(sku, today())
    return fill(lambda form: _page(sku, form))


def _page(sku: str, form: QuantitiesForm) -> Response:
    tree, family = queries.branches(), queries.family_on_sale(sku, today())
    product, shown = family[0], {one.product_id for one in family}
    contents, offers, basket = todays(shown)
    lines = lines_of(family, tree, Around(offers, contents, form, today()))
    own = offers.get(product.product_id, [])
    return form.page(
        "shop/product.html",
        product=product,
        path=tree.path_to(tree.with_id(product.category_id)),
        lines=lines,
        was=was_words(contents.quantities, shown),
        steps=[(step, price(own, step.min_qty)) for step in steps_in_packs(own, product)],
        basket=basket,
        shown=shown,
    )

"""One product: what it is, what it costs this customer and why, and what else its family has."""

from flask import Response
from flask.typing import ResponseReturnValue

from app.catalogue.pricing import breaks, price
from app.catalogue.queries.offers import offers
from app.core.access import Permission
from app.orders.priced import priced
from app.orders.queries import baskets
from app.shop.forms import QuantitiesForm
from app.shop.lines import Around, lines_of, was_words
from app.shop.pages.blueprint import bp
from app.shop.pages.filling import fill, today
from app.shop.queries import catalogue as queries
from app.web.access import requires, viewer


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
    on = today()
    family = queries.family_on_sale(sku, on)
    product = family[0]
    tree, contents = queries.branches(), baskets.contents_seen_by(viewer(), on)
    shown = {one.id for one in family}
    found = offers(shown | contents.product_ids, customer_id=viewer().customer_id, on=on)
    lines = lines_of(family, Around(found, contents, tree, form, on))
    own = found.get(product.id, [])
    return form.page(
        "shop/product.html",
        product=product,
        path=tree.path_to(tree.with_id(product.category_id)),
        lines=lines,
        was=was_words(lines, contents.quantities),
        steps=[(step, price(own, step.min_qty)) for step in breaks(own)],
        basket=priced(contents, found),
        shown=shown,
    )

"""The catalogue: what is on sale, at the buyer's own prices, with a box for each quantity."""

from flask import Response
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import today
from app.core.errors import NotFound
from app.shop.branches import Branch, Tree
from app.shop.forms import QuantitiesForm
from app.shop.lines import Around, lines_of, was_words
from app.shop.pages.blueprint import bp
from app.shop.pages.filling import fill
from app.shop.pages.todays import todays
from app.shop.queries import catalogue as queries
from app.web.access import requires, viewer
from app.web.listing import Asked, Listing, asked


@bp.get("/catalogue")
@bp.get("/catalogue/<slug>")
@requires(Permission.ORDERS_READ, buyers=True)
def catalogue(slug: str = "") -> ResponseReturnValue:
    return _page(slug, QuantitiesForm())


@bp.post("/catalogue")
@bp.post("/catalogue/<slug>")
@requires(Permission.ORDERS_WRITE, buyers=True)
def fill_from_catalogue(slug: str = "") -> ResponseReturnValue:
    _branch_called(slug, queries.branches())
    return fill(lambda form: _page(slug, form))


def _page(slug: str, form: QuantitiesForm) -> Response:
    """Five questions with the viewer's own, however many products there are."""
    tree = queries.branches_counted()
    here = _branch_called(slug, tree)
    listing = _listing(asked("in_stock", "usual", sorts=("name",)), here, tree)
    shown = {product.product_id for product in listing.rows}
    contents, offers, basket = todays(shown)
    form.name_mistyped({product.product_id: product.name for product in listing.rows})
    lines = lines_of(listing.rows, tree, Around(offers, contents, form, today()))
    return form.page(
        "shop/catalogue.html",
        listing=listing,
        lines=lines,
        was=was_words(contents.quantities, shown),
        basket=basket,
        shown=shown,
        tree=tree,
        here=here,
    )


def _listing(wanted: Asked, here: Branch | None, tree: Tree) -> Listing[object]:
    page = queries.products_on_sale(
        q=wanted["q"],
        category_ids=tree.ids_under(here) if here else (),
        in_stock=bool(wanted["in_stock"]),
        bought_by=viewer().customer_id if wanted["usual"] else None,
        on=today(),
        after=wanted.after,
        before=wanted.before,
    )
    return Listing(page, wanted, "products", one="product")


def _branch_called(slug: str, tree: Tree) -> Branch | None:
    branch = tree.called(slug) if slug else None
    if slug and branch is None:
        raise NotFound("We cannot find that part of the catalogue.")
    return branch

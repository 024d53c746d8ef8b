"""Every page with quantity boxes fills the same basket in the same way."""

from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.orders.service import baskets
from app.shop.forms import QuantitiesForm
from app.web.access import viewer

PAGES = ("basket", "checkout")


def fill(page: Callable[[QuantitiesForm], Response]) -> ResponseReturnValue:
    """Put in what was typed and go on; what is wrong is shown on the same page."""
    form = QuantitiesForm()
    if not form.problems:
        with form.showing_refusals():
            tell(baskets.set_quantities(form.wanted, by=viewer()))
            return redirect(_next_page(), code=303)
    return page(form)


def tell(told: baskets.Told) -> None:
    """What could not be taken as it was asked for."""
    for one in told:
        flash(str(one), "warn")


def _next_page() -> str:
    then = request.form.get("then", "")
    if then in PAGES:
        return url_for(f"shop.{then}")
    return request.full_path.rstrip("?")

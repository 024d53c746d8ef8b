"""Every page with quantity boxes fills the same basket in the same way."""

from collections.abc import Callable

from flask import Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.orders.service import baskets
from app.shop.forms import QuantitiesForm
from app.web.access import viewer


def fill(page: Callable[[QuantitiesForm], Response]) -> ResponseReturnValue:
    """Put in what was typed and go on; what is wrong is shown on the same page."""
    form = QuantitiesForm()
    if not form.problems:
        with form.showing_refusals():
            for correction in baskets.set_quantities(form.wanted, by=viewer()):
                flash(str(correction), "warn")
            return redirect(_next_page(), code=303)
    return page(form)


def _next_page() -> str:
    if request.form.get("then") == "basket":
        return url_for("shop.basket")
    return request.full_path.rstrip("?")

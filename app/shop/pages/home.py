"""The buyer's start page."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import messages
from app.shop.pages.blueprint import bp
from app.shop.pages.todays import todays
from app.shop.queries import people
from app.web.access import requires, viewer

LATEST_MAILS = 5


@bp.get("/")
@requires()
def home() -> ResponseReturnValue:
    if viewer().is_staff:
        return redirect(url_for("desk.today"))
    return render_template(
        "shop/home.html",
        colleagues=people.count_of_colleagues(viewer()),
        messages=messages.mails_to(viewer().person_id, limit=LATEST_MAILS),
        basket=todays().basket,
    )

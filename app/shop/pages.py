"""The buyer's start page."""

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.core import messages
from app.shop import queries
from app.web.access import requires, viewer

bp = Blueprint("shop", __name__)

LATEST_MAILS = 5


@bp.get("/")
@requires()
def home() -> ResponseReturnValue:
    if viewer().is_staff:
        return redirect(url_for("desk.today"))
    return render_template(
        "shop/home.html",
        colleagues=queries.count_of_colleagues(viewer()),
        messages=messages.mails_to(viewer().person_id, limit=LATEST_MAILS),
    )

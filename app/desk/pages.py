"""What needs somebody today: each count is a link to its rows."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.business import business
from app.desk import queries
from app.desk.first_steps import steps
from app.web.access import requires, viewer

bp = Blueprint("desk", __name__, url_prefix="/desk")


@bp.get("")
@requires(staff=True)
def today() -> ResponseReturnValue:
    found = queries.today_for(viewer())
    return render_template(
        "desk/today.html",
        found=found,
        steps=steps(business(), found.known) if found.known else [],
        today=clock.business_day(clock.now(), business().time_zone),
    )

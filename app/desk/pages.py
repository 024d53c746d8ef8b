"""What needs somebody today: each count is a link to its rows."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.business import business
from app.desk import queries
from app.desk.first_steps import steps
from app.web.access import requires, viewer

bp = Blueprint("desk", __name__, url_prefix="/desk")


@bp.get("")
@requires(staff=True)
def today() -> ResponseReturnValue:
    may_set_up = viewer().may(Permission.SETTINGS_WRITE)
    return render_template(
        "desk/today.html",
        counts=queries.what_waits_for(viewer()),
        steps=steps(business(), queries.what_is_known()) if may_set_up else [],
        today=clock.business_day(clock.now(), business().time_zone),
    )

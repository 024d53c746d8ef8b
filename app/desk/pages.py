"""What needs somebody today: each count is a link to its rows."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import business
from app.core.business import today as business_day
from app.desk import queries
from app.desk.figures import figures_for
from app.desk.first_steps import steps
from app.web.access import requires, viewer

bp = Blueprint("desk", __name__, url_prefix="/desk")


@bp.get("")
@requires(staff=True)
def today() -> ResponseReturnValue:
    counts, known = queries.today()
    return render_template(
        "desk/today.html",
        figures=figures_for(viewer(), counts),
        steps=steps(business(), known) if viewer().may(Permission.SETTINGS_WRITE) else [],
        today=business_day(),
    )

"""What needs somebody today: each count is a link to its rows."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.core.business import business
from app.core.business import today as business_day
from app.desk.figures import figures_for
from app.desk.first_steps import steps
from app.desk.pages.blueprint import bp
from app.desk.queries import today as queries
from app.web.access import requires, viewer


@bp.get("/desk")
@requires(staff=True)
def today() -> ResponseReturnValue:
    counts, known = queries.today()
    return render_template(
        "desk/today.html",
        figures=figures_for(viewer(), counts),
        steps=steps(business(), known) if viewer().may(Permission.SETTINGS_WRITE) else [],
        today=business_day(),
    )

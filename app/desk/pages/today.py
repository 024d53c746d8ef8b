"""What needs somebody today: each count is a link to its rows."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core import clock
from app.core.access import Permission
from app.core.business import business
from app.core.business import today as business_day
from app.desk.figures import PRESSING, compared, differing, figures_for, waiting_for
from app.desk.first_steps import steps
from app.desk.pages.blueprint import bp
from app.desk.queries import today as queries
from app.desk.queries.today import Orders
from app.web.access import requires, viewer


@bp.get("/desk")
@requires(staff=True)
def today() -> ResponseReturnValue:
    on = business_day()
    (counts, known), orders = queries.today(on), queries.orders_of_the_day(on, clock.now())
    return render_template(
        "desk/today.html",
        waiting=waiting_for(viewer(), counts, orders),
        figures=figures_for(viewer()),
        steps=steps(business(), known) if viewer().may(Permission.SETTINGS_WRITE) else [],
        today=on,
        pressing=PRESSING,
        **(_orders(orders) if viewer().may(Permission.ORDERS_READ) else {}),
    )


def _orders(orders: Orders) -> dict[str, object]:
    """The day so far, beside the same weekday of last week up to the same hour."""
    return {
        "orders": orders,
        "more_orders": differing(orders.today.orders, orders.week_ago.orders),
        "more_sales": compared(orders.today.net, orders.week_ago.net),
    }

"""What every customer owes, by how long it has been overdue."""

from collections.abc import Mapping
from typing import Any

from flask import render_template
from flask.typing import ResponseReturnValue

from app.billing.admin.blueprint import bp
from app.billing.aged import AGES
from app.billing.queries import debt as queries
from app.core.access import Permission
from app.core.business import today
from app.web.access import requires
from app.web.csv import Columns, csv_of
from app.web.listing import Asked, Listing, asked

AS_CSV: Columns = {
    "Code": "code",
    "Customer": "name",
    **{age.word: name for name, age in AGES.items()},
    "Overdue": "overdue",
    "Total": "total",
    "Unused money": "unused",
}


@bp.get("/debt")
@requires(Permission.ACCOUNTS_WRITE, staff=True)
def debt() -> ResponseReturnValue:
    wanted, on = _wanted(), today()
    page = queries.debts_listed(on, **_sorted(wanted), after=wanted.after, before=wanted.before)
    listing: Listing[Any] = Listing(page, wanted, "customers", one="customer")
    most = max((row.total for row in page.rows), default=0)
    return render_template(
        "billing/admin/debt.html", listing=listing, all=queries.all_debt(on), ages=AGES, most=most, on=on
    )


@bp.get("/debt.csv")
@requires(Permission.ACCOUNTS_WRITE, staff=True)
def debt_csv() -> ResponseReturnValue:
    return csv_of("debt", queries.every_debt(today(), **_sorted(_wanted())), AS_CSV)


def _wanted() -> Asked:
    return asked(sorts=("-overdue", "total", "name"))


def _sorted(wanted: Asked) -> Mapping[str, Any]:
    return {"sort": wanted.sort_name, "descending": wanted.is_descending}

"""The company as its own people see it; whoever manages its people sees them and the terms, too."""

from flask import render_template
from flask.typing import ResponseReturnValue

from app.core.access import Permission
from app.customers.pages.blueprint import bp
from app.customers.queries import addresses, customers, people
from app.web.access import requires, viewer


@bp.get("")
@requires(buyers=True)
def company() -> ResponseReturnValue:
    own = customers.own_customer(viewer())
    may_manage = viewer().may(Permission.USERS_WRITE)
    return render_template(
        "customers/company.html",
        customer=own,
        manager=customers.manager_of(own),
        may_manage=may_manage,
        people=people.people_shown(own.id) if may_manage else (),
        addresses=addresses.addresses_of(viewer(), own.id),
    )

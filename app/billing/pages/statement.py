"""A buyer's statement of account."""

from flask.typing import ResponseReturnValue

from app.billing import stated
from app.billing.pages.blueprint import bp
from app.core.access import Permission
from app.customers.queries.customers import own_customer
from app.web.access import requires, viewer


@bp.get("/statement")
@requires(Permission.ORDERS_READ, buyers=True)
def statement() -> ResponseReturnValue:
    """Five questions with the viewer's own, for a customer of ten thousand invoices as well."""
    return stated.page_of(own_customer(viewer()), "billing/statement.html")


@bp.get("/statement.csv")
@requires(Permission.ORDERS_READ, buyers=True)
def statement_csv() -> ResponseReturnValue:
    return stated.file_of(own_customer(viewer()))


@bp.get("/statement.pdf")
@requires(Permission.ORDERS_READ, buyers=True)
def statement_pdf() -> ResponseReturnValue:
    return stated.pdf(own_customer(viewer()))

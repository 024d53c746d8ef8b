"""The statement of a customer's account, at the desk."""

from flask.typing import ResponseReturnValue

from app.billing import stated
from app.billing.admin.blueprint import bp
from app.core.access import Permission
from app.customers.queries.customers import customer_seen_by
from app.web.access import requires, viewer


@bp.get("/customers/<code>/statement")
@requires(Permission.ACCOUNTS_WRITE, staff=True)
def statement(code: str) -> ResponseReturnValue:
    return stated.page_of(customer_seen_by(viewer(), code), "billing/admin/statement.html")


@bp.get("/customers/<code>/statement.csv")
@requires(Permission.ACCOUNTS_WRITE, staff=True)
def statement_csv(code: str) -> ResponseReturnValue:
    return stated.file_of(customer_seen_by(viewer(), code))


@bp.get("/customers/<code>/statement.pdf")
@requires(Permission.ACCOUNTS_WRITE, staff=True)
def statement_pdf(code: str) -> ResponseReturnValue:
    return stated.pdf(customer_seen_by(viewer(), code))

"""What a customer owes, for programs: buyers see their own."""

from app.billing import periods
from app.billing.queries.statement import figures_of
from app.billing.service.statements import statement_of
from app.core.access import Permission
from app.core.business import today
from app.customers.queries.customers import customer_seen_by
from app.orders.queries.credit import credit_of
from app.orders.schemas.accounts import CreditOut, StatementAsked, StatementOut
from app.web.access import Access, check, requires, viewer
from app.web.api import api


@api.get("/customers/<code>/credit", answer=CreditOut)
@requires(Permission.ORDERS_READ)
def show_credit(code: str) -> CreditOut:
    """Show how much credit a customer has, and what stands open."""
    customer, on = customer_seen_by(viewer(), code), today()
    figures = figures_of(customer.id, periods.named("this-month", on), today=on)
    return CreditOut.of(credit_of(customer), figures)


@api.get("/customers/<code>/statement", query=StatementAsked, answer=StatementOut)
@requires(Permission.ORDERS_READ)
def show_statement(code: str, query: StatementAsked) -> StatementOut:
    """Show what changed the balance of a customer between two days.

    Staff need `accounts:write` as well.
    """
    if viewer().is_staff:
        check(Access(permission=Permission.ACCOUNTS_WRITE), viewer())
    on = today()
    period = periods.between(query.starts, query.ends, on=on)
    return StatementOut.of(statement_of(customer_seen_by(viewer(), code), period, today=on))

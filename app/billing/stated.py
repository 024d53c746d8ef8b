"""A statement as both sides are shown it: the page, the file and the PDF of one period."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from app.accounts.models import Customer
from app.billing import movements, periods
from app.billing.periods import Period
from app.billing.queries.statement import every_line, figures_of
from app.billing.service import statements
from app.core import clock
from app.core.business import business, today
from app.core.database import db
from app.core.typesetting import pdf_of
from app.web.csv import Columns, csv_of

AS_CSV: Columns = {
    "Day": "day",
    "What": movements.kind_of,
    "Number": "number",
    "About": movements.about,
    "Amount": "amount",
    "Balance": "balance",
}


def page_of(customer: Customer, template: str) -> ResponseReturnValue:
    return render_template(
        template,
        statement=statements.statement_of(customer, _period(), today=today()),
        words=movements,
        periods=periods.WORDS,
    )


def file_of(customer: Customer) -> ResponseReturnValue:
    period = _period()
    opening = figures_of(customer.id, period, today=today()).opening
    return csv_of(f"statement-{customer.code}", every_line(customer.id, period, opening=opening), AS_CSV)


def pdf(customer: Customer) -> ResponseReturnValue:
    """Set at once: it is made of today's figures, and nobody would look at it again."""
    found = statements.statement_of(customer, _period(), today=today())
    content, name = statements.content_of(found, business()), found.file_name
    db.session.rollback()  # no transaction stays open while it is set
    response = Response(pdf_of("statement", content, at=clock.now()).pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def _period() -> Period:
    wanted = request.args
    return periods.asked(wanted.get("period", ""), wanted.get("from", ""), wanted.get("to", ""), on=today())

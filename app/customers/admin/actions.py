"""What can be done with a customer on a page of its own: each action says beforehand what it does."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts.models import Customer, CustomerStatus
from app.core import clock
from app.core.access import Permission, Viewer
from app.customers.admin.blueprint import bp
from app.customers.forms import ReasonForm
from app.customers.queries import customers as queries
from app.customers.service import standing
from app.web.access import requires, viewer
from app.web.forms import VersionedForm
from app.web.idempotency import once


@dataclass(frozen=True, slots=True)
class Action:
    """One verb. Most of them are asked for their reason."""

    name: str
    label: str
    icon: str
    use_case: Callable[..., Customer]
    done: str
    effects: tuple[str, ...]
    needs_reason: bool = True
    takes_away: bool = True


NOTHING_IS_LOST = "Orders, invoices and addresses stay as they are."
ACTIONS = {
    action.name: action
    for action in (
        Action(
            "stop",
            "Put on stop",
            "minus",
            standing.put_on_stop,
            "{} is on stop",
            ("Their people can sign in and look, and cannot order.", "Open orders go on as they are."),
        ),
        Action(
            "release",
            "Take off stop",
            "undo",
            standing.take_off_stop,
            "{} can order again",
            ("Their people can order again at once.",),
            takes_away=False,
        ),
        Action(
            "close",
            "Close",
            "x",
            standing.close,
            "{} is closed",
            (
                "Their people are signed out at once and cannot sign in.",
                "API keys of theirs are revoked for good.",
                NOTHING_IS_LOST,
                "You can reopen the customer.",
            ),
        ),
        Action(
            "reopen",
            "Reopen",
            "undo",
            standing.reopen,
            "{} is open again",
            ("Their people can sign in with the passwords they had, and order.",),
            takes_away=False,
        ),
        Action(
            "delete",
            "Delete",
            "x",
            standing.remove,
            "{} is deleted",
            (
                "It leaves the lists, and its code can be used for somebody else.",
                "A customer with people or orders cannot be deleted. Close it instead.",
                "You can restore it.",
            ),
            needs_reason=False,
        ),
    )
}
RESTORE = Action(
    "restore",
    "Restore",
    "undo",
    standing.restore,
    "{} is back",
    ("It is back in the lists as it was.",),
    needs_reason=False,
    takes_away=False,
)
IN_STATUS = {
    CustomerStatus.APPLIED: ("delete",),
    CustomerStatus.ACTIVE: ("stop", "close", "delete"),
    CustomerStatus.ON_STOP: ("release", "close", "delete"),
    CustomerStatus.CLOSED: ("reopen", "delete"),
}


def actions_for(customer: Customer, who: Viewer) -> list[Action]:
    if customer.deleted_at or not who.may(Permission.CUSTOMERS_WRITE):
        return []
    return [ACTIONS[name] for name in IN_STATUS[customer.status]]


@bp.route(f"/desk/customers/<code>/<any({', '.join(ACTIONS)}):name>", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def act(code: str, name: str) -> ResponseReturnValue:
    action = ACTIONS[name]
    form = _form_for(action, queries.customer_seen_by(viewer(), code))
    if form.validate_on_submit():
        with form.showing_refusals():
            customer = _done(action, code, form)
            flash(action.done.format(customer.name), "good")
            return redirect(page_of(customer), code=303)
    customer = queries.customer_seen_by(viewer(), code)
    form.compare_with(customer, reason=form.reason.data if action.needs_reason else None)
    return form.page("customers/act.html", action=action, customer=customer, page=page_of(customer))


@bp.route("/desk/customers/deleted/<int:customer_id>/restore", methods=["GET", "POST"])
@requires(Permission.CUSTOMERS_WRITE, staff=True)
@once
def restore(customer_id: int) -> ResponseReturnValue:
    form = VersionedForm(obj=queries.customer_with_id(viewer(), customer_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            customer = RESTORE.use_case(customer_id, version=form.seen_version, by=viewer())
            flash(RESTORE.done.format(customer.name), "good")
            return redirect(page_of(customer), code=303)
    customer = queries.customer_with_id(viewer(), customer_id)
    form.compare_with(customer)
    return form.page("customers/act.html", action=RESTORE, customer=customer, page=page_of(customer))


def page_of(customer: Customer) -> str:
    """A deleted one is reached by its number: its code may be somebody else's by now."""
    if customer.deleted_at:
        return url_for(".deleted_customer", customer_id=customer.id)
    return url_for(".customer", code=customer.code)


def _form_for(action: Action, customer: Customer) -> VersionedForm:
    return (ReasonForm if action.needs_reason else VersionedForm)(data={"version": customer.version})


def _done(action: Action, code: str, form: VersionedForm) -> Customer:
    reason = form.plain("reason") if action.needs_reason else {}
    return action.use_case(code, **reason, version=form.seen_version, by=viewer(), at=clock.now())

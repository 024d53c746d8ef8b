"""People: the list, inviting, one person, and changing them."""

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.admin.blueprint import bp
from app.accounts.admin.forms import InviteForm, PersonForm
from app.accounts.admin.person_actions import actions_for
from app.accounts.happened import HAPPENED
from app.accounts.models import UserKind
from app.accounts.queries import administration, credentials, people_list
from app.accounts.queries import people as queries
from app.accounts.service import people as service
from app.core import clock
from app.core.access import Permission
from app.web.access import recently_confirmed, requires, viewer
from app.web.csv import csv_of
from app.web.idempotency import once
from app.web.listing import Asked, Listing, asked


@dataclass(frozen=True, slots=True)
class Tab:
    """One view of the list; everybody is on exactly one."""

    name: str
    label: str
    standing: str
    kind: str = ""
    state: str = "active"


TABS = (
    Tab("staff", "Staff", "staff", kind=UserKind.STAFF),
    Tab("buyers", "Buyers", "buyer", kind=UserKind.BUYER),
    Tab("invited", "Invited", "invited", state="invited"),
    Tab("deactivated", "Deactivated", "deactivated", state="deactivated"),
    Tab("deleted", "Deleted", "deleted", state="deleted"),
)


IN_A_FILE = {
    "Name": "name",
    "Email": "email",
    "Kind": "kind",
    "Customer": "company",
    "Roles": "role_names",
    "Last here": "last_login_at",
}


@bp.get("/users")
@requires(Permission.USERS_WRITE, staff=True)
def people() -> ResponseReturnValue:
    wanted, here = _wanted()
    around = administration.surroundings_of_people()
    sought = _sought(wanted, here, around)
    page = people_list.people_listed(viewer(), **sought, after=wanted.after, before=wanted.before)
    listing = Listing(page, wanted, "people", one="person")
    return render_template("accounts/admin/people.html", listing=listing, tabs=TABS, here=here, around=around)


@bp.get("/users.csv")
@requires(Permission.USERS_WRITE, staff=True)
def people_csv() -> ResponseReturnValue:
    sought = _sought(*_wanted(), administration.surroundings_of_people())
    return csv_of("people", people_list.every_person(viewer(), **sought), IN_A_FILE)


def _wanted() -> tuple[Asked, Tab]:
    wanted = asked("tab", "role", sorts=("name", "email", "last_login"))
    return wanted, next((tab for tab in TABS if tab.name == wanted["tab"]), TABS[0])


def _sought(wanted: Asked, here: Tab, around: administration.Surroundings) -> dict[str, Any]:
    return {
        "q": wanted["q"],
        "kind": here.kind,
        "state": here.state,
        "role_id": around.role_id(wanted["role"]),
        "sort": wanted.sort_name,
        "descending": wanted.is_descending,
    }


@bp.route("/users/invite", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@recently_confirmed
@once
def invite() -> ResponseReturnValue:
    wanted, customer = request.args.get("kind", ""), request.args.get("customer", "")
    form = InviteForm.for_kind(wanted, by=viewer(), customer=customer)
    if form.validate_on_submit():
        with form.showing_refusals():
            person = service.invite(**form.invitation(), by=viewer(), at=clock.now())
            flash(f"An invitation is on its way to {person.email}", "good")
            return redirect(url_for(".person", user_id=person.id), code=303)
    return form.page("accounts/admin/invite.html", customers=administration.customers_to_choose())


@bp.get("/users/<int:user_id>")
@requires(Permission.USERS_WRITE, staff=True)
def person(user_id: int) -> ResponseReturnValue:
    found = queries.person_seen_by(viewer(), user_id)
    return render_template(
        "accounts/admin/person.html",
        person=found,
        permissions=[permission.word for permission in Permission if found.may(permission)],
        sessions=credentials.sessions_of(user_id, clock.now()),
        events=administration.last_events_of(found, HAPPENED),
        happened=HAPPENED,
        actions=actions_for(found, viewer()),
    )


@bp.route("/users/<int:user_id>/edit", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@recently_confirmed
@once
def edit(user_id: int) -> ResponseReturnValue:
    form = PersonForm.of(queries.person_seen_by(viewer(), user_id), by=viewer())
    if form.validate_on_submit():
        with form.showing_refusals():
            service.edit(user_id, **form.changes(), version=form.seen_version, by=viewer())
            flash("Changes saved", "good")
            return redirect(url_for(".person", user_id=user_id), code=303)
    person = queries.person_seen_by(viewer(), user_id)
    form.compare_with(person, roles=person.role_codes)
    return form.page("accounts/admin/edit.html", person=person)

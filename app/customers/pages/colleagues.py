"""Colleagues, looked after by whoever runs their company's account."""

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts.admin.forms import InviteForm, PersonForm
from app.accounts.admin.person_actions import ACTIONS, actions_for
from app.accounts.models import UserKind
from app.accounts.queries import people as queries
from app.accounts.service import people as service
from app.core import clock
from app.core.access import Permission
from app.customers.pages.blueprint import bp
from app.web.access import recently_confirmed, requires, viewer
from app.web.forms import VersionedForm
from app.web.idempotency import once

OFFERED = ("deactivate", "reactivate", "invitation")


@bp.route("/people/invite", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, buyers=True)
@recently_confirmed
@once
def invite() -> ResponseReturnValue:
    form = InviteForm.for_kind(UserKind.BUYER, by=viewer())
    del form.customer_id
    if form.validate_on_submit():
        with form.showing_refusals():
            person = service.invite(**form.invitation(), by=viewer(), at=clock.now())
            flash(f"An invitation is on its way to {person.email}", "good")
            return redirect(url_for(".company"), code=303)
    return form.page("customers/invite.html")


@bp.route("/people/<int:user_id>", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, buyers=True)
@recently_confirmed
@once
def colleague(user_id: int) -> ResponseReturnValue:
    form = PersonForm.of(queries.person_seen_by(viewer(), user_id), by=viewer())
    if form.validate_on_submit():
        with form.showing_refusals():
            service.edit(user_id, **form.changes(), version=form.seen_version, by=viewer())
            flash("Changes saved", "good")
            return redirect(url_for(".company"), code=303)
    person = queries.person_seen_by(viewer(), user_id)
    form.compare_with(person, roles=person.role_codes)
    actions = [action for action in actions_for(person, viewer()) if action.name in OFFERED]
    return form.page("customers/colleague.html", person=person, actions=actions)


@bp.route(f"/people/<int:user_id>/<any({', '.join(OFFERED)}):name>", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, buyers=True)
@once
def act(user_id: int, name: str) -> ResponseReturnValue:
    form, action = VersionedForm(obj=queries.person_seen_by(viewer(), user_id)), ACTIONS[name]
    if form.validate_on_submit():
        with form.showing_refusals():
            person = action.use_case(user_id, by=viewer(), at=clock.now(), version=form.seen_version)
            flash(action.done.format(person.name), "good")
            return redirect(url_for(".company"), code=303)
    person = queries.person_seen_by(viewer(), user_id)
    form.compare_with(person)
    return form.page("customers/colleague_act.html", action=action, person=person)

"""Roles: who may do what, as a grid to read and a form per role to change."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.accounts.admin.blueprint import bp
from app.accounts.admin.forms import RoleForm
from app.accounts.models import FOR_BUYERS, UserKind
from app.accounts.queries import people as queries
from app.accounts.service import roles as service
from app.core.access import Permission
from app.web.access import recently_confirmed, requires, viewer
from app.web.forms import VersionedForm
from app.web.idempotency import once


@bp.get("/roles")
@requires(Permission.USERS_WRITE, staff=True)
def roles() -> ResponseReturnValue:
    return render_template(
        "accounts/admin/roles.html",
        roles=queries.roles(),
        permissions=list(Permission),
        for_buyers=FOR_BUYERS,
    )


@bp.route("/roles/new", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@recently_confirmed
@once
def new_role() -> ResponseReturnValue:
    kind = UserKind.BUYER if request.args.get("kind") == UserKind.BUYER else UserKind.STAFF
    form = RoleForm.for_kind(kind, by=viewer())
    if form.validate_on_submit():
        with form.showing_refusals():
            role = service.create(code=form.code, kind=kind, **form.plain("name", "permissions"), by=viewer())
            flash(f"Role {role.name} added", "good")
            return redirect(url_for(".roles"), code=303)
    return form.page("accounts/admin/role.html", role=None, kind=kind)


@bp.route("/roles/<code>", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@recently_confirmed
@once
def role(code: str) -> ResponseReturnValue:
    found = queries.role(code)
    form = RoleForm.for_kind(found.kind, by=viewer(), role=found)
    if form.validate_on_submit():
        with form.showing_refusals():
            typed = form.plain("name", "permissions")
            service.edit(code, **typed, version=form.seen_version, by=viewer())
            flash(f"Role {form.name.data} saved", "good")
            return redirect(url_for(".roles"), code=303)
    found = queries.role(code)
    form.compare_with(found)
    return form.page("accounts/admin/role.html", role=found, kind=found.kind)


@bp.route("/roles/<code>/remove", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@recently_confirmed
@once
def remove_role(code: str) -> ResponseReturnValue:
    found = queries.role(code)
    form = VersionedForm(obj=found)
    if form.validate_on_submit():
        with form.showing_refusals():
            service.remove(code, by=viewer(), version=form.seen_version)
            flash(f"Role {found.name} removed", "good")
            return redirect(url_for(".roles"), code=303)
    found = queries.role(code)
    form.compare_with(found)
    return form.page("accounts/admin/role_remove.html", role=found, holders=queries.holders_of(found.id))

"""API keys: which there are, making one, showing it once, revoking it."""

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from app.accounts.admin.blueprint import bp
from app.accounts.admin_forms import KeyForm
from app.accounts.queries import administration
from app.accounts.queries import keys as queries
from app.accounts.service import keys as service
from app.core import clock
from app.core.access import Permission
from app.web.access import requires, viewer
from app.web.forms import Form
from app.web.idempotency import once

SHOWN_ONCE = "new_key"


@bp.get("/keys")
@requires(Permission.USERS_WRITE, staff=True)
def keys() -> ResponseReturnValue:
    return render_template("accounts/admin/keys.html", keys=queries.keys_listed(), now=clock.now())


@bp.route("/keys/new", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@once
def new_key() -> ResponseReturnValue:
    form = KeyForm.for_viewer(viewer())
    if form.validate_on_submit():
        with form.showing_refusals():
            key, text = service.create(**form.key(), by=viewer())
            session[SHOWN_ONCE] = [key.id, text]
            return redirect(url_for(".key", key_id=key.id), code=303)
    return form.page("accounts/admin/key_new.html", customers=administration.customers_to_choose())


@bp.get("/keys/<int:key_id>")
@requires(Permission.USERS_WRITE, staff=True)
def key(key_id: int) -> ResponseReturnValue:
    """Right after it was made, with its text; whoever comes back finds only the facts."""
    made_now, text = session.pop(SHOWN_ONCE, (None, None))
    key, company = queries.key_with_company(key_id)
    return render_template(
        "accounts/admin/key.html",
        key=key,
        company=company,
        permissions=[permission.word for permission in Permission if permission in key.permissions],
        text=text if made_now == key_id else None,
        now=clock.now(),
    )


@bp.route("/keys/<int:key_id>/revoke", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@once
def revoke_key(key_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with form.showing_refusals():
            key = service.revoke(key_id, by=viewer(), at=clock.now())
            flash(f"Key {key.name} is revoked", "good")
            return redirect(url_for(".keys"), code=303)
    return form.page("accounts/admin/key_revoke.html", key=queries.key(key_id))

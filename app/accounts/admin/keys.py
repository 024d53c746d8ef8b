"""API keys: which there are, making one, showing it for a while, revoking it."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.accounts.admin import new_keys
from app.accounts.admin.blueprint import bp
from app.accounts.admin.forms import KeyForm
from app.accounts.credentials import ApiKey
from app.accounts.queries import administration
from app.accounts.queries import keys as queries
from app.accounts.service import keys as service
from app.core import clock
from app.core.access import Permission, words_of
from app.web.access import recently_confirmed, requires, viewer
from app.web.forms import Form
from app.web.idempotency import once

bp.add_app_template_filter(words_of, "permission_words")


@bp.get("/keys")
@requires(Permission.USERS_WRITE, staff=True)
def keys() -> ResponseReturnValue:
    return render_template("accounts/admin/keys.html", keys=queries.keys_listed(), now=clock.now())


@bp.route("/keys/new", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@recently_confirmed
@once
def new_key() -> ResponseReturnValue:
    form = KeyForm.for_viewer(viewer())
    if form.validate_on_submit():
        with form.showing_refusals():
            text, token = new_keys.new_text()
            key = service.create(**form.key(), text=text, by=viewer())
            return redirect(url_for(".key", key_id=key.id, token=token), code=303)
    return form.page("accounts/admin/key_new.html", customers=administration.customers_to_choose())


@bp.get("/keys/<int:key_id>")
@requires(Permission.USERS_WRITE, staff=True)
def key(key_id: int) -> ResponseReturnValue:
    """Right after it was made, with its text; whoever comes back later finds only the facts."""
    found = queries.key_in_full(key_id)
    key: ApiKey = found.ApiKey
    return render_template(
        "accounts/admin/key.html",
        found=found,
        key=key,
        may_revoke=viewer().may_grant(frozenset(key.permissions)),
        text=new_keys.text_to_show(key),
        now=clock.now(),
    )


@bp.route("/keys/<int:key_id>/revoke", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@recently_confirmed
@once
def revoke_key(key_id: int) -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with form.showing_refusals():
            key = service.revoke(key_id, by=viewer(), at=clock.now())
            flash(f"Key {key.name} is revoked", "good")
            return redirect(url_for(".keys"), code=303)
    return form.page("accounts/admin/key_revoke.html", key=queries.key(key_id))

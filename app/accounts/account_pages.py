"""A person's own account: profile, password, devices, and the emails we sent."""

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import logout_user

from app.accounts.forms import ChangePasswordForm, ProfileForm
from app.accounts.identity import passwords
from app.accounts.queries import credentials, people
from app.accounts.service import own_account, signing_in
from app.core import clock, messages
from app.core.access import Viewer
from app.web.access import requires, viewer

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.route("", methods=["GET", "POST"])
@requires()
def profile() -> ResponseReturnValue:
    person = people.person_seen_by(viewer(), viewer().user_id or 0)
    form = ProfileForm(obj=person, single_keys=viewer().single_keys)
    if form.validate_on_submit():
        with form.showing_refusals():
            typed = form.plain("name", "phone", "single_keys")
            own_account.edit_profile(by=viewer(), version=form.seen_version, **typed)
            flash("Profile saved", "good")
            return redirect(url_for(".profile"), code=303)
    return form.page("accounts/profile.html", person=person)


@bp.post("/appearance")
@requires()
def appearance() -> ResponseReturnValue:
    own_account.choose_appearance(request.form.get("theme", ""), by=viewer())
    return redirect(url_for(".profile"), code=303)


@bp.route("/password", methods=["GET", "POST"])
@requires()
def password() -> ResponseReturnValue:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            own_account.change_password(
                form.current.data, form.password.data, by=viewer(), passwords=passwords(), at=clock.now()
            )
            flash("Password changed. Every other device is signed out.", "good")
            return redirect(url_for(".password"), code=303)
    return form.page("accounts/password.html")


@bp.get("/devices")
@requires()
def devices() -> ResponseReturnValue:
    sessions = credentials.sessions_of(viewer().user_id or 0, clock.now())
    return render_template("accounts/devices.html", sessions=sessions)


@bp.post("/devices/<int:session_id>/end")
@requires()
def end_device(session_id: int) -> ResponseReturnValue:
    signing_in.end_session(session_id, by=viewer())
    flash("That device is signed out", "good")
    return redirect(url_for(".devices"), code=303)


@bp.post("/sign-out-everywhere")
@requires()
def sign_out_everywhere() -> ResponseReturnValue:
    signing_in.sign_out_everywhere(by=viewer(), at=clock.now())
    logout_user()
    session.clear()
    return redirect(url_for("accounts.login"), code=303)


@bp.get("/emails")
@requires()
def emails() -> ResponseReturnValue:
    return render_template("accounts/emails.html", messages=messages.mails_to(_user_id(viewer())))


@bp.get("/emails/<int:message_id>")
@requires()
def email(message_id: int) -> ResponseReturnValue:
    message = messages.mail_to(_user_id(viewer()), message_id)
    return render_template("accounts/email.html", message=message) if message else abort(404)


def _user_id(who: Viewer) -> int:
    return who.user_id or 0

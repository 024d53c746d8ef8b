"""A person's own account: profile, password, devices, and the emails we sent."""

from flask import Blueprint, abort, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from app.accounts.devices import this_device
from app.accounts.forms import ChangePasswordForm, ConfirmForm, ProfileForm
from app.accounts.identity import viewer_of_session
from app.accounts.parts import passwords
from app.accounts.queries import credentials, people
from app.accounts.service import own_account, signing_in, signing_out
from app.core import clock, messages
from app.web.access import requires, viewer
from app.web.idempotency import once
from app.web.mails import with_links
from app.web.safe_redirect import next_path

bp = Blueprint("account", __name__, url_prefix="/account")


@bp.route("", methods=["GET", "POST"])
@requires()
@once
def profile() -> ResponseReturnValue:
    person = people.person_seen_by(viewer(), viewer().person_id)
    form = ProfileForm.of(person, by=viewer())
    if form.validate_on_submit():
        with form.showing_refusals():
            own_account.edit_profile(by=viewer(), version=form.seen_version, **form.changes())
            flash("Profile saved", "good")
            return redirect(url_for(".profile"), code=303)
    form.compare_with(person, single_keys=person.single_keys)
    return form.page("accounts/profile.html", person=person)


@bp.post("/verify")
@requires()
@once
def verify_again() -> ResponseReturnValue:
    own_account.verify_again(by=viewer())
    flash("A new link is on its way to you", "good")
    return redirect(url_for(".profile"), code=303)


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
            own_account.count_guess(by=viewer())
            return _password_changed(form)
    return form.page("accounts/password.html")


@once
def _password_changed(form: ChangePasswordForm) -> ResponseReturnValue:
    own_account.change_password(
        form.current.data, form.password.data, by=viewer(), passwords=passwords(), at=clock.now()
    )
    flash("Password changed. Every other device is signed out.", "good")
    return redirect(url_for(".password"), code=303)


@bp.route("/confirm", methods=["GET", "POST"])
@requires()
def confirm() -> ResponseReturnValue:
    """Where `@recently_confirmed` sends people; they go on from here to what they wanted to open."""
    form = ConfirmForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            device = this_device(viewer().email)
            token = signing_in.confirm(
                form.password.data, by=viewer(), passwords=passwords(), device=device, at=clock.now()
            )
            login_user(viewer_of_session(token))
            return redirect(next_path("/"), code=303)
    return form.page("accounts/confirm.html")


@bp.get("/devices")
@requires()
def devices() -> ResponseReturnValue:
    sessions = credentials.sessions_of(viewer().person_id, clock.now())
    return render_template("accounts/devices.html", sessions=sessions)


@bp.post("/devices/<int:session_id>/end")
@requires()
def end_device(session_id: int) -> ResponseReturnValue:
    signing_out.end_session(session_id, by=viewer())
    flash("That device is signed out", "good")
    return redirect(url_for(".devices"), code=303)


@bp.post("/sign-out-everywhere")
@requires()
def sign_out_everywhere() -> ResponseReturnValue:
    signing_out.sign_out_everywhere(by=viewer(), at=clock.now())
    logout_user()
    session.clear()
    flash("You are signed out everywhere", "good")
    return redirect(url_for("accounts.login"), code=303)


@bp.get("/emails")
@requires()
def emails() -> ResponseReturnValue:
    return render_template("accounts/emails.html", messages=messages.mails_to(viewer().person_id))


@bp.get("/emails/<int:message_id>")
@requires()
def email(message_id: int) -> ResponseReturnValue:
    message = messages.mail_to(viewer().person_id, message_id)
    if message is None or message.sent is None:
        abort(404)
    return render_template("accounts/email.html", message=message, text=with_links(message.sent["text"]))

"""Pages before sign-in: signing in and out, applying, and the links we mail."""

from flask import (
    Blueprint,
    Response,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import login_user, logout_user

from app.accounts import devices
from app.accounts.credentials import OneTimeToken
from app.accounts.forms import ForgotForm, LoginForm, NewPasswordForm, RegisterForm, VerifyForm
from app.accounts.identity import passwords, viewer_of_session
from app.accounts.models import TokenKind
from app.accounts.service import applications, links, own_account, signing_in
from app.core import clock
from app.core.errors import Refused
from app.web.access import public, viewer
from app.web.csrf import renew_csrf
from app.web.idempotency import once
from app.web.safe_redirect import next_path

bp = Blueprint("accounts", __name__)


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> ResponseReturnValue:
    if request.method == "GET" and viewer().is_authenticated:
        return redirect(next_path("/"))
    form = LoginForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            return _signed_in(form)
    return form.page("accounts/login.html", **current_app.extensions["demo_sign_in"])


def _signed_in(form: LoginForm) -> Response:
    device = devices.this_device(form.email.data)
    proof = signing_in.prove(form.email.data, form.password.data, passwords=passwords(), device=device)
    token = signing_in.open_session(proof, device=device, at=clock.now())
    session.clear()
    renew_csrf()
    session.permanent = bool(form.keep.data)
    login_user(viewer_of_session(token))
    response = make_response(redirect(next_path("/"), code=303))
    devices.remember(response, form.email.data)
    return response


@bp.post("/logout")
@public
def logout() -> ResponseReturnValue:
    signing_in.sign_out(viewer())
    logout_user()
    session.clear()
    response = make_response(redirect(url_for(".login"), code=303))
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@bp.route("/register", methods=["GET", "POST"])
@public
@once
def register() -> ResponseReturnValue:
    form = RegisterForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            applications.apply(form.application(), passwords=passwords())
            return redirect(url_for(".registered"), code=303)
    return form.page("accounts/register.html")


@bp.get("/registered")
@public
def registered() -> ResponseReturnValue:
    return render_template("accounts/registered.html")


@bp.route("/password/forgot", methods=["GET", "POST"])
@public
def forgot() -> ResponseReturnValue:
    form = ForgotForm()
    if form.validate_on_submit():
        own_account.forgot_password(form.email.data)
        return redirect(url_for(".forgot_sent"), code=303)
    return form.page("accounts/forgot.html")


@bp.get("/password/sent")
@public
def forgot_sent() -> ResponseReturnValue:
    return render_template("accounts/forgot_sent.html")


@bp.route("/password/reset/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> ResponseReturnValue:
    link = _link_or_none(TokenKind.RESET, token)
    if link is None:
        return _dead_link()
    form = NewPasswordForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            own_account.reset_password(token, form.password.data, passwords=passwords(), at=clock.now())
            return redirect(url_for(".login"), code=303)
    return form.page("accounts/reset.html", token=token)


@bp.route("/invite/<token>", methods=["GET", "POST"])
@public
def invite(token: str) -> ResponseReturnValue:
    link = _link_or_none(TokenKind.INVITE, token)
    if link is None:
        return _dead_link()
    form = NewPasswordForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            own_account.accept_invitation(token, form.password.data, passwords=passwords(), at=clock.now())
            return redirect(url_for(".login"), code=303)
    return form.page("accounts/invite.html", token=token, person=link.user)


@bp.route("/verify/<token>", methods=["GET", "POST"])
@public
def verify(token: str) -> ResponseReturnValue:
    if _link_or_none(TokenKind.VERIFY, token) is None:
        return _dead_link()
    form = VerifyForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            own_account.verify_email(token, at=clock.now())
            return redirect(url_for(".login"), code=303)
    return form.page("accounts/verify.html", token=token)


def _link_or_none(kind: TokenKind, token: str) -> OneTimeToken | None:
    try:
        return links.opened(kind, token, at=clock.now())
    except Refused:
        return None


def _dead_link() -> ResponseReturnValue:
    return render_template("accounts/link_dead.html"), 404

"""Pages before sign-in: signing in and out, applying, and the links we mail."""

from collections.abc import Sequence

from flask import (
    Blueprint,
    Response,
    flash,
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
from app.accounts.identity import viewer_of_session
from app.accounts.models import TokenKind, User
from app.accounts.parts import passwords
from app.accounts.service import applications, links, own_account, signing_in, signing_out
from app.accounts.service.signing_in import NotOpenYet
from app.core import clock
from app.core.errors import Refused
from app.millrace import DEMO_PASSWORD, PEOPLE, DemoPerson
from app.web.access import public, viewer
from app.web.csrf import renew_csrf
from app.web.idempotency import once
from app.web.parts import settings
from app.web.safe_redirect import next_path

bp = Blueprint("accounts", __name__)

KNOWN_EMAIL = "known_email"  # of whoever came by a link just now, to save them typing it
NOT_OPEN = 403


@bp.route("/login", methods=["GET", "POST"])
@public
def login() -> ResponseReturnValue:
    if request.method == "GET" and viewer().is_authenticated:
        return redirect(next_path("/"))
    form = LoginForm(data={"email": session.get(KNOWN_EMAIL)})
    if form.validate_on_submit():
        with form.showing_refusals():
            return _signed_in(form)
    return form.page("accounts/login.html", demo_people=_demo_people(), demo_password=DEMO_PASSWORD)


def _signed_in(form: LoginForm) -> Response:
    device = devices.this_device(form.email.data)
    try:
        proof = signing_in.prove(form.email.data, form.password.data, passwords=passwords(), device=device)
    except NotOpenYet as reason:
        return make_response(render_template("accounts/not_open.html", reason=reason), NOT_OPEN)
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
    signing_out.sign_out(by=viewer())
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
@once
def reset(token: str) -> ResponseReturnValue:
    link = _link_or_none(TokenKind.RESET, token)
    if link is None:
        return _dead_link()
    form = NewPasswordForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            user = own_account.reset_password(
                token, form.password.data, passwords=passwords(), at=clock.now()
            )
            return _password_saved(user)
    return form.page("accounts/reset.html", token=token, person=link.user)


@bp.route("/invite/<token>", methods=["GET", "POST"])
@public
@once
def invite(token: str) -> ResponseReturnValue:
    link = _link_or_none(TokenKind.INVITE, token)
    if link is None:
        return _dead_link()
    form = NewPasswordForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            user = own_account.accept_invitation(
                token, form.password.data, passwords=passwords(), at=clock.now()
            )
            return _password_saved(user)
    return form.page("accounts/invite.html", token=token, person=link.user)


@bp.route("/verify/<token>", methods=["GET", "POST"])
@public
@once
def verify(token: str) -> ResponseReturnValue:
    if _link_or_none(TokenKind.VERIFY, token) is None:
        return _dead_link()
    form = VerifyForm()
    if form.validate_on_submit():
        with form.showing_refusals():
            user = own_account.verify_email(token, at=clock.now())
            return _to_sign_in(user, "Your address is confirmed")
    return form.page("accounts/verify.html", token=token)


def _demo_people() -> Sequence[DemoPerson]:
    """Whom the sign-in page offers with one click; nobody outside the demo."""
    return PEOPLE if settings().demo else ()


def _password_saved(user: User) -> Response:
    """Whoever reads their mail here owns this device: strangers' guesses elsewhere do not count against it."""
    response = _to_sign_in(user, "Password saved. Sign in with it.")
    devices.remember(response, user.email)
    return response


def _to_sign_in(user: User, done: str) -> Response:
    flash(done, "good")
    session[KNOWN_EMAIL] = user.email
    return make_response(redirect(url_for(".login"), code=303))


def _link_or_none(kind: TokenKind, token: str) -> OneTimeToken | None:
    try:
        return links.opened(kind, token, at=clock.now())
    except Refused:
        return None


def _dead_link() -> ResponseReturnValue:
    return render_template("accounts/link_dead.html"), 404

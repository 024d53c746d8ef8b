"""Signing in for programs, and what people do about their password without having one."""

from flask import request

from app.accounts.access_tokens import LIFE
from app.accounts.parts import access_tokens, passwords
from app.accounts.schemas import Forgot, Login, Refresh, Register, Reset, Tokens
from app.accounts.service import api_sign_in, applications, own_account, signing_in
from app.accounts.service.api_sign_in import SignIn
from app.accounts.service.signing_in import Device
from app.core import clock
from app.web.access import public
from app.web.api import api


@api.post("/auth/login", body=Login, answer=Tokens, refusals=(401,))
@public
def login(body: Login) -> Tokens:
    """Sign in with email and password.

    Wrong pairs all get the same answer, 401 `wrong_credentials`. After ten wrong tries the account
    waits: 429 with Retry-After.
    """
    device = Device(address=request.remote_addr or "", description="API")
    proof = signing_in.prove(body.email.lower(), body.password, passwords=passwords(), device=device)
    return _tokens(api_sign_in.open_family(proof, at=clock.now()))


@api.post("/auth/refresh", body=Refresh, answer=Tokens, refusals=(401,))
@public
def refresh(body: Refresh) -> Tokens:
    """Trade a refresh token for a new pair.

    Each refresh token works once. Using one a second time ends the whole sign-in, because two hold it.
    """
    return _tokens(api_sign_in.refresh(body.refresh_token, at=clock.now()))


@api.post("/auth/logout", body=Refresh, message="Signed out")
@public
def logout(body: Refresh) -> None:
    """Sign out: the refresh token and every access token that came with it stop working."""
    api_sign_in.logout(body.refresh_token, at=clock.now())


@api.post(
    "/auth/register",
    body=Register,
    status=202,
    message="We have your application. Look in your mail for what comes next.",
)
@public
def register(body: Register) -> None:
    """Apply for a trade account. The answer is the same whether or not the address is known here."""
    applications.apply(body.application(), passwords=passwords())


@api.post(
    "/auth/password/forgot",
    body=Forgot,
    status=202,
    message="If somebody here has this address, a link is on its way to it.",
)
@public
def forgot_password(body: Forgot) -> None:
    """Ask for a link to set a new password."""
    own_account.forgot_password(body.email)


@api.post("/auth/password/reset", body=Reset, message="Password set. Sign in with it.")
@public
def reset_password(body: Reset) -> None:
    """Set a new password with the token from the link. Every sign-in of this person ends."""
    own_account.reset_password(body.token, body.password, passwords=passwords(), at=clock.now())


def _tokens(signed_in: SignIn) -> Tokens:
    access_token = access_tokens().issue(signed_in.user_id, signed_in.family, at=clock.now())
    return Tokens(
        access_token=access_token,
        refresh_token=signed_in.refresh_token,
        expires_in=int(LIFE.total_seconds()),
    )

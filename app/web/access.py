"""Every view says who may open it; one that does not say is shut."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast

from flask import Flask, current_app, g, request
from flask_login import LoginManager, current_user

from app.core import clock
from app.core.access import ANONYMOUS, Permission, Viewer
from app.core.business import business_as_of
from app.core.errors import NotAllowed, NotConfirmed, NotFound, NotSignedIn, Refusal

View = TypeVar("View", bound=Callable[..., Any])

API_PREFIX = "/api/"
RECENT = timedelta(minutes=15)
TIME_TO_FILL_IN = timedelta(minutes=15)  # a form that was opened in time may also be sent
NO_CREDENTIAL = "Send a valid access token or API key in the Authorization header, after the word Bearer."

login_manager = LoginManager()
login_manager.anonymous_user = lambda: ANONYMOUS
login_manager.session_protection = None  # the session row decides, not the browser's name


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a view: anybody, anybody signed in, or holders of a permission."""

    is_public: bool = False
    permission: Permission | None = None
    staff_only: bool = False
    buyers_only: bool = False


def public(view: View) -> View:
    view.access = Access(is_public=True)  # type: ignore[attr-defined]  # a function carries its declaration
    return view


def requires(
    permission: Permission | None = None, *, staff: bool = False, buyers: bool = False
) -> Callable[[View], View]:
    """Signed in, holding the permission when one is named; one of us with `staff`, a customer's with `buyers`."""
    access = Access(permission=permission, staff_only=staff, buyers_only=buyers)

    def declare(view: View) -> View:
        view.access = access  # type: ignore[attr-defined]  # see public
        return view

    return declare


def recently_confirmed(view: View) -> View:
    """Beside `@requires`: only for a page whose person typed their password in the last quarter of an hour.

    The same address answers GET with the form, which asks first; so nothing typed is lost by asking.
    """
    view.needs_confirmation = True  # type: ignore[attr-defined]  # see public
    return view


def needs_confirmation(view: Callable[..., Any]) -> bool:
    return getattr(view, "needs_confirmation", False)


def access_of(view: Callable[..., Any]) -> Access | None:
    return getattr(view, "access", None)


def viewer() -> Viewer:
    """Whoever is asking: the plain value, never Flask-Login's proxy."""
    return cast(Viewer, current_user._get_current_object())  # noqa: SLF001 - the documented way past the proxy


def viewer_if_known() -> Viewer:
    """The viewer when this request has already found out; error pages must not ask the database."""
    return cast(Viewer, g.get("_login_user", ANONYMOUS))


def viewer_to_be() -> Viewer:
    """Whoever will be let in or refused; a page for everybody asks nobody's name, and no database for it."""
    view = current_app.view_functions.get(request.endpoint or "")
    access = access_of(view) if view else None
    if access is None or access.is_public or _only_asks_for_options():
        return ANONYMOUS
    with suppress(Refusal):  # it is raised again when they are refused
        return viewer()
    return ANONYMOUS


def is_api() -> bool:
    return request.path.startswith(API_PREFIX)


def guard(app: Flask) -> None:
    login_manager.init_app(app, add_context_processor=False)  # error pages must not look for a user
    app.before_request(_let_in_or_refuse)


def viewers_come_from(
    *, session: Callable[[str], Viewer | None], bearer: Callable[[str], Viewer | None]
) -> None:
    """Pages know people by their session, the JSON door by a bearer credential; never the other way round."""

    @login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login carries no types
    def by_session(token: str) -> Viewer | None:
        return None if is_api() else _informed(session(token))

    @login_manager.request_loader  # type: ignore[untyped-decorator]  # see above
    def by_bearer(_: Any) -> Viewer | None:
        if not is_api():
            return None
        scheme, _, credential = request.headers.get("Authorization", "").partition(" ")
        return _informed(bearer(credential.strip())) if scheme.lower() == "bearer" else None


def _informed(who: Viewer | None) -> Viewer | None:
    """The viewer's own query brings the version of the settings: this process knows them from here on."""
    if who is not None:
        business_as_of(who.settings_version)
    return who


def _let_in_or_refuse() -> None:
    if request.endpoint is None:
        return  # nothing lives here: the 404 or 405 follows
    view = current_app.view_functions[request.endpoint]
    access = access_of(view)
    if access is None:
        raise NotFound
    if not access.is_public and not _only_asks_for_options():
        check(access, viewer())
        if needs_confirmation(view):
            _check_confirmed(viewer())
    g.access = access


def _only_asks_for_options() -> bool:
    """Flask answers it by itself, without the view; a browser asks so before it shows its credential."""
    rule = request.url_rule
    return request.method == "OPTIONS" and getattr(rule, "provide_automatic_options", False)


def _check_confirmed(who: Viewer) -> None:
    patience = RECENT + TIME_TO_FILL_IN if request.method == "POST" else RECENT
    if who.confirmed_at is None or clock.now() - who.confirmed_at > patience:
        raise NotConfirmed


def check(access: Access, who: Viewer) -> None:
    if not who.is_authenticated:
        raise NotSignedIn(NO_CREDENTIAL if is_api() else "Sign in to open this page.")
    if (access.staff_only and not who.is_staff) or (access.buyers_only and who.is_staff):
        raise NotFound
    if access.permission and not who.may(access.permission):
        raise NotAllowed(
            f"Your role does not include “{access.permission.word}”. "
            "An administrator can add it to your role."
        )

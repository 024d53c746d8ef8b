"""What can be done with a person in one click or two: each action says beforehand what it does."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.accounts.admin.blueprint import bp
from app.accounts.models import User
from app.accounts.queries import keys
from app.accounts.queries import people as queries
from app.accounts.service import people as service
from app.core import clock
from app.core.access import Permission, Viewer
from app.web.access import recently_confirmed, requires, viewer
from app.web.forms import VersionedForm
from app.web.idempotency import once


@dataclass(frozen=True, slots=True)
class Action:
    """One verb. Those that take something away are asked for on a page of their own."""

    name: str
    label: str
    icon: str
    use_case: Callable[..., User]
    done: str
    effects: tuple[str, ...]
    takes_away: bool = True
    is_final: bool = False

    @property
    def view(self) -> str:
        return ".act_for_good" if self.is_final else ".act"


def _invite_again(user_id: int, *, by: Viewer, **_: Any) -> User:
    return service.resend_invitation(user_id, by=by)


OUT_AT_ONCE = "They are signed out everywhere at once, and links we mailed them stop working."
ORDERS_STAY = "Their orders and everything else they did stay as they are."

ACTIONS = {
    action.name: action
    for action in (
        Action(
            "deactivate",
            "Deactivate",
            "minus",
            service.deactivate,
            "{} is deactivated and signed out everywhere",
            (OUT_AT_ONCE, "They cannot sign in until somebody reactivates them.", ORDERS_STAY),
        ),
        Action(
            "reactivate",
            "Reactivate",
            "undo",
            service.reactivate,
            "{} can sign in again",
            ("They can sign in again, with the password and the roles they had.",),
            takes_away=False,
        ),
        Action(
            "delete",
            "Delete",
            "x",
            service.remove,
            "{} is deleted",
            (
                OUT_AT_ONCE,
                "They leave the lists, and their email address can be used for somebody else.",
                ORDERS_STAY,
                "You can restore them.",
            ),
        ),
        Action(
            "restore",
            "Restore",
            "undo",
            service.restore,
            "{} is back",
            ("They are back in the lists and can sign in, unless they were deactivated before.",),
            takes_away=False,
        ),
        Action(
            "anonymise",
            "Anonymise",
            "alert",
            service.anonymise,
            "This person is anonymised",
            (
                OUT_AT_ONCE,
                "Their name, email address, phone, password and roles are erased here.",
                "Their orders keep the customer. The audit log and the mails already sent stay as written.",
            ),
            is_final=True,
        ),
        Action(
            "invitation",
            "Send the invitation again",
            "repeat",
            _invite_again,
            "Another invitation to {} is on its way",
            ("They get another mail with a new link. The link in the earlier mail stops working.",),
            takes_away=False,
        ),
    )
}
IN_STATE = {
    "active": ("deactivate", "delete", "anonymise"),
    "invited": ("invitation", "deactivate", "delete", "anonymise"),
    "deactivated": ("reactivate", "delete", "anonymise"),
    "deleted": ("restore", "anonymise"),
    "anonymised": (),
}


def actions_for(person: User, who: Viewer) -> list[Action]:
    """Nobody does any of this to themselves, or to somebody who may do more."""
    if person.id == who.user_id or not who.may_grant(person.permissions):
        return []
    return [ACTIONS[name] for name in IN_STATE[person.state]]


UNDOABLE = ", ".join(action.name for action in ACTIONS.values() if not action.is_final)
FINAL = ", ".join(action.name for action in ACTIONS.values() if action.is_final)


@bp.route(f"/users/<int:user_id>/<any({UNDOABLE}):name>", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@once
def act(user_id: int, name: str) -> ResponseReturnValue:
    return _done_or_asked(user_id, ACTIONS[name])


@bp.route(f"/users/<int:user_id>/<any({FINAL}):name>", methods=["GET", "POST"])
@requires(Permission.USERS_WRITE, staff=True)
@recently_confirmed
@once
def act_for_good(user_id: int, name: str) -> ResponseReturnValue:
    return _done_or_asked(user_id, ACTIONS[name])


def _done_or_asked(user_id: int, action: Action) -> ResponseReturnValue:
    form = VersionedForm(obj=queries.person_seen_by(viewer(), user_id))
    if form.validate_on_submit():
        with form.showing_refusals():
            person = action.use_case(user_id, by=viewer(), at=clock.now(), version=form.seen_version)
            flash(action.done.format(person.name), "good")
            return redirect(url_for(".person", user_id=user_id), code=303)
    person = queries.person_seen_by(viewer(), user_id)
    form.compare_with(person)
    ending = keys.live_keys_of(user_id, clock.now()) if action.takes_away else ()
    return form.page("accounts/admin/act.html", action=action, person=person, ending_keys=ending)

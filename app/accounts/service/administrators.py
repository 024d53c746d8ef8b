"""The first administrator, made by whoever runs the machine: there is nobody yet who could invite them."""

from datetime import datetime

from app.accounts.models import ADMIN_ROLE, User, UserKind
from app.accounts.passwords import Passwords
from app.accounts.queries import people
from app.core import audit
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from app.core.mail import is_email
from app.core.transaction import use_case


@use_case
def create(*, email: str, name: str, password: str, passwords: Passwords, at: datetime) -> User:
    """Somebody who may do everything and can sign in at once."""
    email, name = email.strip().lower(), " ".join(name.split())
    _refuse_what_is_no_person(email, name)
    passwords.judge(password, is_staff=True, known_words=[email, name])
    if people.person_called(email):
        raise Refused(f"{email} is in use already.", field="email")
    person = User(
        email=email,
        name=name,
        kind=UserKind.STAFF,
        password_hash=passwords.hashed(password),
        email_verified_at=at,
        roles=people.roles_called([ADMIN_ROLE]),
        prefs={},
    )
    db.session.add(person)
    db.session.flush()
    facts: audit.Diff = {"email": [None, email], "roles": [[], [ADMIN_ROLE]]}
    audit.record("user.created", person, by=SYSTEM, diff=facts)
    return person


def _refuse_what_is_no_person(email: str, name: str) -> None:
    if not is_email(email):
        raise Refused("Type a whole email address, like hana@example.com.", field="email")
    if not name:
        raise Refused("Type a name.", field="name")

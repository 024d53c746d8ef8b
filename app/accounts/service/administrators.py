"""The first administrator, made by whoever runs the machine: there is nobody yet who could invite them."""

from datetime import datetime

from email_validator import EmailNotValidError, validate_email

from app.accounts.models import User, UserKind
from app.accounts.passwords import Passwords
from app.accounts.queries import people
from app.core import audit
from app.core.access import SYSTEM
from app.core.database import db
from app.core.errors import Refused
from app.core.transaction import use_case

ADMIN = "admin"


@use_case
def create(*, email: str, name: str, password: str, passwords: Passwords, at: datetime) -> User:
    """Somebody who may do everything and can sign in at once."""
    email, name = email.strip().lower(), " ".join(name.split())
    _refuse_what_is_no_person(email, name)
    passwords.judge(password, is_staff=True, known_words=[email, name])
    if people.person_called(email):
        raise Refused(f"{email} is in use already.")
    person = User(
        email=email,
        name=name,
        kind=UserKind.STAFF,
        password_hash=passwords.hashed(password),
        email_verified_at=at,
        roles=people.roles_called([ADMIN]),
        prefs={},
    )
    db.session.add(person)
    db.session.flush()
    audit.record("user.created", person, by=SYSTEM, diff={"email": [None, email], "roles": [[], [ADMIN]]})
    return person


def _refuse_what_is_no_person(email: str, name: str) -> None:
    try:
        validate_email(email, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise Refused("Type a whole email address, like hana@example.com.") from None
    if not name:
        raise Refused("Type a name.")

"""What this feature brought into the application, with types."""

from flask import current_app

from app.accounts.access_tokens import AccessTokens
from app.accounts.passwords import Passwords


def passwords() -> Passwords:
    found: Passwords = current_app.extensions["passwords"]
    return found


def access_tokens() -> AccessTokens:
    found: AccessTokens = current_app.extensions["access_tokens"]
    return found

"""What we hand to a browser and want back unchanged: signed, readable, and each for one purpose only."""

from flask import current_app
from itsdangerous import URLSafeSerializer


def signer(purpose: str) -> URLSafeSerializer:
    """The newest key signs; those before it are still believed, as they are for sessions."""
    keys = [*(current_app.config["SECRET_KEY_FALLBACKS"] or ()), str(current_app.secret_key)]
    return URLSafeSerializer(keys, salt=purpose)

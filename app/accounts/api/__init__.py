"""The JSON door to people: signing in, oneself, users, roles."""

from app.accounts.api import sign_in, users, roles  # isort: skip - the order of the documentation

__all__ = ["roles", "sign_in", "users"]

"""Pages on which staff administer people, roles, keys and applications."""

from app.accounts.admin import applications, keys, people, person_actions, roles
from app.accounts.admin.blueprint import bp

__all__ = ["applications", "bp", "keys", "people", "person_actions", "roles"]

"""Pages on which staff administer people, roles and keys."""

from app.accounts.admin import keys, people, person_actions, roles
from app.accounts.admin.blueprint import bp

__all__ = ["bp", "keys", "people", "person_actions", "roles"]

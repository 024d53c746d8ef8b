"""What the rooms above brought into the application, as far as people are told about it, with types."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from flask import current_app


class Named(Protocol):
    """A job, or when it comes: in words."""

    @property
    def words(self) -> str: ...


class Periodic(Named, Protocol):
    """When a job comes again and again."""

    def next_slot(self, at: datetime, zone: str) -> datetime: ...


def jobs() -> Mapping[str, Named]:
    found: Mapping[str, Named] = current_app.extensions["jobs"]
    return found


def schedule() -> Mapping[str, Periodic]:
    found: Mapping[str, Periodic] = current_app.extensions["schedule"]
    return found

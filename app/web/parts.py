"""What the application was put together from, with types: nobody else digs in `app.extensions`."""

from flask import current_app

from app.config import Settings
from app.core.errors import Refused
from app.core.files import FileStore
from app.gateways import Gateways


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def gateways() -> Gateways:
    found: Gateways = current_app.extensions["gateways"]
    return found


def takes_cards() -> bool:
    """Whether somebody can pay by card just now."""
    cards = gateways().cards
    return cards is not None and not cards.is_open


def cards_rest() -> bool:
    """Whether cards are taken here, and cannot be used for the moment."""
    return gateways().cards is not None and not takes_cards()


def files() -> FileStore:
    found = gateways().files
    if found is None:
        raise Refused("There is no place for files yet. Set FILES_DIR or S3_BUCKET, then start again.")
    return found

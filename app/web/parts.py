"""What the application was put together from, with types: nobody else digs in `app.extensions`."""

from flask import current_app

from app.config import Settings
from app.gateways import Gateways


def settings() -> Settings:
    found: Settings = current_app.extensions["settings"]
    return found


def gateways() -> Gateways:
    found: Gateways = current_app.extensions["gateways"]
    return found

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


def files() -> FileStore:
    found = gateways().files
    if found is None:
        raise Refused("There is no place for files yet. Set FILES_DIR or S3_BUCKET, then start again.")
    return found

"""The blueprint that these pages share."""

from flask import Blueprint

bp = Blueprint("accounts_admin", __name__, url_prefix="/admin")

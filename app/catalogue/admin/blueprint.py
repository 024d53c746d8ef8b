"""The blueprint that these pages share."""

from flask import Blueprint

bp = Blueprint("catalogue_admin", __name__, url_prefix="/admin")

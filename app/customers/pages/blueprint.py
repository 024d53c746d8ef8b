"""The blueprint that these pages share."""

from flask import Blueprint

bp = Blueprint("company", __name__, url_prefix="/company")

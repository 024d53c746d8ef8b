"""The blueprint that these pages share."""

from flask import Blueprint

bp = Blueprint("money", __name__, url_prefix="/desk")

"""The blueprint that these pages share."""

from flask import Blueprint

bp = Blueprint("fulfilment", __name__, url_prefix="/desk")

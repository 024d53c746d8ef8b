"""The blueprint that these pages share."""

from flask import Blueprint

bp = Blueprint("shop", __name__)

"""The blueprint that these pages share."""

from flask import Blueprint

bp = Blueprint("desk", __name__)

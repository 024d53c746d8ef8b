"""The blueprint that these pages share."""

from flask import Blueprint

bp = Blueprint("billing", __name__)

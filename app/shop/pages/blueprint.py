"""The blueprint that these pages share."""

from flask import Blueprint

from app.shop.goods import remember_rows

bp = Blueprint("shop", __name__)
bp.record_once(remember_rows)

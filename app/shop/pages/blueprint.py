"""The blueprint that these pages share."""

from flask import Blueprint

from app.orders import words
from app.shop.goods import remember_rows

bp = Blueprint("shop", __name__)
bp.record_once(remember_rows)
bp.record_once(lambda setup: setup.app.jinja_env.globals.update(order_words=words))

"""The blueprint that these pages share."""

from flask import Blueprint

from app.orders import words
from app.shop.goods import remember_rows
from app.shop.words import moment_in_full

bp = Blueprint("shop", __name__)
bp.record_once(remember_rows)
bp.add_app_template_filter(moment_in_full)
bp.record_once(lambda setup: setup.app.jinja_env.globals.update(order_words=words))

"""The blueprint that these pages share, and the words their templates use."""

from flask import Blueprint

from app.customers.words import PAYMENT_TERMS, STATUSES, TAX_TREATMENTS

bp = Blueprint("customers", __name__)

bp.add_app_template_filter(STATUSES.get, "customer_status")
bp.add_app_template_filter(PAYMENT_TERMS.get, "payment_terms")
bp.add_app_template_filter(TAX_TREATMENTS.get, "tax_treatment")

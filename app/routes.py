"""Every blueprint and its prefix: all ways in by HTTP."""

from flask import Flask

import app.accounts.api
import app.billing.api
import app.catalogue.api
import app.customers.api
import app.fulfilment.api
import app.imports.api
import app.operations.api
import app.orders.api
import app.payments.api
import app.stock.api  # noqa: F401 - reading them declares their endpoints on the door
from app.accounts import account_pages
from app.accounts import admin as accounts_admin
from app.accounts import pages as accounts
from app.billing import admin as money
from app.billing import pages as billing
from app.catalogue import admin as catalogue_admin
from app.catalogue import pages as catalogue
from app.core.access import Permission
from app.customers import admin as customers
from app.customers import pages as company
from app.desk import pages as desk
from app.fulfilment import admin as fulfilment
from app.imports import admin as imports
from app.operations import admin as operations
from app.operations import health
from app.orders.queries.baskets import lines_waiting
from app.orders.queries.credit import credit_of
from app.payments import admin as payments_admin
from app.payments import pages as payments
from app.shop import pages as shop
from app.stock import admin as stock
from app.web import api_docs
from app.web.api import api
from app.web.navigation import Place, remember_places

MANAGE = "Manage"
SELL = "Sell"
YOURS = "Your account"

PLACES = (
    Place("Catalogue", "shop.catalogue", "book", permission=Permission.ORDERS_READ, staff=False),
    Place("Quick order", "shop.quick_order", "bolt", permission=Permission.ORDERS_WRITE, staff=False),
    Place("Orders", "shop.orders", "docket", permission=Permission.ORDERS_READ, staff=False),
    Place("Basket", "shop.basket", "basket", "", Permission.ORDERS_READ, staff=False, count=lines_waiting),
    Place("Queue", "desk.queue", "docket", permission=Permission.ORDERS_READ, staff=True, key="g q"),
    Place("Today", "desk.today", "today", staff=True, key="g t"),
    Place("Products", "desk.products", "box", staff=True, key="g p"),
    Place(
        "Pick",
        "fulfilment.pick",
        "truck",
        SELL,
        Permission.ORDERS_FULFIL,
        staff=True,
        key="g f",
        beside=("/desk/shipments",),
    ),
    Place("Returns", "fulfilment.returns", "undo", SELL, Permission.ORDERS_READ, staff=True),
    Place(
        "Invoices",
        "money.invoices",
        "card",
        SELL,
        Permission.ORDERS_READ,
        staff=True,
        key="g i",
        beside=("/desk/receipts", "/desk/unused", "/desk/debt"),
    ),
    Place("Stock", "stock_admin.stock", "layers", permission=Permission.ORDERS_READ, staff=True, key="g s"),
    Place("Customers", "customers.customers", "shop", SELL, Permission.CUSTOMERS_READ, staff=True),
    Place("Applications", "customers.applications", "docket", SELL, Permission.CUSTOMERS_WRITE, staff=True),
    Place("Categories", "catalogue_admin.categories", "book", SELL, Permission.CATALOGUE_WRITE, staff=True),
    Place("Price lists", "catalogue_admin.price_lists", "tag", SELL, Permission.PRICES_WRITE, staff=True),
    Place("Tax", "catalogue_admin.taxes", "card", SELL, Permission.SETTINGS_WRITE, staff=True),
    Place("Delivery", "catalogue_admin.delivery", "truck", SELL, Permission.SETTINGS_WRITE, staff=True),
    Place("Imports", "imports.imports", "upload", MANAGE, Permission.IMPORTS_RUN, staff=True),
    Place("People", "accounts_admin.people", "people", MANAGE, Permission.USERS_WRITE, staff=True),
    Place("Roles", "accounts_admin.roles", "shield", MANAGE, Permission.USERS_WRITE, staff=True),
    Place("API keys", "accounts_admin.keys", "key", MANAGE, Permission.USERS_WRITE, staff=True),
    Place("Audit log", "operations.audit", "clock", MANAGE, Permission.AUDIT_READ, staff=True),
    Place("Messages", "operations.messages", "mail", MANAGE, Permission.SETTINGS_WRITE, staff=True),
    Place("Background jobs", "operations.jobs", "repeat", MANAGE, Permission.SETTINGS_WRITE, staff=True),
    Place("Checks", "operations.checks", "check", MANAGE, Permission.AUDIT_READ, staff=True),
    Place("Settings", "operations.settings", "tune", MANAGE, Permission.SETTINGS_WRITE, staff=True),
    Place("Invoices", "billing.invoices", "card", YOURS, Permission.ORDERS_READ, staff=False),
    Place("Order pads", "shop.pads", "layers", YOURS, Permission.ORDERS_WRITE, staff=False),
    Place("Home", "shop.home", "shop", YOURS, staff=False),
    Place("Company", "company.company", "people", YOURS, staff=False),
    Place("Account details", "account.profile", "user", YOURS),
)


def register(app: Flask) -> None:
    app.register_blueprint(health.bp)
    app.register_blueprint(accounts.bp)
    app.register_blueprint(account_pages.bp)
    app.register_blueprint(accounts_admin.bp)
    app.register_blueprint(catalogue.bp)
    app.register_blueprint(catalogue_admin.bp)
    app.register_blueprint(shop.bp)
    app.register_blueprint(company.bp)
    app.register_blueprint(desk.bp)
    app.register_blueprint(customers.bp)
    app.register_blueprint(stock.bp)
    app.register_blueprint(fulfilment.bp)
    app.register_blueprint(billing.bp)
    app.register_blueprint(money.bp)
    app.register_blueprint(payments.bp)
    app.register_blueprint(payments_admin.bp)
    app.register_blueprint(imports.bp)
    app.register_blueprint(operations.bp)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(api_docs.bp)
    app.extensions["credit_of"] = credit_of  # customers come before orders, and their page shows it
    remember_places(app, PLACES)

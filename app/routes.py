"""Every blueprint and its prefix: all ways in by HTTP."""

from flask import Flask

import app.accounts.api
import app.operations.api  # noqa: F401 - reading them declares their endpoints on the door
from app.accounts import account_pages
from app.accounts import admin as accounts_admin
from app.accounts import pages as accounts
from app.core.access import Permission
from app.desk import pages as desk
from app.operations import admin as operations
from app.operations import health
from app.shop import pages as shop
from app.web import api_docs
from app.web.api import api
from app.web.navigation import Place, remember_places

MANAGE = "Manage"
YOURS = "Your account"

PLACES = (
    Place("Home", "shop.home", "shop", staff=False),
    Place("Today", "desk.today", "today", staff=True, key="g t"),
    Place("People", "accounts_admin.people", "people", MANAGE, Permission.USERS_WRITE, staff=True),
    Place("Roles", "accounts_admin.roles", "shield", MANAGE, Permission.USERS_WRITE, staff=True),
    Place("Applications", "accounts_admin.applications", "shop", MANAGE, Permission.USERS_WRITE, staff=True),
    Place("API keys", "accounts_admin.keys", "key", MANAGE, Permission.USERS_WRITE, staff=True),
    Place("Audit log", "operations.audit", "clock", MANAGE, Permission.AUDIT_READ, staff=True),
    Place("Messages", "operations.messages", "mail", MANAGE, Permission.SETTINGS_WRITE, staff=True),
    Place("Background jobs", "operations.jobs", "repeat", MANAGE, Permission.SETTINGS_WRITE, staff=True),
    Place("Checks", "operations.checks", "check", MANAGE, Permission.AUDIT_READ, staff=True),
    Place("Settings", "operations.settings", "tune", MANAGE, Permission.SETTINGS_WRITE, staff=True),
    Place("Account details", "account.profile", "user", YOURS),
)


def register(app: Flask) -> None:
    app.register_blueprint(health.bp)
    app.register_blueprint(accounts.bp)
    app.register_blueprint(account_pages.bp)
    app.register_blueprint(accounts_admin.bp)
    app.register_blueprint(shop.bp)
    app.register_blueprint(desk.bp)
    app.register_blueprint(operations.bp)
    app.register_blueprint(api.blueprint)
    app.register_blueprint(api_docs.bp)
    remember_places(app, PLACES)

"""Who may open what: one line for each endpoint, and every door knocked at by every kind of person."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from flask import Flask
from werkzeug.routing import Rule
from werkzeug.routing.converters import AnyConverter, IntegerConverter
from werkzeug.test import TestResponse

from app.accounts.models import Customer, User
from app.core.access import Permission
from app.web.access import Access, access_of
from tests import factories
from tests.accounts.program import Program, signed_in
from tests.architecture.rows import Rows, key_text, rows_of
from tests.visitor import Visitor

AsUser = Callable[[User], Visitor]

PUBLIC, SIGNED_IN, STAFF, BUYERS = "public", "signed in", "staff", "buyers"

# Anybody; anybody signed in; our own people; holders of a permission; our own people who hold it.
EXPECTED = {
    # before signing in
    "accounts.login": PUBLIC,
    "accounts.logout": PUBLIC,
    "accounts.register": PUBLIC,
    "accounts.registered": PUBLIC,
    "accounts.forgot": PUBLIC,
    "accounts.forgot_sent": PUBLIC,
    "accounts.reset": PUBLIC,
    "accounts.invite": PUBLIC,
    "accounts.verify": PUBLIC,
    # one's own account
    "account.profile": SIGNED_IN,
    "account.verify_again": SIGNED_IN,
    "account.appearance": SIGNED_IN,
    "account.password": SIGNED_IN,
    "account.confirm": SIGNED_IN,
    "account.devices": SIGNED_IN,
    "account.end_device": SIGNED_IN,
    "account.sign_out_everywhere": SIGNED_IN,
    "account.emails": SIGNED_IN,
    "account.email": SIGNED_IN,
    # start pages
    "shop.home": SIGNED_IN,
    "desk.today": STAFF,
    "desk.products": STAFF,
    "desk.products_csv": STAFF,
    "desk.change_products": "staff with catalogue:write",
    # the shop
    "shop.catalogue": "buyers with orders:read",
    "shop.fill_from_catalogue": "buyers with orders:write",
    "shop.product": "buyers with orders:read",
    "shop.fill_from_product": "buyers with orders:write",
    "shop.basket": "buyers with orders:read",
    "shop.fill_from_basket": "buyers with orders:write",
    "shop.quick_order": "buyers with orders:write",
    "shop.pads": "buyers with orders:write",
    "shop.new_pad": "buyers with orders:write",
    "shop.pad": "buyers with orders:write",
    "shop.order_pad": "buyers with orders:write",
    "shop.rename_pad": "buyers with orders:write",
    "shop.remove_pad": "buyers with orders:write",
    "shop.reorder": "buyers with orders:write",
    "shop.change_order": "buyers with orders:write",
    "desk.change_order": "staff with orders:write",
    "desk.queue": "staff with orders:read",
    "desk.queue_csv": "staff with orders:read",
    "desk.work_on_orders": "staff with orders:read",
    "desk.move_days": "staff with orders:write",
    "desk.new_view": "staff with orders:read",
    "desk.edit_view": "staff with orders:read",
    "desk.remove_view": "staff with orders:read",
    "desk.order": "staff with orders:read",
    "desk.add_note": "staff with orders:write",
    "desk.order_message": "staff with orders:read",
    "desk.send_message_again": "staff with orders:write",
    "desk.act": "staff with orders:read",
    "desk.move_day": "staff with orders:write",
    "desk.refund": "staff with orders:refund",
    "desk.new_order": "staff with orders:write",
    "shop.checkout": "buyers with orders:write",
    "shop.place_order": "buyers with orders:write",
    "shop.orders": "buyers with orders:read",
    "shop.orders_csv": "buyers with orders:read",
    "shop.order": "buyers with orders:read",
    "shop.order_note": "buyers with orders:write",
    "shop.received": "buyers with orders:write",
    "shop.cancel_order": "buyers with orders:write",
    "shop.send_back": "buyers with orders:write",
    "shop.order_message": "buyers with orders:read",
    # the catalogue
    "catalogue.media": SIGNED_IN,
    "catalogue_admin.product": STAFF,
    "catalogue_admin.new_product": "staff with catalogue:write",
    "catalogue_admin.edit_product": "staff with catalogue:write",
    "catalogue_admin.remove_product": "staff with catalogue:write",
    "catalogue_admin.restore_product": "staff with catalogue:write",
    "catalogue_admin.send_picture": "staff with catalogue:write",
    "catalogue_admin.remove_picture": "staff with catalogue:write",
    "catalogue_admin.categories": STAFF,
    "catalogue_admin.categories_csv": STAFF,
    "catalogue_admin.new_category": "staff with catalogue:write",
    "catalogue_admin.category": "staff with catalogue:write",
    "catalogue_admin.move_category": "staff with catalogue:write",
    "catalogue_admin.remove_category": "staff with catalogue:write",
    "catalogue_admin.taxes": "staff with settings:write",
    "catalogue_admin.taxes_csv": "staff with settings:write",
    "catalogue_admin.tax_class": "staff with settings:write",
    "catalogue_admin.edit_tax_class": "staff with settings:write",
    "catalogue_admin.plan_rate": "staff with settings:write",
    "catalogue_admin.drop_rate": "staff with settings:write",
    "catalogue_admin.remove_tax_class": "staff with settings:write",
    "catalogue_admin.delivery": "staff with settings:write",
    "catalogue_admin.delivery_csv": "staff with settings:write",
    "catalogue_admin.new_delivery_method": "staff with settings:write",
    "catalogue_admin.delivery_method": "staff with settings:write",
    "catalogue_admin.remove_delivery_method": "staff with settings:write",
    "catalogue_admin.close_day": "staff with settings:write",
    "catalogue_admin.open_day": "staff with settings:write",
    "api_v1.list_products": "orders:read",
    "api_v1.show_product": "orders:read",
    "api_v1.create_product": "staff with catalogue:write",
    "api_v1.replace_product": "staff with catalogue:write",
    "api_v1.delete_product": "staff with catalogue:write",
    # prices
    "catalogue_admin.price_lists": "staff with prices:write",
    "catalogue_admin.price_lists_csv": "staff with prices:write",
    "catalogue_admin.new_price_list": "staff with prices:write",
    "catalogue_admin.edit_price_list": "staff with prices:write",
    "catalogue_admin.remove_price_list": "staff with prices:write",
    "catalogue_admin.prices": "staff with prices:write",
    "catalogue_admin.prices_csv": "staff with prices:write",
    "catalogue_admin.product_prices": "staff with prices:write",
    "catalogue_admin.change_prices": "staff with prices:write",
    "catalogue_admin.change_prices_csv": "staff with prices:write",
    "catalogue_admin.why_this_price": "staff with orders:read",
    # people, roles, keys, applications
    "accounts_admin.people": "staff with users:write",
    "accounts_admin.people_csv": "staff with users:write",
    "accounts_admin.person": "staff with users:write",
    "accounts_admin.invite": "staff with users:write",
    "accounts_admin.edit": "staff with users:write",
    "accounts_admin.act": "staff with users:write",
    "accounts_admin.act_for_good": "staff with users:write",
    "accounts_admin.roles": "staff with users:write",
    "accounts_admin.role": "staff with users:write",
    "accounts_admin.new_role": "staff with users:write",
    "accounts_admin.remove_role": "staff with users:write",
    "accounts_admin.keys": "staff with users:write",
    "accounts_admin.key": "staff with users:write",
    "accounts_admin.new_key": "staff with users:write",
    "accounts_admin.revoke_key": "staff with users:write",
    # customers
    "customers.customers": "staff with customers:read",
    "customers.customers_csv": "staff with customers:read",
    "customers.customer": "staff with customers:read",
    "customers.deleted_customer": "staff with customers:read",
    "customers.restore": "staff with customers:write",
    "customers.new_customer": "staff with customers:write",
    "customers.edit": "staff with customers:write",
    "customers.act": "staff with customers:write",
    "customers.new_address": "staff with customers:write",
    "customers.edit_address": "staff with customers:write",
    "customers.remove_address": "staff with customers:write",
    "customers.applications": "staff with customers:write",
    "customers.applications_csv": "staff with customers:write",
    "customers.approve": "staff with customers:write",
    "customers.refuse": "staff with customers:write",
    # a buyer's own company
    "company.company": "buyers",
    "company.invite": "buyers with users:write",
    "company.colleague": "buyers with users:write",
    "company.act": "buyers with users:write",
    "company.new_address": "buyers with users:write",
    "company.edit_address": "buyers with users:write",
    "company.remove_address": "buyers with users:write",
    # stock
    "stock_admin.stock": "staff with orders:read",
    "stock_admin.stock_csv": "staff with orders:read",
    "stock_admin.item": "staff with orders:read",
    "stock_admin.move": "staff with stock:write",
    "stock_admin.limits": "staff with stock:write",
    "stock_admin.movements": "staff with orders:read",
    "stock_admin.movements_csv": "staff with orders:read",
    "api_v1.list_stock": "orders:read",
    "api_v1.show_stock": "orders:read",
    "api_v1.move_stock": "staff with stock:write",
    # the warehouse
    "fulfilment.pick": "staff with orders:fulfil",
    "fulfilment.start_picking": "staff with orders:fulfil",
    "fulfilment.pick_lists": "staff with orders:read",
    "fulfilment.shipment": "staff with orders:read",
    "fulfilment.pack": "staff with orders:fulfil",
    "fulfilment.put_back": "staff with orders:fulfil",
    "fulfilment.ship": "staff with orders:fulfil",
    "fulfilment.deliver": "staff with orders:fulfil",
    "fulfilment.packing_slip": "staff with orders:read",
    "fulfilment.slips": "staff with orders:read",
    "fulfilment.pick_list": "staff with orders:read",
    "fulfilment.make_pdf": "staff with orders:read",
    "fulfilment.pdf": "staff with orders:read",
    # invoices
    "billing.invoices": "buyers with orders:read",
    "billing.invoices_csv": "buyers with orders:read",
    "billing.invoice": "buyers with orders:read",
    "billing.pdf": "buyers with orders:read",
    "money.invoices": "staff with orders:read",
    "money.invoices_csv": "staff with orders:read",
    "money.invoice": "staff with orders:read",
    "money.pdf": "staff with orders:read",
    "api_v1.list_invoices": "orders:read",
    "api_v1.show_invoice": "orders:read",
    # what comes back
    "fulfilment.returns": "staff with orders:read",
    "fulfilment.returns_csv": "staff with orders:read",
    "fulfilment.return_page": "staff with orders:read",
    "fulfilment.decide_return": "staff with orders:refund",
    "fulfilment.receive_return": "staff with orders:fulfil",
    "fulfilment.close_return": "staff with orders:refund",
    # paying by card
    "payments.pay": "buyers with orders:write",
    "payments.pay_invoice": "buyers with orders:write",
    "payments.paid": "buyers with orders:read",
    "payments.back": "buyers with orders:read",
    "payments_admin.ask_gateway": "staff with orders:confirm",
    "api_v1.gateway_events": PUBLIC,
    # money that comes in
    "desk.receipts": "staff with accounts:write",
    "desk.receipts_csv": "staff with accounts:write",
    "desk.new_receipt": "staff with accounts:write",
    "desk.receipt": "staff with accounts:write",
    "desk.take_back_receipt": "staff with accounts:write",
    "desk.reverse_receipt": "staff with accounts:write",
    "desk.use_money": "staff with accounts:write",
    "desk.pay_back_money": "staff with accounts:write",
    "money.debt": "staff with accounts:write",
    "money.statement": "staff with accounts:write",
    "money.statement_csv": "staff with accounts:write",
    "money.statement_pdf": "staff with accounts:write",
    "billing.statement": "buyers with orders:read",
    "billing.statement_csv": "buyers with orders:read",
    "billing.statement_pdf": "buyers with orders:read",
    "money.debt_csv": "staff with accounts:write",
    "api_v1.list_receipts": "staff with accounts:write",
    "api_v1.record_receipt": "staff with accounts:write",
    "api_v1.show_receipt": "staff with accounts:write",
    # imports
    "imports.imports": "staff with imports:run",
    "imports.send": "staff with imports:run",
    "imports.show": "staff with imports:run",
    "imports.act": "staff with imports:run",
    "imports.imports_csv": "staff with imports:run",
    "imports.rows_csv": "staff with imports:run",
    "imports.ask_undo": "staff with imports:run",
    "imports.template": "staff with imports:run",
    "imports.now": "staff with imports:run",
    "api_v1.send_import": "staff with imports:run",
    "api_v1.show_import": "staff with imports:run",
    "api_v1.commit_import": "staff with imports:run",
    "api_v1.undo_import": "staff with imports:run",
    # the house itself
    "operations.audit": "staff with audit:read",
    "operations.audit_csv": "staff with audit:read",
    "operations.checks": "staff with audit:read",
    "operations.messages": "staff with settings:write",
    "operations.messages_csv": "staff with settings:write",
    "operations.message": "staff with settings:write",
    "operations.try_again": "staff with settings:write",
    "operations.send_again": "staff with settings:write",
    "operations.jobs": "staff with settings:write",
    "operations.try_all_again": "staff with settings:write",
    "operations.settings": "staff with settings:write",
    # the host and the monitoring; the figures look for their token or for loopback themselves
    "health.live": PUBLIC,
    "health.ready": PUBLIC,
    "health.figures": PUBLIC,
    # programs
    "api_docs.docs": PUBLIC,
    "api_docs.openapi": PUBLIC,
    "api_v1.login": PUBLIC,
    "api_v1.refresh": PUBLIC,
    "api_v1.logout": PUBLIC,
    "api_v1.register": PUBLIC,
    "api_v1.forgot_password": PUBLIC,
    "api_v1.reset_password": PUBLIC,
    "api_v1.show_me": SIGNED_IN,
    "api_v1.show_job": SIGNED_IN,
    "api_v1.show_price": "orders:read",
    "api_v1.list_users": "users:write",
    "api_v1.show_user": "users:write",
    "api_v1.invite_user": "users:write",
    "api_v1.replace_user": "users:write",
    "api_v1.delete_user": "users:write",
    "api_v1.list_customers": "customers:read",
    "api_v1.show_customer": "customers:read",
    "api_v1.create_customer": "staff with customers:write",
    "api_v1.replace_customer": "staff with customers:write",
    "api_v1.delete_customer": "staff with customers:write",
    "api_v1.list_addresses": "orders:read",
    "api_v1.show_credit": "orders:read",
    "api_v1.show_statement": "orders:read",
    "api_v1.list_orders": "orders:read",
    "api_v1.show_order": "orders:read",
    "api_v1.place_order": "orders:write",
    "api_v1.quote_order": "orders:read",
    "api_v1.change_order": "orders:write",
    "api_v1.delete_order": "orders:write",
    "api_v1.confirm_order": "orders:read",
    "api_v1.hold_order": "orders:read",
    "api_v1.release_order": "orders:read",
    "api_v1.cancel_order": "orders:read",
    "api_v1.add_note": "orders:write",
    "api_v1.open_shipment": "orders:fulfil",
    "api_v1.pack_shipment": "orders:fulfil",
    "api_v1.ship_shipment": "orders:fulfil",
    "api_v1.deliver_shipment": "orders:read",
    "api_v1.ask_return": "orders:read",
    "api_v1.refund_order": "staff with orders:refund",
    "api_v1.list_roles": "users:write",
    "api_v1.show_role": "users:write",
    "api_v1.create_role": "staff with users:write",
    "api_v1.replace_role": "staff with users:write",
    "api_v1.delete_role": "staff with users:write",
}

EVERYTHING = {str(permission) for permission in Permission}

# What the table of moves asks behind the door, of the order that waits there and the move that is asked for.
BEHIND = {"desk.act": "orders:write"}
BEHIND_FOR_STAFF = {"api_v1.show_statement": "accounts:write"}

# Who knocks, by their role: one of us or a buyer, and what they hold.
ROLES: dict[str, tuple[bool, set[str]]] = {
    "admin": (True, EVERYTHING),
    "manager": (True, EVERYTHING - {"admin", "users:write", "settings:write"}),
    "order_clerk": (True, {"orders:read", "orders:write", "orders:confirm", "customers:read"}),
    "warehouse": (True, {"orders:read", "orders:fulfil", "stock:write"}),
    "accounts": (True, {"orders:read", "orders:refund", "accounts:write", "customers:read", "reports:read"}),
    "customer_admin": (False, {"orders:read", "orders:write", "users:write"}),
    "buyer": (False, {"orders:read", "orders:write"}),
}

REPLACED = {"email": "b@b.example", "name": "Ben", "roles": ["buyer"], "is_active": True}

# Asked last, because afterwards everything else is shut; the second of them never is.
LAST = ("account.sign_out_everywhere", "accounts.logout")

SIGN_IN, NOT_ALLOWED, NOT_THERE, OPEN = "sign in first", "not allowed", "not there", "open"


@dataclass(frozen=True)
class Door:
    """One address and one way to knock."""

    endpoint: str
    method: str
    path: str
    is_of_one_row: bool

    @property
    def is_api(self) -> bool:
        return self.endpoint.startswith("api_v1.")

    def answer_for(self, *, is_staff: bool, holds: set[str]) -> str:
        """What the table promises somebody signed in."""
        wanted, _, permission = EXPECTED[self.endpoint].partition(" with ")
        if wanted in {PUBLIC, SIGNED_IN}:
            return OPEN
        if wanted in {STAFF, BUYERS} and is_staff != (wanted == STAFF):
            return NOT_THERE
        needed = permission if wanted in {STAFF, BUYERS} else wanted
        behind = BEHIND | (BEHIND_FOR_STAFF if is_staff else {})
        asked = {needed, behind.get(self.endpoint, "")} - {""}
        return OPEN if asked <= holds else NOT_ALLOWED


def views(app: Flask) -> dict[str, Callable[..., object]]:
    """All there are, beside those that other tests put in."""
    return {
        name: view for name, view in app.view_functions.items() if not view.__module__.startswith("tests.")
    }


def doors(app: Flask, rows: Rows) -> Iterator[Door]:
    adapter = app.url_map.bind("localhost")
    for endpoint in sorted(views(app), key=lambda name: LAST.index(name) if name in LAST else -1):
        for rule in app.url_map.iter_rules(endpoint):
            is_of_one_row = bool(rule.arguments) and EXPECTED[endpoint] != PUBLIC
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                path = adapter.build(endpoint, rows.fitting(rule), method)
                yield Door(endpoint, method, path, is_of_one_row)


@dataclass(frozen=True)
class Caller:
    """Whoever knocks, with a browser and with a program."""

    page: Callable[[], Visitor]
    program: Callable[[], Program]

    def knock(self, door: Door, **headers: str) -> str:
        if door.is_api:
            path = door.path.removeprefix("/api/v1")
            return met(self.program().ask(door.method, path, REPLACED, **headers))
        page = self.page()
        return met(page.get(door.path) if door.method == "GET" else page.submit(door.path))


def met(answer: TestResponse) -> str:
    to_sign_in = answer.status_code == 302 and answer.location.startswith("/login")
    if answer.status_code == 401 or to_sign_in:
        return SIGN_IN
    return {403: NOT_ALLOWED, 404: NOT_THERE}.get(answer.status_code, OPEN)


def words_for(access: Access | None) -> str:
    """What a view declared, in the words of the table."""
    if access is None:
        return "undeclared"
    if access.is_public:
        return PUBLIC
    whose = (access.staff_only and STAFF) or (access.buyers_only and BUYERS)
    named = " with ".join(filter(None, (whose, access.permission)))
    return named or SIGNED_IN


def test_every_endpoint_has_its_line_and_declares_what_it_says(whole_app: Flask) -> None:
    declared = {name: words_for(access_of(view)) for name, view in views(whole_app).items()}
    assert declared == EXPECTED


def test_an_undeclared_view_is_shut(own_app: Flask) -> None:
    own_app.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert own_app.test_client().get("/forgotten").status_code == 404


@pytest.fixture
def rows(app: Flask, copper_kettle: Customer) -> Callable[[User], Rows]:
    def make(person: User) -> Rows:
        with app.app_context():
            return rows_of(copper_kettle, mail_to=person)

    return make


def test_nobody_gets_past_what_is_public(app: Flask, rows: Callable[[User], Rows], maya: User) -> None:
    nobody = Caller(app.test_client, lambda: Program(app))
    wrong = {
        f"{door.method} {door.path}": answer
        for door in doors(app, rows(maya))
        if (answer := nobody.knock(door)) != (OPEN if EXPECTED[door.endpoint] == PUBLIC else SIGN_IN)
    }
    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_exactly_where_the_table_says(
    app: Flask, as_user: AsUser, rows: Callable[[User], Rows], copper_kettle: Customer, role: str
) -> None:
    is_staff, holds = ROLES[role]
    with app.app_context():
        person = factories.user("Pat Quinn", role=role, of=None if is_staff else copper_kettle)
    caller = Caller(cache(lambda: as_user(person)), cache(lambda: signed_in(app, person)))
    wrong = {
        f"{door.method} {door.path}": answer
        for door in doors(app, rows(person))
        if (answer := caller.knock(door)) != door.answer_for(is_staff=is_staff, holds=holds)
    }
    assert wrong == {}


# What an API key is told although it may come in: it is nobody, and no work was put off for it.
WHERE_KEYS_ARE_NOBODY = {"api_v1.show_me": NOT_ALLOWED, "api_v1.show_job": NOT_THERE}


@pytest.mark.parametrize("permission", ["users:write", "orders:read"])
@pytest.mark.parametrize("of", ["one customer", "all customers"])
def test_a_key_gets_exactly_where_its_permissions_say(
    app: Flask, rows: Callable[[User], Rows], maya: User, permission: str, of: str
) -> None:
    is_bound = of == "one customer"
    text = key_text(app, permission, customer_id=maya.customer_id if is_bound else None)
    key = Caller(app.test_client, lambda: Program(app, text))
    wrong = {}
    for door in doors(app, rows(maya)):
        expected = door.answer_for(is_staff=not is_bound, holds={permission})
        expected = WHERE_KEYS_ARE_NOBODY.get(door.endpoint, expected)
        if door.is_api and (answer := key.knock(door)) != expected:
            wrong[f"{door.method} {door.path}"] = answer
    assert wrong == {}


# Single rows that a buyer can open, and what they hear about one that is not theirs.
OF_OTHERS = {
    "account.email": NOT_THERE,
    "company.colleague": NOT_THERE,
    "company.act": NOT_THERE,
    "company.edit_address": NOT_THERE,
    "company.remove_address": NOT_THERE,
    "account.end_device": OPEN,  # it says the same of every number; test_own_account.py looks who is signed out
    "catalogue.media": OPEN,  # every customer may see pictures of what we sell
    "api_v1.show_job": NOT_THERE,
    "api_v1.show_user": NOT_THERE,
    "api_v1.replace_user": NOT_THERE,
    "api_v1.delete_user": NOT_THERE,
    "api_v1.show_role": NOT_THERE,
}


def test_what_belongs_to_another_company_does_not_exist(
    app: Flask, as_user: AsUser, maya: User, ben: User, northgate: Customer
) -> None:
    """Maya manages the people of her own company; Ben buys for another."""
    with app.app_context():
        theirs = rows_of(northgate, mail_to=ben).with_values(code="warehouse")
    caller = Caller(cache(lambda: as_user(maya)), cache(lambda: signed_in(app, maya)))
    heard = {
        door.endpoint: caller.knock(door, If_Match='"1"')
        for door in doors(app, theirs)
        if door.is_of_one_row and door.answer_for(is_staff=False, holds={"users:write"}) == OPEN
    }
    assert heard == OF_OTHERS


def sample(rule: Rule, name: str) -> str | int:
    """A value that fits and that no row has."""
    converter = rule._converters[name]
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 987_654_321 if isinstance(converter, IntegerConverter) else "no-such-thing"

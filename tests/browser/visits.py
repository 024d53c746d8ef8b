"""Where there is something to see: each address with a sample for its variable parts, and what goes wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Flask
from sqlalchemy import select

from app.accounts.credentials import LoginAttempt
from app.accounts.models import CustomerStatus, User
from app.accounts.queries import people as queries
from app.accounts.service import applications, own_account, people, roles
from app.accounts.service.applications import Application
from app.catalogue.models import Product
from app.core import clock, outbox
from app.core.access import SYSTEM, Viewer
from app.core.database import db
from app.core.outbox import OutboxMessage
from app.core.tokens import fingerprint
from app.core.transaction import in_one_transaction
from app.customers.service import addresses, standing
from app.imports.models import ImportState
from app.jobs import perform_all
from app.orders.models import SavedView
from app.orders.service import baskets
from app.stock import service as stock
from app.web.access import access_of
from tests import factories
from tests.billing.showing import invoices_in_all_states, receipts_in_all_states
from tests.catalogue.showing import catalogue_in_all_states
from tests.customers.typing_in import DOOR
from tests.desk.showing import orders_in_all_states
from tests.fulfilment.showing import warehouse_in_all_states
from tests.payments.showing import payments_in_all_states
from tests.shop.showing import orders_of_a_buyer
from tests.stock.shelving import Line
from tests.web.failing import WAYS, add_failing_pages

NOBODY, BUYER, OWNER = "nobody", "maya@copperkettle.example", "owner@millrace.example"
TIRED = "wanda@millrace.example"  # of guessing
NOT_PAGES = ("/api/v1/", "/health/", "/media/", "/metrics")
STATUS = {"refused": 422, "missing": 404, "stale": 409, "conflict": 409, "forbidden": 403, "often": 429}
STATUS |= {"busy": 503, "bug": 500}
STALE = {"version": "0", "name": "Somebody else"}
STALE_LOAF = STALE | {"shelf": "Z-9", "max_qty": "66"}
APPLICATION = Application(
    company="Blue Door Bistro",
    name="Otto Reed",
    email="otto@bluedoor.example",
    password="seven brown geese",
)

Values = dict[str, str | int]


@dataclass(frozen=True)
class Visit:
    """Who goes where, what they type into the form there, and the status that this deserves."""

    who: str
    path: str
    status: int = 200
    typed: tuple[tuple[str, str], ...] = ()


def visits(app: Flask) -> list[Visit]:
    with app.app_context():
        samples = furnished(app)
    return [*_pages(app, samples), *_failures(samples)]


def _pages(app: Flask, samples: dict[str, list[Values]]) -> Iterator[Visit]:
    """Every address that answers GET with a page; one whose variable parts have no sample is an error."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and _is_a_page(rule.rule):
            for values in samples[rule.endpoint] if rule.arguments else [{}]:
                path = adapter.build(rule.endpoint, values)
                for who in _who_sees(app, rule.endpoint):
                    yield Visit(who, path)


def _is_a_page(address: str) -> bool:
    return not address.startswith((*NOT_PAGES, "/fail/")) and not address.endswith((".csv", ".pdf"))


def _who_sees(app: Flask, endpoint: str) -> tuple[str, ...]:
    access = access_of(app.view_functions[endpoint])
    if access is None or access.is_public:
        return (NOBODY,)
    if endpoint == "account.email":
        return (BUYER,)  # the sample is hers
    if access.buyers_only:
        return (BUYER,)
    return (OWNER,) if access.staff_only else (OWNER, BUYER)


def _failures(samples: dict[str, list[Values]]) -> Iterator[Visit]:
    for way in WAYS:
        yield Visit(NOBODY, f"/fail/{way}", STATUS[way])
    yield Visit(OWNER, "/nowhere", 404)
    yield Visit(BUYER, "/fail/bug", 500)
    yield Visit(NOBODY, "/invite/of-long-ago", 404)
    [person] = samples["accounts_admin.edit"]
    for path in (
        f"/admin/users/{person['user_id']}/edit",
        "/admin/settings",
        "/admin/roles/packers",
        "/desk/customers/COPPER-KETTLE/edit",
        "/account",
    ):
        yield Visit(OWNER, path, 409, tuple(STALE.items()))
    [loaf] = samples["catalogue_admin.edit_product"]
    yield Visit(OWNER, f"/admin/products/{loaf['product_id']}/edit", 409, tuple(STALE_LOAF.items()))
    yield Visit(OWNER, "/admin/products/new", 422, (("sku", "?"), ("pack_size", "0")))
    yield Visit(OWNER, "/admin/products?q=nothing-like-it")
    [torn, _] = samples["stock_admin.item"]
    yield Visit(OWNER, f"/desk/stock/{torn['sku']}/limits", 409, (("version", "0"), ("low_at", "9")))
    yield Visit(
        OWNER, f"/desk/stock/{torn['sku']}", 422, (("kind", "adjust"), ("delta", "99"), ("reason", "Gone"))
    )
    yield Visit(OWNER, "/desk/stock?q=nothing-like-it")
    for query in (
        "view=all",
        "view=hold",
        "view=part",
        "q=nothing-like-it&view=late",
        "q=desk&payment=account",
    ):
        yield Visit(OWNER, f"/desk/orders?{query}")
    yield Visit(OWNER, "/desk/orders/views/new?view=late", 422, (("name", ""),))
    [priced] = samples["catalogue_admin.product_prices"]
    prices = f"/admin/price-lists/{priced['list_id']}/prices/{priced['sku']}"
    yield Visit(OWNER, prices, 409, (("version", "0"), ("rows", "1"), ("unit_price_0", "3")))
    yield Visit(OWNER, f"/admin/price-lists/{priced['list_id']}/change?direction=up&percent=3.5&category_id=")
    yield Visit(OWNER, f"/admin/price-lists/why?sku={priced['sku']}&customer=COPPER-KETTLE&quantity=2000")
    yield Visit(OWNER, "/admin/price-lists/why?sku=NOTHING", 422)
    yield Visit(OWNER, "/admin/price-lists/new?kind=contract")
    waiting, *_ = samples["desk.act"]
    yield Visit(OWNER, f"/desk/orders/move-day?order={waiting['number']}")
    [shipped, delivered] = samples["desk.refund"]
    yield Visit(
        OWNER, f"/desk/orders/{shipped['number']}/refund?how=part&q1=9&why=Other&to=card&do=look", 422
    )
    back = f"/desk/orders/{delivered['number']}/refund"
    yield Visit(OWNER, f"{back}?how=all&why=Wrong+product&restock=y&to=account&do=look")
    cancelling = f"/desk/orders/{waiting['number']}/cancel"
    yield Visit(OWNER, cancelling, 409, (("version", "0"), ("reason", "Late")))
    new_order = "/desk/orders/new?customer=COPPER-KETTLE"
    yield Visit(OWNER, new_order, 200, (("lines", "COF-HSE-1K 6\nNONSENSE 4"),))
    yield Visit(OWNER, "/desk/orders/new?q=nothing-like-it")
    new_receipt = "/desk/receipts/new?customer=COPPER-KETTLE"
    yield Visit(OWNER, new_receipt, 422, (("amount", "1,250"), ("received_on", "2999-01-01")))
    yield Visit(OWNER, "/desk/receipts?show=all&customer=COPPER-KETTLE")
    yield Visit(OWNER, "/desk/receipts?q=nothing-like-it")
    yield Visit(BUYER, "/catalogue?q=nothing-like-it")
    yield Visit(BUYER, "/orders?q=nothing-like-it")
    yield Visit(BUYER, "/orders?state=cancelled")
    yield Visit(BUYER, "/statement?period=year")
    yield Visit(BUYER, "/invoices?state=overdue")
    yield Visit(OWNER, "/desk/invoices?q=nothing-like-it")
    yield Visit(OWNER, "/desk/invoices?state=open&age=current&customer=COPPER-KETTLE")
    [loaf] = samples["shop.product"]
    typed = "%0A".join((f"{loaf['sku']}+6", f"{loaf['sku']}+3", "LOAF+2", "NOTHING+1", "SHOP-ROLLS+12"))
    yield Visit(BUYER, f"/quick-order?lines={typed}")
    [mine] = samples["shop.cancel_order"]
    yield Visit(BUYER, f"/orders/{mine['number']}/cancel", 422, (("reason", ""),))
    applied = (("email", APPLICATION.email), ("password", APPLICATION.password))
    yield Visit(NOBODY, "/login", 403, applied)
    yield Visit(NOBODY, "/login", 429, (("email", TIRED), ("password", "guess guess")))


def furnished(app: Flask) -> dict[str, list[Values]]:
    """A house in which something has happened: for each address with variable parts, what they may be."""
    add_failing_pages(app)
    in_states = _people_in_all_states()
    active = {"user_id": in_states["active"].id}
    tokens, mails = _links_and_mails(app)
    key, _ = factories.api_key("orders:read", by=SYSTEM)
    roles.create(code="packers", name="Packers", kind="staff", permissions=["orders:fulfil"], by=SYSTEM)
    _without_a_try_left(TIRED)
    shelves = [{"sku": one.sku} for one in (_short_of("Torn loaf"), factories.product("Never seen"))]
    return {
        "account.email": [{"message_id": mails["sent"]}],
        **{endpoint: [{"token": token}] for endpoint, token in tokens.items()},
        "accounts_admin.person": [{"user_id": person.id} for person in in_states.values()],
        "accounts_admin.edit": [active],
        "accounts_admin.act": [
            active | {"name": "deactivate"},
            active | {"name": "delete"},
            {"user_id": in_states["invited"].id, "name": "invitation"},
            {"user_id": in_states["deactivated"].id, "name": "reactivate"},
            {"user_id": in_states["deleted"].id, "name": "restore"},
        ],
        "accounts_admin.act_for_good": [active | {"name": "anonymise"}],
        "accounts_admin.key": [{"key_id": key.id}],
        "accounts_admin.revoke_key": [{"key_id": key.id}],
        "accounts_admin.role": [{"code": "packers"}, {"code": "admin"}],
        "accounts_admin.remove_role": [{"code": "packers"}],
        "stock_admin.item": shelves,
        "stock_admin.limits": shelves[:1],
        "stock_admin.movements": shelves,
        **_customers_and_doors(),
        **catalogue_in_all_states(),
        **orders_in_all_states(),
        "desk.edit_view": [{"view_id": _view_of(OWNER)}],
        **warehouse_in_all_states(),
        **orders_of_a_buyer(BUYER),
        **invoices_in_all_states("COPPER-KETTLE"),
        **receipts_in_all_states("COPPER-KETTLE"),
        **payments_in_all_states("COPPER-KETTLE"),
        **_prices_and_shop(),
        "imports.show": _imports_in_all_states(),
        "imports.ask_undo": [{"import_id": factories.import_of_prices(ImportState.COMMITTED).id}],
        "operations.message": [{"message_id": message_id} for message_id in mails.values()],
    }


def _view_of(email: str) -> int:
    person = queries.person_called(email)
    assert person
    query = "view=confirm&day=tomorrow&sort=placed"
    return factories.saved(SavedView(user_id=person.id, name="North round", query=query)).id


def _imports_in_all_states() -> list[Values]:
    said = "Something was changed since this file was checked, so nothing was imported. Check it again."
    problems = {ImportState.REFUSED: "This file is empty.", ImportState.FAILED: "We tried several times."}
    jobs = [factories.import_of_prices(state, problem=problems.get(state, "")) for state in ImportState]
    more = (
        factories.import_of_prices(problem=said),
        factories.import_of_prices(ImportState.COMMITTED, file=""),
    )
    return [{"import_id": job.id} for job in [*jobs, *more]]


def _customers_and_doors() -> dict[str, list[Values]]:
    """A customer in each standing, an application, and a door that is Maya's and the desk's to look after."""
    at, kettle = clock.now(), {"code": "COPPER-KETTLE"}
    stopped, closed, gone = (factories.customer(name) for name in ("Slow Payer", "Old Shop", "Never Was"))
    standing.put_on_stop(stopped.code, reason="Overdue", version=1, by=SYSTEM, at=at)
    standing.close(closed.code, reason="Moved away", version=1, by=SYSTEM, at=at)
    standing.remove(gone.code, version=1, by=SYSTEM, at=at)
    waiting = factories.customer("Hopeful Café", status=CustomerStatus.APPLIED)
    maya = db.session.scalars(select(User).where(User.email == BUYER)).one()
    company = queries.customer_called("COPPER-KETTLE")
    door = {"address_id": addresses.add(company.id, **DOOR, by=SYSTEM).id}
    lena = factories.user("Lena Brandt", role="buyer", of=company)
    every = [kettle, *({"code": row.code} for row in (stopped, closed, waiting))]
    return {
        "customers.customer": every,
        "money.statement": [kettle],
        "customers.deleted_customer": [{"customer_id": gone.id}],
        "customers.restore": [{"customer_id": gone.id}],
        "customers.edit": [kettle],
        "customers.act": [
            *(kettle | {"name": name} for name in ("stop", "close", "delete")),
            {"code": stopped.code, "name": "release"},
            {"code": closed.code, "name": "reopen"},
        ],
        "customers.new_address": [kettle],
        "customers.edit_address": [kettle | door],
        "customers.remove_address": [kettle | door],
        "customers.approve": [{"customer_id": waiting.id}],
        "customers.refuse": [{"customer_id": waiting.id}],
        "company.colleague": [{"user_id": lena.id}, {"user_id": maya.id}],
        "company.act": [{"user_id": lena.id, "name": "deactivate"}],
        "company.edit_address": [door],
        "company.remove_address": [door],
    }


def _prices_and_shop() -> dict[str, list[Values]]:
    """A contract with breaks and an end, a price that is over, a product without any, and a basket with something."""
    company = queries.customer_called("COPPER-KETTLE")
    agreed = factories.price_list("Agreed", customer_id=company.id, valid_to=date(2099, 12, 31))
    loaf = factories.product("Priced loaf", description="Baked overnight.", family_code="LOAF", pack_size=2)
    factories.product("Priced loaf, sliced", family_code="LOAF")
    factories.price(loaf, "3.25")
    factories.price(loaf, "0.0125", on=agreed, min_qty=1000)
    factories.price(loaf, "2.90", on=agreed, valid_to=date(2020, 1, 1))
    maya = queries.person_called(BUYER)
    buyer = Viewer(principal="", user_id=maya and maya.id, customer_id=company.id)
    baskets.set_quantities({loaf.id: 2}, by=buyer)
    on_list, of_loaf = {"list_id": agreed.id}, {"sku": loaf.sku}
    return {
        "catalogue_admin.prices": [on_list, {"list_id": factories.base_list().id}],
        "catalogue_admin.edit_price_list": [on_list],
        "catalogue_admin.remove_price_list": [on_list],
        "catalogue_admin.product_prices": [on_list | of_loaf],
        "catalogue_admin.change_prices": [on_list],
        "shop.catalogue": [{"slug": "bread"}],
        "shop.product": [of_loaf],
    }


def _people_in_all_states() -> dict[str, User]:
    at = clock.now()
    found = {
        name: factories.user(f"Pat {name.title()}", role="warehouse")
        for name in ("active", "deactivated", "deleted")
    }
    people.deactivate(found["deactivated"].id, by=SYSTEM, at=at)
    people.remove(found["deleted"].id, by=SYSTEM, at=at)
    facts = {"email": "ida@millrace.example", "name": "Ida Hall", "kind": "staff", "roles": ["warehouse"]}
    return found | {"invited": people.invite(**facts, by=SYSTEM, at=at)}


def _links_and_mails(app: Flask) -> tuple[dict[str, str], dict[str, int]]:
    """An invitation is on its way already; somebody forgets a password, somebody applies, one promise fails."""
    own_account.forgot_password("amir@millrace.example")
    applications.apply(APPLICATION, passwords=app.extensions["passwords"])
    maya = queries.person_called(BUYER)
    in_one_transaction(lambda: outbox.promise("accounts.mail_password_changed", user_id=maya and maya.id))
    in_one_transaction(lambda: outbox.promise("nothing.of_this_name"))
    perform_all()
    token_to = {mail.to: mail.secrets[0] for mail in app.extensions["gateways"].mailer.sent if mail.secrets}
    numbers = dict(db.session.execute(select(OutboxMessage.topic, OutboxMessage.id)).all())
    tokens = {
        "accounts.invite": token_to["ida@millrace.example"],
        "accounts.reset": token_to["amir@millrace.example"],
        "accounts.verify": token_to[APPLICATION.email],
    }
    return tokens, {
        "sent": numbers["accounts.mail_password_changed"],
        "failed": numbers["nothing.of_this_name"],
    }


def _short_of(name: str) -> Product:
    """Something has come, gone, been counted, and more is held than is there."""
    made = factories.product(name, shelf="A-11", unit_label="loaf")
    stock.receive(made.id, 40, reason="The night's bake", by=SYSTEM)
    stock.adjust(made.id, -3, reason="Torn bags", by=SYSTEM)
    limits = {"back_on": date(2099, 11, 24), "backorder_limit": 20, "low_at": 5}
    stock.set_limits(made.id, **limits, version=1, today=date.today(), by=SYSTEM)
    stock.reserve([Line(made.id, 37)])
    stock.count(made.id, 22, by=SYSTEM)
    return made


def _without_a_try_left(email: str) -> LoginAttempt:
    """As after too many guesses, for longer than this test takes."""
    an_hour_long = clock.now() + timedelta(hours=1)
    return factories.saved(LoginAttempt(bucket=f"account:{fingerprint(email)}", full_at=an_hour_long))

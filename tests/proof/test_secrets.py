"""Secrets go through every flow of a real house, and are then looked for wherever something is written down."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect, make_url

from tests import factories
from tests.proof.house import House, bearer, fresh
from tests.proof.site import Browser, web
from tests.proof.tree import Bench, bench, eventually
from tests.smtp_sink import AUTHORITY, smtp_sink

pytestmark = pytest.mark.proof

OWNER, TOM = "hana.whitlock@staff.example", "tom.ridley@staff.example"


@pytest.fixture
def house(own_app: Flask, own_database: str, tmp_path: Path) -> Iterator[House]:
    ours = {
        what: fresh(what) for what in ("database", "redis", "smtp", "metrics", "signing", "cards", "told")
    }
    ours["right password"] = fresh("password")
    with own_app.app_context():
        factories.user("Hana Whitlock", role="admin", password=ours["right password"])
        factories.user("Tom Ridley", role="order_clerk", password=fresh("password"))
    database_url = make_url(own_database).set(password=ours["database"])
    with (
        smtp_sink(certificate="here") as sink,
        bench(
            database_url.render_as_string(hide_password=False),
            sink.url.replace("://", f"://desk:{ours['smtp']}@"),
            tmp_path,
            redis_password=ours["redis"],
            SMTP_CA_FILE=str(AUTHORITY),
            SECRET_KEY=f"{ours['signing']}-and-some-more-of-it",
            METRICS_TOKEN=ours["metrics"],
            STRIPE_SECRET_KEY=f"sk_test_{ours['cards']}-and-some-more",
            STRIPE_WEBHOOK_SECRET=f"whsec_{ours['told']}-and-some-more",
            LOG_LEVEL="DEBUG",
        ) as house,
        web(house.environment, tmp_path / "web.log") as site,
    ):
        house.environment["BASE_URL"] = site.url
        house.worker()
        yield House(house, site, sink, ours)


def people_come_and_go(house: House) -> None:
    """In and out, a password forgotten and changed, an application, an invitation."""
    desk = house.browser()
    desk.submit("/login", email=OWNER, password=house.password("wrong password"))
    desk.submit("/login", email=OWNER, password=house.secrets["right password"])
    house.keep(cookie=desk.cookie, session=desk.session["_user_id"], csrf=desk.session["csrf_token"])
    desk.submit("/account/confirm", password=house.secrets["right password"])
    house.keep(session_confirmed=desk.session["_user_id"])
    desk.submit("/account/confirm", password=house.password("wrong confirmation"))
    desk.submit(
        "/account/password",
        token_from="/account/password",
        current=house.secrets["right password"],
        password=house.password("changed password"),
    )
    desk.submit("/admin/users/invite", token_from="/admin/users/invite", **invitation(), roles="warehouse")
    visitor = house.browser()
    invite = f"/invite/{house.token_mailed('invite')}"
    visitor.submit(invite, token_from=invite, password=house.password("first password"))
    visitor.submit("/password/forgot", email=TOM)
    reset = f"/password/reset/{house.token_mailed('reset')}"
    visitor.submit(reset, token_from=reset, password="tooshort")
    visitor.submit(reset, token_from=reset, password=house.password("new password"))
    visitor.submit(reset, token_from=reset, password=house.password("password for a dead link"))
    visitor.submit(
        "/register", token_from="/register", **applicant("bea"), password=house.password("applying")
    )
    verify = f"/verify/{house.token_mailed('verify')}"
    visitor.submit(verify, token_from=verify)


def invitation() -> dict[str, str]:
    return {"name": "Ida Hall", "email": "ida.hall@staff.example", "phone": ""}


def applicant(name: str) -> dict[str, str]:
    return {"company": "Bramble", "name": name, "email": f"{name}@bramble.example", "phone": "", "tax_id": ""}


def programs_come_and_go(house: House) -> None:
    """A key, a token and a refresh token: used rightly, in the address, and with letters missing."""
    desk, password = house.browser(), house.secrets["changed password"]
    desk.submit("/login", email=OWNER, password=password)
    facts = {"name": "Till", "permissions": "users:write", "customer_id": "", "expires_on": ""}
    shown = desk.submit("/admin/keys/new", token_from="/admin/keys/new", **facts).text
    key = re.findall(r'value="(dk_[^"]+)"', shown)[0]
    program = house.browser()
    wrong = {"email": OWNER, "password": house.password("wrong password of a program")}
    assert program.send("/auth/login", wrong | {"totp": house.password("totp")[:20]}).status_code == 401
    signed_in = program.send("/auth/login", {"email": OWNER, "password": password}).json()["data"]
    renewed = program.send("/auth/refresh", {"refresh_token": signed_in["refresh_token"]}).json()["data"]
    for number, pair in enumerate((signed_in, renewed)):
        house.keep(**{f"access token {number}": pair["access_token"]})
        house.keep(**{f"refresh token {number}": pair["refresh_token"]})
    house.keep(key=key, key_secret=key.split("_")[2])
    for text in (key, renewed["access_token"]):
        assert program.get("/api/v1/users", headers=bearer(text)).status_code == 200
        assert program.get("/api/v1/users", headers=bearer(text[:-1])).status_code == 401
        assert program.get(f"/api/v1/users?api_key={text}").status_code == 401
        assert program.get(f"/api/v1/users?api_key={text}", headers=bearer(text)).status_code == 422
        assert program.get(f"/login?token={text}").status_code == 200
        assert program.get(f"/nowhere/{text}").status_code == 404
    program.get(f"/account?password={house.password('password in an address')}")
    program.send("/users", {"email": "x", "secret": house.password("unknown field")}, headers=bearer(key))
    program.send("/auth/refresh", {"refresh_token": signed_in["refresh_token"]})
    program.send("/auth/logout", {"refresh_token": renewed["refresh_token"]})
    assert program.get("/metrics", headers=bearer(house.secrets["metrics"])).status_code == 200


def everything_breaks(house: House) -> None:
    """Bug pages with secrets in their address, their form, their header, and in the row that was refused."""
    visitor, key = house.browser(), house.secrets["key"]
    wrong = {"email": TOM, "password": house.password("password at a bug")}
    visitor.submit("/password/forgot", email=TOM)
    reset = f"/password/reset/{house.token_mailed('reset')}"
    with house.without("one_time_token"):
        assert visitor.submit(reset, password=house.password("new password at a bug")).status_code == 500
        visitor.submit("/password/forgot", email=OWNER)
        failed = "SELECT count(*) FROM outbox_message WHERE last_error LIKE '%one_time_token%'"
        eventually(lambda: house.bench.ask(failed))
    with house.without("login_attempt"):
        assert visitor.submit("/login", **wrong).status_code == 500
        assert visitor.send("/auth/login", wrong).status_code == 500
    with house.without("role"):
        assert visitor.get("/api/v1/roles", headers=bearer(key)).status_code == 500
    house.bench.do("""ALTER TABLE "user" ADD CONSTRAINT nobody CHECK (name <> 'otto') NOT VALID""")
    refused = visitor.submit(
        "/register", **applicant("otto"), password=house.password("password in a refused row")
    )
    assert refused.status_code == 500


def places(house: House) -> dict[str, str]:
    """Wherever this house writes something down."""
    browsers = house.browsers
    return {
        "web log": house.site.log.read_text(),
        "worker log": house.bench.log(),
        "database": "\n".join(every_row(house.bench)),
        "redis": house.bench.valkey.told().decode(errors="replace"),
        "error pages": "\n".join(page for browser in browsers for page in browser.errors),
        "metrics": browsers[0].get("/metrics", headers=bearer(house.secrets["metrics"])).text,
    }


def every_row(house: Bench) -> Iterator[str]:
    with house.engine.connect() as connection:
        for table in inspect(house.engine).get_table_names():
            yield from connection.exec_driver_sql(f'SELECT row::text FROM "{table}" AS row').scalars()


def test_no_secret_is_written_down_anywhere(house: House) -> None:
    people_come_and_go(house)
    programs_come_and_go(house)
    everything_breaks(house)
    eventually(lambda: len(house.sink.letters) >= 7)
    written = places(house)
    signs_of_life = {
        "web log": '"message": "request.failed"',
        "worker log": '"message": "job.failed"',
        "database": "session.confirmed",
        "redis": "accounts.mail_reset",
        "error pages": "Our fault",
        "metrics": "http_requests_total",
    }
    assert {place: sign in written[place] for place, sign in signs_of_life.items()} == dict.fromkeys(
        written, True
    )
    assert len(house.secrets) >= 15
    found = {
        (what, place) for what, text in house.secrets.items() for place in written if text in written[place]
    }
    assert found == set()
    logs = written["web log"] + written["worker log"]
    assert "$argon2id$" not in logs + written["error pages"], "a hash is a secret outside the database"
    assert "otto@bramble.example" not in logs, "nor is the row that was refused anybody's business"


def test_a_house_whose_servers_are_away_does_not_say_how_it_would_reach_them(
    house: House, tmp_path: Path
) -> None:
    nobody = "127.0.0.1:9"
    lost = house.bench.environment | {
        "DATABASE_URL": f"postgresql://docket:{house.secrets['database']}@{nobody}/docket",
        "REDIS_URL": f"redis://:{house.secrets['redis']}@{nobody}/0",
    }
    with web(lost, tmp_path / "lost.log") as site:
        browser = Browser(site.url)
        for path in ("/login", "/account", "/health/ready", "/api/v1/me"):
            browser.get(path, headers=bearer(house.secrets["signing"]))
        written = site.log.read_text() + "\n".join(browser.errors)
    assert "database.trouble" in written
    assert {what for what, text in house.secrets.items() if text in written} == set()

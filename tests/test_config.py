"""Settings: what would not work is refused before anything starts, in one sentence."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from app import create_app
from app.config import Environment, Settings, SettingsRefused, settings_from_environment
from app.core.mail import MemoryMailer
from app.gateways import build_gateways

ROOT = Path(__file__).parent.parent
RANDOM = "q7Zr0uW3nB9xKf2LtY8sVd5JgH1mPc6E"
SOUND = {
    "APP_ENV": "production",
    "SECRET_KEY": RANDOM,
    "DATABASE_URL": "postgres://docket:pw@127.0.0.1:25997/docket",
    "REDIS_URL": "rediss://:pw@127.0.0.1:25996/0",
    "BASE_URL": "https://orders.millrace.example",
    "FILES_DIR": "/srv/docket/files",
}
CARDS = {"STRIPE_SECRET_KEY": f"sk_live_{RANDOM}", "STRIPE_WEBHOOK_SECRET": f"whsec_{RANDOM}"}
BAD = {
    "no secret": ({"SECRET_KEY": ""}, "set SECRET_KEY"),
    "a short secret": ({"SECRET_KEY": RANDOM[:31]}, "SECRET_KEY must be 32 random characters"),
    "one letter again and again": ({"SECRET_KEY": "a" * 40}, "SECRET_KEY must be 32 random characters"),
    "a pattern again and again": (
        {"SECRET_KEY": "0123456789abcdef" * 3},
        "SECRET_KEY must be 32 random characters",
    ),
    "a secret from an example": (
        {"SECRET_KEY": "change-me-to-32-random-characters-or-more"},
        "SECRET_KEY must be 32 random characters",
    ),
    "debug": ({"DEBUG": "1"}, "DEBUG must be off in production"),
    "debug, by Flask's own name for it": ({"FLASK_DEBUG": "1"}, "DEBUG must be off in production"),
    "the demo": ({"DEMO": "1"}, "DEMO must be off in production"),
    "no database": ({"DATABASE_URL": ""}, "set DATABASE_URL"),
    "another database": (
        {"DATABASE_URL": "mysql://u:p@host/docket"},
        "DATABASE_URL must be a PostgreSQL address",
    ),
    "half a database": (
        {"DATABASE_URL": "postgres://u:p@host:port/x"},
        "DATABASE_URL must be a PostgreSQL address",
    ),
    "a nameless database": (
        {"DATABASE_URL": "postgres://u:p@host"},
        "DATABASE_URL must be a PostgreSQL address",
    ),
    "another queue": ({"REDIS_URL": "amqp://host"}, "REDIS_URL must be a Redis address"),
    "half a queue": ({"REDIS_URL": "redis://host:port/0"}, "REDIS_URL must be a Redis address"),
    "another mail": ({"SMTP_URL": "mail.example.com:25"}, "SMTP_URL must be a mail server"),
    "a lost authority": ({"SMTP_CA_FILE": "/nowhere/ca.pem"}, "SMTP_CA_FILE must be a file with the cert"),
    "no authority": ({"SMTP_CA_FILE": __file__}, "SMTP_CA_FILE must be a file with the cert"),
    "pages in the clear": (
        {"BASE_URL": "http://orders.millrace.example"},
        "BASE_URL must be the https:// address",
    ),
    "no address": ({"BASE_URL": "orders.millrace.example"}, "BASE_URL must be the address people type"),
    "no shared folder": (
        {"FILES_DIR": ""},
        "FILES_DIR (a folder that web and worker share) or S3_BUCKET must be set",
    ),
    "an environment of its own": ({"APP_ENV": "live"}, "APP_ENV"),
    "a level of its own": ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"),
    "a format of its own": ({"LOG_FORMAT": "xml"}, "LOG_FORMAT must be 'json' or 'console'"),
    "a word for a number": ({"DATABASE_POOL": "many"}, "DATABASE_POOL must be a whole number."),
    "a word for processes": ({"WEB_CONCURRENCY": "many"}, "WEB_CONCURRENCY must be a whole number."),
    "too many threads": ({"WEB_THREADS": "65"}, "WEB_THREADS must be less than or equal to 64."),
    "half a card gateway": (
        {"STRIPE_SECRET_KEY": f"sk_live_{RANDOM}"},
        "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set both, or neither",
    ),
    "the other half": (
        {"STRIPE_WEBHOOK_SECRET": f"whsec_{RANDOM}"},
        "STRIPE_SECRET_KEY and STRIPE_WEBHOOK_SECRET must be set both, or neither",
    ),
    "a short key for cards": (
        {"STRIPE_SECRET_KEY": "sk_live_short"},
        "STRIPE_SECRET_KEY must be 32 characters",
    ),
    "no address of a gateway": ({"STRIPE_BASE_URL": "api.stripe.com"}, "STRIPE_BASE_URL must be the address"),
    "cards in the clear": (
        CARDS | {"STRIPE_BASE_URL": "http://127.0.0.1:12111"},
        "STRIPE_BASE_URL must be an https:// address",
    ),
    "a gateway that may take its time": (
        {"STRIPE_TIMEOUT": "60"},
        "STRIPE_TIMEOUT must be less than or equal to 10",
    ),
    "a lost secret file": ({"SECRET_KEY": "", "SECRET_KEY_FILE": "/nowhere/key"}, "/nowhere/key"),
}


@pytest.fixture
def environment(monkeypatch):
    """Only these settings, whatever the machine has."""

    def become(**given: str) -> None:
        for name in (*Settings.model_fields, "flask_debug"):
            monkeypatch.delenv(name.upper(), raising=False)
        for name, value in given.items():
            monkeypatch.setenv(name, value)

    return become


def command(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    """As a host would start it: nothing in the environment but these."""
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **given},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("name", BAD)
def test_what_would_not_work_is_refused_in_one_sentence(environment, name):
    changed, said = BAD[name]
    environment(**SOUND | changed)
    with pytest.raises(SettingsRefused) as refused:
        settings_from_environment()
    sentence = str(refused.value)
    assert sentence.startswith("Docket cannot start: ")
    assert said in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.mark.parametrize("name", ["debug", "the demo", "pages in the clear", "no shared folder"])
def test_staging_is_held_to_the_same(environment, name):
    environment(**SOUND | {"APP_ENV": "staging"} | BAD[name][0])
    with pytest.raises(SettingsRefused):
        settings_from_environment()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["no secret", "the demo", "another database", "a lost secret file"])
def test_a_refused_start_is_one_line_and_an_exit_code(name):
    changed, said = BAD[name]
    for words in (("flask", "--app", "wsgi", "prepare"), ("gunicorn", "wsgi:app", "--check-config")):
        ended = command(*words, **SOUND | changed)
        assert ended.returncode != 0
        lines = [line for line in (ended.stderr + ended.stdout).splitlines() if line.strip()]
        assert [line for line in lines if said in line], lines
        assert "Traceback" not in ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("words", [("prepare",), ("outbox", "list")])
def test_a_database_that_does_not_answer_is_one_line_and_an_exit_code(words):
    ended = command("flask", "--app", "wsgi", *words, **SOUND)
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "Error: PostgreSQL cannot be used at 127.0.0.1:25997: Connection refused."
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "many"),
    [("WEB_CONCURRENCY", "0"), ("WEB_CONCURRENCY", "1000"), ("WEB_THREADS", "0"), ("WEB_THREADS", "many")],
)
def test_a_web_process_is_not_started_with_a_number_that_makes_no_sense(name, many):
    ended = command("gunicorn", "wsgi:app", "--check-config", **SOUND | {name: many})
    assert ended.returncode != 0
    assert ended.stderr.strip() == f"Docket cannot start: {name} must be a number from 1 to 64."


def test_no_secret_is_ever_in_the_sentence(environment):
    environment(**SOUND | {"SECRET_KEY": "tooshort-topsecret", "DATABASE_URL": "mysql://u:topsecret@h/x"})
    with pytest.raises(SettingsRefused) as refused:
        settings_from_environment()
    assert "topsecret" not in str(refused.value)


def test_sound_settings_are_taken_and_the_hosts_addresses_understood(environment):
    environment(**SOUND)
    found = settings_from_environment()
    assert found.database_url == "postgresql+psycopg://docket:pw@127.0.0.1:25997/docket"
    assert found.redis_url == SOUND["REDIS_URL"]
    assert found.hosts == ["orders.millrace.example"]


def test_a_certificate_nobody_vouches_for_is_accepted_only_when_told_so(environment):
    environment(**SOUND | {"REDIS_VERIFY": "0"})
    assert settings_from_environment().redis_url == f"{SOUND['REDIS_URL']}?ssl_cert_reqs=none"


def test_more_names_may_be_trusted_besides_our_own(environment):
    environment(**SOUND | {"TRUSTED_HOSTS": "docket.internal, .millrace.example"})
    assert settings_from_environment().hosts == [
        "orders.millrace.example",
        "docket.internal",
        ".millrace.example",
    ]


def test_while_developing_any_name_will_do(environment):
    environment(SECRET_KEY=RANDOM, DATABASE_URL=SOUND["DATABASE_URL"], APP_ENV="development")
    assert settings_from_environment().hosts is None


def test_without_a_word_about_it_this_is_production(environment):
    environment(**{name: value for name, value in SOUND.items() if name != "APP_ENV"})
    assert settings_from_environment().app_env is Environment.PRODUCTION


@pytest.mark.parametrize("debug", ["0", "1"])
def test_the_application_is_in_debug_mode_only_when_the_settings_say_so(environment, monkeypatch, debug):
    environment(SECRET_KEY=RANDOM, DATABASE_URL=SOUND["DATABASE_URL"], APP_ENV="development", DEBUG=debug)
    monkeypatch.setenv("FLASK_DEBUG", "1")
    assert create_app(settings_from_environment()).debug is (debug == "1")


def test_secrets_may_come_from_files(environment, tmp_path):
    (tmp_path / "key").write_text(f"{RANDOM}\n")
    (tmp_path / "database").write_text(f"{SOUND['DATABASE_URL']}\n")
    from_files = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": str(tmp_path / "database")}
    environment(**SOUND | {"SECRET_KEY": "", "DATABASE_URL": ""} | from_files)
    found = settings_from_environment()
    assert found.secret_key.get_secret_value() == RANDOM
    assert found.database_url.endswith("@127.0.0.1:25997/docket")


def test_what_is_said_outright_goes_before_a_file(environment, tmp_path):
    (tmp_path / "key").write_text("another-file-with-another-key-0123456789")
    environment(**SOUND | {"SECRET_KEY_FILE": str(tmp_path / "key")})
    assert settings_from_environment().secret_key.get_secret_value() == RANDOM


def test_every_setting_is_in_the_example_with_its_default():
    lines = (ROOT / ".env.example").read_text().splitlines()
    shown = dict(re.findall(r"^#([A-Z0-9_]+)=(.*)$", "\n".join(lines), re.MULTILINE))
    for name, setting in Settings.model_fields.items():
        default = setting.get_default()
        assert name.upper() in shown
        if isinstance(default, bool | int | str):
            said = str(int(default)) if isinstance(default, bool) else str(default)
            assert shown[name.upper()] == said


@pytest.mark.parametrize(("kind", "keeps"), [("development", True), ("production", False)])
def test_a_live_installation_without_a_mail_server_keeps_no_link_that_opens_an_account(
    environment, kind, keeps
):
    environment(**(SOUND | {"APP_ENV": kind}))
    mailer = build_gateways(settings_from_environment()).mailer
    assert isinstance(mailer, MemoryMailer)
    assert mailer.keeps_secrets is keeps


def test_nobody_pays_by_card_where_no_account_is_named(environment):
    environment(**SOUND)
    found = settings_from_environment()
    assert (build_gateways(found).cards, found.card_pages) == (None, None)


@pytest.mark.parametrize(
    ("given", "pages"),
    [
        ({}, "https://checkout.stripe.com"),
        ({"STRIPE_BASE_URL": "https://pay.example.com:8443/"}, "https://pay.example.com:8443"),
    ],
)
def test_the_pages_of_the_card_gateway_are_where_it_keeps_them(environment, given, pages):
    environment(**SOUND | CARDS | given)
    found = settings_from_environment()
    assert found.card_pages == pages
    assert build_gateways(found).cards is not None


def test_the_keys_of_the_card_gateway_may_come_from_files(environment, tmp_path, monkeypatch):
    environment(**SOUND)
    for name, value in CARDS.items():
        (tmp_path / name).write_text(f"{value}\n")
        monkeypatch.setenv(f"{name}_FILE", str(tmp_path / name))
    found = settings_from_environment()
    assert found.stripe_secret_key.get_secret_value() == CARDS["STRIPE_SECRET_KEY"]

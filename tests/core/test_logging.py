"""One line of JSON for each thing that happened, with its place and its thread, and without anybody's secrets."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from app.core import correlation
from app.core.logging import configure_logging

Lines = Callable[[], list[dict[str, Any]]]
SECRET = "perforated-canary-9Xk2"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What goes to stdout, which pytest exchanges between a fixture and its test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logging(level="INFO", style="json")
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    stream = io.StringIO()
    assert handler.setStream(stream) is sys.stdout
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def lines(written: io.StringIO) -> Lines:
    """As a log collector reads them."""
    return lambda: [json.loads(line) for line in written.getvalue().split("\n") if line]


@pytest.fixture
def log(lines: Lines) -> Any:
    return structlog.get_logger("tests.log")


def test_a_line_says_when_what_how_bad_and_where(log: Any, lines: Lines) -> None:
    log.warning("stock.short", sku="0090.750")
    [line] = lines()
    assert line["message"] == "stock.short"
    assert line["level"] == "warning"
    assert line["sku"] == "0090.750"
    assert line["module"] == "test_logging"
    assert line["function"] == "test_a_line_says_when_what_how_bad_and_where"
    assert line["line"] > 1
    assert line["timestamp"].endswith("Z")


def test_a_line_carries_the_thread_of_its_request(log: Any, lines: Lines) -> None:
    with correlation.continued("till-7-000001"):
        log.info("order.placed")
        logging.getLogger("some.package").warning("and a line of a package")
    log.info("afterwards")
    assert [line.get("correlation_id") for line in lines()] == ["till-7-000001", "till-7-000001", None]


def test_libraries_write_the_same_lines_as_we_do(lines: Lines) -> None:
    logging.getLogger("sqlalchemy.pool").error("lost %s of %d", "one", 5)
    [line] = lines()
    assert (line["message"], line["level"]) == ("lost one of 5", "error")
    assert {"timestamp", "module", "function", "line"} <= set(line)


@pytest.mark.parametrize("quiet", ["werkzeug", "alembic", "rq.worker", "rq.queue"])
def test_chatty_libraries_are_heard_only_when_something_is_wrong(lines: Lines, quiet: str) -> None:
    logging.getLogger(quiet).info("GET / 200")
    logging.getLogger(quiet).warning("this matters")
    assert [line["message"] for line in lines()] == ["this matters"]


def test_nothing_that_is_logged_can_forge_a_line(log: Any, lines: Lines, written: io.StringIO) -> None:
    forged = 'Maya\n{"level": "info", "message": "all is well"}\r\x1b[2K\u2028end'
    log.info("user.renamed", name=forged)
    [line] = lines()
    assert line["name"] == forged
    assert "\x1b" not in written.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        *("password", "new_password", "smtp_pass", "secret_key", "token", "refresh_token", "Authorization"),
        *("cookie", "Set-Cookie", "api_key", "apikey", "database_dsn", "iban", "card_number", "totp"),
        "credentials",
    ],
)
def test_a_value_under_a_telling_name_is_masked(log: Any, lines: Lines, name: str) -> None:
    log.info("something", **{name: SECRET, "order": "10001"})
    [line] = lines()
    assert SECRET not in str(line)
    assert line["order"] == "10001"


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer {}",
        "bearer {} was refused",
        "could not connect to postgresql://docket:{}@db.example:5432/docket",
        "redis://:{}@cache.example:6379/0",
        "POST /login password={}&next=/",
        "GET /somewhere?token={}&x=1",
        "secret={}",
        "GET /password/reset/{}",
        "GET /invite/{}",
        "GET /verify/{}",
    ],
)
def test_a_secret_inside_a_text_is_cut_out_of_it(log: Any, lines: Lines, text: str) -> None:
    log.info("asked", path=text.format(SECRET))
    logging.getLogger("some.package").warning(text.format(SECRET))
    logging.getLogger("some.package").warning("%s", text.format(SECRET))
    said = lines()
    assert len(said) == 3
    assert SECRET not in str(said)
    assert text.partition("{}")[0] in said[0]["path"], "the rest stays readable"


def test_secrets_are_masked_however_deep_they_lie(log: Any, lines: Lines) -> None:
    log.info(
        "asked",
        headers={"Authorization": f"Bearer {SECRET}", "Accept": "text/html"},
        steps=[{"url": f"redis://:{SECRET}@cache.example"}, ("then", {"password": SECRET})],
    )
    [line] = lines()
    assert SECRET not in str(line)
    assert line["headers"]["Accept"] == "text/html"


def test_a_stack_trace_is_kept_without_the_secrets_in_it(log: Any, lines: Lines) -> None:
    try:
        raise ConnectionError(f"smtps://docket:{SECRET}@mail.example refused us")
    except ConnectionError as error:
        log.error("mail.away", exc_info=error)
    [line] = lines()
    assert "ConnectionError" in line["exception"]
    assert "refused us" in line["exception"]
    assert SECRET not in str(line)


@pytest.mark.parametrize(
    "harmless", ["/password/forgot", "/invite/new", "key cutting", "a token of thanks", ""]
)
def test_what_is_no_secret_stays_as_it_is(log: Any, lines: Lines, harmless: str) -> None:
    log.info("asked", path=harmless)
    assert lines()[0]["path"] == harmless

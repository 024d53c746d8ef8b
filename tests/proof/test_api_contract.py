"""The JSON door keeps what its own document promises, whatever is sent and whoever sends it."""

from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests import factories
from tests.accounts.program import signed_in

pytestmark = pytest.mark.proof

# Rules say no to much that a schema allows: an address that is taken, a role that is not yours to give.
RULES_DECIDE = [positive_data_acceptance]
# A version that no row has is stale: 412 is a "no" as well.
NOES = {"checks": {"negative_data_rejection": {"expected-statuses": ["4XX"]}}}
EXAMPLES = 8  # of what fits the document, and as many of what does not


@pytest.mark.parametrize("sent", GenerationMode, ids=lambda mode: f"what is {mode.value}")
@pytest.mark.parametrize("role", [None, "customer_admin", "admin"])
def test_every_answer_is_as_documented(own_app: Flask, role: str | None, sent: GenerationMode) -> None:
    headers = headers_of(own_app, role)
    for found in promised(own_app).get_all_operations():
        conforms(found.ok(), sent, headers)


def headers_of(app: Flask, role: str | None) -> dict[str, str]:
    plain = {"Accept-Encoding": "identity"}  # the tool reads no compressed answers
    if role is None:
        return plain
    with app.app_context():
        company = factories.customer("Copper Kettle") if role == "customer_admin" else None
        person = factories.user("Maya Osei", role=role, of=company)
    return plain | {"Authorization": f"Bearer {signed_in(app, person).credential}"}


def promised(app: Flask) -> Any:
    """The document as served, but for two things: who asks is ours to decide, and `fields` makes answers smaller."""
    document = app.test_client().get("/api/v1/openapi.json").json
    del document["security"]
    for operation in (one for methods in document["paths"].values() for one in methods.values()):
        operation["parameters"] = [given for given in operation["parameters"] if given["name"] != "fields"]
    schema = schemathesis.openapi.from_dict(document, config=SchemathesisConfig.from_dict(NOES))
    schema.app = app
    return schema


def conforms(operation: Any, sent: GenerationMode, headers: dict[str, str]) -> None:
    @given(case=operation.as_strategy(generation_mode=sent))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Case) -> None:
        case.call_and_validate(headers=headers, excluded_checks=RULES_DECIDE)

    with suppress(Unsatisfiable):  # an operation that takes anything cannot be asked wrongly
        ask()

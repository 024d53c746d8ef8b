"""Stripe's way with words: nested forms in, JSON and its kinds of error out, and references that are followed."""

import re
import secrets
from collections.abc import Iterable
from typing import Any

from app.sandbox.store import Json, Store

STEPS = re.compile(r"\[([^\]]*)\]")


class Refusal(Exception):
    """No, as Stripe says it."""

    def __init__(self, message: str, *, code: str = "", kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        self.status = {"card_error": 402, "rate_limit_error": 429, "api_error": 500}.get(kind, 400)
        if code == "resource_missing":
            self.status = 404
        self.body: Json = {"error": {"type": kind, "message": message, **({"code": code} if code else {})}}


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"


def nested(pairs: Iterable[tuple[str, str]]) -> Json:
    """`a[b][0]=c` is {"a": {"b": ["c"]}}."""
    found: Json = {}
    for name, value in pairs:
        steps = [name.partition("[")[0], *STEPS.findall(name)]
        here = found
        for step in steps[:-1]:
            here = here.setdefault(step, {})
        here[steps[-1]] = value
    return {name: _with_lists(value) for name, value in found.items()}


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    whole = {name: _with_lists(each) for name, each in value.items()}
    if whole and all(name.isdecimal() for name in whole):
        return [whole[name] for name in sorted(whole, key=int)]
    return whole


def count(text: object, name: str) -> int:
    if not (isinstance(text, str) and text.isascii() and text.isdecimal()):
        raise Refusal(f"Invalid integer: {name}", code="parameter_invalid_integer")
    return int(text)


def found(store: Store, thing_id: str, kind: str) -> Json:
    thing = store.get(thing_id)
    if thing is None or thing["object"] != kind:
        raise Refusal(f"No such {kind}: '{thing_id}'", code="resource_missing")
    return thing


def expanded(store: Store, thing: Json, paths: Iterable[str]) -> Json:
    """With the things themselves in the place of their references, as far as was asked."""
    whole = dict(thing)
    for path in paths:
        first, _, rest = path.partition(".")
        if first == "refunds":
            whole[first] = {"object": "list", "data": store.children(thing["id"]), "has_more": False}
        elif isinstance(whole.get(first), str):
            whole[first] = expanded(store, store.get(whole[first]) or {}, [rest] if rest else [])
    return whole

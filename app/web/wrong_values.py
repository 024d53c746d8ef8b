"""What a schema has against a value, in words for whoever wrote the program that sent it."""

from collections.abc import Mapping
from typing import Any

WHOLE, MOMENT, DAY = "a whole number", "a moment like 2026-12-31T12:00:00Z", "a day like 2026-12-31"
TEXT, AMOUNT, OBJECT = "a text", "a number", "an object"
SHOULD_BE = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "date_from_datetime_inexact": DAY,
    "date_from_datetime_parsing": DAY,
    "date_parsing": DAY,
    "date_type": DAY,
    "datetime_from_date_parsing": MOMENT,
    "datetime_parsing": MOMENT,
    "datetime_type": MOMENT,
    "decimal_parsing": AMOUNT,
    "decimal_type": AMOUNT,
    "dict_type": OBJECT,
    "enum": "one of {expected}",
    "finite_number": AMOUNT,
    "greater_than": "more than {gt:,}",
    "greater_than_equal": "{ge:,} or more",
    "int_from_float": WHOLE,
    "int_parsing": WHOLE,
    "int_parsing_size": WHOLE,
    "int_type": WHOLE,
    "less_than": "less than {lt:,}",
    "less_than_equal": "{le:,} or less",
    "list_type": "a list",
    "literal_error": "one of {expected}",
    "model_attributes_type": OBJECT,
    "model_type": OBJECT,
    "string_type": TEXT,
    "timezone_aware": "a moment with its time zone, like 2026-12-31T12:00:00Z",
}
MAY_HAVE = {
    "decimal_max_digits": "{max_digits:,} digits or fewer",
    "decimal_max_places": "{decimal_places:,} places after the point or fewer",
    "decimal_whole_digits": "{whole_digits:,} digits before the point or fewer",
    "string_too_long": "{max_length:,} characters or fewer",
    "string_too_short": "{min_length:,} or more characters",
}
TOO_SHORT = {"string_too_short", "too_short"}
NOT_SO = "“{name}” is not written as its pattern in the description of the API asks for."


def sentence(kind: str, name: str, context: Mapping[str, Any]) -> str | None:
    """None for what has no words of its own here."""
    if kind in TOO_SHORT and context["min_length"] == 1:
        return f"“{name}” must not be empty."
    if kind in SHOULD_BE:
        return f"“{name}” must be {SHOULD_BE[kind].format(**_readable(context))}."
    if kind in MAY_HAVE:
        return f"“{name}” must have {MAY_HAVE[kind].format(**context)}."
    if kind in {"too_long", "too_short"}:
        return f"“{name}” must have {_how_many(kind, context)}."
    return NOT_SO.format(name=name) if kind == "string_pattern_mismatch" else None


def _how_many(kind: str, context: Mapping[str, Any]) -> str:
    """A text that was tidied first counts as a value of some length."""
    things = (
        "entries" if context.get("field_type") in {"List", "Tuple", "Set", "Dictionary"} else "characters"
    )
    if kind == "too_long":
        return f"{context['max_length']:,} {things} or fewer"
    return f"{context['min_length']:,} or more {things}"


def _readable(context: Mapping[str, Any]) -> dict[str, Any]:
    """A list of words comes as 'this', 'that' or 'other'."""
    return {
        name: value.replace("'", "") if isinstance(value, str) else value for name, value in context.items()
    }

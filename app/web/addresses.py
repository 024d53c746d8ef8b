"""What may stand in an address: numbers that a row can have, texts that PostgreSQL can compare."""

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter


class RowNumber(IntegerConverter):
    """No row has a number of more digits, so there is nothing at such an address."""

    regex = r"[0-9]{1,18}"


class Word(UnicodeConverter):
    """Any text without a slash; none of ours contains a NUL."""

    def __init__(self, url_map: Map, **terms: Any) -> None:
        super().__init__(url_map, **terms)
        self.regex = self.regex.replace("[^/]", "[^/\x00]")


def restrict(app: Flask) -> None:
    """Before the first rule is added."""
    app.url_map.converters.update({"int": RowNumber, "string": Word, "default": Word})

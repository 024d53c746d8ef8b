"""What looks the same for all who may see it is drawn once per process, and kept."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar, cast

from flask import Flask

Drawing = TypeVar("Drawing", bound=Callable[..., object])


def kept(app: Flask, draw: Drawing, *, most: int) -> Drawing:
    """All that a drawing depends on must be among its arguments. While templates are written none is kept."""
    if app.config["TEMPLATES_AUTO_RELOAD"]:
        return draw
    return cast(Drawing, lru_cache(most)(draw))

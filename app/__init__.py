"""Docket: the order desk of a small wholesale business."""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from app.config import Settings

ROOT = Path(__file__).parent.parent


def create_app(settings: "Settings | None" = None) -> "Flask":
    """Configure, extend, guard, register."""
    from app import factory  # the embedded servers start without loading the web

    return factory.create_app(settings)

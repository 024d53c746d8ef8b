"""The slow house, with PATIENCE seconds for whoever never finishes: `gunicorn tests.proof.impatient_house:app`."""

import os

from app.web import porter
from tests.proof.slow_house import app

porter.TO_ASK = float(os.environ["PATIENCE"])

__all__ = ["app"]

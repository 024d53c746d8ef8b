"""What gunicorn and the flask command load."""

import gc
import sys

from app import create_app
from app.config import SettingsRefused

try:
    app = create_app()
except SettingsRefused as refused:
    sys.exit(str(refused))
# What is loaded now stays: no collection walks through it again, not even the long last one when we stop.
gc.freeze()

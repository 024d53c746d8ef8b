"""What gunicorn and the flask command load."""

import sys

from app import create_app
from app.config import SettingsRefused

try:
    app = create_app()
except SettingsRefused as refused:
    sys.exit(str(refused))

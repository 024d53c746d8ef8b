"""The application with pages that take their time: `gunicorn tests.proof.slow_house:app`."""

import time

from flask import request

from app import create_app
from app.web.access import public
from app.web.arrival import takes_file

app = create_app()


@public
def slow(seconds: float) -> str:
    time.sleep(seconds)
    return "served"


@public
def echo() -> bytes:
    return request.get_data()


@public
def upload() -> str:
    return f"{len(request.get_data())} bytes"


for prefix in ("/slow/", "/api/v1/slow/"):
    app.add_url_rule(f"{prefix}<float:seconds>", endpoint="slow", view_func=slow)
app.add_url_rule("/api/v1/echo", endpoint="echo", view_func=echo, methods=["POST"])
app.add_url_rule(
    "/api/v1/upload", endpoint="upload", view_func=takes_file(at_most=1_000_000)(upload), methods=["POST"]
)

"""The application behind a real socket, for browsers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask
from werkzeug.serving import make_server

from app import demo
from app.core.business import read_business
from app.millrace import DEMO_PASSWORD


@dataclass(frozen=True, slots=True)
class Site:
    """Where it is, and the password of its people."""

    url: str
    app: Flask
    password: str = DEMO_PASSWORD


@contextmanager
def served(app: Flask) -> Iterator[Site]:
    with app.app_context():
        demo.load()
        read_business()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        app.config["BASE_URL"] = url
        yield Site(url=url, app=app)
    finally:
        server.shutdown()
        thread.join(timeout=5)

"""The sandbox as a WSGI application."""

from flask import Flask, Response

from app.sandbox import api, controls, pages
from app.sandbox.till import Till

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"


def create_sandbox(till: Till) -> Flask:
    app = Flask(__name__)
    app.extensions["till"] = till
    for part in (api, controls, pages):
        app.register_blueprint(part.bp)

    @app.after_request
    def guard(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Cache-Control"] = "no-store"
        return response

    return app

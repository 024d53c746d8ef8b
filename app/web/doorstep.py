"""Before anything is answered: pages are read over https only, and monitors may ask without knowing our name."""

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urlsplit

App = Callable[..., Iterable[bytes]]

ASKED_BY_MACHINES = ("/health/", "/metrics")
SAID = "Use https:// for this address."


class Doorstep:
    """Whoever reads a page over http is sent to https; what was sent in the clear is refused, not repeated."""

    def __init__(self, wsgi_app: App, *, base_url: str, only_https: bool) -> None:
        self.wsgi_app = wsgi_app
        self.base_url = base_url
        self.host = urlsplit(base_url).netloc
        self.only_https = only_https

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(ASKED_BY_MACHINES):
            return self.wsgi_app({**environ, "HTTP_HOST": self.host}, start_response)
        if not self.only_https or environ["wsgi.url_scheme"] == "https":
            return self.wsgi_app(environ, start_response)
        if environ["REQUEST_METHOD"] in {"GET", "HEAD"} and not path.startswith("/api/"):
            return self._sent_to_https(environ, start_response)
        error = {"code": "https_only", "field": None, "detail": SAID}
        body = json.dumps({"success": False, "data": None, "message": SAID, "errors": [error]}).encode()
        start_response(
            "403 Forbidden", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
        )
        return [body]

    def _sent_to_https(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = quote(environ.get("PATH_INFO", "").encode("latin-1"))  # WSGI carries bytes as latin-1
        query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
        target = f"{self.base_url}/{path.lstrip('/')}{query}"
        start_response("301 Moved Permanently", [("Location", target), ("Content-Length", "0")])
        return []

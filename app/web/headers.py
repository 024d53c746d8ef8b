"""One policy for every response, errors and static files included: no inline code, no frames, no guessing."""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, Response, request

from app.web.access import viewer_if_known

Start = Callable[..., Any]

POLICY = "Content-Security-Policy"
RULES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = [
    (POLICY, RULES.format(forms="'self'")),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()"),
]
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=31536000; includeSubDomains")


class SecurityHeaders:
    """Outermost of our layers, so that nothing leaves without them."""

    def __init__(
        self, wsgi_app: Callable[..., Iterable[bytes]], *, https: bool, card_pages: str | None = None
    ) -> None:
        """`card_pages` is where a form of ours may lead on to: a browser follows a redirect nowhere else."""
        self.wsgi_app = wsgi_app
        policy = RULES.format(forms=f"'self' {card_pages}" if card_pages else "'self'")
        self.headers = [(POLICY, policy), *HEADERS[1:], *([STRICT_TRANSPORT] if https else [])]

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            headers.extend(self.headers)
            return start_response(status, headers, *rest)

        return self.wsgi_app(environ, start)


def keep_private_pages_private(app: Flask) -> None:
    @app.after_request
    def no_store(response: Response) -> Response:
        if "Cache-Control" not in response.headers and (
            viewer_if_known().is_authenticated or request.method != "GET" or "Set-Cookie" in response.headers
        ):
            response.headers["Cache-Control"] = "no-store"
        response.vary.add("Cookie")
        return response

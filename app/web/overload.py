"""What a full house says: the application's own refusal, drawn once and then handed out as it is."""

from flask import Flask, request

from app.core.errors import Busy
from app.web.observing import HEADER

IS_FULL = "docket.is_full"


def refuse_when_full(app: Flask) -> None:
    @app.before_request
    def is_there_room() -> None:
        if IS_FULL in request.environ:
            raise Busy


def refusal_to_hand_out(app: Flask, path: str) -> bytes:
    """Page or envelope with all their headers, ready for the socket; each one belongs to no request of its own."""
    answer = app.test_client(use_cookies=False).get(
        path, base_url=app.config["BASE_URL"], environ_overrides={IS_FULL: True}
    )
    answer.headers.remove(HEADER)
    answer.headers["Connection"] = "close"
    head = [f"HTTP/1.1 {answer.status}", *(f"{name}: {value}" for name, value in answer.headers)]
    return "\r\n".join([*head, "", ""]).encode() + answer.get_data()

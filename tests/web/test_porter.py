"""When a request is whole."""

import pytest

from app.web.porter import MOST_HELD, goes_on, is_whole

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def post(*lines: bytes, body: bytes = b"") -> bytes:
    return b"\r\n".join([b"POST / HTTP/1.1", *lines, b"", b""]) + body


@pytest.mark.parametrize(
    "request_",
    [
        GET,
        GET + b"GET /next",
        post(b"Content-Length: 3", body=b"abc"),
        post(b"content-length:3", b"Host: x", body=b"abcd"),
        post(b"Content-Length: 0"),
        post(b"Content-Length: 3", b"Expect: 100-continue"),
        post(b"Transfer-Encoding: chunked"),
        post(b"Content-Length: %d" % (MOST_HELD + 1)),
        post(b"Content-Length: much"),
        b"x" * (MOST_HELD + 1),
    ],
)
def test_whole(request_: bytes) -> None:
    assert is_whole(request_)


@pytest.mark.parametrize(
    "request_",
    [
        b"",
        GET[:-1],
        post(b"Content-Length: 3"),
        post(b"Content-Length: 3", body=b"ab"),
        post(b"Content-Length: %d" % MOST_HELD),
        b"GET / HTTP/1.1\r\nExpect: 100-continue\r\n",
    ],
)
def test_not_yet(request_: bytes) -> None:
    assert not is_whole(request_)


@pytest.mark.parametrize(
    ("request_", "more"),
    [
        (GET, False),
        (GET + b"GET /next", False),
        (post(b"Content-Length: 3", body=b"abc"), False),
        (post(b"Content-Length: %d" % (MOST_HELD + 1)), True),
        (post(b"Content-Length: 3", b"Expect: 100-continue"), True),
        (post(b"Transfer-Encoding: chunked"), True),
        (b"x" * (MOST_HELD + 1), True),
    ],
)
def test_whoever_may_make_a_thread_wait_is_known(request_: bytes, more: bool) -> None:
    assert goes_on(request_) is more

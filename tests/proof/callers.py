"""Callers who speak HTTP by hand: in parts, slowly, or not at all."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass


@dataclass
class Answer:
    """What came back, and after how long."""

    raw: bytes
    began: float
    seconds: float

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1]) if self.raw else 0

    @property
    def headers(self) -> dict[str, str]:
        head = self.raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
        return dict(line.split(": ", 1) for line in head)

    @property
    def body(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[2]


def get(path: str, *more: str) -> bytes:
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", *more, "", ""]).encode()


def post(path: str, body: bytes, *more: str, length: int | None = None) -> bytes:
    lines = [f"POST {path} HTTP/1.1", "Host: localhost", f"Content-Length: {length or len(body)}", *more]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Caller:
    """One connection."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=40)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = time.monotonic()

    def say(self, *parts: bytes) -> "Caller":
        for part in parts:
            self.socket.sendall(part)
        return self

    def hear(self, enough: bytes) -> bytes:
        """Until this was said."""
        heard = b""
        while enough not in heard:
            part = self.socket.recv(65_536)
            assert part, heard
            heard += part
        return heard

    def hear_all(self) -> Answer:
        """Until they hang up."""
        heard = b""
        with suppress(ConnectionResetError):
            while part := self.socket.recv(65_536):
                heard += part
        return Answer(heard, self.began, time.monotonic() - self.began)

    def leave(self) -> None:
        self.socket.close()


def ask(port: int, path: str) -> Answer:
    caller = Caller(port).say(get(path, "Connection: close"))
    answer = caller.hear_all()
    caller.leave()
    return answer


@contextmanager
def many(port: int, count: int, said: bytes) -> Iterator[list[Caller]]:
    """So many who said this, and wait."""
    callers = [Caller(port).say(said) for _ in range(count)]
    try:
        yield callers
    finally:
        for caller in callers:
            caller.leave()


def all_at_once(port: int, paths: list[str]) -> list[Answer]:
    """Each in a thread of its own."""
    answers: list[Answer] = []
    threads = [threading.Thread(target=lambda path=path: answers.append(ask(port, path))) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def assert_others_are_served(port: int) -> None:
    """Far sooner than those who are in their way lose their places."""
    for path in ("/health/live", "/login") * 3:
        answer = ask(port, path)
        assert (answer.status, answer.seconds < 2) == (200, True), (path, answer.seconds)

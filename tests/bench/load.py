"""A small HTTP client that costs little, so that the server is what is measured."""

import socket
import threading
import time
from dataclasses import dataclass, field
from itertools import cycle, islice
from uuid import uuid4

NEVER_THE_SAME = "{never-the-same}"  # in a header: another text each time


@dataclass(frozen=True, slots=True)
class Request:
    """One request, sent again and again over a kept connection."""

    path: str
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "GET"
    body: bytes = b""
    expect: int = 200

    def wire(self, port: int) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: localhost:{port}"]
        lines += [
            f"{name}: {value}" for name, value in ({"Accept-Encoding": "identity"} | self.headers).items()
        ]
        if self.body:
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode() + self.body


@dataclass(slots=True)
class Answered:
    """How long each answer took, and how large one was."""

    seconds: list[float] = field(default_factory=list)
    bytes_each: int = 0
    wall: float = 0.0

    def percentile(self, share: float) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000

    @property
    def per_second(self) -> float:
        return len(self.seconds) / self.wall if self.wall else 0.0


class Connection:
    """One kept connection; the server may close it, then it is opened again."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open()

    def open(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, wire: bytes) -> tuple[int, int]:
        """Status and size of the answer."""
        self.socket.sendall(wire)
        head, body = self._head()
        status = int(head[9:12])
        lowered = head.lower()
        length = (
            int(lowered.split(b"content-length:")[1].split(b"\r\n")[0])
            if b"content-length:" in lowered
            else 0
        )
        while len(body) < length:
            body += self.socket.recv(65536)
        if b"connection: close" in lowered:
            self.socket.close()
            self.open()
        return status, len(head) + 4 + len(body)

    def _head(self) -> tuple[bytes, bytes]:
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.socket.recv(65536)
            if not more:
                raise ConnectionError("the server closed the connection")
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        return head, body


def drive(*requests: Request, port: int, times: int, clients: int) -> Answered:
    """Ask `times` times over `clients` kept connections; each client asks one of the requests."""
    answered, lock = Answered(), threading.Lock()
    mark = NEVER_THE_SAME.encode()

    def client(request: Request) -> None:
        connection, mine, wire = Connection(port), [], request.wire(port)
        is_always_new = mark in wire
        for _ in range(times // clients):
            sent = wire.replace(mark, uuid4().hex.encode()) if is_always_new else wire
            began = time.perf_counter()
            status, size = connection.ask(sent)
            mine.append(time.perf_counter() - began)
            if status != request.expect:
                raise AssertionError(f"{request.path} answered {status}")
        with lock:
            answered.seconds += mine
            answered.bytes_each = size

    threads = [threading.Thread(target=client, args=[one]) for one in islice(cycle(requests), clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered.wall = time.perf_counter() - began
    if len(answered.seconds) < times // clients * clients:
        raise AssertionError(f"{requests[0].path}: a client gave up")
    return answered

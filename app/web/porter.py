"""The front of the web process: threads serve whole requests only, and a full house says so at once.

gunicorn gives each new connection a thread that waits for its first byte, and lets any number queue for one.
"""

import re
import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from selectors import EVENT_READ
from threading import local
from typing import Any

import structlog
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

LONGEST_QUEUE = 64
TO_ASK, TO_WAIT, TO_BE_SERVED, TO_LEAVE = 10.0, 5.0, 30.0, 2.0  # the patience we have with one caller
TO_UPLOAD = 120.0  # from somebody we know: a shop's line may be slow
NOBODY_READS = 0.2  # for the rest of what was sent, after the answer
LOOK_ROUND = 1.0
MOST_HELD = 65_536  # a longer request is read by the thread that works on it
END_OF_HEAD = b"\r\n\r\n"
LENGTH_OF_BODY = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,9})[ \t]*\r\n", re.IGNORECASE)
WAITS_FOR_A_WORD = re.compile(rb"\r\nexpect:", re.IGNORECASE)
HAS_NO_LENGTH = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
ASKS_IF_ALIVE = b"GET /health/live "  # which one thread more than all others is kept for
FROM_A_PROGRAM = re.compile(rb"[A-Z]+ /api/")

log = structlog.get_logger(__name__)


class Ear(SocketUnreader):  # type: ignore[misc]  # gunicorn carries no types
    """Listens until a moment, not so and so long to each part: whoever drips gets no more time."""

    until = 0.0

    def chunk(self, size_hint: int | None = None) -> bytes:
        self.sock.settimeout(max(0.001, self.until - time.monotonic()))
        try:
            heard: bytes = super().chunk(size_hint)
        finally:
            self.sock.settimeout(None)
        return heard


_serving = local()


def wait_for_upload() -> None:
    """Whoever sends this request may take longer than others; there is nothing to do where no porter stands."""
    conn = getattr(_serving, "conn", None)
    if conn is not None:
        until = time.monotonic() + TO_UPLOAD
        conn.parser.unreader.until, conn.timeout = until, until + TO_BE_SERVED


class Porter(ThreadWorker):  # type: ignore[misc]  # gunicorn carries no types
    """Callers are `outside` while we wait for them, `queueing` while they wait for us, `inside` with a thread."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.outside: set[TConn] = set()
        self.queueing: deque[TConn] = deque()
        self.inside: set[TConn] = set()
        self.refusals: dict[str, bytes] = {}
        self.refused = 0
        self.looks_round_at = 0.0

    def get_thread_pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(max_workers=self.cfg.threads + 1)

    def enqueue_req(self, conn: TConn) -> None:
        """gunicorn brings everybody here: who is new, who comes back, and who has more to ask."""
        if not conn.initialized:
            conn.init()
            conn.parser.unreader = Ear(conn.sock)
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + TO_ASK
        self._listen(conn)

    def handle(self, conn: TConn) -> Any:
        """In a thread: the application may want to know whom it serves."""
        _serving.conn = conn
        try:
            return super().handle(conn)
        finally:
            _serving.conn = None

    def finish_request(self, conn: TConn, served: "Future[bool]") -> None:
        self.inside.discard(conn)
        while (waiting := next(filter(self._has_room_for, self.queueing), None)) is not None:
            self.queueing.remove(waiting)
            self._let_in(waiting)
        if served.exception() is None and served.result():
            super().finish_request(conn, served)
        else:
            self._say_goodbye(conn)

    def murder_pending(self) -> None:
        """gunicorn's word for looking after those who are late: here, all of them, once a second."""
        now = time.monotonic()
        if now < self.looks_round_at:
            return
        self.looks_round_at = now + LOOK_ROUND
        too_late = now if self.alive else now + TO_ASK - TO_LEAVE
        for conn in [conn for conn in self.outside if conn.timeout < too_late]:
            self._forget(conn)
        for conn in [conn for conn in self.inside if conn.timeout < now]:
            _cut_off(conn)
        while self.queueing and self.queueing[0].timeout < now:
            self._refuse(self.queueing.popleft())
        if self.refused:
            self._tell_of_refusals()

    def _listen(self, conn: TConn, _: object = None) -> None:
        """Keep what has come; when it is a whole request, on with it."""
        heard = _heard(conn)
        if heard == b"":
            self._forget(conn)
            return
        request = conn.parser.unreader.take_buffered() + (heard or b"")
        conn.parser.unreader.unread(request)
        if is_whole(request):
            self._come_in_or_queue(conn, request)
        elif conn not in self.outside:
            self._stay_outside(conn, self._listen)

    def _come_in_or_queue(self, conn: TConn, request: bytes) -> None:
        self._leave_outside(conn)
        conn.goes_on = goes_on(request)
        if self._has_room_for(conn, extra=request.startswith(ASKS_IF_ALIVE)):
            self._let_in(conn)
        elif sum(other.goes_on == conn.goes_on for other in self.queueing) < LONGEST_QUEUE:
            conn.timeout = time.monotonic() + TO_WAIT
            self.queueing.append(conn)
        else:
            self._refuse(conn)

    def _has_room_for(self, conn: TConn, extra: int = 0) -> bool:
        """Whoever still sends may take his time, so all of them together get half of the threads."""
        talking = sum(other.goes_on for other in self.inside)
        threads: int = self.cfg.threads
        if conn.goes_on and talking >= max(1, threads // 2):
            return False
        return len(self.inside) < threads + extra

    def _let_in(self, conn: TConn) -> None:
        conn.timeout = time.monotonic() + TO_BE_SERVED
        conn.parser.unreader.until = time.monotonic() + TO_ASK
        self.inside.add(conn)
        super().enqueue_req(conn)

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """What nobody wanted to read must not be taken for the next request; nor do we wait for it."""
        conn.parser.unreader.until = time.monotonic() + NOBODY_READS
        return keepalive and bool(conn.parser.finish_body())

    def _refuse(self, conn: TConn) -> None:
        door = "/api/" if FROM_A_PROGRAM.match(conn.parser.unreader.take_buffered()) else "/"
        self.refused += 1
        with suppress(OSError):  # they are gone, or read nothing
            conn.sock.send(self._refusal(door))
        self._say_goodbye(conn)

    def _refusal(self, door: str) -> bytes:
        if door not in self.refusals:
            from app.web.overload import refusal_to_hand_out  # the application is loaded after us

            drawing = copy_context()  # our own log lines do not get its correlation id
            self.refusals[door] = drawing.run(refusal_to_hand_out, self.wsgi, door)
        return self.refusals[door]

    def _tell_of_refusals(self) -> None:
        from app.core import metrics  # as above

        metrics.REQUESTS.labels("other", "nowhere", "503").inc(self.refused)
        log.warning("web.full", refused=self.refused, queueing=len(self.queueing))
        self.refused = 0

    def _say_goodbye(self, conn: TConn) -> None:
        """Nothing more from us; what we said gets through even when they still talk, and we need not stand and wait."""
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self._forget(conn)
            return
        conn.timeout = time.monotonic() + TO_LEAVE
        self._stay_outside(conn, self._until_they_leave)

    def _until_they_leave(self, conn: TConn, _: object) -> None:
        if _heard(conn) == b"":
            self._forget(conn)

    def _stay_outside(self, conn: TConn, look_after: "Callable[[TConn, object], None]") -> None:
        self.outside.add(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(look_after, conn))

    def _leave_outside(self, conn: TConn) -> None:
        if conn in self.outside:
            self.outside.remove(conn)
            self.poller.unregister(conn.sock)

    def _forget(self, conn: TConn) -> None:
        self._leave_outside(conn)
        self.nr_conns -= 1
        conn.close()


def is_whole(request: bytes) -> bool:
    """All of it is here, or all that we would hold, or all that comes before we have said something."""
    head, end, body = request.partition(END_OF_HEAD)
    if not end or WAITS_FOR_A_WORD.search(head):
        return bool(end) or len(head) > MOST_HELD
    found = LENGTH_OF_BODY.search(head + b"\r\n")
    length = int(found[1]) if found else 0
    return len(body) >= length or length > MOST_HELD


def goes_on(request: bytes) -> bool:
    """More of it may come, and a thread waits for that."""
    head, end, body = request.partition(END_OF_HEAD)
    if not end or WAITS_FOR_A_WORD.search(head) or HAS_NO_LENGTH.search(head):
        return True
    found = LENGTH_OF_BODY.search(head + b"\r\n")
    return found is not None and int(found[1]) > len(body)


def _heard(conn: TConn) -> bytes | None:
    """What has come since; None for nothing yet, and no bytes from whoever has left."""
    try:
        heard: bytes = conn.sock.recv(MOST_HELD)
    except BlockingIOError:
        return None
    except OSError:
        return b""
    return heard


def _cut_off(conn: TConn) -> None:
    """Whoever sends or reads so slowly that a thread waited for all its time: the thread notices."""
    with suppress(OSError):
        conn.sock.shutdown(socket.SHUT_RDWR)

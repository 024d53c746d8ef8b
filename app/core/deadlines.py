"""Work ends in time: each piece of it has a limit, and a wish to stop makes the limit short."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

ONCE_ASKED_TO_STOP = 10  # seconds; the host kills after 20 to 30, and what was leased must be handed back
BETWEEN_LOOKS = 0.1

_stopping = False


class OutOfTime(Exception):
    """It took too long and was cut short."""


def please_stop(_signal: int = 0, _frame: FrameType | None = None) -> None:
    """A signal handler: begin nothing new, and do not take long over what is being done."""
    global _stopping
    _stopping = True
    left = signal.alarm(0)
    if left:
        signal.alarm(min(left, ONCE_ASKED_TO_STOP))


def stopping() -> bool:
    return _stopping


def pause(seconds: float) -> None:
    """Sleep, but not through a wish to stop: a plain sleep goes on after the signal."""
    until = time.monotonic() + seconds
    while not stopping() and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, BETWEEN_LOOKS))


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Cut the block short after so many seconds. Only a main thread can be: others go on as they are."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _cut_short)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _cut_short(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime("It took too long and was cut short.")

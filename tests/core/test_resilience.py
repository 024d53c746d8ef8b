"""When the pause is over, one asker finds out for all whether Redis is back."""

import socket
import threading
import time
from collections.abc import Iterator

import pytest
import redis

from app.core.resilience import RedisBreaker, redis_client
from app.local.embedded import Servers


@pytest.fixture
def deaf() -> Iterator[socket.socket]:
    """A server that lets everybody connect and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def resting(url: str) -> RedisBreaker:
    """It failed some time ago, and its pause is just over."""
    breaker = RedisBreaker(redis_client(url))
    breaker._rest_until = time.monotonic()
    return breaker


def test_while_one_tries_the_others_go_on_without(deaf: socket.socket) -> None:
    breaker = resting(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
    asked, answered = threading.Event(), []

    def question(client: redis.Redis) -> bool:
        asked.set()
        return bool(client.ping())

    trying = threading.Thread(target=lambda: answered.append(breaker.ask(question)))
    trying.start()
    asked.wait()
    began = time.monotonic()
    assert [breaker.ask(lambda client: client.ping()) for _ in range(10)] == [None] * 10
    assert time.monotonic() - began < 0.5, "one alone would have waited so long"
    trying.join()
    assert answered == [None]
    assert breaker.is_open


def test_good_news_ends_the_pause_for_all(running_servers: Servers) -> None:
    breaker = resting(running_servers.redis_url)
    assert [breaker.ask(lambda client: bool(client.ping())) for _ in range(3)] == [True] * 3
    assert not breaker.is_open


def test_a_mistake_of_ours_is_not_taken_for_redis_being_away(running_servers: Servers) -> None:
    breaker = RedisBreaker(redis_client(running_servers.redis_url))
    with pytest.raises(ZeroDivisionError):
        breaker.ask(lambda _: 1 // 0)
    assert not breaker.is_open


def test_every_client_gives_up_within_half_a_second(deaf: socket.socket) -> None:
    client = redis_client(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0")
    began = time.monotonic()
    with pytest.raises(redis.RedisError):
        client.ping()
    assert time.monotonic() - began < 1


def test_after_one_failure_redis_is_left_alone_for_a_while(deaf: socket.socket) -> None:
    breaker = RedisBreaker(redis_client(f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"))
    assert [breaker.ask(lambda client: client.ping()) for _ in range(20)] == [None] * 20
    assert callers(deaf) == 1


def callers(server: socket.socket) -> int:
    """How many have connected."""
    server.setblocking(False)
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1

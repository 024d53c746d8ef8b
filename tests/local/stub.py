"""A stand-in for the application: as little as the launcher needs to see, on the real servers."""

import os
import signal
import sys
import time
from pathlib import Path

import click
import psycopg
import redis
from flask import Flask

app = Flask(__name__)
SEEN = Path("worker-was-seen")


def database() -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""), autocommit=True)


@app.get("/health/ready")
def ready() -> dict[str, object]:
    with database() as connection:
        (loads,) = connection.execute("select count(*) from loads").fetchone() or (0,)
    redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
    return {
        "status": "healthy",
        "checks": {"worker": "ok" if SEEN.exists() else "no worker seen yet"},
        "loads": loads,
        "demo": os.environ["DEMO"],
        "secret": os.environ["SECRET_KEY"],
    }


@app.get("/slow")
def slow() -> str:
    time.sleep(2)
    return "finished"


@app.cli.command("prepare")
@click.option("--demo", is_flag=True)
def prepare(demo: bool) -> None:
    if os.environ.get("BREAK_PREPARE"):
        sys.exit("The schema is broken.")
    if os.environ.get("WEB_CONCURRENCY") == "many":
        sys.exit(
            "Some library warns of something.\nDocket cannot start: WEB_CONCURRENCY must be a whole number."
        )
    with database() as connection:
        connection.execute("create table if not exists loads (what text unique)")
        if demo:
            connection.execute("insert into loads values ('Millrace') on conflict do nothing")


@app.cli.command("address")
def address() -> None:
    print(f"database {os.environ['DATABASE_URL']} port {os.environ['PORT']}")


@app.cli.command("worker")
def worker() -> None:
    """Like a queue's worker: it works in a child with a process group of its own."""
    horse = os.fork()
    if not horse:
        os.setpgrp()
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
        os._exit(0)

    def leave(*_: object) -> None:
        os.kill(horse, signal.SIGKILL)
        sys.exit(0)

    signal.signal(signal.SIGTERM, leave)
    time.sleep(0.5)  # a real one loads more than this one
    if not os.environ.get("SILENT_WORKER"):
        SEEN.touch()
    while True:
        time.sleep(1)

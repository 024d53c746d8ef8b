"""`flask worker`: one tree of processes. A parent that only watches, a relay, and hands that work.

The parent loads the application once and opens no connection; everything it forks inherits the loaded code
and makes connections of its own. PostgreSQL says what must be done; Redis only says that somebody should look.
"""

import gc
from functools import partial

from flask import Flask

from app.worker.hand import work
from app.worker.relay import Relay
from app.worker.tree import Tree


def run(app: Flask) -> None:
    tasks = {"relay": Relay(app).run}
    for number in range(1, app.extensions["settings"].worker_concurrency + 1):
        tasks[f"hand {number}"] = partial(work, app, number)
    gc.freeze()  # what is loaded now stays shared with every fork
    Tree(tasks).watch()

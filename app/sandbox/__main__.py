"""python -m app.sandbox --port 18000 --data FOLDER, with its two secrets in the environment."""

import argparse
import os
import sys
from pathlib import Path

from werkzeug.serving import make_server

from app.sandbox.deliveries import Teller
from app.sandbox.server import create_sandbox
from app.sandbox.store import Store
from app.sandbox.till import Till


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m app.sandbox", description="A card gateway to try things on."
    )
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", type=Path, required=True, help="the folder for its one file")
    parser.add_argument("--business", default="A business", help="the name on its page")
    parser.add_argument("--tell", metavar="URL", help="where events are posted to")
    chosen = parser.parse_args()
    try:
        secrets = os.environ["STRIPE_SECRET_KEY"], os.environ["STRIPE_WEBHOOK_SECRET"]
    except KeyError as missing:
        sys.exit(f"Set {missing.args[0]}.")
    till = Till(Store(chosen.data / "sandbox.sqlite"), *secrets, business=chosen.business)
    Teller(till, chosen.tell).start()
    make_server(chosen.host, chosen.port, create_sandbox(till), threaded=True).serve_forever()


if __name__ == "__main__":
    main()

"""bin/flask: the application's own commands on the data of bin/run, whether that runs or not."""

import importlib
import os
import secrets
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from flask.cli import FlaskGroup, routes_command, shell_command

from app import ROOT
from app.local.data_folder import AlreadyRunning
from app.local.embedded import servers
from app.local.launch_settings import Options, options_from, read_env_file, told, word_left_for_us
from app.local.processes import CannotRun

HELP = "Docket's own commands, on the data of bin/run. DOCKET_DATA names the folder if it is not .docket."
ENOUGH_FOR_HELP = {"APP_ENV": "development", "DATABASE_URL": "postgresql://localhost/docket"}


def main(arguments: list[str], *, root: Path = ROOT) -> int:
    try:
        read_env_file(root / ".env")
        options = options_from(["--no-demo"], root=root)
        with ExitStack() as leaving:
            os.environ |= _surroundings(arguments, options, leaving)
            _commands().main(args=arguments, prog_name="bin/flask")
    except CannotRun as reason:
        print(reason, file=sys.stderr)
    except KeyboardInterrupt:
        print("Aborted!", file=sys.stderr)
    return 1


def _surroundings(arguments: list[str], options: Options, leaving: ExitStack) -> dict[str, str]:
    """Those of the copy that runs; else with servers of our own until the command has ended."""
    if not arguments or "--help" in arguments:
        return ENOUGH_FOR_HELP | {"SECRET_KEY": secrets.token_urlsafe(48)}
    try:
        return told(options, leaving.enter_context(servers(options.data)))
    except AlreadyRunning:
        return word_left_for_us(options)


def _commands() -> FlaskGroup:
    found = FlaskGroup(
        help=HELP,
        create_app=_application,
        add_default_commands=False,
        add_version_option=False,
        load_dotenv=False,  # another folder's .env is not ours
        set_debug_flag=False,
    )
    found.params.clear()  # which application and how is settled
    for command in (routes_command, shell_command):
        found.add_command(command)
    return found


def _application() -> Any:
    return importlib.import_module("wsgi").app


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

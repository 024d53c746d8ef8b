"""What gunicorn loads on a host: some libraries take in what they find, and there is less to find."""

import re
import sys
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions

from app import ROOT


class OnlyForDevelopment:
    """Packages of development cannot be imported, as if they were not there."""

    def __init__(self) -> None:
        deployed = set(re.findall(r"^([\w.-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
        self.away = {
            module
            for module, packages in packages_distributions().items()
            if not deployed & {package.lower().replace("_", "-") for package in packages}
        }

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        if name in self.away:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


sys.meta_path.insert(0, OnlyForDevelopment())

from wsgi import app  # noqa: E402, F401 - what is away must be away first

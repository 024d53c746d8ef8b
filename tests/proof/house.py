"""Everything a real installation has, with a memory of the secrets that went through it."""

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.proof.site import Browser, Web
from tests.proof.tree import Bench, eventually
from tests.smtp_sink import SmtpSink


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def fresh(name: str) -> str:
    return f"{name}-{secrets.token_hex(8)}"


@dataclass
class House:
    """Web, worker, database, Redis and mail server, each reached with a secret."""

    bench: Bench
    site: Web
    sink: SmtpSink
    secrets: dict[str, str]
    browsers: list[Browser] = field(default_factory=list)

    def browser(self) -> Browser:
        self.browsers.append(Browser(self.site.url))
        return self.browsers[-1]

    def password(self, what: str) -> str:
        """A new one, which from now on must not be seen anywhere."""
        return self.secrets.setdefault(what, fresh("password"))

    def keep(self, **found: str) -> None:
        assert all(len(text) >= 16 for text in found.values()), found
        self.secrets |= found

    def token_mailed(self, kind: str) -> str:
        """From the next letter that carries one."""

        def found() -> str | None:
            bodies = [letter.get_body(("plain",)).get_content() for letter in list(self.sink.letters)]
            links = re.findall(rf"/{kind}/(\w+)", "".join(bodies))
            return next((token for token in links if token not in self.secrets.values()), None)

        token: str = eventually(found)
        self.keep(**{f"{kind} token {token[:6]}": token})
        return token

    @contextmanager
    def without(self, table: str) -> Iterator[None]:
        """Whatever needs this table is a bug for a while."""
        self.bench.do(f'ALTER TABLE "{table}" RENAME TO away')
        try:
            yield
        finally:
            self.bench.do(f'ALTER TABLE away RENAME TO "{table}"')

"""A running installation, seen from outside: what bin/smoke runs, with nothing but the standard library."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPException
from typing import NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

PATIENCE = 15
HASHED = re.compile(r'(?:href|src)="(/static/[^"#]+)')
EXPECTED = {
    "content-security-policy": "default-src 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}


class Wrong(Exception):
    """What a check found."""


class Silence(Wrong):
    """Nobody answers there, so the other checks would say the same."""


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_opener = build_opener(_StayHere)


def ask(url: str) -> Answer:
    """One GET; redirects and failures are answers too."""
    request = Request(url, headers={"User-Agent": "docket-smoke", "Accept-Encoding": "identity"})  # noqa: S310 - main() lets only http and https through
    try:
        with _opener.open(request, timeout=PATIENCE) as found:
            return _answer(found.status, found)
    except HTTPError as error:
        return _answer(error.code, error)
    except (URLError, OSError, HTTPException) as error:
        raise Silence(f"no answer from {url}: {getattr(error, 'reason', error)}") from None


def _answer(status: int, found: HTTPError) -> Answer:
    headers = {name.lower(): value for name, value in found.headers.items()}
    return Answer(status, headers, found.read().decode("utf-8", "replace"))


def expect(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Wrong(otherwise)


def alive(base: str) -> str:
    answer = ask(f"{base}/health/live")
    expect(answer.status == 200 and "alive" in answer.body, f"it answers {answer.status}")
    return "the process answers"


def ready(base: str) -> str:
    answer = ask(f"{base}/health/ready")
    expect(answer.status == 200, f"it answers {answer.status}: {answer.body.strip()[:200]}")
    said = json.loads(answer.body)
    failing = [f"{name} {state}" for name, state in said["checks"].items() if state != "ok"]
    return f"{said['status']} ({', '.join(failing) or 'everything answers'})"


def sign_in_page(base: str) -> str:
    answer = ask(f"{base}/login")
    expect(answer.status == 200, f"it answers {answer.status}")
    expect('name="password"' in answer.body and 'name="csrf_token"' in answer.body, "there is no form on it")
    return "has its form"


def closed_pages(base: str) -> str:
    answer = ask(f"{base}/account")
    expect(answer.status in {302, 303} and "/login" in answer.headers.get("location", ""), f"{answer.status}")
    return "lead to sign-in"


def security_headers(base: str) -> str:
    for path in ("/login", "/no-such-page"):
        headers = ask(f"{base}{path}").headers
        wanted = EXPECTED | ({"strict-transport-security": "max-age="} if base.startswith("https:") else {})
        for name, value in wanted.items():
            expect(value in headers.get(name, ""), f"{path} lacks {name}: {value}")
    return "are on pages and on errors"


def static_files(base: str) -> str:
    names = sorted(set(HASHED.findall(ask(f"{base}/login").body)))
    expect(bool(names), "the sign-in page names none")
    for name in names:
        answer = ask(f"{base}{name}")
        expect(answer.status == 200, f"{name} answers {answer.status}")
        cached = answer.headers.get("cache-control", "")
        expect("immutable" in cached, f"{name} is not cached for good ({cached or 'nothing said'})")
    return f"{len(names)} of them, kept for a year"


def missing_page(base: str) -> str:
    answer = ask(f"{base}/no-such-page")
    expect(answer.status == 404, f"it answers {answer.status}")
    expect("<h1" in answer.body, "it is not our page")
    return "says so in our words"


def description_of_the_api(base: str) -> str:
    answer = ask(f"{base}/api/v1/openapi.json")
    expect(answer.status == 200, f"it answers {answer.status}")
    said = json.loads(answer.body)
    expect(said.get("openapi", "").startswith("3.1"), "it is not OpenAPI 3.1")
    return f"{len(said['paths'])} paths"


def only_https(base: str) -> str:
    address = urlsplit(base)
    answer = ask(f"http://{address.hostname}/login")
    to_https = answer.headers.get("location", "").startswith("https://")
    expect(answer.status in {301, 302, 307, 308} and to_https, f"http answers {answer.status}")
    return "http leads to https"


CHECKS: tuple[Callable[[str], str], ...] = (
    *(alive, ready, sign_in_page, closed_pages, security_headers),
    *(static_files, missing_page, description_of_the_api),
)


def results(base: str) -> Iterator[tuple[bool, str, str]]:
    is_public = base.startswith("https://") and urlsplit(base).port is None
    for check in (*CHECKS, only_https) if is_public else CHECKS:
        name = check.__name__.replace("_", " ")
        try:
            yield True, name, check(base)
        except Silence as silence:
            yield False, name, str(silence)
            return
        except Wrong as wrong:
            yield False, name, str(wrong)
        except (ValueError, KeyError) as error:
            yield False, name, f"the answer cannot be read ({error})"


def main(arguments: list[str]) -> int:
    if len(arguments) != 1 or not arguments[0].startswith(("http://", "https://")):
        print("Say which installation: bin/smoke https://orders.example.com", file=sys.stderr)
        return 2
    all_well = True
    for is_well, name, said in results(arguments[0].rstrip("/")):
        print(f"{'ok   ' if is_well else 'WRONG'}  {name}: {said}", flush=True)
        all_well = all_well and is_well
    return 0 if all_well else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

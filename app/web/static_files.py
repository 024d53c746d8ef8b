"""Static files under names that change with their content, served from memory and kept for a year."""

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from werkzeug.wrappers import Request, Response

PREFIX = "/static/"
SHEET = "docket.css"
SHEET_ORDER = (
    *("reset", "tokens", "base", "layout", "shell", "nav"),
    *("button", "field", "choice", "form", "table", "table-narrow", "list", "bulk", "card", "slip"),
    *("stepper", "goods", "basket", "catalogue", "picking", "debt", "sheet"),
    *("badge", "timeline", "order", "pagination", "flash", "dialog", "empty", "stat", "tabs"),
    *("api", "customer", "import", "page"),
    *("utilities", "print"),
)
KINDS = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
A_YEAR = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """One file, ready to send."""

    url: str
    digest: str
    kind: str
    body: bytes
    packed: bytes


class StaticFiles:
    """Read once at the start; in development again when a file has changed."""

    def __init__(self, folder: Path, *, reload: bool = False) -> None:
        self.folder = folder
        self.reload = reload
        self._read()

    def url(self, name: str) -> str:
        """The address of a file by the name people gave it."""
        if self.reload and self._stamp() != self.stamp:
            self._read()
        try:
            return self.files[name].url
        except KeyError:
            raise LookupError(f"There is no static file called {name}.") from None

    def wrap(self, wsgi_app: WSGIApplication) -> WSGIApplication:
        def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
            if environ.get("PATH_INFO", "").startswith(PREFIX):
                return self._answer(Request(environ))(environ, start_response)
            return wsgi_app(environ, start_response)

        return app

    def _answer(self, request: Request) -> Response:
        if request.method not in {"GET", "HEAD"}:
            return _refusal("Method not allowed\n", 405, Allow="GET, HEAD")
        file = self.by_url.get(request.path)
        if file is None:
            return _refusal("Not found\n", 404)
        packed = bool(file.packed) and request.accept_encodings["gzip"] > 0
        response = Response(file.packed if packed else file.body, content_type=file.kind)
        response.headers.update({"Cache-Control": A_YEAR, "Vary": "Accept-Encoding"})
        response.set_etag(f"{file.digest}-gzip" if packed else file.digest)
        if packed:
            response.headers["Content-Encoding"] = "gzip"
        if request.if_none_match.contains_weak(response.get_etag()[0] or ""):
            response.status_code, response.response = 304, []
        return response

    def _read(self) -> None:
        self.stamp = self._stamp()
        sources = (path for path in sorted(self.folder.rglob("*")) if path.suffix in KINDS)
        whole = {path.relative_to(self.folder).as_posix(): path for path in sources if path.suffix != ".css"}
        files = {name: _file(name, path.read_bytes()) for name, path in whole.items()}
        files[SHEET] = _file(SHEET, self._sheet())
        self.files, self.by_url = files, {file.url: file for file in files.values()}

    def _stamp(self) -> frozenset[tuple[str, int]]:
        return frozenset((str(path), path.stat().st_mtime_ns) for path in self.folder.rglob("*"))

    def _sheet(self) -> bytes:
        """All parts of the style sheet in one, without comments and indents."""
        parts = (self.folder / "css" / f"{name}.css" for name in SHEET_ORDER)
        joined = "\n".join(path.read_text(encoding="utf-8") for path in parts if path.exists())
        lines = (line.strip() for line in COMMENT.sub("", joined).splitlines())
        return "\n".join(filter(None, lines)).encode()


def _file(name: str, body: bytes) -> StaticFile:
    digest = hashlib.sha256(body).hexdigest()[:12]
    stem, suffix = posixpath.splitext(name)
    packed = gzip.compress(body, 9, mtime=0)
    return StaticFile(
        url=f"{PREFIX}{stem}.{digest}{suffix}",
        digest=digest,
        kind=KINDS[suffix],
        body=body,
        packed=packed if len(packed) < len(body) else b"",
    )


def _refusal(words: str, status: int, **headers: str) -> Response:
    """Never kept: during a release the next answer may be another."""
    return Response(words, status, {**headers, "Cache-Control": "no-store"}, mimetype="text/plain")

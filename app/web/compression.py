"""Pages and JSON over a kilobyte travel compressed when the client can read it; the host's router does not."""

import gzip

from flask import Flask, Response, request

SMALLEST = 1024
LEVEL = 5
COMPRESSIBLE = ("text/", "application/json", "image/svg+xml")


def compress(app: Flask) -> None:
    @app.after_request
    def shrink(response: Response) -> Response:
        if not response.content_type or not response.content_type.startswith(COMPRESSIBLE):
            return response
        response.vary.add("Accept-Encoding")
        if response.direct_passthrough or response.is_streamed or "Content-Encoding" in response.headers:
            return response
        if "gzip" not in request.headers.get("Accept-Encoding", "") or request.method == "HEAD":
            return response
        body = response.get_data()
        if len(body) >= SMALLEST:
            response.set_data(gzip.compress(body, LEVEL, mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        return response

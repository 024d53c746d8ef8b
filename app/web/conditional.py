"""Whoever already holds what we would send is told so, and gets no second copy."""

from flask import Response, request


def unless_known(response: Response) -> Response:
    """304 where the asker names the tag of exactly this answer."""
    tag, _ = response.get_etag()
    if tag and request.method in {"GET", "HEAD"} and request.if_none_match.contains_weak(tag):
        response.status_code = 304
        response.set_data(b"")
    return response


def asked_again_each_time(response: Response) -> Response:
    """For what is the same for everybody and changes with a release: kept, but never used without asking."""
    response.add_etag()
    response.headers["Cache-Control"] = "public, no-cache"
    return unless_known(response)

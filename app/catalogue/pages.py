"""Pictures of products, for whoever is signed in."""

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from app.catalogue.queries.pictures import is_shown
from app.core.errors import NotFound
from app.web.access import requires
from app.web.conditional import unless_known
from app.web.parts import files

bp = Blueprint("catalogue", __name__)

A_YEAR = "private, max-age=31536000, immutable"  # the name is the fingerprint of the content


@bp.get("/media/<name>")
@requires()
def media(name: str) -> ResponseReturnValue:
    if not is_shown(name):
        raise NotFound("We cannot find that picture.")
    with files().open(name) as kept:
        response = Response(kept.read(), mimetype="image/webp")
    response.set_etag(name)
    response.headers["Cache-Control"] = A_YEAR
    return unless_known(response)

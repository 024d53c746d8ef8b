"""Lines of goods as rows of a page: whoever sees the same line sees the same row, so it is drawn once."""

from collections.abc import Iterable
from typing import cast

from flask import Flask, current_app
from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from app.core.access import Permission, Viewer
from app.shop.lines import Line
from app.web.kept import kept

ROWS_KEPT = 1_000  # some three megabytes


def remember_rows(state: BlueprintSetupState) -> None:
    app = cast(Flask, state.app)

    def draw(line: Line, may_order: bool) -> str:
        return app.jinja_env.get_template("shop/_line.html").render(line=line, may_order=may_order)

    app.extensions["goods"] = draw, kept(app, draw, most=ROWS_KEPT)
    app.jinja_env.globals["goods"] = goods


def goods(lines: Iterable[Line], me: Viewer) -> Markup:
    """A row that shows what somebody mistyped is theirs alone."""
    draw, drawn = current_app.extensions["goods"]
    may_order = me.may(Permission.ORDERS_WRITE)
    rows = [(draw if line.box.error else drawn)(line, may_order) for line in lines]
    return Markup(f'<ul class="goods">\n{"".join(rows)}</ul>')  # noqa: S704 - drawn by a template that escapes

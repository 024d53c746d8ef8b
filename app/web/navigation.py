"""Menus are made from permissions: what a person may not open is not there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from flask import Flask, request
from markupsafe import Markup

from app.core.access import Permission, Viewer
from app.core.business import Business
from app.web.kept import kept

THUMB_BAR = 4
KINDS_OF_MENU = 500
HERE_STANDS_THE_COUNT = Markup("<!-- count -->")


@dataclass(frozen=True, slots=True)
class Place:
    """A page worth a line in the menu. `group` is empty for the main four.

    `count` tells how much waits there, where a page does not know it anyway; one place can have it.
    `beside` is where else its pages stand.
    """

    label: str
    endpoint: str
    icon: str
    group: str = ""
    permission: Permission | None = None
    staff: bool | None = None
    key: str = ""
    count: Callable[[Viewer], int] | None = None
    beside: tuple[str, ...] = ()

    def holds(self, path: str, url: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in (url, *self.beside))

    def is_open_to(self, who: Viewer) -> bool:
        if self.staff is not None and self.staff != who.is_staff:
            return False
        return self.permission is None or who.may(self.permission)


class Reader(NamedTuple):
    """All that a menu depends on beside the page: whoever is alike here sees the same one."""

    places: tuple[int, ...]
    is_staff: bool
    single_keys: bool
    business: Business


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url: str
    icon: str
    key: str
    is_here: bool
    is_counted: bool


@dataclass(slots=True)
class Group:
    title: str
    items: list[Item] = field(default_factory=list)


class Menu(NamedTuple):
    """Drawn: the stub beside every page, and the list of keys."""

    stub: Markup
    keys: Markup


def remember_places(app: Flask, places: Sequence[Place]) -> None:
    """Addresses never change, and few kinds of people meet few places: each menu is drawn once and kept."""
    addresses = app.url_map.bind("localhost")
    known = tuple((place, addresses.build(place.endpoint)) for place in places)
    draw: Callable[[Reader, str], Menu] = partial(_drawn, app, known)
    app.extensions["places"] = known
    app.extensions["menu"] = kept(app, draw, most=KINDS_OF_MENU)


def menu_for(who: Viewer, business: Business, app: Flask, *, waiting: int | None) -> Menu:
    """The menu of this person on this page; how much is `waiting` comes in after it was drawn."""
    known: Sequence[tuple[Place, str]] = app.extensions["places"]
    open_places = tuple(number for number, (place, _) in enumerate(known) if place.is_open_to(who))
    reader = Reader(open_places, who.is_staff, who.single_keys, business)
    menu: Menu = app.extensions["menu"](reader, _here(request.path, app))
    for count in (known[number][0].count for number in open_places):
        if count:
            bubble = _bubble(count(who) if waiting is None else waiting)
            return menu._replace(stub=menu.stub.replace(HERE_STANDS_THE_COUNT, bubble))
    return menu


def _bubble(waiting: int) -> Markup:
    hidden, lines = Markup() if waiting else Markup(" hidden"), "line" if waiting == 1 else "lines"
    return Markup('<span class="count" data-waiting{}>{}<span class="vh"> {}</span></span>').format(
        hidden, waiting, lines
    )


def _here(path: str, app: Flask) -> str:
    """The place that this page belongs to: a person's page to People."""
    under = [url for place, url in app.extensions["places"] if place.holds(path, url)]
    return max(under, key=len, default="")


def _drawn(app: Flask, places: Sequence[tuple[Place, str]], reader: Reader, here: str) -> Menu:
    main: list[Item] = []
    groups: dict[str, Group] = {}
    for place, url in (places[number] for number in reader.places):
        where = groups.setdefault(place.group, Group(place.group)).items if place.group else main
        where.append(Item(place.label, url, place.icon, place.key, url == here, place.count is not None))
    shown = {
        "reader": reader,
        "main": main[:THUMB_BAR],
        "groups": list(groups.values()),
        "count": HERE_STANDS_THE_COUNT,
    }
    stub, keys = (app.jinja_env.get_template(f"layouts/_{name}.html").render(shown) for name in Menu._fields)
    return Menu(Markup(stub), Markup(keys))  # noqa: S704 - drawn by templates that escape

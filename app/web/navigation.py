"""Menus are made from permissions: what a person may not open is not there."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Flask, current_app, request

from app.core.access import Permission, Viewer

THUMB_BAR = 4


@dataclass(frozen=True, slots=True)
class Place:
    """A page worth a line in the menu. `group` is empty for the main four."""

    label: str
    endpoint: str
    icon: str
    group: str = ""
    permission: Permission | None = None
    staff: bool | None = None
    key: str = ""

    def is_open_to(self, who: Viewer) -> bool:
        if self.staff is not None and self.staff != who.is_staff:
            return False
        return self.permission is None or who.may(self.permission)


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    url: str
    icon: str
    key: str
    is_here: bool


@dataclass(slots=True)
class Group:
    title: str
    items: list[Item] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Navigation:
    home: str
    place: str
    main: list[Item]
    rest: list[Group]
    search: str = ""


def remember_places(app: Flask, places: Sequence[Place]) -> None:
    """Their addresses never change, so they are built once, when every route is known."""
    addresses = app.url_map.bind("localhost")
    app.extensions["places"] = tuple((place, addresses.build(place.endpoint)) for place in places)


def navigation_for(who: Viewer) -> Navigation:
    """The menu of this person on this page."""
    main: list[Item] = []
    rest: dict[str, Group] = {}
    for place, url in current_app.extensions["places"]:
        if not place.is_open_to(who):
            continue
        item = _item(place, url)
        if place.group:
            rest.setdefault(place.group, Group(place.group)).items.append(item)
        else:
            main.append(item)
    return Navigation(
        home="/",
        place="Order desk" if who.is_staff else "Trade orders",
        main=main[:THUMB_BAR],
        rest=list(rest.values()),
    )


def _item(place: Place, url: str) -> Item:
    here = request.path == url or (url != "/" and request.path.startswith(f"{url}/"))
    return Item(place.label, url, place.icon, place.key, here)

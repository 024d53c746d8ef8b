"""The tree of categories: growing, moving and cutting branches."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from app.catalogue.models import Category
from app.catalogue.queries import categories as queries
from app.catalogue.tree import within
from app.core import audit
from app.core.access import Viewer
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.text import counted
from app.core.transaction import use_case

DEEPEST = 4
STEP = 10


@use_case
def create(*, name: str, parent_id: int | None, icon: str, by: Viewer) -> Category:
    """Last among its siblings."""
    tree = queries.lock_categories()
    _check_place(tree, name=name, parent_id=parent_id)
    siblings = _siblings(tree, parent_id)
    category = Category(
        name=name,
        slug=_slug(name),
        parent_id=parent_id,
        icon=icon,
        position=max((one.position for one in siblings), default=0) + STEP,
        created_by=by.user_id,
        updated_by=by.user_id,
    )
    db.session.add(category)
    audit.record("category.created", category, by=by)
    return category


@use_case
def edit(
    category_id: int, *, name: str, parent_id: int | None, icon: str, version: int, by: Viewer
) -> Category:
    """Its address stays, so that links keep working."""
    tree = queries.lock_categories()
    category = _found(tree, category_id)
    category.expect(version)
    _check_place(tree, name=name, parent_id=parent_id, of=category)
    category.name, category.parent_id, category.icon = name, parent_id, icon
    category.mark_edited(by.user_id)
    audit.record("category.edited", category, by=by)
    return category


@use_case
def move(category_id: int, *, down: bool, by: Viewer) -> Category:
    """One place up or down among its siblings; at the end it stays where it is."""
    tree = queries.lock_categories()
    category = _found(tree, category_id)
    siblings = _siblings(tree, category.parent_id)
    here = siblings.index(category)
    there = min(max(here + (1 if down else -1), 0), len(siblings) - 1)
    siblings.insert(there, siblings.pop(here))
    for number, sibling in enumerate(siblings, 1):
        sibling.position = number * STEP
    if here != there:
        audit.record("category.moved", category, by=by)
    return category


@use_case
def remove(category_id: int, *, version: int, by: Viewer, at: datetime) -> Category:
    tree = queries.lock_categories()
    category = _found(tree, category_id)
    category.expect(version)
    why_not = reason_to_keep(category)
    if why_not:
        raise Refused(why_not)
    category.deleted_at = at
    category.mark_edited(by.user_id)
    audit.record("category.removed", category, by=by)
    return category


def reason_to_keep(category: Category) -> str:
    """Why it cannot go, or nothing."""
    products, below = queries.products_in(category.id), queries.categories_under(category.id)
    if not below and not products:
        return ""
    parts = ((products, "product", "products"), (below, "category", "categories"))
    held = " and ".join(counted(*part) for part in parts if part[0])
    return f"{category.name} still holds {held}. Move them to another category first."


def _check_place(
    tree: Sequence[Category], *, name: str, parent_id: int | None, of: Category | None = None
) -> None:
    if parent_id is not None and parent_id not in {one.id for one in tree}:
        raise Refused("This category is gone. Choose another one.", field="parent_id")
    if of and parent_id in within(tree, of.id):
        raise Refused(f"{of.name} cannot stand under itself. Choose another one.", field="parent_id")
    if _depth(tree, parent_id) + (_height(tree, of.id) if of else 1) > DEEPEST:
        raise Refused(f"Categories go {DEEPEST} deep at most. Choose one further up.", field="parent_id")
    same = [one for one in _siblings(tree, parent_id) if one.name.lower() == name.lower() and one is not of]
    if same:
        raise Refused(f"There is a category called {same[0].name} here already.", field="name")


def _siblings(tree: Sequence[Category], parent_id: int | None) -> list[Category]:
    return [one for one in tree if one.parent_id == parent_id]


def _depth(tree: Sequence[Category], category_id: int | None) -> int:
    parents, depth = {one.id: one.parent_id for one in tree}, 0
    while category_id is not None:
        category_id, depth = parents[category_id], depth + 1
    return depth


def _height(tree: Sequence[Category], category_id: int) -> int:
    below = [one.id for one in tree if one.parent_id == category_id]
    return 1 + max((_height(tree, one) for one in below), default=0)


def _found(tree: Sequence[Category], category_id: int) -> Category:
    for category in tree:
        if category.id == category_id:
            return category
    raise NotFound("We cannot find that category.")


def _slug(name: str) -> str:
    """How an address calls it: plain small letters; a number after it where two are called alike."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-") or "category"
    taken, number = queries.slugs_beginning_with(slug), 2
    if slug not in taken:
        return slug
    while f"{slug}-{number}" in taken:
        number += 1
    return f"{slug}-{number}"

"""The tree of categories on its pages: growing, moving, cutting, and what cannot be done."""

import pytest
from sqlalchemy import select

from app.catalogue.models import Category
from app.catalogue.service import categories as service
from app.core.access import SYSTEM
from app.core.audit import AuditEvent
from app.core.database import db
from app.core.errors import Refused
from tests import factories


def add(desk, name, *, under="", icon="loaf"):
    return desk.submit("/admin/categories/new", name=name, parent_id=str(under), icon=icon)


def called(name) -> Category:
    db.session.expire_all()
    return db.session.scalars(select(Category).where(Category.name == name)).one()


def change(desk, category, **changes):
    now = {"name": category.name, "parent_id": category.parent_id or "", "icon": category.icon}
    return desk.submit(f"/admin/categories/{category.id}", **(now | {"version": category.version} | changes))


@pytest.fixture
def bread(desk) -> Category:
    add(desk, "Bread")
    add(desk, "Rolls", under=called("Bread").id)
    add(desk, "Soft rolls", under=called("Rolls").id)
    return called("Bread")


def order_on_the_page(desk) -> list[str]:
    page = desk.get("/admin/categories").text
    return sorted(("Bread", "Rolls", "Tea", "Coffee"), key=lambda name: page.find(f">{name}</a>"))


def test_a_category_gets_an_address_and_its_place(desk, bread):
    assert (bread.slug, bread.icon, bread.parent_id) == ("bread", "loaf", None)
    assert called("Rolls").parent_id == bread.id
    assert called("Soft rolls").slug == "soft-rolls"
    page = desk.get("/admin/categories/new").text
    assert "Bread › Rolls › Soft rolls" in page


def test_two_of_one_name_stand_in_different_places_under_different_addresses(desk, bread):
    add(desk, "Rolls")
    assert {one.slug for one in db.session.scalars(select(Category).where(Category.name == "Rolls"))} == {
        "rolls",
        "rolls-2",
    }
    answer = add(desk, "rolls", under=bread.id)
    assert (answer.status_code, "There is a category called Rolls here already." in answer.text) == (
        422,
        True,
    )


def test_a_name_without_latin_letters_still_gets_an_address(desk, context):
    add(desk, "茶")
    add(desk, "Café crème")
    assert (called("茶").slug, called("Café crème").slug) == ("category", "cafe-creme")


def test_a_rename_keeps_the_address(desk, bread):
    assert change(desk, bread, name="Loaves").status_code == 303
    assert called("Loaves").slug == "bread"


@pytest.mark.parametrize("under", ["Bread", "Rolls", "Soft rolls"])
def test_a_category_cannot_stand_under_itself(desk, bread, under):
    answer = change(desk, bread, parent_id=called(under).id)
    assert answer.status_code == 422
    assert "Choose one of those in the list." in answer.text
    assert called("Bread").parent_id is None


def test_categories_go_four_deep(desk, bread):
    add(desk, "Sweet", under=called("Soft rolls").id)
    answer = add(desk, "Sweeter", under=called("Sweet").id)
    assert (answer.status_code, "go 4 deep at most" in answer.text) == (422, True)
    add(desk, "Goods")
    answer = change(desk, bread, parent_id=called("Goods").id)
    assert (answer.status_code, "go 4 deep at most" in answer.text) == (422, True)


def test_siblings_change_places(desk, bread):
    for name in ("Coffee", "Tea"):
        add(desk, name)
    assert order_on_the_page(desk) == ["Bread", "Rolls", "Coffee", "Tea"]
    desk.submit(f"/admin/categories/{called('Tea').id}/move", do="up")
    desk.submit(f"/admin/categories/{called('Bread').id}/move", do="down")
    assert order_on_the_page(desk) == ["Tea", "Bread", "Rolls", "Coffee"]
    desk.submit(f"/admin/categories/{called('Tea').id}/move", do="up")
    assert order_on_the_page(desk)[0] == "Tea"


def test_what_holds_something_cannot_go_and_says_why(desk, bread):
    factories.product("Sourdough", category_id=bread.id)
    why = "Bread still holds 1 product and 1 category. Move them to another category first."
    assert why in desk.get(f"/admin/categories/{bread.id}/remove").text
    answer = desk.submit(f"/admin/categories/{bread.id}/remove", version=called("Bread").version)
    assert (answer.status_code, why in answer.text) == (422, True)
    assert called("Bread").deleted_at is None


def test_nothing_is_hung_on_a_category_that_went_meanwhile(desk, bread, context):
    """The form offers it no longer; whoever gets past the form is told by the tree itself."""
    with pytest.raises(Refused, match="This category is gone"):
        service.create(name="Buns", parent_id=987654321, icon="", by=SYSTEM)
    with pytest.raises(Refused, match="This category is gone"):
        service.edit(bread.id, name="Bread", parent_id=987654321, icon="", version=bread.version, by=SYSTEM)


def test_an_empty_category_goes_and_its_address_is_free_again(desk, bread):
    soft = called("Soft rolls")
    gone = desk.submit(f"/admin/categories/{soft.id}/remove", version=soft.version)
    assert gone.status_code == 303
    assert desk.get(f"/admin/categories/{soft.id}").status_code == 404
    add(desk, "Soft rolls")
    actions = db.session.scalars(select(AuditEvent.action).where(AuditEvent.entity == "category")).all()
    assert actions[-2:] == ["category.removed", "category.created"]


def test_two_people_change_one_category(desk, bread):
    seen = bread.version
    change(desk, bread, name="Loaves", version=seen)
    answer = change(desk, bread, name="Breads", version=seen)
    assert answer.status_code == 409
    assert "It is now “Loaves”." in answer.text
    assert 'value="Breads"' in answer.text


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": "", "icon": "loaf"}, "Type a name for this category."),
        ({"name": "x" * 61, "icon": ""}, "Use 60 characters or fewer."),
        ({"name": "Tea", "icon": "../../etc"}, "Choose one of the pictures."),
        ({"name": "Tea", "icon": "", "parent_id": "987654321"}, "Choose one of those in the list."),
        ({"name": "Tea", "icon": "", "parent_id": "x"}, "Choose one of those in the list."),
    ],
)
def test_bad_input_is_answered_beside_the_field(desk, typed, sentence):
    answer = desk.submit("/admin/categories/new", **typed)
    assert (answer.status_code, sentence in answer.text) == (422, True)


def test_those_who_may_not_change_it_still_read_it(as_user, tom, context):
    factories.category("Bread")
    clerk = as_user(tom)
    page = clerk.get("/admin/categories")
    assert (page.status_code, "Bread" in page.text, "Add category" in page.text) == (200, True, False)
    assert clerk.get("/admin/categories/new").status_code == 403

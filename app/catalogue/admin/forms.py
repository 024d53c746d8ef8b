"""What staff may type about categories, products, tax and delivery."""

from collections.abc import Collection, Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any, Self

from flask import request
from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, StopValidation

from app.catalogue.models import Category, DeliveryMethod, Product, ProductStatus, TaxClass
from app.catalogue.price_rows import HIGHEST
from app.catalogue.product_rules import LONGEST_DESCRIPTION, Facts, wrong_by_itself
from app.catalogue.quantities import LARGEST
from app.catalogue.queries import categories, taxes
from app.catalogue.service.delivery import LONGEST_LEAD, Terms
from app.catalogue.tree import Grown, in_order, within
from app.core.access import Permission, Viewer
from app.core.money import percent
from app.web import fields
from app.web.forms import Form, VersionedForm

ICONS = {
    "": "None",
    "bean": "Bean",
    "loaf": "Loaf",
    "bun": "Bun",
    "cup": "Cup",
    "bottle": "Bottle",
    "box": "Box",
}
ON_SALE = {
    ProductStatus.ACTIVE.value: ("Every customer", "Shown in the catalogue, at the customer’s own price"),
    ProductStatus.DRAFT.value: ("Nobody yet", "A draft: only our own people see it"),
    ProductStatus.DISCONTINUED.value: ("Nobody any more", "Discontinued: what was ordered stays as it is"),
}
TYPED = tuple(name for name in Facts.__dataclass_fields__ if name != "status")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class CategoryForm(VersionedForm):
    doing = "to save this category"
    name = fields.text("Name", missing="Type a name for this category.", longest=60, autocomplete="off")
    parent_id = fields.row("Stands under")
    icon = RadioField(
        "Picture",
        [AnyOf(ICONS, message="Choose one of the pictures.")],
        choices=[SelectChoice(name, word) for name, word in ICONS.items()],
        validate_choice=False,
        default="",
    )

    @classmethod
    def of(cls, category: Category | None, tree: Sequence[Grown]) -> Self:
        """It cannot stand under itself, so that is not offered."""
        form = cls(obj=category)
        own = within(tree, category.id) if category else set()
        form.parent_id.choices = [("", "Nothing: at the top"), *_branches(tree, but=own)]
        return form

    def facts(self) -> dict[str, Any]:
        return self.plain("name", "parent_id", "icon")


class ProductForm(VersionedForm):
    doing = "to save this product"
    name = fields.text("Name", missing="Type the product’s name.", autocomplete="off")
    sku = fields.text("SKU", missing="Type a SKU, like COF-HSE-250.", longest=64, autocomplete="off")
    barcode = fields.text("Barcode", longest=32, autocomplete="off")
    family_code = fields.text("Family", longest=40, autocomplete="off")
    category_id = fields.row("Category", missing="Choose the category it stands in.")
    description = fields.note("Description", longest=LONGEST_DESCRIPTION)
    unit_label = fields.text("Sold as", longest=40, autocomplete="off")
    pack_size = fields.number("In packs of", missing="Type 1 when it is sold one by one.", most=LARGEST)
    min_qty = fields.number("At least", missing="Type 1 when one is enough.", most=LARGEST)
    max_qty = fields.number("At most", most=LARGEST)
    tax_class_id = fields.row("Tax", missing="Choose how it is taxed.")
    base_price = fields.amount("Base price", places=4)
    shelf = fields.text("Shelf", longest=20, autocomplete="off")
    standing = RadioField(
        "Who can order it",
        [AnyOf(ON_SALE, message="Choose who can order it.")],
        choices=[SelectChoice(status, label) for status, (label, _) in ON_SALE.items()],
        validate_choice=False,
    )

    @classmethod
    def of(cls, product: Product | None, *, by: Viewer, today: date) -> Self:
        """Its prices stand on the price lists: only the first one can be set where it is added."""
        usual = {"pack_size": 1, "min_qty": 1, "category_id": request.args.get("category", type=int)}
        standing = product.status if product else ProductStatus.DRAFT.value
        form = cls(obj=product, standing=standing) if product else cls(data=usual, standing=standing)
        if product or not by.may(Permission.PRICES_WRITE):
            del form.base_price
        form.category_id.choices = [("", "Choose a category"), *_branches(categories.categories_to_choose())]
        form.tax_class_id.choices = [("", "Choose a tax class"), *_tax_classes(today)]
        return form

    def validate(self, extra_validators: Any = None) -> bool:
        """Beside what is missing stands what is wrong with the rest: it is put right in one round, not in two."""
        if super().validate(extra_validators):
            return True
        typed = {name: value for name, value in self.plain(*TYPED).items() if value not in (None, "")}
        nothing: dict[str, Any] = {"sku": "", "name": "", "category_id": 0, "tax_class_id": 0}
        for refusal in wrong_by_itself(Facts(**nothing | typed)):
            if refusal.field and not self[refusal.field].errors:
                self.show(refusal)
        return False

    def validate_base_price(self, field: Any) -> None:
        if field.data is not None and field.data > HIGHEST:
            raise StopValidation("That is more than we can write down.")

    def first_price(self) -> Decimal | None:
        return self.base_price.data if self.base_price else None

    def facts(self) -> Facts:
        return Facts(**self.plain(*TYPED), status=ProductStatus(self.standing.data))


class PictureForm(Form):
    doing = "to send this picture"
    picture = FileField("Picture", [FileRequired("Choose a picture first.")])


class RateForm(Form):
    """Typed as people say it: 20 or 17.5 in a hundred."""

    doing = "to plan this rate"
    rate = fields.amount("Rate", missing="Type a rate, like 20 or 17.5.", like="17.5")
    valid_from = fields.day("From", missing="Choose the day from which it holds.")

    def validate_rate(self, field: Any) -> None:
        if field.data is not None and field.data >= 100:
            raise StopValidation("Type less than 100.")

    def facts(self) -> dict[str, Any]:
        return {"rate": (self.rate.data or 0) / 100, "valid_from": self.valid_from.data}


class NewTaxClassForm(RateForm):
    doing = "to add this tax class"
    name = fields.text("Name", missing="Type a name, like Standard.", longest=60, autocomplete="off")

    def facts(self) -> dict[str, Any]:
        return super().facts() | self.plain("name")


class TaxClassForm(VersionedForm):
    doing = "to save this tax class"
    name = fields.text("Name", missing="Type a name, like Standard.", longest=60, autocomplete="off")

    @classmethod
    def of(cls, found: TaxClass) -> Self:
        return cls(obj=found)


class DeliveryForm(VersionedForm):
    doing = "to save this delivery method"
    name = fields.text("Name", missing="Type a name, like Our van.", longest=60, autocomplete="off")
    price_net = fields.amount("Price", missing="Type a price. 0 is free.")
    free_over_net = fields.amount("Free from")
    tax_class_id = fields.row("Tax", missing="Choose how it is taxed.")
    weekdays = fields.ticks("Goes on")
    lead_days = fields.number("Lead days", missing="Type 0 when it goes on the same day.", most=LONGEST_LEAD)
    cutoff_time = fields.hour("Order before", missing="Type a time, like 14:00.")

    @classmethod
    def of(cls, method: DeliveryMethod | None, *, today: date) -> Self:
        usual = {"lead_days": 1, "cutoff_time": time(14), "weekdays": ["1", "2", "3", "4", "5"]}
        form = cls(obj=method) if method else cls(data=usual)
        form.weekdays.offer((str(number), word) for number, word in enumerate(WEEKDAYS, 1))
        form.tax_class_id.choices = [("", "Choose a tax class"), *_tax_classes(today)]
        return form

    def terms(self) -> Terms:
        days = sorted(int(day) for day in self.weekdays.data if day.isdigit())
        names = [name for name in Terms.__dataclass_fields__ if name != "weekdays"]
        return Terms(**self.plain(*names), weekdays=days)


class ClosedDayForm(Form):
    doing = "to close this day"
    day = fields.day("Day", missing="Choose the day on which nothing goes.")
    reason = fields.text("Reason", longest=60, autocomplete="off")


def _branches(tree: Sequence[Grown], but: Collection[int] = ()) -> list[tuple[int, str]]:
    return [(one.category.id, one.path) for one in in_order(tree) if one.category.id not in but]


def _tax_classes(today: date) -> list[tuple[int, str]]:
    rows = taxes.tax_classes_to_choose(today)
    return [
        (one.id, f"{one.name}, {percent(one.rate)}" if one.rate is not None else one.name) for one in rows
    ]

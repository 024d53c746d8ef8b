"""Products in a file, beside products in the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.imports.columns import Values, unknown
from app.imports.judges.around import Around, Standing
from app.imports.kinds import PRODUCTS
from app.imports.kinds.kind import Problems


@dataclass(frozen=True, slots=True)
class AroundProducts(Around):
    """By SKU in small letters: the products; by barcode: the SKU that has it; by name or code: the code."""

    stands: Mapping[str, Standing]
    barcodes: Mapping[str, str]
    categories: Mapping[str, str]
    tax_classes: Mapping[str, str]

    def in_our_words(self, values: Values) -> Values:
        return {
            name: known[values[name].lower()]
            for name, known in self._named_elsewhere
            if values.get(name, "").lower() in known
        }

    def standing(self, values: Values) -> Standing | None:
        return self.stands.get(values["sku"].lower())

    def unknown(self, values: Values) -> Problems:
        return {
            name: unknown(values[name], sorted(set(known.values())))
            for name, known in self._named_elsewhere
            if values.get(name) and values[name] not in known.values()
        }

    def problems(self, values: Values, standing: Standing | None) -> Problems:
        found = self.unknown(values)
        owner = self.barcodes.get(values.get("barcode", ""), values["sku"])
        if owner.lower() != values["sku"].lower():
            found["barcode"] = f"The product {owner} has this barcode."
        return found | PRODUCTS.rule({**standing.texts, **values} if standing else values)

    @property
    def _named_elsewhere(self) -> tuple[tuple[str, Mapping[str, str]], ...]:
        return ("category", self.categories), ("tax_class", self.tax_classes)

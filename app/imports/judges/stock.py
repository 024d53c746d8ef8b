"""Stock counts in a file, beside what stands on the shelves."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.imports.columns import Values
from app.imports.judges.around import Around, Standing
from app.imports.kinds.kind import Problems


@dataclass(frozen=True, slots=True)
class AroundStock(Around):
    """By SKU in small letters: what stands of each product; one without a shelf has an empty one."""

    stands: Mapping[str, Standing]
    today: str

    def standing(self, values: Values) -> Standing | None:
        return self.stands.get(values["sku"].lower())

    def unknown(self, values: Values) -> Problems:
        return {} if self.standing(values) else {"sku": f"No product has the SKU {values['sku']}."}

    def problems(self, values: Values, standing: Standing | None) -> Problems:
        back_on = values.get("back_on", "")
        is_told_now = not standing or standing.texts["back_on"] != back_on
        is_over = "" < back_on < self.today and is_told_now
        over = {"back_on": "This day is over. Choose today or a later one."} if is_over else {}
        return self.unknown(values) | over

"""What staff type about stock."""

from typing import Any, Self

from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, StopValidation

from app.stock.models import MOST, MovementKind
from app.web import fields
from app.web.forms import Form, VersionedForm

WHAT_HAPPENED = {
    MovementKind.RECEIVE.value: ("Goods in", "Adds to what is on hand"),
    MovementKind.ADJUST.value: ("Waste or damage", "Takes from what is on hand"),
    MovementKind.COUNT.value: ("Recount", "Sets what is on hand to what you see"),
}
WITH_A_MINUS = {
    MovementKind.RECEIVE.value: "Type how many came in. For what went, choose Waste or damage.",
    MovementKind.ADJUST.value: "Type how many went, without a minus.",
    MovementKind.COUNT.value: "Type how many there are, 0 or more.",
}


class MovementForm(Form):
    doing = "to save this change"
    kind = RadioField(
        "What happened",
        [AnyOf(WHAT_HAPPENED, message="Choose what happened.")],
        choices=[SelectChoice(kind, label) for kind, (label, _) in WHAT_HAPPENED.items()],
        default=MovementKind.RECEIVE.value,
        validate_choice=False,
    )
    delta = fields.number("How many", missing="Type how many.", most=MOST)
    reason = fields.text("Reason", longest=200, autocomplete="off")

    def validate_delta(self, field: Any) -> None:
        if field.raw_data and field.raw_data[0].strip().startswith(("-", "\N{MINUS SIGN}")):
            field.errors.clear()
            raise StopValidation(WITH_A_MINUS.get(self.kind.data))

    def amount(self) -> int:
        """What goes is typed as a plain number, too."""
        typed = self.delta.data or 0
        return -typed if self.kind.data == MovementKind.ADJUST else typed


class LimitsForm(VersionedForm):
    doing = "to save these limits"
    back_on = fields.day("Back on")
    backorder_limit = fields.number("Sell ahead", missing="Type how many, or 0 for none.", most=MOST)
    low_at = fields.number("Low at", most=MOST)

    @classmethod
    def of(cls, stock: Any) -> Self:
        return cls(obj=stock)

    def limits(self) -> dict[str, Any]:
        return self.plain("back_on", "backorder_limit", "low_at")

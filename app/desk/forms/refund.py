"""How much of an order goes back, why, and where the money goes."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Self

from flask import request
from wtforms import HiddenField
from wtforms.validators import ValidationError

from app.core.errors import Refusal, Refused
from app.orders.act_forms import LineBoxes
from app.orders.typed import boxes_in
from app.payments.refunded import RefundTo, Wanted
from app.web import fields

LONGEST_WORDS = 160
OTHER = "Other"
REASONS = ("Damaged on arrival", "Short or missing", "Wrong product", OTHER)
BOXES = {"reason": "words", "delivery": "with_delivery"}  # as the use case calls them, and as this form does


class RefundForm(LineBoxes):
    """Asked for in an address, so that its preview has one; sent as a form to do it."""

    doing = "to go on"
    how = fields.choice("How much", {"all": "Everything", "part": "Part of it"})
    with_delivery = fields.tick("Delivery")
    why = fields.choice("Reason", {word: word for word in REASONS})
    words = fields.text("In your words", longest=LONGEST_WORDS, autocomplete="off")
    restock = fields.tick("Put the goods back into stock")
    to = fields.choice("Where the money goes", {to.value: to.value for to in RefundTo})
    return_id = HiddenField()
    seen = HiddenField()

    @classmethod
    def asked(
        cls, most: Mapping[int, int], usual: Mapping[int, int], *, to: RefundTo, return_id: int | None
    ) -> Self:
        """Everything, unless it is about a return: then, what came with it."""
        sent = request.form if request.method == "POST" else request.args
        is_filled = "how" in sent
        known = {"how": "part" if return_id else "all", "to": to.value, "return_id": return_id}
        form = cls(formdata=sent if is_filled else None, data=known)
        form.offer_lines(most, usual, sent if is_filled else {})
        form.is_filled = is_filled
        return form

    is_filled = False

    def validate_words(self, field: Any) -> None:
        if self.why.data == OTHER and not field.data:
            raise ValidationError("Say why, in a few words.")

    def wanted_refund(self) -> Wanted:
        is_all = self.how.data == "all"
        return Wanted(
            lines=None if is_all else self.wanted,
            with_delivery=is_all or bool(self.with_delivery.data),
            reason=self._reason(),
            to=RefundTo(self.to.data),
            restock=bool(self.restock.data),
            return_id=self.about_return,
        )

    def _reason(self) -> str:
        said = [] if self.why.data == OTHER else [self.why.data]
        return ": ".join([*said, *filter(None, [self.words.data])])

    def as_asked(self) -> dict[str, str]:
        """What was typed, to be sent again with what it comes to."""
        boxes = {f"q{line}" for line, _ in boxes_in(request.args)}
        names = (self._fields.keys() | boxes) - {"seen"}
        return {name: value for name, value in request.args.items() if name in names}

    @property
    def about_return(self) -> int | None:
        return int(self.return_id.data) if str(self.return_id.data or "").isdecimal() else None

    @property
    def seen_amount(self) -> Decimal:
        """What the page said that it comes to; a form that says nothing has seen nothing."""
        try:
            return Decimal(self.seen.data or 0)
        except InvalidOperation:
            return Decimal(0)

    def show(self, refusal: Refusal) -> None:
        field = BOXES.get(refusal.field or "")
        super().show(Refused(refusal.message, field=field) if field else refusal)

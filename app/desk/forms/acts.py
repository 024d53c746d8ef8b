"""What only staff say of an order."""

from app.orders import act_forms
from app.web import fields


class NoteForm(act_forms.NoteForm):
    """To ourselves, unless it says otherwise."""

    for_buyer = fields.tick("Show this to the customer")

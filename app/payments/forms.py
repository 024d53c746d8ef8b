"""What people say when they pay by card: at most, how much."""

from wtforms import StringField

from app.web.forms import Form

ALL = "all"


class PayForm(Form):
    """One button."""

    doing = "to pay by card"


class PayInvoiceForm(PayForm):
    """This invoice, or with it all that is due."""

    what = StringField()

    @property
    def is_all(self) -> bool:
        return bool(self.what.data == ALL)

"""What is asked about several orders at once."""

from datetime import date

from wtforms.validators import InputRequired

from app.orders.models.beside import LONGEST_VIEW
from app.web import fields
from app.web.forms import Form


class DayForSeveral(Form):
    doing = "to move the day"
    deliver_on = fields.Row("New day", [InputRequired(fields.CHOOSE)], choices=[])

    @property
    def day(self) -> date:
        return date.fromisoformat(self.deliver_on.data)


class ViewForm(Form):
    doing = "to save this view"
    name = fields.text("Name", missing="Type a name, like North round.", longest=LONGEST_VIEW)

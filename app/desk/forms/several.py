"""Under which name a view of the queue is kept."""

from app.orders.models.beside import LONGEST_VIEW
from app.web import fields
from app.web.forms import Form


class ViewForm(Form):
    doing = "to save this view"
    name = fields.text("Name", missing="Type a name, like North round.", longest=LONGEST_VIEW)

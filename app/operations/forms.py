"""What an administrator may type about the business."""

from wtforms import Field, TextAreaField
from wtforms.validators import Length, Optional, ValidationError

from app.billing import reminding
from app.core.text import tidy_lines
from app.web import fields
from app.web.forms import VersionedForm

LONGEST_ADDRESS = 400
WRONG_DAYS = (
    f"Type up to {reminding.MOST} days between 1 and {reminding.LONGEST} with commas between, like 7, 14, 30."
)


class SettingsForm(VersionedForm):
    doing = "to save the settings"
    name = fields.text("Business name", missing="Type the name of the business.", longest=80)
    short_name = fields.text("Short name", missing="Type a short name for menus and titles.", longest=24)
    tagline = fields.text("Tagline")
    phone = fields.phone("Phone")
    email = fields.email("Email", optional=True)
    opening_hours = fields.text("Opening hours")
    address = TextAreaField(
        "Address",
        [Optional(), Length(max=LONGEST_ADDRESS, message=f"Use {LONGEST_ADDRESS} characters or fewer.")],
        filters=[tidy_lines],
        render_kw={"rows": 5},
    )
    tax_id = fields.text("VAT number", longest=40)
    registration = fields.text("Company registration", longest=120)
    bank_name = fields.text("Bank", longest=80)
    bank_account = fields.text("Account number", longest=40, inputmode="numeric")
    bank_sort_code = fields.text("Sort code", longest=20)
    reminder_days = fields.text("Reminders", longest=40)
    currency = fields.text("Currency", missing="Type a currency by its three letters, like GBP.", longest=3)
    time_zone = fields.text(
        "Time zone", missing="Type a time zone by its name, like Europe/London.", longest=40
    )

    def typed(self) -> dict[str, str]:
        """What was typed, by the name of the column it goes into."""
        typed = {name: field.data for name, field in self._fields.items() if name != "version"}
        return typed | {
            "currency": self.currency.data.upper(),
            "reminder_days": reminding.tidied(self.reminder_days.data),
        }

    def validate_reminder_days(self, field: Field) -> None:
        try:
            reminding.steps_of(field.data)
        except ValueError as wrong:
            raise ValidationError(WRONG_DAYS) from wrong

"""What a person may type about themselves."""

from typing import Any, Self

from wtforms import HiddenField, PasswordField

from app.accounts.models import User
from app.accounts.passwords import SHORTEST
from app.accounts.service.applications import Application
from app.core.access import Viewer
from app.web import fields
from app.web.forms import Form, VersionedForm


def _new_password(label: str, *, missing: str) -> PasswordField:
    hint = f"{SHORTEST} characters or more. Three or four words work well."
    return fields.password(label, missing=missing, autocomplete="new-password", hint=hint)


class LoginForm(Form):
    doing = "to sign in"
    email = fields.email("Email", autocomplete="username")
    password = fields.password("Password", missing="Type your password.", autocomplete="current-password")
    keep = fields.tick("Keep me signed in on this device", default=True)
    next = HiddenField()


class ConfirmForm(Form):
    doing = "to go on"
    password = fields.password("Password", missing="Type your password.", autocomplete="current-password")
    next = HiddenField()


class RegisterForm(Form):
    doing = "to send your application"
    company = fields.text("Business name", missing="Type the name of your business.")
    tax_id = fields.text("VAT number", longest=40)
    phone = fields.phone("Phone")
    name = fields.text("Your name", missing="Type your name.", autocomplete="name")
    email = fields.email("Email")
    password = _new_password("Choose a password", missing="Choose a password.")

    def application(self) -> Application:
        return Application(
            company=self.company.data,
            name=self.name.data,
            email=self.email.data,
            password=self.password.data,
            tax_id=self.tax_id.data,
            phone=self.phone.data,
        )


class ForgotForm(Form):
    doing = "to get a link"
    email = fields.email("Email", autocomplete="username")


class NewPasswordForm(Form):
    doing = "to set your password"
    password = _new_password("New password", missing="Choose a password.")


class VerifyForm(Form):
    doing = "to confirm your address"


class ChangePasswordForm(Form):
    doing = "to change your password"
    current = fields.password(
        "Current password", missing="Type your current password.", autocomplete="current-password"
    )
    password = _new_password("New password", missing="Choose a new password.")


class ProfileForm(VersionedForm):
    doing = "to save your profile"
    name = fields.text("Name", missing="Type your name.", autocomplete="name")
    phone = fields.phone("Phone")
    single_keys = fields.tick("Single-key shortcuts")

    @classmethod
    def of(cls, person: User, *, by: Viewer) -> Self:
        form = cls(obj=person, single_keys=by.single_keys)
        form.held = by.single_keys
        if not by.is_staff:
            del form.single_keys  # the pages of buyers have none
        return form

    def changes(self) -> dict[str, Any]:
        single_keys = self.single_keys.data if self.single_keys else self.held
        return self.plain("name", "phone") | {"single_keys": single_keys}

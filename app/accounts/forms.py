"""What a person may type about themselves."""

from wtforms import HiddenField

from app.accounts.service.applications import Application
from app.web import fields
from app.web.forms import Form, VersionedForm


class LoginForm(Form):
    doing = "to sign in"
    email = fields.email("Email", autocomplete="username")
    password = fields.password("Password", missing="Type your password.", autocomplete="current-password")
    keep = fields.tick("Keep me signed in on this device", default=True)
    next = HiddenField()


class RegisterForm(Form):
    doing = "to send your application"
    company = fields.text("Business name", missing="Type the name of your business.")
    tax_id = fields.text("VAT number", longest=40)
    phone = fields.phone("Phone")
    name = fields.text("Your name", missing="Type your name.", autocomplete="name")
    email = fields.email("Email")
    password = fields.password("Choose a password", missing="Choose a password.", autocomplete="new-password")

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
    password = fields.password("New password", missing="Choose a password.", autocomplete="new-password")


class VerifyForm(Form):
    doing = "to confirm your address"


class ChangePasswordForm(Form):
    doing = "to change your password"
    current = fields.password(
        "Current password", missing="Type your current password.", autocomplete="current-password"
    )
    password = fields.password("New password", missing="Choose a new password.", autocomplete="new-password")


class ProfileForm(VersionedForm):
    doing = "to save your profile"
    name = fields.text("Name", missing="Type your name.", autocomplete="name")
    phone = fields.phone("Phone")
    single_keys = fields.tick("Single-key shortcuts")

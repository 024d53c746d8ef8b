"""Sending a file."""

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf

from app.core.access import Viewer
from app.core.text import tidy
from app.imports.kinds import KINDS
from app.imports.models import ImportKind
from app.web.forms import Form

LONGEST_NAME = 200


class UploadForm(Form):
    doing = "to send the file"

    kind = RadioField(
        "What is in it", [AnyOf(KINDS, message="Say what is in the file.")], choices=[], validate_choice=False
    )
    file = FileField("File", [FileRequired("Choose a CSV or XLSX file.")])

    @classmethod
    def for_viewer(cls, who: Viewer) -> "UploadForm":
        """What somebody may not change by hand is not offered."""
        form = cls()
        offered = [kind for kind in KINDS.values() if who.may(kind.permission)]
        form.kind.choices = [SelectChoice(kind.name, kind.label) for kind in offered]
        return form

    def sent(self) -> dict[str, Any]:
        return {"kind": ImportKind(self.kind.data), "filename": name_of(self.file.data.filename)}


def name_of(filename: str | None) -> str:
    """As people called it, without the folders of their computer."""
    return tidy((filename or "").replace("\\", "/").rpartition("/")[2])[:LONGEST_NAME] or "without a name"

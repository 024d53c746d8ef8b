"""Papers as PDF: a template and plain data make a file, and what people wrote is never read as a template."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from app.core.errors import Refused

TEMPLATES = Path(__file__).parents[2] / "templates" / "documents"
# The archive standard is what makes a character that no font has an error and not an empty box.
STANDARD: Final = "a-2b"
NO_FONT = re.compile(r'the text `"(?P<text>.*)"` could not be displayed')


def pdf_of(template: str, content: Mapping[str, Any], *, at: datetime) -> bytes:
    """The same content and moment make the same file, on every machine: its fonts come along."""
    import typst

    try:
        made = typst.compile(
            TEMPLATES / f"{template}.typ",
            root=TEMPLATES,
            ignore_system_fonts=True,
            sys_inputs={"content": json.dumps(content, ensure_ascii=False)},
            pdf_standards=[STANDARD],
            timestamp=at.replace(microsecond=0),  # typst counts in seconds
        )
    except typst.TypstError as error:
        unknown = NO_FONT.search(str(error))
        if unknown is None:
            raise
        raise Refused(
            f"We have no font for “{unknown['text']}”. Print the page from your browser instead."
        ) from error
    assert isinstance(made, bytes)  # noqa: S101 - one PDF is one file; pictures would be a list of them
    return made

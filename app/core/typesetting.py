"""Papers as PDF: a template and plain data make a file, and what people wrote is never read as a template."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

TEMPLATES = Path(__file__).parents[2] / "templates" / "documents"
# The archive standard is what makes a character that no font has an error and not an empty box.
STANDARD: Final = "a-2b"
NO_FONT = re.compile(r'the text `"(.*)"` could not be displayed')
UNSEEN = re.compile(r"\\u\{([0-9a-f]+)\}")  # how a character without a shape is named
BOX = "□"


class Made(NamedTuple):
    """A file, and the characters for which it shows a box, since no font has them."""

    pdf: bytes
    without: str = ""


def pdf_of(template: str, content: Mapping[str, Any], *, at: datetime) -> Made:
    """The same content and moment make the same file, on every machine: its fonts come along."""
    import typst

    words = json.dumps(content, ensure_ascii=False)
    try:
        return Made(_set(template, words, at))
    except typst.TypstError as error:
        unknown = list(dict.fromkeys(NO_FONT.findall(error.diagnostic)))
        if not unknown:
            raise
    return Made(_set(template, _boxed(words, unknown), at), UNSEEN.sub("", "".join(unknown)))


def _set(template: str, words: str, at: datetime) -> bytes:
    import typst

    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        ignore_system_fonts=True,
        sys_inputs={"content": words},
        pdf_standards=[STANDARD],
        timestamp=at.replace(microsecond=0),  # typst counts in seconds
    )
    assert isinstance(made, bytes)  # noqa: S101 - one PDF is one file; pictures would be a list of them
    return made


def _boxed(words: str, unknown: Iterable[str]) -> str:
    """What has no shape is left out."""
    for one in unknown:
        unseen = UNSEEN.fullmatch(one)
        sign = json.dumps(chr(int(unseen[1], 16)), ensure_ascii=False)[1:-1] if unseen else one
        words = words.replace(sign, "" if unseen else BOX)
    return words

"""How an API key is written: `dk_<prefix>_<secret><checksum>`, so that scanners and typing errors show."""

import re
import string
import zlib

from app.core.tokens import derived_token, same

LETTERS = string.ascii_letters + string.digits
PREFIX_LENGTH = 12
SECRET_LENGTH = 43  # 62 letters to the 43rd: 256 bits
START = "dk_"
WRITTEN = re.compile(
    rf"{START}([0-9a-f]{{{PREFIX_LENGTH}}})_([A-Za-z0-9]{{{SECRET_LENGTH}}})([0-9a-f]{{8}})", re.ASCII
)


def grown_from(seed: str, *, secret_key: str) -> str:
    """The whole text, stored never: the same seed grows the same text, here and nowhere else."""
    prefix = derived_token(secret_key, "api-key-prefix", seed)[:PREFIX_LENGTH]
    secret = _in_letters(int(derived_token(secret_key, "api-key-secret", seed), 16))
    return f"{START}{prefix}_{secret}{_checksum(prefix, secret)}"


def parts_of(text: str) -> tuple[str, str]:
    """Prefix and secret of a text that we wrote ourselves."""
    found = parse(text)
    if found is None:
        raise ValueError("this is no key of ours")
    return found


def parse(text: str) -> tuple[str, str] | None:
    """Prefix and secret, or None for what was never a key of ours: no need to ask the database."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    prefix, secret, checksum = found.groups()
    return (prefix, secret) if same(checksum, _checksum(prefix, secret)) else None


def _in_letters(number: int) -> str:
    letters = ""
    for _ in range(SECRET_LENGTH):
        number, place = divmod(number, len(LETTERS))
        letters += LETTERS[place]
    return letters


def _checksum(prefix: str, secret: str) -> str:
    return f"{zlib.crc32(f'{prefix}_{secret}'.encode()):08x}"

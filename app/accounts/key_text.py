"""How an API key is written: `dk_<prefix>_<secret><checksum>`, so that scanners and typing errors show."""

import re
import secrets
import string
import zlib

from app.core.tokens import fingerprint, same

LETTERS = string.ascii_letters + string.digits
PREFIX_BYTES = 6
SECRET_LENGTH = 43  # 62 letters to the 43rd: 256 bits
START = "dk_"
WRITTEN = re.compile(
    rf"{START}([0-9a-f]{{{2 * PREFIX_BYTES}}})_([A-Za-z0-9]{{{SECRET_LENGTH}}})([0-9a-f]{{8}})", re.ASCII
)


def new_key_text() -> tuple[str, str, str]:
    """The public prefix, what we keep of the secret, and the whole text: shown once, stored never."""
    prefix = secrets.token_hex(PREFIX_BYTES)
    secret = "".join(secrets.choice(LETTERS) for _ in range(SECRET_LENGTH))
    return prefix, fingerprint(secret), f"{START}{prefix}_{secret}{_checksum(prefix, secret)}"


def parse(text: str) -> tuple[str, str] | None:
    """Prefix and secret, or None for what was never a key of ours: no need to ask the database."""
    found = WRITTEN.fullmatch(text)
    if found is None:
        return None
    prefix, secret, checksum = found.groups()
    return (prefix, secret) if same(checksum, _checksum(prefix, secret)) else None


def _checksum(prefix: str, secret: str) -> str:
    return f"{zlib.crc32(f'{prefix}_{secret}'.encode()):08x}"

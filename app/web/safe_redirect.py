"""Where a form may send a person next: a path of ours, whatever the address says."""

from urllib.parse import urlsplit

from flask import request


def next_path(default: str) -> str:
    """The `next` of this request when it is a plain path on this host."""
    wanted = request.values.get("next", "")
    return wanted if is_own_path(wanted) else default


def is_own_path(wanted: str) -> bool:
    if not wanted.startswith("/") or wanted.startswith("//") or "\\" in wanted:
        return False
    if any(ord(character) <= ord(" ") or ord(character) == 0x7F for character in wanted):
        return False
    parts = urlsplit(wanted)
    return not parts.scheme and not parts.netloc and not _hides_a_host(parts.path)


def _hides_a_host(path: str) -> bool:
    # Browsers and proxies may decode once more: %2f, %5c and %09 right after the first slash.
    return path[1:2] == "%" or path.startswith("/.")

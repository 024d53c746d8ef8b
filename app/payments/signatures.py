"""What the gateway signs: the moment and the very bytes it sent, with a secret that only it and we have."""

import hashlib
import hmac
from datetime import datetime

from app.payments.gateway import NotGenuine

TOLERANCE = 300


def check(raw: bytes, header: str, secret: str, *, at: datetime) -> None:
    """`t=<seconds>,v1=<hmac>`, where a second v1 may stand while the secret is being changed; else NotGenuine."""
    pairs = [part.strip().partition("=")[::2] for part in header.split(",")]
    moments = [value for name, value in pairs if name == "t" and value.isascii() and value.isdecimal()]
    if len(moments) != 1:
        raise NotGenuine("No moment is signed.")
    signed = hmac.new(secret.encode(), moments[0].encode() + b"." + raw, hashlib.sha256).hexdigest()
    offered = [value.encode() for name, value in pairs if name == "v1"]
    if not any(hmac.compare_digest(signed.encode(), value) for value in offered):
        raise NotGenuine("The signature is another one.")
    if abs(at.timestamp() - int(moments[0])) > TOLERANCE:
        raise NotGenuine("It was signed at another time.")

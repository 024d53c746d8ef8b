"""Access tokens: ten minutes of being somebody, signed by us for us, and good only while their family lives."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from app.core.tokens import derived_token, new_token

ALGORITHM = "HS256"
AUDIENCE = "docket-api"
TYPE = "access"
LIFE = timedelta(minutes=10)
LEEWAY = timedelta(seconds=30)
NUMBER, NAME = re.compile("[0-9]{1,18}"), re.compile("[A-Za-z0-9_-]{1,32}")
REQUIRED = ["iss", "aud", "sub", "typ", "iat", "nbf", "exp", "jti", "fam"]


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose token it is, and of which chain of sign-ins."""

    user_id: int
    family: str


class AccessTokens:
    """The signer of this installation. The first key signs; older ones are still believed for a while."""

    def __init__(self, *, secret_keys: Sequence[str], issuer: str) -> None:
        self.keys = [derived_token(key, "access-token") for key in secret_keys]
        self.issuer = issuer

    def issue(self, user_id: int, family: str, *, at: datetime) -> str:
        claims = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "typ": TYPE,
            "iat": at,
            "nbf": at,
            "exp": at + LIFE,
            "jti": new_token(),
            "fam": family,
        }
        return jwt.encode(claims, self.keys[0], algorithm=ALGORITHM)

    def read(self, token: str) -> Claims | None:
        """One algorithm, our keys, every claim: what the token says about itself decides nothing."""
        return next((found for key in self.keys if (found := self._read(token, key))), None)

    def _read(self, token: str, key: str) -> Claims | None:
        try:
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=self.issuer,
                leeway=LEEWAY,
                options={"require": REQUIRED},
            )
        except jwt.PyJWTError:
            return None
        number, family = NUMBER.fullmatch(claims["sub"]), NAME.fullmatch(str(claims["fam"]))
        if claims["typ"] != TYPE or number is None or family is None:
            return None
        return Claims(int(number[0]), family[0])

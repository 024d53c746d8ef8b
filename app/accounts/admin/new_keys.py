"""The text of a new key: whoever made it sees it for ten minutes, grown anew from a seed in the address.

So a form that is sent twice shows it too, and it stands in no database and no cookie.
"""

from datetime import timedelta

from flask import current_app, request
from itsdangerous import BadSignature

from app.accounts import key_text
from app.accounts.credentials import ApiKey
from app.core import clock
from app.core.tokens import fingerprint, new_token, same
from app.web.access import viewer
from app.web.signing import signer

SHOWN_FOR = timedelta(minutes=10)
PURPOSE = "new-api-key"


def new_text() -> tuple[str, str]:
    """The text for a new key, and the token with which its page can show it for a while."""
    seed, until = new_token(), clock.now() + SHOWN_FOR
    return _grown(seed), str(signer(PURPOSE).dumps([viewer().principal, until.timestamp(), seed]))


def text_to_show(key: ApiKey) -> str | None:
    """None for everybody but the maker, for every other key, and when its time is over."""
    try:
        maker, until, seed = signer(PURPOSE).loads(request.args.get("token", ""))
    except BadSignature:
        return None
    text = _grown(seed)
    _, secret = key_text.parts_of(text)
    is_theirs = maker == viewer().principal and clock.now().timestamp() < until
    return text if is_theirs and same(fingerprint(secret), key.secret_hash) else None


def _grown(seed: str) -> str:
    return key_text.grown_from(seed, secret_key=str(current_app.secret_key))

"""What may go wrong on purpose: sentences a person can act on, no status codes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager


class Refusal(Exception):
    """An answer of "no" with its reason. `field` names the input it is about."""

    code = "refused"

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code or self.code


class Refused(Refusal):
    """What was asked breaks a rule; put it right and ask again."""


class Several(Refused):
    """More than one thing breaks a rule; each part names its own input."""

    def __init__(self, message: str, parts: Sequence[Refused]) -> None:
        super().__init__(message, code=parts[0].code)
        self.parts = tuple(parts)


@contextmanager
def named_as(fields: Mapping[str, str]) -> Iterator[None]:
    """A refusal inside names its field as whoever asked calls it."""
    try:
        yield
    except Refusal as refusal:
        for part in refusal.parts if isinstance(refusal, Several) else (refusal,):
            part.field = fields.get(part.field or "", part.field)
        raise


class NotFound(Refusal):
    """It does not exist, or it is not yours to know about."""

    code = "not_found"

    def __init__(self, message: str = "We cannot find that.") -> None:
        super().__init__(message)


class NotAllowed(Refusal):
    """It exists, and you may not do this with it."""

    code = "forbidden"


class NotSignedIn(Refusal):
    """Nobody said who they are, or not convincingly."""

    code = "unauthorized"


class NotConfirmed(Refusal):
    """Somebody signed in here, but too long ago to be sure that it is still they who sit there."""

    code = "not_confirmed"

    def __init__(self, message: str = "Type your password to go on.") -> None:
        super().__init__(message)


class Conflict(Refusal):
    """Somebody else was first."""

    code = "conflict"


class Stale(Conflict):
    """What you changed was changed since you opened it."""

    code = "stale"

    def __init__(
        self, message: str = "Somebody changed this while you had it open. Look at it again."
    ) -> None:
        super().__init__(message)


class TooMany(Refusal):
    """Too often. `retry_after` is in seconds."""

    code = "too_many_requests"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Busy(Refusal):
    """The house cannot do it right now; the same request may succeed shortly."""

    code = "busy"
    retry_after = 2

    def __init__(self, message: str = "We are very busy. Try again in a moment.") -> None:
        super().__init__(message)

"""What is wrong with the wrapping of a request, before its content is looked at."""

from app.core.errors import Refusal


class Unreadable(Refusal):
    """It cannot be taken apart: broken JSON, a header that is missing."""

    code = "bad_request"


class WrongMediaType(Refusal):
    """It may be fine, but it is not JSON."""

    code = "unsupported_media_type"


class VersionMissing(Refusal):
    """A change that does not say which version it was made from could undo somebody's work."""

    code = "version_missing"


class TooLarge(Refusal):
    """More was sent than we listen to."""

    code = "request_entity_too_large"

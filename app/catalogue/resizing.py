"""Judging a picture that somebody sent, and making of it what pages show: smaller, upright, and nothing else in it."""

from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, NamedTuple

from app.core.deadlines import OutOfTime
from app.core.errors import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

KINDS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 25_000_000  # decoded they take up to four bytes each
SMALLEST_SIDE = 40
PICTURE, THUMBNAIL = 1200, 320
QUALITY = 82
ORIENTATION = (
    0x0112  # the tag in which a camera says how it was held, and what to do about each of its answers
)
TURNS = {
    2: "FLIP_LEFT_RIGHT",
    3: "ROTATE_180",
    4: "FLIP_TOP_BOTTOM",
    5: "TRANSPOSE",
    6: "ROTATE_270",
    7: "TRANSVERSE",
    8: "ROTATE_90",
}
SIGNS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")

NOT_A_PICTURE = "This is not a picture that we can read. Send a JPEG, PNG or WebP."


class Sizes(NamedTuple):
    """What pages show, as WebP."""

    picture: BytesIO
    thumbnail: BytesIO


def looks_like_a_picture(beginning: bytes) -> bool:
    """By its first bytes, whatever it is called: enough to tell somebody at once."""
    return beginning.startswith(SIGNS) and (not beginning.startswith(b"RIFF") or beginning[8:12] == b"WEBP")


def resized(original: BinaryIO) -> Sizes:
    """Its size is judged before a pixel of it is decoded."""
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(original, formats=KINDS) as image:
            _check_size(*image.size)
            image.draft("RGB", (PICTURE, PICTURE))  # a JPEG is decoded no larger than it has to be
            plain = _plain(image)
    except (UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise Refused(NOT_A_PICTURE) from error
    except (Refused, OutOfTime, MemoryError):
        raise
    except Exception as error:  # a damaged one makes Pillow stumble in any way there is
        raise Refused("This picture is damaged. Save it again and send it once more.") from error
    return Sizes(_within(plain, PICTURE), _within(plain, THUMBNAIL))


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Refused(
            f"This picture has {width:,} × {height:,} pixels. "
            f"Send one with {MOST_PIXELS // 1_000_000} million or fewer, like 5,000 × 5,000."
        )
    if min(width, height) < SMALLEST_SIDE:
        raise Refused(f"This picture is only {width:,} × {height:,} pixels. Send a larger one.")


def _plain(image: "Image") -> "Image":
    """Turned the way it was taken; colours alone, without what a camera writes about the place and the owner."""
    from PIL import Image

    wanted = "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
    plain = image if image.mode == wanted else image.convert(wanted)
    plain.thumbnail((PICTURE, PICTURE), Image.Resampling.LANCZOS)
    turns = TURNS.get(image.getexif().get(ORIENTATION, 1))
    upright = plain.transpose(Image.Transpose[turns]) if turns else plain.copy()
    upright.info.clear()
    return upright


def _within(image: "Image", side: int) -> BytesIO:
    """Never enlarged."""
    smaller = image.copy()
    smaller.thumbnail((side, side))
    found = BytesIO()
    smaller.save(found, "WEBP", quality=QUALITY)
    found.seek(0)
    return found

"""What the worker does for the catalogue."""

from app.catalogue.queries.pictures import waiting_for
from app.catalogue.resizing import resized
from app.catalogue.service import pictures
from app.catalogue.service.pictures import LARGEST
from app.core import clock
from app.core.database import db
from app.core.errors import NotFound, Refused
from app.core.files import FileStore
from app.core.outbox import OutboxMessage
from app.web.parts import gateways

TRIES = 3  # whoever waits then is told that it came to nothing
NO_END = (
    "We tried several times to read this picture, without an end. Save it as a JPEG and send it once more."
)


def judge_picture(message: OutboxMessage) -> None:
    """A picture in two sizes, or the reason why not on the product's page."""
    product_id, original = message.payload["product_id"], message.payload["original"]
    waiting, files = waiting_for(product_id), gateways().files
    db.session.rollback()  # no transaction stays open while a picture is read and drawn
    if waiting is None or waiting.original != original or waiting.judged_at or files is None:
        return
    if message.attempts > TRIES:
        pictures.refuse(product_id, original, problem=NO_END, at=clock.now())
        return
    try:
        _judge(product_id, original, files)
    except NotFound:
        lost = "The picture was lost on its way. Send it once more."
        pictures.refuse(product_id, original, problem=lost, at=clock.now())
    except Refused as refusal:
        pictures.refuse(product_id, original, problem=refusal.message, at=clock.now())


def _judge(product_id: int, original: str, files: FileStore) -> None:
    sizes = resized(pictures.read_whole(original, files))
    picture, thumbnail = (files.keep(size, largest=LARGEST).name for size in sizes)
    pictures.show(product_id, original, picture=picture, thumbnail=thumbnail)


def forget_files(message: OutboxMessage) -> None:
    """What neither a product shows nor the worker has yet to look at."""
    files = gateways().files
    if files is not None:
        for name in message.payload["names"]:
            pictures.forget(name, files)

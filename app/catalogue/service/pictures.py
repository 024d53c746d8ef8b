"""Pictures of products: taken in by the web, judged by the worker, shown once they are good."""

from datetime import datetime
from io import BytesIO
from typing import BinaryIO

from app.catalogue.models import Product
from app.catalogue.queries import pictures, products
from app.catalogue.resizing import NOT_A_PICTURE, looks_like_a_picture
from app.core import audit, outbox
from app.core.access import SYSTEM, Viewer
from app.core.database import db
from app.core.errors import Refused
from app.core.files import FileStore
from app.core.transaction import use_case

LARGEST = 10_000_000
SIGN = 16  # bytes that tell what it is


def store(content: BinaryIO, files: FileStore) -> str:
    """The original as it came, before any transaction: what the file store calls it."""
    if not looks_like_a_picture(content.read(SIGN)):
        raise Refused(NOT_A_PICTURE, field="picture")
    content.seek(0)
    try:
        return files.keep(content, largest=LARGEST).name
    except Refused as refusal:
        raise Refused(refusal.message, field="picture", code=refusal.code) from None


@use_case
def take_in(product_id: int, original: str, *, by: Viewer) -> Product:
    """The newest one counts; until it is judged, the product shows what it showed."""
    product = products.product_to_change(product_id)
    if product.deleted_at:
        raise Refused(f"{product.name} is deleted. Restore it before you change it.")
    before = pictures.waiting_for(product.id, locked=True)
    if before and before.original != original:
        _forget(before.original)
    pictures.wait(product.id, original)
    audit.record("product.picture_sent", product, by=by, diff={})
    outbox.promise("catalogue.judge_picture", product_id=product.id, original=original)
    return product


@use_case
def show(product_id: int, original: str, *, picture: str, thumbnail: str) -> None:
    """Unless another one was sent meanwhile."""
    product, waiting = products.product_to_change(product_id), pictures.waiting_for(product_id, locked=True)
    if waiting is None or waiting.original != original:
        _forget(picture, thumbnail)
        return
    pictures.show(product_id, picture=picture, thumbnail=thumbnail)
    audit.record("product.picture_shown", product, by=SYSTEM, diff={})
    db.session.delete(waiting)
    _forget(original, product.picture, product.thumbnail)


@use_case
def refuse(product_id: int, original: str, *, problem: str, at: datetime) -> None:
    waiting = pictures.waiting_for(product_id, locked=True)
    if waiting is None or waiting.original != original:
        return
    waiting.problem, waiting.judged_at = problem[:200], at
    _forget(original)


@use_case
def take_down(product_id: int, *, by: Viewer) -> Product:
    """The product stands without a picture; one that waits is forgotten, too."""
    product = products.product_to_change(product_id)
    pictures.show(product_id, picture=None, thumbnail=None)
    audit.record("product.picture_removed", product, by=by, diff={"picture": [product.picture, None]})
    _forget(product.picture, product.thumbnail)
    waiting = pictures.waiting_for(product_id, locked=True)
    if waiting:
        db.session.delete(waiting)
        _forget(waiting.original)
    return product


def _forget(*names: str | None) -> None:
    """Once this is committed. Others may show or send the very same picture: those stay."""
    outbox.promise("catalogue.forget_files", names=[name for name in names if name])


def forget(name: str, files: FileStore) -> None:
    if not pictures.is_shown(name) and not pictures.is_waited_for(name):
        files.remove(name)


def read_whole(name: str, files: FileStore) -> BytesIO:
    with files.open(name) as kept:
        return BytesIO(kept.read(LARGEST + 1))

"""Pictures that wait to be judged, and those that products show."""

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.catalogue.models import PictureWaiting, Product
from app.core.database import db


def wait(product_id: int, original: str) -> None:
    """In the place of whatever waited before."""
    fresh = {"original": original, "problem": "", "judged_at": None}
    db.session.execute(
        insert(PictureWaiting)
        .values(product_id=product_id, **fresh)
        .on_conflict_do_update(index_elements=["product_id"], set_=fresh)
    )


def waiting_for(product_id: int, *, locked: bool = False) -> PictureWaiting | None:
    question = select(PictureWaiting).where(PictureWaiting.product_id == product_id)
    if locked:
        question = question.with_for_update()
    return db.session.scalars(question.execution_options(populate_existing=True)).one_or_none()


def show(product_id: int, *, picture: str | None, thumbnail: str | None) -> None:
    """The product's version stays: whoever has it open in a form meanwhile changes nothing of this."""
    shown = update(Product).where(Product.id == product_id).values(picture=picture, thumbnail=thumbnail)
    db.session.execute(shown.execution_options(synchronize_session=False))


def is_waited_for(original: str) -> bool:
    """Whether it has yet to be judged for some product."""
    to_be_judged = (PictureWaiting.original == original, PictureWaiting.judged_at.is_(None))
    return db.session.scalar(select(PictureWaiting.id).where(*to_be_judged).limit(1)) is not None


def is_shown(name: str) -> bool:
    """Whether some product points to this file."""
    shown = select(Product.id).where(or_(Product.picture == name, Product.thumbnail == name)).limit(1)
    return db.session.scalar(shown) is not None

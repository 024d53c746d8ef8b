"""What was done with imported customers since: as long as it is nothing, they can go again."""

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, exists, or_, select
from sqlalchemy.orm import aliased

from app.accounts.models import User
from app.catalogue.models import PriceList
from app.core.database import db
from app.imports.models import ImportRow, Verdict
from app.imports.queries.customers.written import THE_BUYER, is_new
from app.imports.queries.parts import TO_WRITE
from app.orders.models import Basket

other = aliased(ImportRow)


def lines_in_use(job_id: int) -> Sequence[int]:
    """A new customer with people, a basket or a contract of its own; a new buyer who has signed in."""
    new = ImportRow.verdict == Verdict.NEW
    people = exists().where(
        User.customer_id == ImportRow.row_id, User.deleted_at.is_(None), User.email.not_in(_emails(job_id))
    )
    basket = exists().where(Basket.customer_id == ImportRow.row_id)
    contract = exists().where(PriceList.customer_id == ImportRow.row_id)
    signed_in = exists().where(*THE_BUYER, User.password_hash.is_not(None))
    in_use = or_(new & or_(people, basket, contract), is_new("buyer_email") & signed_in)
    mine = ImportRow.import_job_id == job_id
    to_write = ImportRow.verdict.in_(TO_WRITE)
    return db.session.scalars(
        select(ImportRow.line).where(mine, to_write, in_use).order_by(ImportRow.line)
    ).all()


def _emails(job_id: int) -> ScalarSelect[str]:
    return select(other.values["buyer_email"].astext).where(other.import_job_id == job_id).scalar_subquery()

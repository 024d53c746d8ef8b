"""Counts over several features, in one question."""

from typing import NamedTuple

from sqlalchemy import exists, func, select

from app.accounts.models import Customer, CustomerStatus, User
from app.catalogue.models import DeliveryMethod, Price, PriceList, PriceListKind, TaxRate
from app.core.access import Permission, Viewer
from app.core.database import Question
from app.core.outbox import OutboxMessage
from app.desk.first_steps import Known


class Today(NamedTuple):
    """None where the viewer may not know."""

    applications: int | None
    invitations: int | None
    failed: int | None
    known: Known | None

    @property
    def counts(self) -> list[int]:
        return [count for count in self[:3] if count is not None]


_customer, _user, _message = Customer.__table__, User.__table__, OutboxMessage.__table__
_method, _price, _list, _rate = (model.__table__ for model in (DeliveryMethod, Price, PriceList, TaxRate))
TODAY = Question(
    select(
        select(func.count())
        .where(_customer.c.status == CustomerStatus.APPLIED.value, _customer.c.deleted_at.is_(None))
        .scalar_subquery(),
        select(func.count()).where(_user.c.standing == "invited").scalar_subquery(),
        select(func.count()).where(_message.c.dead_at.is_not(None)).scalar_subquery(),
        # What a new installation has been told so far.
        exists(select(_rate.c.id)),
        exists(select(_method.c.id).where(_method.c.deleted_at.is_(None))),
        exists(
            select(_price.c.id)
            .join(_list, _list.c.id == _price.c.price_list_id)
            .where(_list.c.kind == PriceListKind.BASE.value)
        ),
        exists(
            select(_customer.c.id).where(
                _customer.c.status == CustomerStatus.ACTIVE.value, _customer.c.deleted_at.is_(None)
            )
        ),
    )
)


def today_for(viewer: Viewer) -> Today:
    applications, invitations, failed, *known = TODAY.ask().one()
    settings = viewer.may(Permission.SETTINGS_WRITE)
    return Today(
        applications=applications if viewer.may(Permission.CUSTOMERS_WRITE) else None,
        invitations=invitations if viewer.may(Permission.USERS_WRITE) else None,
        failed=failed if settings else None,
        known=Known(*known) if settings else None,
    )

"""Orders, for programs: staff see all, buyers and keys of a customer that customer's own."""

from typing import Any

from app.core import clock
from app.core.access import Permission
from app.core.business import today
from app.core.paging import NumberedPage
from app.orders.queries import for_programs
from app.orders.schemas.sent import OrderChanged, OrderMade, OrdersAsked, QuoteAsked
from app.orders.schemas.told import OrderOut, OrderPage, QuoteOut
from app.orders.service import from_programs
from app.web.access import requires, viewer
from app.web.api import api
from app.web.idempotency import idempotent
from app.web.parts import takes_cards


@api.get("/orders", query=OrdersAsked, answer=OrderPage)
@requires(Permission.ORDERS_READ)
def list_orders(query: OrdersAsked) -> NumberedPage[Any]:
    """List orders, the newest first."""
    return for_programs.orders_paged(viewer(), **query.model_dump(), today=today())


@api.post("/orders", body=OrderMade, answer=OrderOut, status=201, refusals=(404, 409))
@requires(Permission.ORDERS_WRITE)
@idempotent
def place_order(body: OrderMade) -> Any:
    """Place an order: all of it or nothing.

    Staff and keys for all customers say whom it is for.
    """
    order = from_programs.place(
        body.items, **_terms(body), takes_cards=takes_cards(), by=viewer(), at=clock.now()
    )
    return for_programs.order_told_to(viewer(), order.number, today=today())


@api.post("/orders/quote", body=QuoteAsked, answer=QuoteOut, refusals=(404,))
@requires(Permission.ORDERS_READ)
def quote_order(body: QuoteAsked) -> QuoteOut:
    """Say what an order would come to, and what stands against it. Nothing is placed or reserved."""
    found, payment_method = from_programs.quote(
        body.items, **_terms(body), takes_cards=takes_cards(), by=viewer(), at=clock.now()
    )
    return QuoteOut.of(found, payment_method)


@api.get("/orders/<int:number>", answer=OrderOut)
@requires(Permission.ORDERS_READ)
def show_order(number: int) -> Any:
    """Show one order."""
    return for_programs.order_told_to(viewer(), number, today=today())


@api.patch("/orders/<int:number>", body=OrderChanged, answer=OrderOut, refusals=(409,))
@requires(Permission.ORDERS_WRITE)
def change_order(number: int, body: OrderChanged, version: int) -> Any:
    """Change an order: buyers while it is pending, staff while no shipment of it is open.

    Lines that stay keep their price, unless another quantity break decides.
    """
    from_programs.amend(number, body.items, **_terms(body), version=version, by=viewer(), at=clock.now())
    return for_programs.order_told_to(viewer(), number, today=today())


@api.delete("/orders/<int:number>", answer=OrderOut, message="Cancelled", refusals=(409,))
@requires(Permission.ORDERS_WRITE)
def delete_order(number: int, version: int) -> Any:
    """Cancel an order that is pending. It stays, and its stock goes back on sale."""
    from_programs.cancel_pending(number, version=version, by=viewer(), at=clock.now())
    return for_programs.order_told_to(viewer(), number, today=today())


def _terms(body: QuoteAsked | OrderChanged) -> dict[str, Any]:
    """Everything beside the items, as sent."""
    return body.model_dump(exclude={"items"})

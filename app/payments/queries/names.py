"""What a payment is for, and who makes it, as the gateway's page shows them."""

from sqlalchemy import select

from app.accounts.models import Customer, User
from app.billing.models import Invoice, Payment
from app.core.database import db
from app.orders.models import Order


def name_of(payment: Payment) -> str:
    if payment.order_id:
        return f"Order {db.session.scalar(select(Order.number).where(Order.id == payment.order_id))}"
    if payment.invoice_id:
        number = select(Invoice.number).where(Invoice.id == payment.invoice_id)
        return f"Invoice {db.session.scalar(number)}"
    return "All that is due"


def payer_of(payment: Payment) -> str:
    """The same at every try: the order's buyer, else whoever gets the invoices. Nobody has to have an address."""
    if payment.order_id:
        question = select(User.email).join(Order, Order.buyer_id == User.id)
        return db.session.scalar(question.where(Order.id == payment.order_id)) or ""
    question = select(Customer.invoice_email).where(Customer.id == payment.customer_id)
    return db.session.scalar(question) or ""

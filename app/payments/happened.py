"""What can happen to a card payment that is for no order, in words."""

HAPPENED = {"payment.noted": "Payment of invoices to look at"}
THINGS = {"payment": "Card payment"}

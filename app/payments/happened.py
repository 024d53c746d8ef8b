"""What can happen to a card payment that is for no order, in words."""

HAPPENED = {"payment.noted": "Card payment to look at"}
THINGS = {"payment": "Card payment"}

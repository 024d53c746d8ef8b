"""What can happen to money, in words: for its pages and for the audit log."""

HAPPENED = {
    "receipt.recorded": "Bank receipt recorded",
    "receipt.allocated": "Bank receipt allocated",
    "receipt.taken_back": "Bank receipt taken back",
    "receipt.reversed": "Bank receipt reversed",
    "receipt.paid_back": "Rest of a bank receipt paid back",
    "credit.used": "Credit used",
    "credit.paid_back": "Credit paid back",
    "payment.used": "Card payment used",
    "payment.paid_back": "Rest of a card payment paid back by bank",
}
THINGS = {"receipt": "Bank receipt", "invoice": "Invoice"}

"""What can happen to money, in words: for its pages and for the audit log."""

HAPPENED = {
    "receipt.recorded": "Bank receipt recorded",
    "receipt.allocated": "Bank receipt allocated",
    "receipt.taken_back": "Bank receipt taken back",
    "receipt.reversed": "Bank receipt reversed",
}
THINGS = {"receipt": "Bank receipt"}

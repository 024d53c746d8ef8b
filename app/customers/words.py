"""How people read what the rows of a customer keep in short."""

from app.accounts.models import CustomerStatus

STATUSES = {
    CustomerStatus.ACTIVE: "Active",
    CustomerStatus.APPLIED: "Applied",
    CustomerStatus.ON_STOP: "On stop",
    CustomerStatus.CLOSED: "Closed",
}
PAYMENT_TERMS = {
    "prepay": "Prepaid",
    "net7": "7 days",
    "net14": "14 days",
    "net30": "30 days",
    "net60": "60 days",
}
TAX_TREATMENTS = {"standard": "Standard", "exempt": "Exempt", "zero": "Zero rate"}

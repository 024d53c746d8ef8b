"""How people read what has become of a file, and of each of its rows."""

from app.imports.models import ImportState, Verdict

STATES = {
    ImportState.READING: ("info", "Being read"),
    ImportState.REFUSED: ("bad", "Refused"),
    ImportState.READ: ("warn", "Checked"),
    ImportState.COMMITTING: ("info", "Being imported"),
    ImportState.COMMITTED: ("good", "Imported"),
    ImportState.UNDOING: ("info", "Being undone"),
    ImportState.UNDONE: ("plain", "Undone"),
    ImportState.FAILED: ("bad", "Not finished"),
}
VERDICTS = {
    Verdict.WRONG.value: ("bad", "To fix"),
    Verdict.CHANGED.value: ("info", "Changing"),
    Verdict.NEW.value: ("good", "New"),
    Verdict.SAME.value: ("plain", "Same"),
}


FORGOTTEN = "It ended so long ago that its rows and its file are forgotten. Its figures stay."
COLUMNS = {
    "sku": "SKU",
    "tax_id": "Tax ID",
    "po_required": "PO required",
    "min_order_net": "Least order",
    "address_line1": "Address line 1",
    "address_line2": "Address line 2",
}


def column(name: str) -> str:
    return COLUMNS.get(name) or name.replace("_", " ").capitalize()

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


def column(name: str) -> str:
    return "SKU" if name == "sku" else name.replace("_", " ").capitalize()

"""What can happen with imports, in words: for the audit log."""

HAPPENED = {
    "import.sent": "File sent",
    "import.committed": "Imported",
    "import.undone": "Import undone",
}
THINGS = {"import_job": "Import"}

"""What can happen with imports, in words: for the audit log."""

HAPPENED = {
    "import.sent": "File sent",
    "import.committed": "Imported",
    "import.undone": "Import undone",
    "product.imported": "Product imported",
    "product.import_undone": "Import of a product undone",
    "price.imported": "Price imported",
    "price.import_undone": "Import of a price undone",
    "stock.imported": "Stock imported",
    "stock.import_undone": "Import of stock undone",
    "customer.imported": "Customer imported",
    "customer.import_undone": "Import of a customer undone",
}
THINGS = {"import_job": "Import", "price": "Price"}

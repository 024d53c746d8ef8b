"""What can happen to stock, in words: for the audit log. The thing it happens to is the product."""

HAPPENED = {
    "stock.received": "Goods came in",
    "stock.adjusted": "Stock corrected",
    "stock.counted": "Stock counted",
    "stock.limits_set": "Stock limits changed",
    "stock.imported": "Stock imported",
    "stock.import_undone": "Import of stock undone",
}

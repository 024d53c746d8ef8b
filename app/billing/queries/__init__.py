"""Every question about invoices, and about the money for them."""

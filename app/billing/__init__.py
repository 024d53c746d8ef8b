"""What customers owe us: invoices, what they paid, and what we gave back."""

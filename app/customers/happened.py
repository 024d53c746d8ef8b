"""What can happen to customers and their addresses, in words: for their own pages and for the audit log."""

HAPPENED = {
    "customer.edited": "Customer changed",
    "customer.refused": "Trade account refused",
    "customer.put_on_stop": "Put on stop",
    "customer.taken_off_stop": "Taken off stop",
    "customer.closed": "Customer closed",
    "customer.reopened": "Customer reopened",
    "customer.removed": "Customer deleted",
    "customer.restored": "Customer restored",
    "customer.imported": "Customer imported",
    "customer.import_undone": "Import of a customer undone",
    "address.added": "Address added",
    "address.edited": "Address changed",
    "address.removed": "Address removed",
}
THINGS = {"address": "Address"}

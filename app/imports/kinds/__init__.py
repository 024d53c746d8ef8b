"""What can be imported: the columns of each kind of file, and what must be true within one row."""

from app.imports.kinds.customers import CUSTOMERS
from app.imports.kinds.kind import Kind
from app.imports.kinds.prices import PRICES
from app.imports.kinds.products import PRODUCTS
from app.imports.kinds.stock import STOCK
from app.imports.models import ImportKind

KINDS: dict[ImportKind, Kind] = {kind.name: kind for kind in (PRODUCTS, PRICES, STOCK, CUSTOMERS)}

__all__ = ["CUSTOMERS", "KINDS", "PRICES", "PRODUCTS", "STOCK", "Kind"]

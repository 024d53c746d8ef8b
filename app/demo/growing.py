"""A large Millrace, for measuring: products, customers and orders by the thousand, made inside PostgreSQL."""

from sqlalchemy import Connection, text

from app.core.business import read_business
from app.core.database import db
from app.demo.orders import Wanted
from app.demo.orders import load as load_orders

PER_CUSTOMER = 2  # buyers
ORDERS_EACH, ENOUGH_PRODUCTS = 100, 2_000
DAYS = 3 * 365

PRODUCTS = (
    "INSERT INTO product (sku, barcode, family_code, name, category_id, tax_class_id, unit_label, shelf, status) "
    "SELECT 'BULK-' || n, '', 'BULK-' || n / 8, "
    "(array['House','Dark','Golden','Stone','River','Orchard','Winter','Harbour'])[1 + n % 8] || ' ' || "
    "(array['espresso','sourdough','croissant','syrup','cup','granola','ciabatta','brownie','oat milk'])"
    "[1 + n / 8 % 9] || ' ' || n, "
    "category.id, tax_class.id, 'box of ' || 1 + n % 24, chr(65 + n % 26) || '-' || n % 90, 'active' "
    "FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n "
    "JOIN (SELECT id, row_number() OVER (ORDER BY position, id) - 1 AS place, count(*) OVER () AS places "
    "      FROM category WHERE deleted_at IS NULL) category ON category.place = n % category.places "
    "JOIN tax_class ON tax_class.code = (array['standard','zero'])[1 + n % 2]"
)
PRICES = (
    "INSERT INTO price (price_list_id, product_id, min_qty, unit_price) "
    "SELECT price_list.id, product.id, step.min_qty, "
    "round((2 + product.id % 6000 / 100.0) * step.share * (CASE price_list.kind WHEN 'base' THEN 1 ELSE 0.94 END), 2) "
    "FROM product CROSS JOIN (VALUES (1, 1.0), (10, 0.96)) AS step (min_qty, share) JOIN price_list "
    "ON price_list.kind = 'base' OR (price_list.code = 'cafes' AND product.id % 3 = 0) "
    "WHERE product.sku LIKE 'BULK-%' AND NOT EXISTS (SELECT FROM price WHERE price.product_id = product.id)"
)
MOVEMENTS = (
    "INSERT INTO stock_movement (product_id, at, delta, kind, reason, balance_after, actor, actor_name) "
    "SELECT id, now() - interval '1100 days', 1 + id % 90, 'count', 'Opening count', 1 + id % 90, 'system', 'Docket' "
    "FROM product "
    "WHERE sku LIKE 'BULK-%' AND NOT EXISTS (SELECT FROM stock_item WHERE product_id = product.id)"
)
ON_HAND = (
    "INSERT INTO stock_item (product_id, on_hand, low_at) SELECT product_id, sum(delta), 5 FROM stock_movement "
    "WHERE NOT EXISTS (SELECT FROM stock_item WHERE stock_item.product_id = stock_movement.product_id) "
    "GROUP BY product_id"
)
CUSTOMERS = (
    "INSERT INTO customer (code, name, status, phone, invoice_email, tax_id, payment_terms, credit_limit, "
    "price_list_id) SELECT 'BULK-' || n, 'Customer ' || n, 'active', '', '', '', 'net30', 1000, "
    "CASE WHEN n % 2 = 0 THEN price_list.id END "
    "FROM generate_series(CAST(:first AS int), CAST(:last AS int)) n LEFT JOIN price_list ON code = 'cafes'"
)
BUYERS = (
    'INSERT INTO "user" (email, name, kind, customer_id) '
    "SELECT 'buyer' || one || '.' || lower(customer.code) || '@bulk.example', "
    "(array['Ada','Ben','Cleo','Dev','Eve','Finn','Gus','Hal'])[1 + customer.id % 8] || ' ' || md5(code || one), "
    "'buyer', customer.id FROM customer CROSS JOIN generate_series(1, CAST(:each AS int)) one "
    "WHERE code LIKE 'BULK-%' AND NOT EXISTS (SELECT FROM \"user\" WHERE customer_id = customer.id)"
)
ADDRESSES = (
    "INSERT INTO address (customer_id, label, line1, city, postcode, is_default_shipping, is_default_billing) "
    "SELECT id, 'Main door', id || ' High Street', 'Leeds', 'LS1 ' || id % 9 || 'AA', true, true FROM customer "
    "WHERE code LIKE 'BULK-%' AND NOT EXISTS (SELECT FROM address WHERE customer_id = customer.id)"
)


def grow(*, products: int, customers: int, orders: int = 0) -> None:
    """Up to so many of each; what is there already counts, so asking again adds nothing.

    Orders need somebody who asks for something: some are made for every hundred.
    """
    read_business()
    with db.engine.begin() as connection:
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        _goods(connection, max(products, min(orders // ORDERS_EACH, ENOUGH_PRODUCTS)))
        _customers(connection, max(customers, orders // ORDERS_EACH))
        if (
            missing := orders - _count(connection, 'FROM "order" JOIN customer ON customer.id = customer_id')
        ) > 0:
            connection.execute(text("ANALYZE"))
            load_orders(connection, Wanted(missing, DAYS, in_bulk=True))
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("VACUUM ANALYZE"))


def _goods(connection: Connection, products: int) -> None:
    have = _count(connection, "FROM product", of="sku")
    connection.execute(text(PRODUCTS), {"first": have + 1, "last": products})
    connection.execute(text("ANALYZE product, price"))  # what follows is planned for as many as there are now
    for statement in (PRICES, MOVEMENTS, ON_HAND):
        connection.execute(text(statement))


def _customers(connection: Connection, customers: int) -> None:
    connection.execute(text(CUSTOMERS), {"first": _count(connection, "FROM customer") + 1, "last": customers})
    connection.execute(text(BUYERS), {"each": PER_CUSTOMER})
    connection.execute(text(ADDRESSES))


def _count(connection: Connection, rows: str, *, of: str = "code") -> int:
    return int(connection.execute(text(f"SELECT count(*) {rows} WHERE {of} LIKE 'BULK-%'")).scalar_one())

"""What was drawn of invoices and credit notes, written into their tables with the fingerprint of each."""

# As Python writes it: the fingerprint of a paper is taken of these words.
SAID = """
CREATE OR REPLACE FUNCTION pg_temp.said(jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT '{' || string_agg(concat(to_json(key), ': ', value), ', ' ORDER BY key COLLATE "C") || '}' FROM jsonb_each($1)
$$
"""

BUYERS = """
CREATE TEMP TABLE drawn_buyer ON COMMIT DROP AS
SELECT customer_id, door, buyer, pg_temp.said(door) AS door_said, pg_temp.said(buyer) AS buyer_said,
       CAST(:seller AS jsonb) AS seller, pg_temp.said(CAST(:seller AS jsonb)) AS seller_said
FROM (
  SELECT drawn_customer.id AS customer_id, door,
         door || jsonb_build_object('name', name, 'code', code, 'tax_id', tax_id) AS buyer
  FROM drawn_customer JOIN customer ON customer.id = drawn_customer.id
) known
"""

# Both kinds, as one row each; a credit note has one line, of what came back.
WHOLE = """
CREATE TEMP TABLE drawn_whole ON COMMIT DROP AS
SELECT id, 'invoice' AS kind, 'INV' AS series, year, serial, number, customer_id, order_id, shipment_id,
       shipment_number, CAST(NULL AS bigint) AS credits_id, CAST(NULL AS bigint) AS return_id, '' AS reason,
       issued_on, supplied_on, due_on, terms, left_at, net, tax, total, said
FROM drawn_paper JOIN drawn_sum ON paper_id = id
UNION ALL
SELECT credit.id, 'credit_note', 'CN', year, serial, number, customer_id, order_id, NULL, shipment_number, credits_id,
       return_id, reason, issued_on, supplied_on, issued_on, 'prepay', left_at, credit.net, credit.tax, total,
       '[' || CAST(jsonb_build_array('1', sku, name, unit_label, '1', CAST(unit_price AS text), CAST(rate AS text),
         CAST(CAST(credit.net AS numeric(12, 2)) AS text), CAST(CAST(credit.tax AS numeric(12, 2)) AS text)
       ) AS text) || ']'
FROM drawn_credit credit JOIN drawn_charge ON paper_id = credits_id AND line = 1
"""

INVOICES = """
INSERT INTO invoice (id, created_at, kind, series, year, serial, number, customer_id, order_id, order_number,
  shipment_id, shipment_number, credits_id, return_id, reason, po_number, issued_on, supplied_on, due_on, terms,
  issued_by, issued_by_name, seller, buyer, deliver_to, currency, net, tax, rounding, total, sha256)
SELECT whole.id, left_at, whole.kind, series, year, serial, whole.number, whole.customer_id, order_id, placed.number,
  shipment_id, whole.shipment_number, credits_id, return_id, reason, po_number, issued_on, supplied_on, due_on,
  whole.terms, 'user:' || clerk.id, clerk.name, seller, buyer, door, currency, net, tax, 0, whole.total,
  encode(sha256(convert_to(concat(
    '{"buyer": ', buyer_said, ', "currency": "', currency, '", "deliver_to": ', door_said, ', "due_on": "', due_on,
    '", "issued_on": "', issued_on, '", "kind": "', whole.kind, '", "lines": ', said,
    ', "net": "', CAST(net AS numeric(12, 2)), '", "number": "', whole.number, '", "order_number": ', placed.number,
    ', "po_number": ', to_json(po_number), ', "reason": ', to_json(reason), ', "rounding": "0.00", "seller": ',
    seller_said, ', "shipment_number": "', shipment_number, '", "supplied_on": "', supplied_on,
    '", "tax": "', CAST(tax AS numeric(12, 2)), '", "terms": "', whole.terms,
    '", "total": "', CAST(whole.total AS numeric(12, 2)), '"}'), 'UTF8')), 'hex')
FROM drawn_whole whole JOIN "order" placed ON placed.id = order_id
JOIN drawn_buyer ON drawn_buyer.customer_id = whole.customer_id
JOIN "user" clerk ON clerk.email = CASE whole.kind WHEN 'invoice' THEN :warehouse ELSE :accounts END
ORDER BY whole.kind DESC, year, serial
"""

LINES = """
INSERT INTO invoice_line (invoice_id, line, kind, order_item_id, product_id, sku, name, unit_label, quantity,
  unit_price, tax_rate, net, tax)
SELECT paper_id, place, CASE WHEN charge.product_id IS NULL THEN 'delivery' ELSE 'goods' END, item.id,
  charge.product_id, charge.sku, charge.name, charge.unit_label, charge.quantity, charge.unit_price, rate, net, tax
FROM drawn_charge charge JOIN drawn_paper ON drawn_paper.id = paper_id
LEFT JOIN order_item item ON item.order_id = drawn_paper.order_id AND item.line = charge.line
ORDER BY paper_id, place
"""

CREDITED = """
INSERT INTO invoice_line (invoice_id, line, kind, order_item_id, product_id, sku, name, unit_label, quantity,
  unit_price, tax_rate, net, tax, credits_line_id)
SELECT credit.id, 1, kind, order_item_id, product_id, sku, name, unit_label, 1, unit_price, tax_rate, credit.net,
  credit.tax, line.id
FROM drawn_credit credit JOIN invoice_line line ON line.invoice_id = credits_id AND line.line = 1 ORDER BY credit.id
"""

SERIES = """
INSERT INTO number_series (series, year, last, last_on)
SELECT series, year, max(serial), max(issued_on) FROM drawn_whole GROUP BY series, year
ON CONFLICT (series, year) DO UPDATE SET last = excluded.last, last_on = excluded.last_on
"""

DRAWING = (SAID, BUYERS, WHOLE)
STEPS = (INVOICES, LINES, CREDITED, SERIES)

"""What was drawn, written into the tables of orders, shipments and returns."""

ORDERS = """
INSERT INTO "order" (id, number, customer_id, buyer_id, buyer_name, placed_by, placed_by_name, channel, status,
  hold_reason, hold_note, open_shipment, shipments_sent, po_number, notes, deliver_to, bill_to, address_id,
  delivery_method_id, delivery_method, delivery_tax_rate, promised_on, payment_method, terms, currency, line_count,
  subtotal_net, delivery_net, tax_total, invoiced, business_date, confirmed_at, shipped_at, delivered_at, cancelled_at,
  cancel_reason, created_at, updated_at)
SELECT id, number, customer_id, buyer_id, buyer_name,
  CASE channel WHEN 'staff' THEN 'user:' || desk.desk_id ELSE 'user:' || buyer_id END,
  CASE channel WHEN 'staff' THEN desk.desk_name ELSE buyer_name END, channel, status,
  CASE WHEN status <> 'pending' THEN NULL WHEN method = 'transfer' THEN 'payment'
       WHEN how > 0.9 THEN 'staff' END,
  CASE WHEN status = 'pending' AND method = 'account' AND how > 0.9 THEN 'Ring them about the day first'
       ELSE '' END,
  opened, CASE WHEN status IN ('shipped', 'delivered') OR is_part AND lines > 1 THEN 1 ELSE 0 END,
  CASE WHEN which < 0.6 THEN 'PO-' || 4000 + id % 5000 ELSE '' END,
  CASE WHEN part < 0.12 THEN 'Ring the bell at the back door, please.'
       WHEN part < 0.16 THEN 'No substitutes: ring us if something is short.' ELSE '' END,
  door, door, address_id, way_id, way, way_rate, comes_on,
  method, terms, :currency, lines, goods, delivery, coalesce(tax, 0), coalesce(invoiced, 0), CAST(placed_at AS date),
  CASE WHEN status IN ('confirmed', 'shipped', 'delivered') THEN answered_at END,
  CASE WHEN status IN ('shipped', 'delivered') THEN left_at END, CASE WHEN status = 'delivered' THEN arrived_at END,
  CASE WHEN status = 'cancelled' THEN answered_at END,
  CASE WHEN status = 'cancelled' THEN 'Wrong day, we order again' ELSE '' END,
  placed_at, CASE status WHEN 'pending' THEN placed_at WHEN 'delivered' THEN arrived_at WHEN 'shipped' THEN left_at
                         ELSE answered_at END
FROM drawn_order
JOIN (SELECT order_id, count(product_id) AS lines, coalesce(sum(net) FILTER (WHERE line <= 100), 0) AS goods,
             coalesce(sum(net) FILTER (WHERE line > 100), 0) AS delivery FROM drawn_line GROUP BY order_id) sums
  ON sums.order_id = drawn_order.id
LEFT JOIN (SELECT order_id, sum(tax) AS tax FROM drawn_tax GROUP BY order_id) taxes ON taxes.order_id = drawn_order.id
LEFT JOIN (SELECT order_id, total AS invoiced FROM drawn_sum JOIN drawn_paper ON drawn_paper.id = paper_id) paper
  ON paper.order_id = drawn_order.id
CROSS JOIN (SELECT id AS desk_id, name AS desk_name FROM "user" WHERE email = :desk) desk
ORDER BY drawn_order.id
"""

# Of whoever owes more than was agreed, the newest order waits.
HOLDS = """
WITH owed AS (
  SELECT customer_id, open AS amount FROM invoice_balance WHERE open <> 0
  UNION ALL SELECT customer_id, -unused FROM receipt WHERE unused > 0
  UNION ALL SELECT customer_id, total - invoiced FROM "order"
            WHERE status IN ('pending', 'confirmed') AND payment_method = 'account'
), over_it AS (
  SELECT customer_id FROM owed JOIN customer ON customer.id = customer_id
  GROUP BY customer_id, credit_limit HAVING sum(amount) > credit_limit
)
UPDATE "order" SET hold_reason = 'credit' WHERE id IN (
  SELECT max(id) FROM "order" JOIN over_it USING (customer_id)
  WHERE status = 'pending' AND hold_reason IS NULL AND payment_method = 'account' GROUP BY customer_id
)
"""

# Whole pennies to each line, and those that are left to whoever lost most by it.
ITEMS = """
INSERT INTO order_item (order_id, line, product_id, sku, name, unit_label, tax_rate, quantity, quantity_planned,
  quantity_cancelled, quantity_shipped, quantity_returned, list_price, unit_price, price_source, line_net, line_tax,
  created_at, updated_at)
SELECT order_id, line, product_id, sku, name, unit_label, rate, quantity, planned, cancelled, shipped, returned,
  list_price, unit_price, source || jsonb_build_object('on', CAST(placed_at AS date)), shared.net,
  CASE WHEN quantity > cancelled THEN share + CASE WHEN place <= missing THEN 0.01 ELSE 0 END ELSE 0 END,
  placed_at, placed_at
FROM (
  SELECT drawn_line.*, trunc(drawn_line.net * drawn_line.rate, 2) AS share,
    row_number() OVER (PARTITION BY order_id, rate ORDER BY quantity = cancelled,
      trunc(drawn_line.net * drawn_line.rate, 2) - drawn_line.net * drawn_line.rate, line) AS place,
    100 * (tax - sum(trunc(drawn_line.net * drawn_line.rate, 2)) OVER (PARTITION BY order_id, rate)) AS missing
  FROM drawn_line LEFT JOIN drawn_tax USING (order_id, rate)
) shared JOIN (SELECT id AS order_id, placed_at FROM drawn_order) placed USING (order_id)
WHERE product_id IS NOT NULL ORDER BY order_id, line
"""

TAXES = "INSERT INTO order_tax (order_id, rate, net, tax) SELECT order_id, rate, net, tax FROM drawn_tax"

SHIPMENTS = """
INSERT INTO shipment (id, order_id, place, number, status, picker_id, picker_name, carrier, tracking, packed_at,
  shipped_at, delivered_at, created_at, updated_at)
SELECT drawn_shipment.id, order_id, 1, number, status, picker.id, picker.name,
  CASE WHEN opened IS NOT NULL THEN '' WHEN way LIKE 'Carrier%' THEN 'DPD Local'
       WHEN way LIKE 'Collect%' THEN 'Collected' ELSE 'Our van' END,
  CASE WHEN opened IS NULL AND way LIKE 'Carrier%' THEN '1550' || lpad(CAST(order_id AS text), 10, '0') ELSE '' END,
  CASE WHEN opened IS DISTINCT FROM 'picking' THEN left_at - interval '20 minutes' END,
  CASE WHEN opened IS NULL THEN left_at END, CASE WHEN status = 'delivered' THEN arrived_at END,
  left_at - interval '50 minutes', CASE WHEN status = 'delivered' THEN arrived_at ELSE left_at END
FROM drawn_shipment CROSS JOIN (SELECT id, name FROM "user" WHERE email = :warehouse) picker
"""

SHIPMENT_ITEMS = """
INSERT INTO shipment_item (shipment_id, order_item_id, planned, picked)
SELECT drawn_shipment.id, order_item.id, quantity_shipped + quantity_planned,
  CASE WHEN opened IS DISTINCT FROM 'picking' THEN quantity_shipped + quantity_planned END
FROM drawn_shipment JOIN order_item USING (order_id)
WHERE quantity_shipped + quantity_planned > 0 ORDER BY order_item.id
"""

RETURNS = """
INSERT INTO "return" (id, order_id, place, number, status, reason, decision, requested_by, requested_by_name,
  decided_at, received_at, closed_at, created_at, updated_at)
SELECT id, order_id, 1, number, status, reason,
  CASE status WHEN 'rejected' THEN 'It was opened, so we cannot take it back' ELSE '' END,
  'user:' || buyer_id, buyer_name, CASE WHEN status <> 'requested' THEN decided_at END,
  CASE WHEN status IN ('received', 'closed') THEN received_at END, CASE WHEN status = 'closed' THEN received_at END,
  asked_at, asked_at
FROM drawn_return
"""

RETURN_ITEMS = """
INSERT INTO return_item (return_id, order_item_id, quantity, received, restocked)
SELECT drawn_return.id, order_item.id, 1, CASE WHEN status IN ('received', 'closed') THEN 1 END,
  CASE WHEN status IN ('received', 'closed') THEN CAST(is_good AS int) END
FROM drawn_return JOIN order_item ON order_item.order_id = drawn_return.order_id AND line = 1
"""

"""What became of the shelves, in the order of time: the ledger is only ever added to."""

# Whoever knows of older movements puts them in first.
BEGUN = """
CREATE TEMP TABLE IF NOT EXISTS drawn_movement (product_id bigint, at timestamptz, delta int, kind text,
  reason text, ref text, actor text, actor_name text) ON COMMIT DROP
"""

# What leaves came the Friday before, and so has what is held; but of what had run out, nothing came.
MOVEMENTS = """
INSERT INTO drawn_movement
WITH picker AS (
  SELECT 'user:' || id AS principal, name FROM "user" WHERE email = :warehouse
), came AS (
  SELECT product_id,
         date_trunc('week', CASE WHEN shipped > 0 THEN left_at ELSE placed_at END) - interval '57 hours' AS at,
         CAST(sum(CASE WHEN shipped > 0 THEN shipped
                       WHEN planned > 0 OR NOT is_out THEN quantity - cancelled ELSE 0 END) AS int) AS delta
  FROM drawn_line JOIN drawn_order ON drawn_order.id = order_id
  WHERE product_id IS NOT NULL GROUP BY 1, 2
)
SELECT product_id, left_at, -shipped, 'ship', '', drawn_shipment.number, principal, picker.name
FROM drawn_line JOIN drawn_shipment USING (order_id) CROSS JOIN picker WHERE shipped > 0
UNION ALL SELECT product_id, at, delta, 'receive', 'Delivery ' || 4000 + CAST(extract(week FROM at) AS int), '',
                 principal, name
          FROM came CROSS JOIN picker
          WHERE delta > 0
UNION ALL SELECT product_id, received_at, 1, 'return', drawn_return.reason, drawn_return.number,
                 principal, picker.name
          FROM drawn_return JOIN drawn_line ON drawn_line.order_id = drawn_return.order_id AND line = 1
          CROSS JOIN picker
          WHERE drawn_return.status IN ('received', 'closed') AND is_good
"""

LEDGER = """
INSERT INTO stock_movement (product_id, at, delta, kind, reason, ref, balance_after, actor, actor_name)
SELECT product_id, at, delta, kind, reason, ref,
       on_hand + sum(delta) OVER (PARTITION BY product_id ORDER BY at, delta DESC, ref ROWS UNBOUNDED PRECEDING),
       actor, actor_name
FROM drawn_movement JOIN stock_item USING (product_id) ORDER BY at, product_id, delta DESC, ref
"""

ON_HAND = """
UPDATE stock_item SET on_hand = on_hand + moved.total, reserved = reserved + coalesce(held.total, 0)
FROM (SELECT product_id, sum(delta) AS total FROM drawn_movement GROUP BY product_id) moved
LEFT JOIN (SELECT product_id, sum(quantity - cancelled - shipped) AS total FROM drawn_line GROUP BY product_id) held
  USING (product_id)
WHERE stock_item.product_id = moved.product_id
"""

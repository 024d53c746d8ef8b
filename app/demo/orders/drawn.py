"""What is drawn by lot, into tables that are gone afterwards: who orders what, when, and how far it has come."""

# Those who come first order most.
CUSTOMERS = """
CREATE TEMP TABLE drawn_customer ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY customer.id) - 1 AS place, customer.id, customer.payment_terms AS terms,
       customer.price_list_id,
       buyer.id AS buyer_id, buyer.name AS buyer_name, buyer.email, address.id AS address_id,
       jsonb_build_object('id', address.id, 'name', customer.name, 'label', label, 'line1', line1,
                          'line2', line2, 'city', city, 'postcode', postcode, 'country', country,
                          'instructions', delivery_instructions) AS door
FROM customer JOIN address ON address.customer_id = customer.id AND is_default_shipping
CROSS JOIN LATERAL (SELECT id, name, email FROM "user" WHERE customer_id = customer.id ORDER BY id LIMIT 1) buyer
WHERE customer.status IN ('active', 'on_stop') AND (code LIKE 'BULK-%') = :in_bulk
"""

# What holds today: whoever has a list or a contract pays by it, as everybody else does by the base list.
OFFERS = """
CREATE TEMP TABLE drawn_offer ON COMMIT DROP AS
SELECT product_id, kind, list.id AS list_id, customer_id, min_qty, unit_price,
       CASE kind WHEN 'contract' THEN 1 WHEN 'list' THEN 2 ELSE 3 END AS turn,
       jsonb_build_object('kind', kind, 'list', code, 'name', name, 'min_qty', min_qty,
                          'valid_from', price.valid_from, 'valid_to', price.valid_to) AS source
FROM price JOIN price_list list ON list.id = price_list_id
WHERE is_active AND list.deleted_at IS NULL
  AND daterange(list.valid_from, list.valid_to, '[]') @> current_date
  AND daterange(price.valid_from, price.valid_to, '[]') @> current_date;
CREATE INDEX ON drawn_offer (product_id)
"""

# Of what runs out, nothing comes for a while.
PRODUCTS = """
CREATE TEMP TABLE drawn_product ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY product.id) - 1 AS place, product.id, sku, name, unit_label, pack_size,
       on_hand + coalesce(known.total, 0) <= coalesce(low_at, 0) AS is_out, rate, base.min_qty
FROM product JOIN stock_item ON stock_item.product_id = product.id
JOIN (SELECT product_id, min(min_qty) AS min_qty FROM drawn_offer WHERE kind = 'base' GROUP BY product_id) base
  ON base.product_id = product.id
LEFT JOIN (SELECT product_id, sum(delta) AS total FROM drawn_movement GROUP BY product_id) known
  ON known.product_id = product.id
JOIN LATERAL (SELECT rate FROM tax_rate WHERE tax_rate.tax_class_id = product.tax_class_id
              ORDER BY tax_rate.valid_from DESC LIMIT 1) tax ON true
WHERE product.status = 'active' AND product.deleted_at IS NULL AND (sku LIKE 'BULK-%') = :in_bulk
"""

# The newest are under way, the older they are the further; before them, all is over. Some come on the same weekday
# of another week, so that few are late. Some pay by card, and one that is new waits for its transfer.
ORDERS = """
CREATE TEMP TABLE drawn_order ON COMMIT DROP AS
WITH lot AS (
  SELECT random() AS lot, random() AS whose, random() AS how, random() AS which, random() AS part,
         least((current_date - CAST(floor(random() * :days) AS int)) + time '06:15' + random() * interval '11 hours',
               now() - random() * interval '3 hours') AS placed_at
  FROM generate_series(1, CAST(:orders AS int))
), aged AS (
  SELECT *, (row_number() OVER (ORDER BY placed_at DESC)) / least(:orders / 10.0, 100 + :orders / 250.0) AS age FROM lot
), staged AS (
  SELECT *, CASE
    WHEN age > 1 THEN CASE WHEN lot < 0.95 THEN 'delivered' ELSE 'cancelled' END
    WHEN age > 0.7 THEN CASE WHEN lot < 0.15 THEN 'confirmed' WHEN lot < 0.22 THEN 'pending'
                             WHEN lot < 0.27 THEN 'cancelled' ELSE 'shipped' END
    WHEN age > 0.3 THEN CASE WHEN lot < 0.12 THEN 'pending' WHEN lot < 0.2 THEN 'cancelled' ELSE 'confirmed' END
    ELSE CASE WHEN lot < 0.75 THEN 'pending' ELSE 'confirmed' END END AS status
  FROM aged
), timed AS (
  SELECT staged.*, way.id AS way_id, way.name AS way, way.price_net, way.free_over_net, way.rate AS way_rate,
         date_trunc('day', placed_at) AS day, CAST(placed_at AS date) + way.lead_days
           + CASE extract(isodow FROM placed_at + way.lead_days * interval '1 day')
             WHEN 7 THEN 1 WHEN 6 THEN CASE WHEN 6 = ANY(way.weekdays) THEN 0 ELSE 2 END ELSE 0 END AS promised_on
  FROM staged JOIN (
    SELECT method.*, tax.rate, row_number() OVER (ORDER BY position, method.id) - 1 AS place
    FROM delivery_method method JOIN LATERAL (
      SELECT rate FROM tax_rate WHERE tax_rate.tax_class_id = method.tax_class_id ORDER BY valid_from DESC LIMIT 1
    ) tax ON true WHERE deleted_at IS NULL LIMIT 3
  ) way ON way.place = CASE WHEN which < 0.75 THEN 0 WHEN which < 0.85 THEN 1 ELSE 2 END
), agreed AS (
  SELECT *, promised_on + CASE WHEN status IN ('pending', 'confirmed') AND how > 0.15
    THEN 7 * CAST(ceil(greatest(0, current_date - promised_on) / 7.0) AS int) ELSE 0 END AS comes_on FROM timed
), lived AS (
  SELECT agreed.*,
         least(placed_at + (10 + how * 120) * interval '1 minute', now() - interval '20 minutes') AS answered_at,
         least(greatest(placed_at + interval '150 minutes', comes_on + time '04:30' + part * interval '3 hours'),
               now() - interval '10 minutes') AS left_at,
         CASE WHEN status <> 'confirmed' THEN NULL
              WHEN age <= 0.7 AND part < 0.25 THEN 'picking' WHEN age <= 0.7 AND part < 0.5 THEN 'packed' END AS opened,
         status = 'confirmed' AND part > 0.85 AS is_part,
         status IN ('shipped', 'delivered') AND part > 0.97 AS is_cut,
         CASE WHEN status <> 'delivered' OR how > 0.06 THEN NULL WHEN age > 4 AND how < 0.02 THEN 'rejected'
              WHEN age > 4 THEN 'closed' WHEN how < 0.02 THEN 'requested' WHEN how < 0.04 THEN 'approved'
              ELSE 'received' END AS back,
         CASE WHEN how < 0.18 THEN 'staff' WHEN how < 0.22 THEN 'api' ELSE 'web' END AS channel
  FROM agreed
), whose AS (
  SELECT lived.*, drawn_customer.*, least(left_at + (1 + part * 5) * interval '1 hour', now()) AS arrived_at,
         CASE WHEN status IN ('confirmed', 'shipped', 'delivered') AND NOT is_cut AND channel = 'web'
                   AND how < CASE terms WHEN 'prepay' THEN 0.6 ELSE 0.26 END THEN 'card'
              WHEN terms = 'prepay' OR status = 'pending' AND NOT :in_bulk
                   AND row_number() OVER (PARTITION BY status ORDER BY part) = 1 THEN 'transfer'
              ELSE 'account' END AS method
  FROM lived JOIN (SELECT place, id AS customer_id, price_list_id, terms, buyer_id, buyer_name, email, address_id, door
                   FROM drawn_customer) drawn_customer
  ON drawn_customer.place = CAST(floor(power(whose, 1.7) * (SELECT count(*) FROM drawn_customer)) AS int)
  ORDER BY placed_at
)
SELECT nextval(pg_get_serial_sequence('"order"', 'id')) AS id, nextval('order_number') AS number, whose.* FROM whose
"""

# A stride makes the lines of an order different products.
LINES = """
CREATE TEMP TABLE drawn_line ON COMMIT DROP AS
WITH shelf AS (SELECT count(*) AS many FROM drawn_product), asked AS (
  SELECT drawn_order.id AS order_id, customer_id, price_list_id, status, opened, is_part, is_cut, back, line, lines,
         CAST(start + (line - 1) * stride AS bigint) % shelf.many AS place, ceil(power(random(), 2) * 8) AS packs
  FROM drawn_order CROSS JOIN shelf CROSS JOIN LATERAL (
    SELECT floor(random() * shelf.many + drawn_order.id * 0) AS start,
           1 + floor(random() * (shelf.many / 5 - 1)) AS stride, 1 + CAST(floor(random() * 4.999) AS int) AS lines
  ) lot CROSS JOIN LATERAL generate_series(1, lines) line
), counted AS (
  SELECT asked.*, drawn_product.id AS product_id, sku, name, unit_label, rate, is_out,
         CAST(greatest(pack_size * packs, drawn_product.min_qty) AS int) AS quantity
  FROM asked JOIN drawn_product USING (place)
), fated AS (
  SELECT order_id, line, lines, status, is_part, product_id, sku, name, unit_label, rate, is_out, quantity,
         theirs.unit_price, theirs.source, base.unit_price AS list_price,
         CASE WHEN status = 'cancelled' OR (is_cut AND line = lines AND lines > 1) THEN quantity ELSE 0
         END AS cancelled,
         CASE WHEN opened IS NOT NULL THEN quantity ELSE 0 END AS planned,
         CASE WHEN back IN ('received', 'closed') AND line = 1 THEN 1 ELSE 0 END AS returned
  FROM counted JOIN LATERAL (
    SELECT unit_price, source FROM drawn_offer offer
    WHERE offer.product_id = counted.product_id AND min_qty <= quantity AND (
      kind = 'base' OR offer.customer_id = counted.customer_id OR offer.list_id = counted.price_list_id)
    ORDER BY turn, min_qty DESC LIMIT 1
  ) theirs ON true JOIN LATERAL (
    SELECT unit_price FROM drawn_offer offer
    WHERE offer.product_id = counted.product_id AND min_qty <= quantity AND kind = 'base'
    ORDER BY min_qty DESC LIMIT 1
  ) base ON true
)
SELECT fated.*, round((quantity - cancelled) * unit_price, 2) AS net,
       CASE WHEN status IN ('shipped', 'delivered') THEN quantity - cancelled
            WHEN is_part AND line = 1 AND lines > 1 THEN quantity ELSE 0 END AS shipped
FROM fated
"""

# Delivery is the last line, where it costs anything.
DELIVERIES = """
INSERT INTO drawn_line (order_id, line, rate, net, quantity, cancelled)
SELECT drawn_order.id, 101, way_rate, price_net, 1, 0
FROM drawn_order JOIN (SELECT order_id, sum(net) AS goods FROM drawn_line GROUP BY order_id) sums
ON sums.order_id = drawn_order.id
WHERE status <> 'cancelled' AND price_net > 0 AND (free_over_net IS NULL OR goods < free_over_net)
"""

TAXES = """
CREATE TEMP TABLE drawn_tax ON COMMIT DROP AS
SELECT order_id, rate, sum(net) AS net, round(sum(net) * rate, 2) AS tax
FROM drawn_line WHERE quantity > cancelled GROUP BY order_id, rate
"""

# One for each order of which anything has left or is being packed.
SHIPMENTS = """
CREATE TEMP TABLE drawn_shipment ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('shipment', 'id')) AS id, sent.*
FROM (SELECT drawn_order.id AS order_id, number || '/1' AS number, left_at, arrived_at, opened, way,
             CASE WHEN drawn_order.is_part THEN 'shipped' ELSE coalesce(opened, drawn_order.status) END AS status
      FROM drawn_order JOIN drawn_line ON order_id = drawn_order.id AND line = 1
      WHERE shipped > 0 OR planned > 0 ORDER BY drawn_order.id) sent
"""

RETURNS = """
CREATE TEMP TABLE drawn_return ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('"return"', 'id')) AS id, drawn_order.id AS order_id, number || '/R1' AS number,
       back AS status, least(arrived_at + interval '1 day', now() - interval '2 minutes') AS asked_at,
       least(arrived_at + interval '2 days', now() - interval '1 minute') AS decided_at,
       least(arrived_at + interval '3 days', now()) AS received_at, how < 0.03 AS is_good, buyer_id, buyer_name,
       (array['Two were crushed in the box', 'Ordered the wrong size', 'It came a day late',
              'The bag was open'])[1 + drawn_order.id % 4] AS reason
FROM drawn_order WHERE back IS NOT NULL
"""

"""Who has paid what: money in advance, receipts of a Friday, and invoices that somebody still owes."""

# A card pays as soon as we confirm, and a transfer has come by then: the money is the order's until it is invoiced.
ADVANCES = """
CREATE TEMP TABLE drawn_advance ON COMMIT DROP AS
SELECT CASE method WHEN 'card' THEN nextval(pg_get_serial_sequence('payment', 'id')) END AS payment_id,
       CASE method WHEN 'transfer' THEN nextval(pg_get_serial_sequence('receipt', 'id')) END AS receipt_id,
       drawn_order.id AS order_id, drawn_order.customer_id, "order".number, total, answered_at,
       CAST(answered_at AT TIME ZONE :zone AS date) AS paid_on
FROM drawn_order JOIN "order" ON "order".id = drawn_order.id
WHERE method <> 'account' AND "order".status IN ('confirmed', 'shipped', 'delivered')
ORDER BY drawn_order.id
"""

# They pay on the Friday about when it is due. Some of what is overdue nobody has paid, and some only by half.
FATES = """
CREATE TEMP TABLE drawn_fate ON COMMIT DROP AS
WITH credited AS (
  SELECT credits_id AS id, total AS credited FROM drawn_credit WHERE method = 'account'
), aimed AS (
  SELECT paper.id, customer_id, issued_on, due_on, method, total, coalesce(credited, 0) AS credited,
         greatest(issued_on, due_on - 4 + CAST(customer_id % 7 AS int)) AS aim,
         CAST(now() AT TIME ZONE :zone AS date) AS today
  FROM drawn_paper paper JOIN drawn_sum ON paper_id = paper.id LEFT JOIN credited ON credited.id = paper.id
), paying AS (
  SELECT aimed.*, aim + (12 - CAST(extract(isodow FROM aim) AS int)) % 7 AS pay_on,
         least(greatest(today - due_on + 29, 0) / 30, 4) AS bucket FROM aimed
), ranked AS (
  SELECT paying.*, row_number() OVER (PARTITION BY method, bucket ORDER BY md5(CAST(id AS text))) AS turn,
         greatest(3, count(*) OVER (PARTITION BY method, bucket) * 0.02) AS owing FROM paying
)
SELECT ranked.*, CASE
  WHEN method <> 'account' THEN total
  WHEN pay_on > today THEN 0
  WHEN bucket > 0 AND turn <= owing THEN CASE WHEN turn % 20 = 1 THEN round((total - credited) / 2, 2) ELSE 0 END
  ELSE total - credited END AS paid
FROM ranked
"""

FRIDAYS = """
CREATE TEMP TABLE drawn_friday ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('receipt', 'id')) AS receipt_id, received.*
FROM (SELECT customer_id, pay_on, sum(paid) AS amount, min(number) AS first, count(*) AS papers
      FROM drawn_fate JOIN (SELECT id, number FROM drawn_paper) paper USING (id)
      WHERE drawn_fate.method = 'account' AND paid > 0
      GROUP BY customer_id, pay_on ORDER BY pay_on, customer_id) received
"""

RECEIPTS = """
INSERT INTO receipt (id, customer_id, amount, unused, received_on, reference, created_at, updated_at, created_by,
  updated_by)
SELECT receipt_id, customer_id, amount, 0, received_on, reference, at, at, clerk.id, clerk.id
FROM (
  SELECT receipt_id, customer_id, amount, pay_on AS received_on, pay_on + time '09:20' AS at,
         first || CASE WHEN papers > 1 THEN ' +' || papers - 1 ELSE '' END AS reference FROM drawn_friday
  UNION ALL SELECT receipt_id, customer_id, total, paid_on, answered_at, 'Order ' || number FROM drawn_advance
  WHERE receipt_id IS NOT NULL
) came CROSS JOIN (SELECT id FROM "user" WHERE email = :accounts) clerk ORDER BY at
"""

# Nobody knows yet what it is for.
UNEXPLAINED = """
INSERT INTO receipt (customer_id, amount, unused, received_on, reference, created_by, updated_by)
SELECT customer.id, 250, 250, CAST(now() AT TIME ZONE :zone AS date) - 2, 'CANAL RD SOCIAL', clerk.id, clerk.id
FROM customer CROSS JOIN (SELECT id FROM "user" WHERE email = :accounts) clerk
WHERE code = 'CANAL-ROAD' AND NOT :in_bulk
"""

PAYMENTS = """
INSERT INTO payment (id, customer_id, order_id, amount, currency, status, authorised, captured, unused, gateway_ref,
  session_ref, card, authorised_at, captured_at, captured_on, created_at, updated_at)
SELECT payment_id, customer_id, order_id, total, :currency, 'captured', total, total, 0, 'pi_demo_' || payment_id,
  'cs_demo_' || payment_id, 'Visa ending 4242', answered_at - interval '9 minutes', answered_at, paid_on,
  answered_at - interval '10 minutes', answered_at
FROM drawn_advance WHERE payment_id IS NOT NULL
"""

# What was the order's becomes its invoice's.
ALLOCATIONS = """
INSERT INTO allocation (created_at, customer_id, receipt_id, payment_id, credit_id, invoice_id, order_id, amount,
  made_on, made_by, made_by_name)
WITH taken AS (
  SELECT drawn_fate.id AS invoice_id, drawn_paper.order_id, drawn_paper.left_at, drawn_fate.total, drawn_fate.issued_on
  FROM drawn_fate JOIN drawn_paper USING (id) WHERE drawn_fate.method <> 'account'
)
SELECT at, customer_id, receipt_id, payment_id, credit_id, invoice_id, order_id, amount, made_on, 'user:' || clerk.id,
       clerk.name
FROM (
  SELECT pay_on + time '09:30' AS at, customer_id, receipt_id, CAST(NULL AS bigint) AS payment_id,
         CAST(NULL AS bigint) AS credit_id, fate.id AS invoice_id, CAST(NULL AS bigint) AS order_id, paid AS amount,
         pay_on AS made_on
  FROM drawn_fate fate JOIN drawn_friday USING (customer_id, pay_on) WHERE method = 'account' AND paid > 0
  UNION ALL SELECT left_at, customer_id, NULL, NULL, id, credits_id, NULL, total, issued_on FROM drawn_credit
            WHERE method = 'account'
  UNION ALL SELECT answered_at, customer_id, receipt_id, payment_id, NULL, NULL, order_id, total, paid_on
            FROM drawn_advance
  UNION ALL SELECT left_at, customer_id, receipt_id, payment_id, NULL, side.invoice_id, side.order_id, side.amount,
                   issued_on FROM drawn_advance JOIN taken USING (order_id)
            CROSS JOIN LATERAL (VALUES (CAST(NULL AS bigint), order_id, -taken.total),
                                       (taken.invoice_id, CAST(NULL AS bigint), taken.total)
            ) AS side (invoice_id, order_id, amount)
) used CROSS JOIN (SELECT id, name FROM "user" WHERE email = :accounts) clerk ORDER BY at
"""

BALANCES = """
INSERT INTO invoice_balance (invoice_id, customer_id, due_on, total, open)
SELECT id, customer_id, due_on, total, total - credited - paid FROM drawn_fate
UNION ALL SELECT id, customer_id, issued_on, -total, CASE method WHEN 'account' THEN 0 ELSE -total END FROM drawn_credit
ORDER BY 1
"""

EVENTS = """
INSERT INTO audit_event (at, actor, actor_name, on_behalf_of, entity, entity_id, entity_name, action, diff)
SELECT receipt.created_at, 'user:' || clerk.id, clerk.name, customer_id, 'receipt', receipt.id,
       'receipt ' || receipt.id, 'receipt.recorded',
       jsonb_build_object('amount', jsonb_build_array(NULL, CAST(amount AS text)))
FROM receipt JOIN (SELECT receipt_id FROM drawn_friday UNION ALL SELECT receipt_id FROM drawn_advance) drawn
ON drawn.receipt_id = receipt.id CROSS JOIN (SELECT id, name FROM "user" WHERE email = :accounts) clerk
ORDER BY receipt.created_at
"""

DRAWING = (ADVANCES, FATES, FRIDAYS)
STEPS = (RECEIPTS, UNEXPLAINED, PAYMENTS, ALLOCATIONS, BALANCES, EVENTS)

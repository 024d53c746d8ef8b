"""What history says of the orders, what people wrote beside them, and the mails of the last weeks."""

EVENTS = """
INSERT INTO audit_event (at, actor, actor_name, on_behalf_of, entity, entity_id, entity_name, action, diff)
WITH us AS (
  SELECT max('user:' || id) FILTER (WHERE email = :desk) AS desk, max(name) FILTER (WHERE email = :desk) AS desk_name,
         max('user:' || id) FILTER (WHERE email = :warehouse) AS picker,
         max(name) FILTER (WHERE email = :warehouse) AS picker_name
  FROM "user"
), one AS (
  SELECT drawn_order.id, customer_id, number, buyer_name, 'user:' || buyer_id AS buyer, us.*, placed_at, answered_at,
         drawn_order.status, drawn_order.channel, kept.*, drawn_order.left_at, drawn_order.arrived_at,
         is_part AND lines > 1 AS is_part, is_cut AND lines > 1 AS is_cut, opened, back, asked_at, decided_at,
         received_at, jsonb_build_object('shipment', jsonb_build_array(NULL, number || '/1')) AS shipment,
         jsonb_build_object('return', jsonb_build_array(NULL, number || '/R1')) AS returned
  FROM drawn_order CROSS JOIN us
  JOIN (SELECT order_id, count(product_id) AS lines FROM drawn_line GROUP BY order_id) kept
    ON kept.order_id = drawn_order.id
  LEFT JOIN (SELECT order_id AS back_of, asked_at, decided_at, received_at FROM drawn_return) came
    ON back_of = drawn_order.id
)
SELECT at, actor, actor_name, CASE WHEN actor <> buyer THEN customer_id END, 'order', id, 'order ' || number, action,
       diff
FROM one CROSS JOIN LATERAL (VALUES
  (true, placed_at, channel = 'staff', 'placed', jsonb_build_object('status', jsonb_build_array(NULL, 'pending'),
                                                                    'lines', jsonb_build_array(NULL, lines))),
  (status IN ('confirmed', 'shipped', 'delivered'), answered_at, true, 'confirmed',
   jsonb_build_object('status', jsonb_build_array('pending', 'confirmed'))),
  (status = 'cancelled', answered_at, false, 'cancelled', jsonb_build_object(
    'status', jsonb_build_array('pending', 'cancelled'),
    'reason', jsonb_build_array(NULL, 'Wrong day, we order again'))),
  (opened IS NOT NULL, left_at - interval '50 minutes', NULL, 'shipment_opened', shipment),
  (opened = 'packed', left_at - interval '20 minutes', NULL, 'packed', shipment),
  (is_part, left_at, NULL, 'part_shipped', shipment),
  (is_cut, left_at - interval '5 minutes', true, 'remainder_cancelled',
   jsonb_build_object('reason', jsonb_build_array(NULL, 'None left this week'))),
  (status IN ('shipped', 'delivered'), left_at, NULL, 'shipped', shipment),
  (status = 'delivered', arrived_at, NULL, 'delivered', shipment),
  (back IS NOT NULL, asked_at, false, 'return_asked', returned),
  (back IN ('approved', 'received', 'closed'), decided_at, true, 'return_approved', returned),
  (back = 'rejected', decided_at, true, 'return_rejected', returned),
  (back IN ('received', 'closed'), received_at, NULL, 'return_received', returned)
) AS event (happened, at, by_desk, step, diff)
CROSS JOIN LATERAL (SELECT 'order.' || step AS action,
  CASE WHEN by_desk THEN desk WHEN by_desk IS NULL THEN picker ELSE buyer END AS actor,
  CASE WHEN by_desk THEN desk_name WHEN by_desk IS NULL THEN picker_name ELSE buyer_name END AS actor_name) who
WHERE happened ORDER BY at
"""

NOTES = """
INSERT INTO order_note (at, order_id, kind, text, author, author_name)
SELECT at, id, kind, said, author, author_name
FROM drawn_order CROSS JOIN (SELECT id AS desk_id, name AS desk_name FROM "user" WHERE email = :desk) desk
CROSS JOIN LATERAL (VALUES
  (part > 0.9, 'internal', 'Rang them: after ten is fine.', 'user:' || desk_id, desk_name, interval '40 minutes'),
  (part < 0.06, 'buyer', 'Could it come before eight, please?', 'user:' || buyer_id, buyer_name, interval '9 minutes'),
  (part < 0.03, 'buyer', 'Yes, it is first on the round.', 'user:' || desk_id, desk_name, interval '31 minutes')
) AS note (written, kind, said, author, author_name, later)
CROSS JOIN LATERAL (SELECT least(placed_at + later, now()) AS at) moment
WHERE written ORDER BY at
"""

MESSAGES = """
INSERT INTO outbox_message (created_at, topic, dedupe_key, payload, not_before, attempts, done_at, user_id, about, sent)
SELECT at, topic, key, payload, at, 1, at + interval '4 seconds', buyer_id, 'order:' || id,
       jsonb_build_object('to', email, 'subject', subject, 'left', true, 'message_id', '<' || key || '@docket.example>',
         'text', 'Hello ' || buyer_name || E',\n\n' || said || E'\n\nYour order desk\n',
         'html', '<p>Hello ' || buyer_name || ',</p><p>' || said || '</p><p>Your order desk</p>')
FROM (SELECT drawn_order.*, drawn_shipment.id AS shipment_id, 'Order ' || drawn_order.number AS name
      FROM drawn_order LEFT JOIN drawn_shipment ON order_id = drawn_order.id
      WHERE placed_at > now() - interval '90 days') recent
CROSS JOIN LATERAL (VALUES
  (true, placed_at, 'orders.mail_received', 'order', id, name || ' received',
   'We have your order ' || number || ' and look at it now.'),
  (status IN ('confirmed', 'shipped', 'delivered'), answered_at, 'orders.mail_confirmed', 'order', id,
   name || ' confirmed', name || ' comes on ' || to_char(comes_on, 'FMDay FMDD FMMonth') || '.'),
  (status = 'cancelled', answered_at, 'orders.mail_cancelled', 'order', id,
   name || ' cancelled', name || ' is cancelled. Nothing is charged.'),
  (shipment_id IS NOT NULL AND opened IS NULL, left_at, 'fulfilment.mail_shipped', 'shipment', shipment_id,
   name || ' is on its way', name || ' has left us.')
) AS mail (promised, at, topic, thing, thing_id, subject, said)
CROSS JOIN LATERAL (SELECT concat_ws(':', thing, thing_id, split_part(topic, '_', 2)) AS key,
                           jsonb_build_object('order_id', id, thing || '_id', thing_id) AS payload) named
WHERE promised ORDER BY at
"""

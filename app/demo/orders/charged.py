"""What left is invoiced, by the same rules as ever: which papers there are, and what each of them says."""

# Numbers go on where the series ends, in the order things left; and no day is before the last one of its series.
PAPERS = """
CREATE TEMP TABLE drawn_paper ON COMMIT DROP AS
WITH sent AS (
  SELECT drawn_shipment.*, CAST(left_at AT TIME ZONE :zone AS date) AS supplied_on FROM drawn_shipment
  WHERE opened IS NULL
), dated AS (
  SELECT sent.*, CAST(extract(year FROM supplied_on) AS int) AS year FROM sent
), numbered AS (
  SELECT dated.*, greatest(supplied_on, last_on) AS issued_on,
         coalesce(last, 0) + row_number() OVER (PARTITION BY dated.year ORDER BY left_at, id) AS serial
  FROM dated LEFT JOIN number_series ON series = 'INV' AND number_series.year = dated.year
)
SELECT nextval(pg_get_serial_sequence('invoice', 'id')) AS id, order_id, numbered.id AS shipment_id,
       numbered.number AS shipment_number, year, serial, left_at, supplied_on, issued_on,
       'INV-' || year || '-' || lpad(CAST(serial AS text), greatest(5, length(CAST(serial AS text))), '0') AS number,
       customer_id, way, CASE WHEN method = 'account' THEN terms ELSE 'prepay' END AS terms, method,
       issued_on + CASE WHEN method <> 'account' OR terms = 'prepay' THEN 0
                        ELSE CAST(substr(terms, 4) AS int) END AS due_on
FROM numbered JOIN (SELECT id AS order_id, customer_id, terms, method FROM drawn_order) placed USING (order_id)
ORDER BY year, serial
"""

# Whole pennies of the tax to each line, and those that are left to whoever lost most by it.
CHARGES = """
CREATE TEMP TABLE drawn_charge ON COMMIT DROP AS
WITH one AS (
  SELECT drawn_paper.id AS paper_id, line, rate, product_id, coalesce(sku, '') AS sku, coalesce(name, way) AS name,
         coalesce(unit_label, '') AS unit_label, coalesce(shipped, quantity) AS quantity,
         CAST(coalesce(unit_price, net) AS numeric(12, 4)) AS unit_price,
         CASE WHEN product_id IS NULL THEN net ELSE round(shipped * unit_price, 2) END AS net
  FROM drawn_line JOIN drawn_paper USING (order_id) WHERE product_id IS NULL OR shipped > 0
), shared AS (
  SELECT one.*, trunc(net * rate, 2) AS share, round(sum(net) OVER same_rate * rate, 2) AS tax_of_all
  FROM one WINDOW same_rate AS (PARTITION BY paper_id, rate)
)
SELECT shared.*, row_number() OVER (PARTITION BY paper_id ORDER BY line) AS place,
       share + CASE WHEN row_number() OVER (PARTITION BY paper_id, rate ORDER BY share - net * rate, line)
                         <= 100 * (tax_of_all - sum(share) OVER (PARTITION BY paper_id, rate))
                    THEN 0.01 ELSE 0 END AS tax
FROM shared
"""

# The lines as the fingerprint is taken of them.
SUMS = """
CREATE TEMP TABLE drawn_sum ON COMMIT DROP AS
SELECT paper_id, sum(net) AS net, sum(tax) AS tax, sum(net + tax) AS total, '[' || string_agg(CAST(jsonb_build_array(
         CAST(place AS text), sku, name, unit_label, CAST(quantity AS text), CAST(unit_price AS text),
         CAST(rate AS text), CAST(CAST(net AS numeric(12, 2)) AS text), CAST(CAST(tax AS numeric(12, 2)) AS text)
       ) AS text), ', ' ORDER BY place) || ']' AS said
FROM drawn_charge GROUP BY paper_id
"""

# One unit of what came back, where that is settled.
CREDITS = """
CREATE TEMP TABLE drawn_credit ON COMMIT DROP AS
WITH back AS (
  SELECT drawn_return.id AS return_id, drawn_return.reason, received_at, drawn_paper.id AS credits_id, drawn_paper.*,
         CAST(received_at AT TIME ZONE :zone AS date) AS came_on
  FROM drawn_return JOIN drawn_paper USING (order_id) WHERE drawn_return.status = 'closed'
), dated AS (
  SELECT back.*, CAST(extract(year FROM came_on) AS int) AS came_in FROM back
), numbered AS (
  SELECT dated.*, greatest(came_on, last_on) AS noted_on,
         coalesce(last, 0) + row_number() OVER (PARTITION BY came_in ORDER BY received_at, return_id) AS place
  FROM dated LEFT JOIN number_series ON series = 'CN' AND number_series.year = came_in
)
SELECT nextval(pg_get_serial_sequence('invoice', 'id')) AS id, credits_id, return_id, order_id, customer_id,
       shipment_number, came_in AS year, numbered.place AS serial, noted_on AS issued_on, came_on AS supplied_on,
       received_at AS left_at, 'Came back: ' || reason AS reason, method,
       'CN-' || came_in || '-' || lpad(CAST(numbered.place AS text), 5, '0') AS number,
       round(net / quantity, 2) AS net, round(tax / quantity, 2) AS tax,
       round(net / quantity, 2) + round(tax / quantity, 2) AS total
FROM numbered JOIN drawn_charge ON paper_id = credits_id AND line = 1
ORDER BY came_in, numbered.place
"""

STEPS = (PAPERS, CHARGES, SUMS, CREDITS)

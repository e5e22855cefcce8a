-- Customers who are slipping away
-- Who is silent for longer than his rhythm explains, the one who brought most first. The usual gap is the median of the
-- days from one purchase to the next, of at least three. The risk is medium after one and a half times the usual gap and
-- high after three times, unless one gap in four was as long before.
-- param customer: only this customer
-- param owner: only those whom this person looks after
-- column customer: code key
-- column name: text
-- column last: day
-- column days_since: count
-- column usual_gap: count
-- column purchases: count
-- column risk: text
-- column net: money total
-- drill: sale customer

WITH own AS (
    SELECT customer, sum(chosen) AS purchases, sum(net) AS net, max(CASE WHEN chosen THEN day END) AS last,
        rhythm(CASE WHEN chosen THEN day END, :today) AS rhythm
    FROM bought WHERE day <= :today AND customer IS NOT :walk_in AND (:customer IS NULL OR customer = :customer)
        AND (:owner IS NULL OR customer IN (SELECT customer FROM customer WHERE owner = :owner))
    GROUP BY customer HAVING sum(chosen) > 2
)
SELECT own.customer, name, last, days_between(last, :today) AS days_since, json_extract(rhythm, '$.usual_gap') AS usual_gap,
    purchases, json_extract(rhythm, '$.risk') AS risk, net
FROM own LEFT JOIN customer ON customer.customer = own.customer
WHERE json_extract(rhythm, '$.risk') IN ('medium', 'high')
ORDER BY net DESC, own.customer

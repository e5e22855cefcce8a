-- When customers will order next
-- The usual gap after the last purchase of each customer who has bought at least three times: the first due is first.
-- The usual gap is the median of the days from one purchase to the next. Those who are lost by their rhythm (risk high)
-- are in slipping-customers.
-- param customer: only this customer
-- column customer: code key
-- column name: text
-- column last: day
-- column usual_gap: count
-- column next_due: day
-- column days_late: count
-- column purchases: count
-- column risk: text
-- drill: sale customer

WITH own AS (
    SELECT customer, sum(chosen) AS purchases, max(CASE WHEN chosen THEN day END) AS last,
        rhythm(CASE WHEN chosen THEN day END, :today) AS rhythm
    FROM bought WHERE day <= :today AND customer IS NOT :walk_in AND (:customer IS NULL OR customer = :customer)
    GROUP BY customer HAVING sum(chosen) > 2
), due AS (
    SELECT customer, purchases, last, json_extract(rhythm, '$.usual_gap') AS usual_gap,
        json_extract(rhythm, '$.next_due') AS next_due, json_extract(rhythm, '$.risk') AS risk
    FROM own
)
SELECT due.customer, name, last, usual_gap, next_due, max(0, days_between(next_due, :today)) AS days_late, purchases, risk
FROM due LEFT JOIN customer ON customer.customer = due.customer
WHERE risk IN ('low', 'medium')
ORDER BY next_due, due.customer

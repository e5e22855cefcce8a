-- RFM of customers
-- How recently, how often and for how much each customer bought, and the class of each of these among all customers who
-- ever bought: 5 is the best fifth, 1 the last (A. Hughes, Strategic Database Marketing, 1994). A purchase is an order, or
-- a sale without one; the amount is what was charged without tax, less what came back.
-- param customer: only this customer
-- column customer: code key
-- column name: text
-- column days_since: count
-- column purchases: count
-- column net: money total
-- column r: count
-- column f: count
-- column m: count
-- column score: code
-- drill: sale customer

WITH own AS (
    SELECT customer, max(CASE WHEN chosen THEN day END) AS last, sum(chosen) AS purchases, sum(net) AS net
    FROM bought WHERE day <= :today AND customer IS NOT :walk_in
    GROUP BY customer HAVING sum(chosen) > 0
), ranked AS (
    SELECT customer, last, purchases, net, count(*) OVER () AS all_of_them,
        rank() OVER (ORDER BY last) - 1 AS earlier, count(*) OVER (PARTITION BY last) AS as_late,
        rank() OVER (ORDER BY purchases) - 1 AS rarer, count(*) OVER (PARTITION BY purchases) AS as_often,
        rank() OVER (ORDER BY net) - 1 AS smaller, count(*) OVER (PARTITION BY net) AS as_much
    FROM own
), classed AS (
    SELECT customer, last, purchases, net, fifth(earlier, as_late, all_of_them) AS r,
        fifth(rarer, as_often, all_of_them) AS f, fifth(smaller, as_much, all_of_them) AS m
    FROM ranked WHERE :customer IS NULL OR customer = :customer
)
SELECT classed.customer, name, days_between(last, :today) AS days_since, purchases, net, r, f, m, r || f || m AS score
FROM classed LEFT JOIN customer ON customer.customer = classed.customer
ORDER BY r + f + m DESC, net DESC, classed.customer

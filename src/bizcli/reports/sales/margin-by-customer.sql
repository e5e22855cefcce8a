-- Gross margin by customer
-- What each customer brought in the period less what the goods cost: sales by the day of the invoice, cost by the day
-- of the delivery, both net of returns. Goods delivered and not yet invoiced have a cost and no sales so far.
-- column customer: code key
-- column name: text
-- column net: money total
-- column cost: money total
-- column margin: money total
-- column percent: percent = margin / net
-- drill: sale customer

SELECT both.customer, customer.name, sum(net) AS net, sum(cost) AS cost, sum(net) - sum(cost) AS margin
FROM (
    SELECT customer, net, 0 AS cost FROM sale WHERE day BETWEEN :from AND :to
    UNION ALL
    SELECT party, 0, cost FROM cost JOIN document ON document.document = cost.document
    WHERE cost.day BETWEEN :from AND :to
) AS both LEFT JOIN customer ON customer.customer = both.customer
GROUP BY both.customer
ORDER BY margin DESC, both.customer
